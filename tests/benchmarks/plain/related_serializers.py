"""Shapes of what a detailed order holds besides its own rows."""

from __future__ import annotations

from rest_framework import serializers

from tests.benchmarks.plain.related_models import (
    Address,
    CargoCompany,
    Channel,
    City,
    Country,
    Customer,
    District,
    Installment,
    PaymentOption,
    PriceList,
    Product,
    StockList,
    Township,
)

DATES = ["created_date", "modified_date"]


class ChannelSerializer(serializers.ModelSerializer):
    class Meta:
        model = Channel
        fields = ["pk", "name", "channel_type", "catalog", "modified_date", "created_date", "category_tree"]
        fields += ["is_active", "conf", "schema"]


class PriceListSerializer(serializers.ModelSerializer):
    class Meta:
        model = PriceList
        fields = ["pk", "name", "code", "currency", "is_auto_sync", *DATES]


class StockListSerializer(serializers.ModelSerializer):
    class Meta:
        model = StockList
        fields = ["pk", "name", "code", "is_auto_sync", *DATES]


class ProductSerializer(serializers.ModelSerializer):
    product_type = serializers.CharField()

    class Meta:
        model = Product
        fields = ["pk", "sku", "name", "base_code", "listing_code", "product_type", "data_source", "parent"]
        fields += ["attributes", "attributes_kwargs", "localized_attributes", "localized_attributes_kwargs"]
        fields += ["extra_field", "is_active", *DATES]


class CustomerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Customer
        fields = ["pk", "channel", "email", "first_name", "last_name", "phone_number", "is_active"]
        fields += ["channel_code", "erp_code", "extra_field", "modified_date", "created_date", "date_joined"]
        fields += ["email_allowed", "sms_allowed", "call_allowed", "gender", "attributes", "user_type"]
        fields += [
            "date_of_birth",
            "attributes_kwargs",
            "localized_attributes",
            "localized_attributes_kwargs",
        ]


class CountrySerializer(serializers.ModelSerializer):
    class Meta:
        model = Country
        fields = ["pk", "name", "code"]


class CitySerializer(serializers.ModelSerializer):
    class Meta:
        model = City
        fields = ["pk", "id", "name"]


class TownshipSerializer(serializers.ModelSerializer):
    class Meta:
        model = Township
        fields = ["pk", "id", "name"]


class DistrictSerializer(serializers.ModelSerializer):
    class Meta:
        model = District
        fields = ["pk", "id", "name"]


class AddressSerializer(serializers.ModelSerializer):
    country = CountrySerializer()
    city = CitySerializer()
    township = TownshipSerializer()
    district = DistrictSerializer()

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
        ]
        fields += ["township", "district", "postcode", "notes", "company_name", "tax_office", "tax_no"]
        fields += ["e_bill_taxpayer", "hash_data", "address_type", "retail_store", "remote_id"]
        fields += ["identity_number", "extra_field", "customer", "is_active", *DATES]


class PaymentOptionSerializer(serializers.ModelSerializer):
    class Meta:
        model = PaymentOption
        fields = ["pk", "name", "slug", "payment_type", "is_active", *DATES]


class InstallmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Installment
        fields = ["pk", "label", "card", "installment_count", "interest_rate", "is_active", *DATES]


class CargoCompanySerializer(serializers.ModelSerializer):
    class Meta:
        model = CargoCompany
        fields = ["pk", "name", "erp_code", "shipping_company", "is_active", *DATES]
