"""What the pages of an order and of a plan show of the rows that belong to them. Nothing is written here."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, Model, OuterRef
from unfold.decorators import display

from omnitron.core.admin_display import money
from omnitron.core.admin_inlines import ReadOnlyInline
from omnitron.core.exceptions import InvalidInput
from omnitron.orders.admin.columns import (
    CANCEL_COLOURS,
    PACKAGE_COLOURS,
    REFUND_COLOURS,
    STATUS_COLOURS,
    StatusColumns,
    words,
)
from omnitron.orders.models import (
    BenefitApplicant,
    CancellationPlan,
    CancellationPlanOrderItem,
    ConditionApplicant,
    DiscountItem,
    DiscountItemCancellationPlan,
    Order,
    OrderItem,
    Package,
    PackageItem,
    Refund,
    VendorOrder,
    VendorOrderItem,
)
from omnitron.orders.units import units_of
from omnitron.payments.admin import STATUS_COLOURS as PAYMENT_COLOURS
from omnitron.payments.models import (
    BexTransaction,
    CashRegisterTransaction,
    FundsTransferTransaction,
    LoyaltyTransaction,
    PaymentTransaction,
    PayOnDeliveryTransaction,
    Transaction,
)


class OrderItemInline(StatusColumns, ReadOnlyInline):
    model = OrderItem
    verbose_name_plural = "items"
    fields = (
        "product",
        "units",
        "status_label",
        "cancel_label",
        "shown_price",
        "discount_amount",
        "installment_interest_amount",
        "tax_rate",
        "reserved_units",
        "is_stock_short",
        "tracking_number",
    )
    select_related = ("product",)

    @display(description="units")
    def units(self, item: OrderItem) -> int | str:
        try:
            return units_of(item.attributes)
        except InvalidInput:
            return "?"

    @display(description="price")
    def shown_price(self, item: OrderItem) -> str:
        return money(item.price, item.price_currency)


class DiscountItemInline(ReadOnlyInline):
    model = DiscountItem
    verbose_name_plural = "discounts"
    fields = ("name", "amount", "cancel_amount", "offer_type", "code", "promotion")
    select_related = ("promotion",)


class PaymentInline(ReadOnlyInline):
    fields = ("transaction_type", "status_label", "shown_amount", "reference", "transaction_date")

    @display(description="status", label=PAYMENT_COLOURS)
    def status_label(self, payment: PaymentTransaction) -> tuple[str, str]:
        return payment.status, payment.get_status_display()

    @display(description="amount")
    def shown_amount(self, payment: PaymentTransaction) -> str:
        return money(payment.amount, payment.currency)


class TransactionInline(PaymentInline):
    model = Transaction
    verbose_name_plural = "card payments"
    fields = (*PaymentInline.fields, "pos", "bin_number", "installment_count")
    select_related = ("pos",)


class FundsTransferInline(PaymentInline):
    model = FundsTransferTransaction
    verbose_name_plural = "funds transfers"
    fields = (*PaymentInline.fields, "bank", "iban", "holder_name")
    select_related = ("bank",)


class PayOnDeliveryInline(PaymentInline):
    model = PayOnDeliveryTransaction
    verbose_name_plural = "paid on delivery"


class LoyaltyInline(PaymentInline):
    model = LoyaltyTransaction
    verbose_name_plural = "loyalty money"


class BexInline(PaymentInline):
    model = BexTransaction
    verbose_name_plural = "BEX payments"


class CashRegisterInline(PaymentInline):
    model = CashRegisterTransaction
    verbose_name_plural = "paid at a till"
    fields = (*PaymentInline.fields, "retail_store")
    select_related = ("retail_store",)


class CancellationPlanInline(ReadOnlyInline):
    model = CancellationPlan
    verbose_name_plural = "cancellations"
    fields = (
        "plan_type",
        "status_label",
        "refund_amount",
        "shipping_refund_amount",
        "forced_refund_amount",
        "diagnose",
        "created_by",
        "created_date",
    )
    select_related = ("created_by",)

    @display(description="status", label=CANCEL_COLOURS)
    def status_label(self, plan: CancellationPlan) -> tuple[str, str]:
        return plan.status, plan.get_status_display()


class RefundInline(ReadOnlyInline):
    model = Refund
    verbose_name_plural = "refunds"
    fields = (
        "instrument",
        "status_label",
        "amount",
        "gateway_reference",
        "iban",
        "holder_name",
        "failure_reason",
        "created_date",
    )

    @display(description="status", label=REFUND_COLOURS)
    def status_label(self, refund: Refund) -> tuple[str, str]:
        return refund.status, refund.get_status_display()


class PackageInline(ReadOnlyInline):
    model = Package
    verbose_name_plural = "packages"
    fields = (
        "number",
        "status_label",
        "cargo_company",
        "tracking_number",
        "tracking_url",
        "shipped_date",
        "delivered_date",
    )
    select_related = ("cargo_company",)

    @display(description="status", label=PACKAGE_COLOURS)
    def status_label(self, package: Package) -> tuple[int, str]:
        return package.status, words(package.get_status_display())


class VendorOrderInline(ReadOnlyInline):
    model = VendorOrder
    verbose_name_plural = "vendor orders"
    fields = ("number", "data_source", "status_label", "created_date")
    select_related = ("data_source",)

    @display(description="status", label=STATUS_COLOURS)
    def status_label(self, vendor_order: VendorOrder) -> tuple[int, str]:
        return vendor_order.status, words(vendor_order.get_status_display())


class PlanItemInline(ReadOnlyInline):
    model = CancellationPlanOrderItem
    verbose_name_plural = "items"
    fields = (
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
    select_related = ("order_item", "reason")


class PlanDiscountInline(ReadOnlyInline):
    model = DiscountItemCancellationPlan
    verbose_name_plural = "discounts taken back"
    fields = ("discount_item", "amount")
    select_related = ("discount_item",)


class BenefitInline(ReadOnlyInline):
    model = BenefitApplicant
    verbose_name_plural = "given to"
    fields = ("order_item", "amount")
    select_related = ("order_item",)


class ConditionInline(ReadOnlyInline):
    model = ConditionApplicant
    verbose_name_plural = "because of"
    fields = ("order_item",)
    select_related = ("order_item",)


class PackageItemInline(ReadOnlyInline):
    model = PackageItem
    verbose_name_plural = "items"
    fields = ("order_item", "quantity")
    select_related = ("order_item",)


class VendorOrderItemInline(ReadOnlyInline):
    model = VendorOrderItem
    verbose_name_plural = "items"
    fields = ("order_item", "status", "shipping_company", "tracking_number")
    select_related = ("order_item",)


# In the order of their tabs. Most orders have rows of few of these kinds.
WHERE_THERE_ARE_ANY: tuple[type[ReadOnlyInline], ...] = (
    DiscountItemInline,
    TransactionInline,
    FundsTransferInline,
    PayOnDeliveryInline,
    LoyaltyInline,
    BexInline,
    CashRegisterInline,
    CancellationPlanInline,
    RefundInline,
    PackageInline,
    VendorOrderInline,
)


def inlines_of(order: Order) -> tuple[type[ReadOnlyInline], ...]:
    """The items' tab and one for each kind of which the order has rows, found out in one statement."""
    presence: dict[str, Any] = {
        inline.__name__: Exists(_rows_of(inline.model)) for inline in WHERE_THERE_ARE_ANY
    }
    present = Order.objects.filter(pk=order.pk).values(**presence).get()
    return (OrderItemInline, *(inline for inline in WHERE_THERE_ARE_ANY if present[inline.__name__]))


def _rows_of(model: type[Model]) -> Any:
    return model._default_manager.filter(order=OuterRef("pk"))
