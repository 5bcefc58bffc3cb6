"""The flat and the detailed shape of orders, key by key as our own API has them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from rest_framework import serializers

from tests.benchmarks.plain.models import (
    STATUSES,
    BenefitApplicant,
    BexTransaction,
    CancellationPlan,
    CancellationPlanOrderItem,
    CashRegisterTransaction,
    ConditionApplicant,
    DiscountItem,
    FundsTransferTransaction,
    LoyaltyTransaction,
    Order,
    OrderItem,
    PayOnDeliveryTransaction,
    Promotion,
    Transaction,
)
from tests.benchmarks.plain.related_models import DataSource
from tests.benchmarks.plain.related_serializers import (
    AddressSerializer,
    CargoCompanySerializer,
    ChannelSerializer,
    CustomerSerializer,
    InstallmentSerializer,
    PaymentOptionSerializer,
    PriceListSerializer,
    ProductSerializer,
    StockListSerializer,
)


def words(text: str) -> list[str]:
    return text.split()


FLAT_KEYS = words("""
    pk number channel status date_placed customer shipping_address billing_address currency amount shipping_amount
    shipping_tax_rate extra_field payment_option payment_option_slug bin_number installment installment_count
    installment_interest_amount cargo_company invoice_number invoice_date e_archive_url refund_amount
    discount_refund_amount shipping_refund_amount discount_amount is_send net_shipping_amount
    shipping_interest_amount tracking_number carrier_shipping_code remote_addr fundstransfertransaction_set
    has_gift_box gift_box_note external_status client_type language_code notes delivery_range shipping_option_slug
    segment modified_date created_date delivery_type checkout_provider_id cancel_status
""")
DETAIL_KEYS = words("""
    pk number channel status date_placed customer shipping_address billing_address currency amount shipping_amount
    shipping_tax_rate extra_field orderitem_set discountitem_set transaction_set payment_option payment_option_slug
    bin_number installment installment_count installment_interest_amount cargo_company invoice_number invoice_date
    e_archive_url refund_amount discount_refund_amount shipping_refund_amount discount_amount cancellation_info
    status_display tracking_number is_send cancel_status net_shipping_amount remote_addr language_code
    fundstransfertransaction_set has_gift_box gift_box_note tracking_url external_status
    payondeliverytransaction_set loyaltytransaction_set bextransaction_set cancellationplan_set
    cashregistertransaction_set client_type shipping_interest_amount notes delivery_range shipping_option_slug
    segment modified_date created_date delivery_type checkout_provider_id
""")
ITEM_KEYS = words("""
    pk order product status price_currency price tax_rate extra_field price_list stock_list invoice_number
    invoice_date e_archive_url cancel_status status_display installment_interest_amount net_amount tracking_number
    shipping_company discount_amount shipment_code benefitapplicant_set external_status retail_price attributes
    attributes_kwargs tracking_url image parent data_source estimated_delivery_date order_number modified_date
    shipped_date delivered_date carrier_shipping_code forced_refund localized_attributes localized_attributes_kwargs
