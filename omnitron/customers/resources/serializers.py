"""The shapes of customers, places, stores and addresses."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from omnitron.core.resources.serializers import ResourceSerializer
from omnitron.customers.models import Address, City, Country, Customer, District, RetailStore, Township


class CustomerSerializer(ResourceSerializer):
    class Meta:
        model = Customer
        fields = [
            "pk",
            "channel",
            "email",
            "first_name",
            "last_name",
            "phone_number",
            "is_active",
            "channel_code",
            "erp_code",
            "extra_field",
            "modified_date",
            "created_date",
            "date_joined",
            "email_allowed",
            "sms_allowed",
            "call_allowed",
            "gender",
            "attributes",
            "user_type",
            "date_of_birth",
            "attributes_kwargs",
            "localized_attributes",
            "localized_attributes_kwargs",
        ]


class CountrySerializer(ResourceSerializer):
    class Meta:
        model = Country
        fields = ["pk", "name", "code", "is_active", "translations", "created_date", "modified_date"]


class CitySerializer(ResourceSerializer):
    class Meta:
        model = City
        fields = [
            "pk",
            "name",
            "country",
            "postcode",
            "is_active",
            "translations",
            "created_date",
            "modified_date",
        ]


class TownshipSerializer(ResourceSerializer):
    class Meta:
        model = Township
        fields = [
            "pk",
            "name",
            "city",
            "postcode",
            "is_active",
            "translations",
            "created_date",
            "modified_date",
        ]


class DistrictSerializer(ResourceSerializer):
    class Meta:
        model = District
        fields = [
            "pk",
            "name",
            "city",
            "township",
            "postcode",
            "is_active",
            "translations",
            "created_date",
            "modified_date",
        ]


class RetailStoreSerializer(ResourceSerializer):
    class Meta:
        model = RetailStore
        fields = [
            "pk",
            "name",
            "erp_code",
            "email",
            "phone_number",
            "is_active",
            "extra_field",
            "created_date",
            "modified_date",
        ]


class AddressSerializer(ResourceSerializer):
    """An address as it is listed and written: its places by pk."""

    read_only_hints = {"hash_data": "It follows from what the address says."}

    class Meta:
        model = Address
        fields = [
            "pk",
            "email",
            "phone_number",
            "first_name",
            "last_name",
            "country",
            "city",
            "line",
            "title",
            "township",
            "district",
            "postcode",
            "notes",
            "company_name",
            "tax_office",
            "tax_no",
            "e_bill_taxpayer",
            "hash_data",
            "address_type",
            "retail_store",
            "remote_id",
            "identity_number",
            "extra_field",
            "customer",
            "is_active",
            "created_date",
            "modified_date",
        ]
        # Channel clients send null for what an address does not have.
        extra_kwargs = {name: {"allow_null": True} for name in ("e_bill_taxpayer", "extra_field")}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in self.Meta.extra_kwargs:
            if name in attrs and attrs[name] is None:
                attrs[name] = Address._meta.get_field(name).get_default()
        owners = [
            attrs.get(name, getattr(self.instance, name, None)) for name in ("customer", "retail_store")
        ]
        if not any(owners):
            raise serializers.ValidationError({"customer": ["Give a customer or a retail store."]})
        return attrs


class CountrySummarySerializer(ResourceSerializer):
    class Meta:
        model = Country
        fields = ["pk", "name", "code"]


# The documentation of order details shows `id` here, everything else calls it `pk`: both are served.
_PLACE = ["pk", "id", "name"]


class CitySummarySerializer(ResourceSerializer):
    class Meta:
        model = City
        fields = _PLACE


class TownshipSummarySerializer(ResourceSerializer):
    class Meta:
        model = Township
        fields = _PLACE


class DistrictSummarySerializer(ResourceSerializer):
    class Meta:
        model = District
        fields = _PLACE


class AddressDetailSerializer(AddressSerializer):
    """An address with its places told, as a detailed order holds it."""

    country = CountrySummarySerializer()
    city = CitySummarySerializer()
    township = TownshipSummarySerializer()
    district = DistrictSummarySerializer()
