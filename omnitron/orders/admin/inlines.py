"""What the pages of an order and of a plan show of the rows that belong to them. Nothing is written here."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, Model, OuterRef
from django.utils.html import format_html
from unfold.decorators import display

from omnitron.core.admin_display import badge, link_to, money, two_lines
from omnitron.core.admin_inlines import ReadOnlyInline
from omnitron.core.exceptions import InvalidInput
from omnitron.orders.admin.columns import (
    CANCEL_COLOURS,
    PACKAGE_COLOURS,
    REFUND_COLOURS,
    STATUS_COLOURS,
    words,
)
from omnitron.orders.admin.payment_inlines import (
    BexInline,
    CashRegisterInline,
    FundsTransferInline,
    LoyaltyInline,
    PayOnDeliveryInline,
    TransactionInline,
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


class OrderItemInline(ReadOnlyInline):
    model = OrderItem
    verbose_name_plural = "items"
    tab = False
    fields = (
        "sku",
        "units",
        "item_status",
        "shown_price",
        "discount",
        "interest",
        "tax_rate",
        "stock",
        "tracking_number",
    )
    select_related = ("product",)

    @display(description="product")
    def sku(self, item: OrderItem) -> str:
        return two_lines(
            link_to("catalogs.product", item.product_id, item.product.sku), item.product.name[:40]
        )

    @display(description="units")
    def units(self, item: OrderItem) -> int | str:
        try:
            return units_of(item.attributes)
        except InvalidInput:
            return "?"

    @display(description="status")
    def item_status(self, item: OrderItem) -> str:
        status = badge(words(item.get_status_display()), STATUS_COLOURS[item.status])
        if not item.cancel_status:
            return status
        cancellation = badge(item.get_cancel_status_display(), CANCEL_COLOURS[item.cancel_status])
        return format_html("{} {}", status, cancellation)

    @display(description="price")
    def shown_price(self, item: OrderItem) -> str:
        return money(item.price, item.price_currency)

    @display(description="discount")
    def discount(self, item: OrderItem) -> str:
        return money(item.discount_amount, item.price_currency)

    @display(description="interest")
    def interest(self, item: OrderItem) -> str:
        return money(item.installment_interest_amount, item.price_currency)

    @display(description="stock")
    def stock(self, item: OrderItem) -> str:
        return badge("short", "danger") if item.is_stock_short else f"{item.reserved_units} reserved"


class DiscountItemInline(ReadOnlyInline):
    model = DiscountItem
    verbose_name_plural = "discounts"
    fields = ("name", "amount", "cancel_amount", "offer_type", "code", "promotion")
    select_related = ("promotion",)


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

    @display(description="status")
    def status_label(self, plan: CancellationPlan) -> str:
        return badge(plan.get_status_display(), CANCEL_COLOURS.get(plan.status, "default"))


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

    @display(description="status")
    def status_label(self, refund: Refund) -> str:
        return badge(refund.get_status_display(), REFUND_COLOURS.get(refund.status, "default"))


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

    @display(description="status")
    def status_label(self, package: Package) -> str:
        return badge(words(package.get_status_display()), PACKAGE_COLOURS.get(package.status, "default"))


class VendorOrderInline(ReadOnlyInline):
    model = VendorOrder
    verbose_name_plural = "vendor orders"
    fields = ("number", "data_source", "status_label", "created_date")
    select_related = ("data_source",)

    @display(description="status")
    def status_label(self, vendor_order: VendorOrder) -> str:
        return badge(
            words(vendor_order.get_status_display()), STATUS_COLOURS.get(vendor_order.status, "default")
        )


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
