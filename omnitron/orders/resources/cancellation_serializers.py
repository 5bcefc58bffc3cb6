"""Shapes of cancellation plans, requests and easy returns."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from omnitron.core.resources.fields import EnumField, MoneyField
from omnitron.core.resources.serializers import ResourceSerializer, StrictBody
from omnitron.omnicore.orders.enums import CancelStatus
from omnitron.orders.dto import RefundPart
from omnitron.orders.models import CancellationRequest, DiscountItemCancellationPlan, EasyReturn
from omnitron.orders.resources.cancellation_bodies import HolderNamesField, IbansField, PksField
from omnitron.orders.resources.serializers import CancellationPlanSerializer

REQUEST_KEYS = (
    "id",
    "order_item",
    "reason",
    "description",
    "cancellation_type",
    "status",
    "iban",
    "holder_name",
    "easy_return",
    "quantity",
    "fully_refund_as_loyalty_money",
    "created_date",
    "modified_date",
    "uuid",
    "attributes",
    "attributes_kwargs",
    "localized_attributes",
    "localized_attributes_kwargs",
    "cancellation_plan",
)


class DiscountItemCancellationPlanSerializer(ResourceSerializer):
    class Meta:
        model = DiscountItemCancellationPlan
        fields = ("pk", "discount_item", "amount")


class CancellationPlanDetailSerializer(CancellationPlanSerializer):
    """A plan as it is listed by itself: with its order's number, receivers, and discounts taken back."""

    order_number = serializers.CharField(source="order.number", read_only=True)
    discountitemcancellationplan_set = DiscountItemCancellationPlanSerializer(many=True, read_only=True)

    class Meta(CancellationPlanSerializer.Meta):
        fields = (
            *CancellationPlanSerializer.Meta.fields,
            "order_number",
            "diagnose",
            "ibans",
            "holder_names",
            "created_by",
            "modified_by",
            "discountitemcancellationplan_set",
        )


class CancellationPlanBody(StrictBody):
    """What may be changed about a plan; a status moves it along the table of cancel statuses."""

    status = EnumField(CancelStatus.choices, required=False)
    proof = serializers.CharField(required=False, allow_null=True, max_length=512)
    refund_invoice_number = serializers.CharField(required=False, allow_null=True, max_length=128)
    ibans = IbansField(required=False)
    holder_names = HolderNamesField(required=False)
    diagnose = serializers.CharField(required=False, allow_null=True, max_length=512)

    def validate_status(self, value: str) -> CancelStatus:
        return CancelStatus(value)


class PaymentPlanPartBody(StrictBody):
    transaction_type = serializers.ChoiceField(choices=["refund", "cancel"])
    order_items = PksField(min_length=1)
    refund_amount = MoneyField(min_value=0)


class PaymentPlanBody(StrictBody):
    """`{"payment_plan": [{"transaction_type": "refund", "order_items": [1, 2], "refund_amount": 99.99}]}`"""

    payment_plan = PaymentPlanPartBody(many=True, allow_empty=False)

    def validate_payment_plan(self, parts: list[dict[str, Any]]) -> list[RefundPart]:
        return [
            RefundPart(order_items=part["order_items"], refund_amount=part["refund_amount"]) for part in parts
        ]


class EasyReturnSerializer(ResourceSerializer):
    class Meta:
        model = EasyReturn
        fields = (
            "id",
            "shipping_company",
            "code",
            "start_date",
            "end_date",
            "max_count",
            "status",
            "raw_request",
            "raw_response",
            "tracking_number",
            "tracking_url",
            "pickup_date",
            "created_date",
            "modified_date",
            "uuid",
        )


class CancellationRequestSerializer(ResourceSerializer):
    easy_return = EasyReturnSerializer(read_only=True, allow_null=True)

    class Meta:
        model = CancellationRequest
        fields = REQUEST_KEYS


class NewCancellationRequestSerializer(ResourceSerializer):
    """A request as it is made. Its status, and the plan that stands for it, follow from decisions."""

    class Meta:
        model = CancellationRequest
        fields = REQUEST_KEYS
        read_only_fields = ("status", "cancellation_plan")
        extra_kwargs = {"quantity": {"min_value": 1}}


class CancellationRequestUpdateSerializer(NewCancellationRequestSerializer):
    """What may be changed about a request; item, kind, reason and quantity are what was asked for."""

    class Meta(NewCancellationRequestSerializer.Meta):
        read_only_fields = (
            "order_item",
            "reason",
            "cancellation_type",
            "status",
            "quantity",
            "cancellation_plan",
        )
