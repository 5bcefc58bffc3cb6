"""The resources of customers, addresses, places and retail stores."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.serializers import BaseSerializer

from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.filters import filterset_for
from omnitron.core.resources.viewsets import ResourceViewSet
from omnitron.customers import use_cases
from omnitron.customers.models import Address, City, Country, Customer, District, RetailStore, Township
from omnitron.customers.resources.filters import folded, folded_column, place_filterset
from omnitron.customers.resources.serializers import (
    AddressSerializer,
    CitySerializer,
    CountrySerializer,
    CustomerSerializer,
    DistrictSerializer,
    RetailStoreSerializer,
    TownshipSerializer,
)

_DATES = ("created_date", "modified_date")


class CustomerViewSet(ResourceViewSet):
    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer
    filterset_class = filterset_for(
        Customer,
        "channel",
        "email",
        "phone_number",
        "first_name",
        "last_name",
        "channel_code",
        "erp_code",
        "is_active",
        "date_joined",
        "date_of_birth",
        "gender",
        "user_type",
        "email_allowed",
        "sms_allowed",
        "call_allowed",
        "attributes",
        "extra_field",
        *_DATES,
    )
    # Those with a trigram index: there may be millions of customers.
    search_fields = ("email", "phone_number")


class AddressViewSet(ResourceViewSet):
    """Addresses. One that an order uses never changes: PATCH and PUT answer with a new one in its place."""

    queryset = Address.objects.all()
    serializer_class = AddressSerializer
    filterset_class = filterset_for(
        Address,
        "hash_data",
        "customer",
        "customer__channel",
        "retail_store",
        "address_type",
        "email",
        "phone_number",
        "first_name",
        "last_name",
        "country",
        "city",
        "township",
        "district",
        "postcode",
        "company_name",
        "tax_no",
        "e_bill_taxpayer",
        "identity_number",
        "remote_id",
        "is_active",
        "extra_field",
        *_DATES,
    )
    search_fields = ("customer__email", "customer__phone_number")

    def perform_create(self, serializer: BaseSerializer) -> Address:
        return use_cases.create_address(
            serializer.validated_data, audit_context=audit_context_of(self.request)
        )

    def perform_update(self, serializer: BaseSerializer) -> Address:
        return use_cases.update_address(
            serializer.instance, **serializer.validated_data, audit_context=audit_context_of(self.request)
        )


class PlaceViewSet(ResourceViewSet):
    """What countries, cities, townships and districts have in common."""

    def search(self, queryset: QuerySet, term: str) -> QuerySet:
        """Text that the name contains, whatever its case and its letters i."""
        return queryset.alias(folded_search=folded_column("name")).filter(
            folded_search__contains=folded(term)
        )


class CountryViewSet(PlaceViewSet):
    queryset = Country.objects.all()
    serializer_class = CountrySerializer
    filterset_class = place_filterset(Country, "code")


class CityViewSet(PlaceViewSet):
    queryset = City.objects.all()
    serializer_class = CitySerializer
    filterset_class = place_filterset(City, "country", "country__code", "postcode")


class TownshipViewSet(PlaceViewSet):
    queryset = Township.objects.all()
    serializer_class = TownshipSerializer
    filterset_class = place_filterset(Township, "city", "postcode", ancestors={"country": "city__country"})


class DistrictViewSet(PlaceViewSet):
    queryset = District.objects.all()
    serializer_class = DistrictSerializer
    filterset_class = place_filterset(
        District, "city", "township", "postcode", ancestors={"country": "city__country"}
    )


class RetailStoreViewSet(ResourceViewSet):
    queryset = RetailStore.objects.all()
    serializer_class = RetailStoreSerializer
    filterset_class = filterset_for(
        RetailStore, "name", "erp_code", "email", "phone_number", "is_active", "extra_field", *_DATES
    )
    search_fields = ("name", "erp_code")
