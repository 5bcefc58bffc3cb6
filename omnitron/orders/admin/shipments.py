"""Admin of carriers, packages, vendor orders and reconciliations."""

from __future__ import annotations

from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from omnitron.core.admin_base import OmnitronAdmin, ReadOnlyAdmin
from omnitron.core.admin_display import money
from omnitron.core.admin_filters import DayRangeFilter, ScopedRelatedFilter
from omnitron.orders.admin.action_pages import PackageActionPages
from omnitron.orders.admin.columns import PACKAGE_COLOURS, STATUS_COLOURS, OrderLink, words
from omnitron.orders.admin.inlines import PackageItemInline, VendorOrderItemInline
from omnitron.orders.models import (
    CargoCompany,
    Package,
    PackageItem,
    Reconciliation,
    VendorOrder,
    VendorOrderItem,
)


@admin.register(CargoCompany)
class CargoCompanyAdmin(OmnitronAdmin):
    list_display = ("name", "erp_code", "shipping_company", "is_active")
    list_filter = (("shipping_company", ChoicesDropdownFilter), "is_active")
    search_fields = ("name", "erp_code")
    is_deletable = True


@admin.register(Package)
class PackageAdmin(PackageActionPages, OrderLink, ReadOnlyAdmin):
    change_form_outer_before_template = "core/admin/action_bar.html"
    list_display = (
        "number",
        "order_link",
        "status_label",
        "cargo_company",
        "tracking_number",
        "shipped_date",
        "delivered_date",
    )
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("cargo_company", ScopedRelatedFilter),
        ("order__channel", ScopedRelatedFilter),
        ("shipped_date", DayRangeFilter),
    )
    list_select_related = ("order", "cargo_company")
    detail_select_related = list_select_related
    search_fields = ("order__number__exact",)
    search_help_text = "The whole number of the order"
    inlines = (PackageItemInline,)

    @display(description="status", ordering="status", label=PACKAGE_COLOURS)
    def status_label(self, package: Package) -> tuple[int, str]:
        return package.status, words(package.get_status_display())


@admin.register(PackageItem)
class PackageItemAdmin(OrderLink, ReadOnlyAdmin):
    order_path = ("package", "order")
    list_display = ("id", "order_link", "package", "order_item", "quantity")
    list_select_related = ("package__order", "order_item")
    detail_select_related = ("package", "order_item")
    search_fields = ("package__order__number__exact",)
    search_help_text = "The whole number of the order"


@admin.register(VendorOrder)
class VendorOrderAdmin(OrderLink, ReadOnlyAdmin):
    list_display = ("__str__", "order_link", "data_source", "status_label", "created_date")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("data_source", ScopedRelatedFilter),
        ("order__channel", ScopedRelatedFilter),
    )
    list_select_related = ("order", "data_source")
    detail_select_related = list_select_related
    search_fields = ("order__number__exact",)
    search_help_text = "The whole number of the order"
    inlines = (VendorOrderItemInline,)

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def status_label(self, vendor_order: VendorOrder) -> tuple[int, str]:
        return vendor_order.status, words(vendor_order.get_status_display())


@admin.register(VendorOrderItem)
class VendorOrderItemAdmin(OrderLink, ReadOnlyAdmin):
    order_path = ("vendor_order", "order")
    list_display = ("id", "order_link", "vendor_order", "order_item", "status_label", "tracking_number")
    list_filter = (("status", ChoicesDropdownFilter),)
    list_select_related = ("vendor_order__order", "order_item")
    detail_select_related = ("vendor_order", "order_item")
    search_fields = ("vendor_order__order__number__exact",)
    search_help_text = "The whole number of the order"

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def status_label(self, item: VendorOrderItem) -> tuple[int, str]:
        return item.status, words(item.get_status_display())


@admin.register(Reconciliation)
class ReconciliationAdmin(OmnitronAdmin):
    list_display = ("reference", "channel", "reconciliation_date", "shown_amount", "modified_date")
    list_filter = (("channel", ScopedRelatedFilter), ("currency", ChoicesDropdownFilter))
    list_select_related = ("channel",)
    detail_select_related = ("channel",)
    search_fields = ("reference",)
    autocomplete_fields = ("channel",)
    is_deletable = True

    @display(description="amount", ordering="amount")
    def shown_amount(self, reconciliation: Reconciliation) -> str:
        return money(reconciliation.amount, reconciliation.currency)
