"""Shapes of orders: flat, detailed, and what a body may hold."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from omnitron.channels.resources.serializers import ChannelSerializer
from omnitron.core.resources.fields import EnumField, EnumLabelField, MoneyField
from omnitron.core.resources.serializers import ResourceSerializer
from omnitron.customers.resources.serializers import AddressDetailSerializer, CustomerSerializer
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.models import (
    CancellationPlan,
    CancellationPlanOrderItem,
    CancellationReason,
    CargoCompany,
    Order,
)
from omnitron.orders.resources.item_serializers import (
    DiscountItemDetailSerializer,
    OrderItemDetailSerializer,
    PlacedItemSerializer,
)
from omnitron.orders.updatable import UPDATABLE
from omnitron.payments.resources.serializers import (
    BexTransactionSerializer,
    CashRegisterTransactionSerializer,
    FundsTransferTransactionSerializer,
    InstallmentSerializer,
    LoyaltyTransactionSerializer,
    PaymentOptionSerializer,
    PayOnDeliveryTransactionSerializer,
    TransactionSerializer,
)

# The documents' sample, key by key; then, always last, what the samples lack.
FLAT_KEYS = (
    "pk",
    "number",
    "channel",
    "status",
    "date_placed",
    "customer",
    "shipping_address",
    "billing_address",
    "currency",
    "amount",
    "shipping_amount",
    "shipping_tax_rate",
    "extra_field",
    "payment_option",
    "payment_option_slug",
    "bin_number",
    "installment",
    "installment_count",
    "installment_interest_amount",
    "cargo_company",
    "invoice_number",
    "invoice_date",
    "e_archive_url",
    "refund_amount",
    "discount_refund_amount",
    "shipping_refund_amount",
    "discount_amount",
    "is_send",
    "net_shipping_amount",
    "shipping_interest_amount",
    "tracking_number",
    "carrier_shipping_code",
    "remote_addr",
    "fundstransfertransaction_set",
    "has_gift_box",
    "gift_box_note",
    "external_status",
    "client_type",
    "language_code",
    "notes",
    "delivery_range",
    "shipping_option_slug",
    "segment",
    "modified_date",
    "created_date",
    "delivery_type",
    "checkout_provider_id",
    "cancel_status",
)
DETAIL_KEYS = (
    "pk",
    "number",
    "channel",
    "status",
    "date_placed",
    "customer",
    "shipping_address",
    "billing_address",
    "currency",
    "amount",
    "shipping_amount",
    "shipping_tax_rate",
    "extra_field",
    "orderitem_set",
    "discountitem_set",
    "transaction_set",
    "payment_option",
    "payment_option_slug",
    "bin_number",
    "installment",
    "installment_count",
    "installment_interest_amount",
    "cargo_company",
    "invoice_number",
    "invoice_date",
    "e_archive_url",
    "refund_amount",
    "discount_refund_amount",
    "shipping_refund_amount",
    "discount_amount",
    "cancellation_info",
    "status_display",
    "tracking_number",
    "is_send",
    "cancel_status",
    "net_shipping_amount",
    "remote_addr",
    "language_code",
    "fundstransfertransaction_set",
    "has_gift_box",
    "gift_box_note",
    "tracking_url",
    "external_status",
    "payondeliverytransaction_set",
    "loyaltytransaction_set",
    "bextransaction_set",
    "cancellationplan_set",
    "cashregistertransaction_set",
    "client_type",
    "shipping_interest_amount",
    "notes",
    "delivery_range",
    "shipping_option_slug",
    "segment",
    "modified_date",
    "created_date",
    "delivery_type",
    "checkout_provider_id",
)


class CargoCompanySerializer(ResourceSerializer):
    class Meta:
        model = CargoCompany
        fields = ("pk", "name", "erp_code", "shipping_company", "is_active", "created_date", "modified_date")


class CancellationReasonSerializer(ResourceSerializer):
    class Meta:
        model = CancellationReason
        fields = (
            "pk",
            "cancellation_type",
            "extra_information_needed",
            "order",
            "subject",
            "is_active",
            "send_to_remote",
            "translations",
            "uuid",
            "created_date",
            "modified_date",
        )


class CancellationPlanOrderItemSerializer(ResourceSerializer):
    class Meta:
        model = CancellationPlanOrderItem
        fields = (
            "pk",
            "order_item",
            "reason",
            "previous_status",
            "price",
            "discount_share",
            "interest_share",
            "shipping_share",
            "tax_amount",
            "refund_amount",
        )


class CancellationPlanSerializer(ResourceSerializer):
    cancellationplanorderitem_set = CancellationPlanOrderItemSerializer(many=True, read_only=True)

    class Meta:
        model = CancellationPlan
        fields = (
            "pk",
            "order",
            "plan_type",
            "status",
            "refund_amount",
            "discount_refund_amount",
            "shipping_refund_amount",
            "forced_refund_amount",
            "is_cargo_refund",
            "refund_invoice_number",
            "cancellationplanorderitem_set",
            "created_date",
            "modified_date",
        )


class OrderSerializer(ResourceSerializer):
    """An order in its flat shape: relations as pks."""

    status = EnumField(OrderStatus.choices, required=False, allow_null=True)
    # The one amount that is a JSON number in the documents' samples.
    net_shipping_amount = serializers.FloatField(read_only=True)
    fundstransfertransaction_set = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = Order
        fields = FLAT_KEYS
        read_only_fields = ("cancel_status",)


class OrderDetailSerializer(OrderSerializer):
    """An order with everything that belongs to it."""

    channel = ChannelSerializer(read_only=True)
    customer = CustomerSerializer(read_only=True)
    shipping_address = AddressDetailSerializer(read_only=True)
    billing_address = AddressDetailSerializer(read_only=True)
    payment_option = PaymentOptionSerializer(read_only=True)
    installment = InstallmentSerializer(read_only=True)
    cargo_company = CargoCompanySerializer(read_only=True)
    status_display = EnumLabelField(OrderStatus.choices, source="status")
    orderitem_set = OrderItemDetailSerializer(many=True, read_only=True)
    discountitem_set = DiscountItemDetailSerializer(many=True, read_only=True)
    cancellationplan_set = CancellationPlanSerializer(many=True, read_only=True)
    transaction_set = TransactionSerializer(many=True, read_only=True)
    fundstransfertransaction_set = FundsTransferTransactionSerializer(many=True, read_only=True)
    payondeliverytransaction_set = PayOnDeliveryTransactionSerializer(many=True, read_only=True)
    loyaltytransaction_set = LoyaltyTransactionSerializer(many=True, read_only=True)
    bextransaction_set = BexTransactionSerializer(many=True, read_only=True)
    cashregistertransaction_set = CashRegisterTransactionSerializer(many=True, read_only=True)

    class Meta:
        model = Order
        fields = DETAIL_KEYS


class NewOrderSerializer(OrderSerializer):
    """A body that places an order: the flat shape and, optionally, its items."""

    net_shipping_amount = MoneyField(required=False, allow_null=True)
    orderitem_set = PlacedItemSerializer(many=True, required=False)

    class Meta:
        model = Order
        fields = (*FLAT_KEYS, "shipping_company", "cancellation_info", "tracking_url", "orderitem_set")
        read_only_fields = ("cancel_status",)
        # (number, channel) is decided by the use case, which refuses a duplicate by its documented name.
        validators = ()

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        shipping = values.get("shipping_amount", 0) + values.get("shipping_interest_amount", 0)
        limits = {
            "refund_amount": (values["amount"], "More than the order's amount."),
            "shipping_refund_amount": (shipping, "More than was paid for shipping."),
            "discount_refund_amount": (values.get("discount_amount", 0), "More than the discount."),
        }
        errors = {name: [text] for name, (limit, text) in limits.items() if values.get(name, 0) > limit}
        if errors:
            raise serializers.ValidationError(errors)
        return values


# What PATCH of an order may not change, and what does.
HINTS = {
    "status": "Changed by change_order_status; cancellations by cancel.",
    "cancel_status": "Changed by update_cancel_status.",
    "shipping_address": "Changed by change_shipping_address.",
    "billing_address": "Changed by change_billing_address.",
    **dict.fromkeys(
        ("refund_amount", "discount_refund_amount", "shipping_refund_amount"),
        "Changed by cancel and its approval.",
    ),
    **dict.fromkeys(
        (
            "amount",
            "discount_amount",
            "shipping_amount",
            "shipping_interest_amount",
            "installment_interest_amount",
            "net_shipping_amount",
        ),
        "Changed by set_distribute_interest_amount.",
    ),
    **dict.fromkeys(("number", "channel", "customer"), "Fixed when the order is placed."),
}


class OrderUpdateSerializer(OrderSerializer):
    """What PATCH and PUT may change; the rest may be repeated as it is stored."""

    status = EnumField(OrderStatus.choices, read_only=True)
    read_only_hints = HINTS

    class Meta:
        model = Order
        fields = (*FLAT_KEYS, "shipping_company", "tracking_url")
        read_only_fields = tuple(set(FLAT_KEYS) - UPDATABLE)
