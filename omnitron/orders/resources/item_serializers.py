"""Shapes of order items and what hangs on them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from omnitron.catalogs.resources.serializers import (
    PriceListSerializer,
    ProductSerializer,
    StockListSerializer,
)
from omnitron.channels.models import DataSource
from omnitron.core.resources.fields import EnumField, EnumLabelField, RowKeyField, SqlField
from omnitron.core.resources.serializers import ResourceSerializer
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.models import BenefitApplicant, ConditionApplicant, DiscountItem, OrderItem, Promotion
from omnitron.orders.units import units_of
from omnitron.orders.updatable import UPDATABLE_OF_ITEM

MONEY_SCHEMA = {"type": "string", "format": "decimal", "readOnly": True}

ITEM_KEYS = (
    "pk",
    "order",
    "product",
    "status",
    "price_currency",
    "price",
    "tax_rate",
    "extra_field",
    "price_list",
    "stock_list",
    "invoice_number",
    "invoice_date",
    "e_archive_url",
    "cancel_status",
    "status_display",
    "installment_interest_amount",
    "net_amount",
    "tracking_number",
    "shipping_company",
    "discount_amount",
    "shipment_code",
    "benefitapplicant_set",
    "external_status",
    "retail_price",
    "attributes",
    "attributes_kwargs",
    "tracking_url",
    "image",
    "parent",
    "data_source",
    "estimated_delivery_date",
    # Beyond the documents' sample, always last.
    "order_number",
    "modified_date",
    "shipped_date",
    "delivered_date",
    "carrier_shipping_code",
    "forced_refund",
    "localized_attributes",
    "localized_attributes_kwargs",
)


class PromotionSerializer(ResourceSerializer):
    class Meta:
        model = Promotion
        fields = ("pk", "created_date", "modified_date", "name", "slug")


class BenefitApplicantSerializer(ResourceSerializer):
    class Meta:
        model = BenefitApplicant
        fields = ("pk", "discount_item", "order_item", "amount", "created_date", "modified_date")


class ConditionApplicantSerializer(ResourceSerializer):
    class Meta:
        model = ConditionApplicant
        fields = ("pk", "discount_item", "order_item", "created_date", "modified_date")


class DiscountItemSerializer(ResourceSerializer):
    class Meta:
        model = DiscountItem
        fields = (
            "pk",
            "name",
            "amount",
            "order",
            "offer_type",
            "session_offer_type",
            "code",
            "promotion",
            "cancel_amount",
            "created_date",
            "modified_date",
        )


class DiscountItemDetailSerializer(DiscountItemSerializer):
    """A discount with the items that got it, its promotion, and the items that met its condition."""

    benefitapplicant_set = BenefitApplicantSerializer(many=True, read_only=True)
    conditionapplicant_set = ConditionApplicantSerializer(many=True, read_only=True)
    promotion = PromotionSerializer(read_only=True)

    class Meta:
        model = DiscountItem
        fields = (
            "pk",
            "name",
            "amount",
            "order",
            "offer_type",
            "session_offer_type",
            "code",
            "benefitapplicant_set",
            "promotion",
            "conditionapplicant_set",
            "cancel_amount",
            "created_date",
            "modified_date",
        )


class OrderItemSerializer(ResourceSerializer):
    """An item in its flat shape: relations as pks."""

    status = EnumField(OrderStatus.choices, required=False)
    status_display = EnumLabelField(OrderStatus.choices, source="status")
    # Price minus discount share; the interest share is not in it (the documents' sample).
    net_amount = SqlField(sql="({t}.price - {t}.discount_amount)::text", schema=MONEY_SCHEMA)
    order_number = serializers.CharField(source="order.number", read_only=True)
    # `datasource` in the model; channel clients send either.
    data_source = RowKeyField(
        source="datasource", queryset=DataSource.objects.all(), required=False, allow_null=True
    )
    benefitapplicant_set = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = OrderItem
        fields = ITEM_KEYS
        read_only_fields = ("cancel_status", "image", "forced_refund")

    def validate_attributes(self, value: dict[str, Any]) -> dict[str, Any]:
        units_of(value)
        return value


class OrderItemDetailSerializer(OrderItemSerializer):
    """An item with its product, lists and discounts in full."""

    product = ProductSerializer(read_only=True)
    price_list = PriceListSerializer(read_only=True)
    stock_list = StockListSerializer(read_only=True)
    benefitapplicant_set = BenefitApplicantSerializer(many=True, read_only=True)


class NewOrderItemSerializer(OrderItemSerializer):
    """An item as it is placed: with its order by its pk, or inside the order that is placed."""

    read_only_hints = {"cancel_status": "A cancellation is opened by cancel."}

    class Meta(OrderItemSerializer.Meta):
        fields = (*ITEM_KEYS, "original_stock", "shipping_option_group")

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("discount_amount", 0) > values["price"]:
            raise serializers.ValidationError({"discount_amount": ["The discount is higher than the price."]})
        return values


class PlacedItemSerializer(NewOrderItemSerializer):
    """An item within `orderitem_set` of a new order, which has no pk yet."""

    class Meta(NewOrderItemSerializer.Meta):
        read_only_fields = (*OrderItemSerializer.Meta.read_only_fields, "order")


BY_PRICE = "Prices and shares are fixed when the item is placed; cancel and refund have actions of their own."


class OrderItemUpdateSerializer(OrderItemSerializer):
    """What PATCH and PUT of an item may change; the rest may be repeated as it is stored."""

    read_only_hints = {
        **dict.fromkeys(
            ("price", "discount_amount", "retail_price", "tax_rate", "installment_interest_amount"), BY_PRICE
        ),
    }

    data_source = RowKeyField(source="datasource", read_only=True)
    shipping_update = serializers.BooleanField(
        write_only=True,
        required=False,
        help_text="Pass carrier and tracking number on to the vendor who ships the item.",
    )
    force = serializers.BooleanField(
        write_only=True,
        required=False,
        help_text="Correct carrier and tracking of an item that is delivered, canceled or refunded.",
    )

    def validate_cancel_status(self, value: str | None) -> str | None:
        if value is None and self.instance.cancel_status is not None:
            raise serializers.ValidationError("A cancellation is not undone by leaving it out.")
        return value

    class Meta(OrderItemSerializer.Meta):
        fields = (*ITEM_KEYS, "shipping_update", "force")
        read_only_fields = tuple(set(ITEM_KEYS) - UPDATABLE_OF_ITEM)
