"""Admin of customers, addresses, places and retail stores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Model
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from omnitron.core.admin_base import OmnitronAdmin
from omnitron.core.admin_filters import DayRangeFilter, ScopedRelatedFilter
from omnitron.core.admin_inlines import ReadOnlyInline
from omnitron.core.audit import AuditContext
from omnitron.customers import use_cases
from omnitron.customers.models import Address, City, Country, Customer, District, RetailStore, Township


class AddressInline(ReadOnlyInline):
    model = Address
    fields = ("title", "line", "district", "township", "city", "country", "is_active")
    select_related = ("district", "township", "city", "country")


@admin.register(Customer)
class CustomerAdmin(OmnitronAdmin):
    """Searched by e-mail and phone, for which there are indexes: there may be millions."""

    list_display = ("full_name", "email", "phone_number", "channel", "user_type", "is_active", "date_joined")
    list_filter = (
        ("channel", ScopedRelatedFilter),
        "is_active",
        ("user_type", ChoicesDropdownFilter),
        ("date_joined", DayRangeFilter),
    )
    list_select_related = ("channel",)
    search_fields = ("email", "phone_number")
    search_help_text = "A part of the e-mail address or the phone number"
    autocomplete_fields = ("channel",)
    inlines = (AddressInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("first_name", "last_name"),
                    ("email", "phone_number"),
                    ("channel", "user_type"),
                    ("gender", "date_of_birth"),
                    ("channel_code", "erp_code"),
                    "is_active",
                    "date_joined",
                )
            },
        ),
        ("May be contacted by", {"fields": (("email_allowed", "sms_allowed", "call_allowed"),)}),
        (
            "Attributes",
            {
                "fields": (
                    ("attributes", "attributes_kwargs"),
                    ("localized_attributes", "localized_attributes_kwargs"),
                    "extra_field",
                ),
                "classes": ("collapse",),
            },
        ),
    )

    @display(description="name", header=True)
    def full_name(self, customer: Customer) -> tuple[str, str]:
        return str(customer), customer.channel_code or ""


@admin.register(Address)
class AddressAdmin(OmnitronAdmin):
    """An address an order uses is never changed in place: saving it then makes a new one, and opens that."""

    list_display = ("recipient", "line", "city", "country", "phone_number", "address_type", "is_active")
    list_filter = (
        ("customer__channel", ScopedRelatedFilter),
        ("address_type", ChoicesDropdownFilter),
        ("country", ScopedRelatedFilter),
        "is_active",
    )
    list_select_related = ("city", "country")
    detail_select_related = ("customer", "retail_store", "country", "city", "township", "district")
    search_fields = ("customer__email", "customer__phone_number")
    search_help_text = "A part of the customer's e-mail address or phone number"
    autocomplete_fields = ("customer", "retail_store", "country", "city", "township", "district")
    fieldsets = (
        (None, {"fields": (("customer", "retail_store"), ("address_type", "title", "is_active"))}),
        ("Recipient", {"fields": (("first_name", "last_name"), ("email", "phone_number"), "company_name")}),
        (
            "Place",
            {"fields": (("country", "city"), ("township", "district"), "line", ("postcode", "notes"))},
        ),
        (
            "Billing",
            {"fields": (("tax_office", "tax_no"), ("identity_number", "e_bill_taxpayer"))},
        ),
        ("Integration", {"fields": ("remote_id", "extra_field"), "classes": ("collapse",)}),
    )

    @display(description="recipient")
    def recipient(self, address: Address) -> str:
        return f"{address.first_name} {address.last_name}"

    def create_row(self, row: Model, values: Mapping[str, Any], *, audit_context: AuditContext) -> Address:
        return use_cases.create_address(values, audit_context=audit_context)

    def update_row(self, row: Address, values: Mapping[str, Any], *, audit_context: AuditContext) -> Address:
        return use_cases.update_address(row, audit_context=audit_context, **values)


class _PlaceAdmin(OmnitronAdmin):
    ordering = ("name",)
    is_deletable = True


@admin.register(Country)
class CountryAdmin(_PlaceAdmin):
    list_display = ("name", "code", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "code")


@admin.register(City)
class CityAdmin(_PlaceAdmin):
    list_display = ("name", "country", "postcode", "is_active")
    list_filter = (("country", ScopedRelatedFilter), "is_active")
    list_select_related = ("country",)
    detail_select_related = list_select_related
    search_fields = ("name",)
    autocomplete_fields = ("country",)


@admin.register(Township)
class TownshipAdmin(_PlaceAdmin):
    list_display = ("name", "city", "postcode", "is_active")
    list_filter = (("city__country", ScopedRelatedFilter), "is_active")
    list_select_related = ("city",)
    detail_select_related = list_select_related
    search_fields = ("name",)
    autocomplete_fields = ("city",)


@admin.register(District)
class DistrictAdmin(_PlaceAdmin):
    list_display = ("name", "township", "city", "postcode", "is_active")
    list_filter = (("city__country", ScopedRelatedFilter), "is_active")
    list_select_related = ("township", "city")
    detail_select_related = list_select_related
    search_fields = ("name",)
    autocomplete_fields = ("city", "township")


@admin.register(RetailStore)
class RetailStoreAdmin(OmnitronAdmin):
    list_display = ("name", "erp_code", "email", "phone_number", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "erp_code")
    is_deletable = True