""")
PAYMENT_KEYS = words(
    "pk order transaction_type status amount currency transaction_date reference extra_field"
)
DATES = ["created_date", "modified_date"]


class StatusField(serializers.ChoiceField):
    """A status is a string on the wire."""

    def to_representation(self, value: int) -> str:
        return str(value)


class BenefitApplicantSerializer(serializers.ModelSerializer):
    class Meta:
        model = BenefitApplicant
        fields = ["pk", "discount_item", "order_item", "amount", *DATES]


class ConditionApplicantSerializer(serializers.ModelSerializer):
    class Meta:
        model = ConditionApplicant
        fields = ["pk", "discount_item", "order_item", *DATES]


class PromotionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Promotion
        fields = ["pk", *DATES, "name", "slug"]


class DiscountItemSerializer(serializers.ModelSerializer):
    benefitapplicant_set = BenefitApplicantSerializer(many=True)
    conditionapplicant_set = ConditionApplicantSerializer(many=True)
    promotion = PromotionSerializer()

    class Meta:
        model = DiscountItem
        fields = ["pk", "name", "amount", "order", "offer_type", "session_offer_type", "code"]
        fields += ["benefitapplicant_set", "promotion", "conditionapplicant_set", "cancel_amount", *DATES]


class OrderItemSerializer(serializers.ModelSerializer):
    status = StatusField(choices=STATUSES, required=False)
    status_display = serializers.CharField(source="get_status_display", read_only=True)
    net_amount = serializers.SerializerMethodField()
    order_number = serializers.CharField(source="order.number", read_only=True)
    data_source = serializers.PrimaryKeyRelatedField(
        source="datasource", queryset=DataSource.objects.all(), required=False, allow_null=True
    )
    product = ProductSerializer()
    price_list = PriceListSerializer()
    stock_list = StockListSerializer()
    benefitapplicant_set = BenefitApplicantSerializer(many=True, read_only=True)

    class Meta:
        model = OrderItem
        fields = ITEM_KEYS

    def get_net_amount(self, item: OrderItem) -> str:
        return str(item.price - item.discount_amount)


class NewOrderItemSerializer(serializers.ModelSerializer):
    status = StatusField(choices=STATUSES, required=False)

    class Meta:
        model = OrderItem
        exclude = ["order", "reserved_units", "is_stock_short"]

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("discount_amount", 0) > values["price"]:
            raise serializers.ValidationError({"discount_amount": ["The discount is higher than the price."]})
        return values


class CancellationPlanOrderItemSerializer(serializers.ModelSerializer):
    previous_status = StatusField(choices=STATUSES)

    class Meta:
        model = CancellationPlanOrderItem
        fields = ["pk", "order_item", "reason", "previous_status", "price", "discount_share"]
        fields += ["interest_share", "shipping_share", "tax_amount", "refund_amount"]


class CancellationPlanSerializer(serializers.ModelSerializer):
    cancellationplanorderitem_set = CancellationPlanOrderItemSerializer(many=True)

    class Meta:
        model = CancellationPlan
        fields = ["pk", "order", "plan_type", "status", "refund_amount", "discount_refund_amount"]
        fields += [
            "shipping_refund_amount",
            "forced_refund_amount",
            "is_cargo_refund",
            "refund_invoice_number",
        ]
        fields += ["cancellationplanorderitem_set", *DATES]


class TransactionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Transaction
        fields = [*PAYMENT_KEYS, "pos", "bin_number", "installment_count", *DATES]


class FundsTransferTransactionSerializer(serializers.ModelSerializer):
    class Meta:
        model = FundsTransferTransaction
        fields = [*PAYMENT_KEYS, "bank", "iban", "holder_name", *DATES]


class PayOnDeliveryTransactionSerializer(serializers.ModelSerializer):
    class Meta:
        model = PayOnDeliveryTransaction
        fields = [*PAYMENT_KEYS, *DATES]


class LoyaltyTransactionSerializer(serializers.ModelSerializer):
    class Meta:
        model = LoyaltyTransaction
        fields = [*PAYMENT_KEYS, *DATES]


class BexTransactionSerializer(serializers.ModelSerializer):
    class Meta:
        model = BexTransaction
        fields = [*PAYMENT_KEYS, *DATES]


class CashRegisterTransactionSerializer(serializers.ModelSerializer):
    class Meta:
        model = CashRegisterTransaction
        fields = [*PAYMENT_KEYS, "retail_store", *DATES]


class OrderSerializer(serializers.ModelSerializer):
    status = StatusField(choices=STATUSES, required=False)
    net_shipping_amount = serializers.FloatField(required=False)
    fundstransfertransaction_set = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    delivery_range = serializers.SerializerMethodField()

    class Meta:
        model = Order
        fields = FLAT_KEYS

    def get_delivery_range(self, order: Order) -> dict[str, Any] | None:
        span = order.delivery_range
        if span is None:
            return None
        moment = serializers.DateTimeField()
        lower, upper = (end and moment.to_representation(end) for end in (span.lower, span.upper))
        return {"lower": lower, "upper": upper, "bounds": "[)"}


class OrderDetailSerializer(OrderSerializer):
    channel = ChannelSerializer()
    customer = CustomerSerializer()
    shipping_address = AddressSerializer()
    billing_address = AddressSerializer()
    payment_option = PaymentOptionSerializer()
    installment = InstallmentSerializer()
    cargo_company = CargoCompanySerializer()
    status_display = serializers.CharField(source="get_status_display")
    orderitem_set = OrderItemSerializer(many=True)
    discountitem_set = DiscountItemSerializer(many=True)
    cancellationplan_set = CancellationPlanSerializer(many=True)
    transaction_set = TransactionSerializer(many=True)
    fundstransfertransaction_set = FundsTransferTransactionSerializer(many=True)
    payondeliverytransaction_set = PayOnDeliveryTransactionSerializer(many=True)
    loyaltytransaction_set = LoyaltyTransactionSerializer(many=True)
    bextransaction_set = BexTransactionSerializer(many=True)
    cashregistertransaction_set = CashRegisterTransactionSerializer(many=True)

    class Meta:
        model = Order
        fields = DETAIL_KEYS


class NewOrderSerializer(OrderSerializer):
    orderitem_set = NewOrderItemSerializer(many=True, required=False, write_only=True)

    class Meta:
        model = Order
        fields = [*FLAT_KEYS, "orderitem_set"]

    @transaction.atomic
    def create(self, values: dict[str, Any]) -> Order:
        items = values.pop("orderitem_set", [])
        values.setdefault("net_shipping_amount", values.get("shipping_amount", 0))
        order = Order.objects.create(**values)
        OrderItem.objects.bulk_create(OrderItem(order=order, **item) for item in items)
        return order


class CancelSerializer(serializers.Serializer):
    cancel_items = serializers.ListField(child=serializers.IntegerField())
    reasons = serializers.DictField(child=serializers.IntegerField())
