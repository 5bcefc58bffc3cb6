"""Orders and their items. Columns, constraints and indexes; nothing here saves or decides.

Django looks for models here, so those of the other files are named here too.
"""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from omnitron.omnicore.models import JSONObjectField, MoneyField, not_negative
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.omnicore.orders.models import BaseOrder, BaseOrderItem
from omnitron.orders.cancellation_models import (
    CancellationPlan,
    CancellationPlanOrderItem,
    CancellationReason,
    CancellationRequest,
    DiscountItemCancellationPlan,
    EasyReturn,
    Refund,
)
from omnitron.orders.discount_models import BenefitApplicant, ConditionApplicant, DiscountItem, Promotion
from omnitron.orders.shipment_models import CargoCompany, Package, PackageItem
from omnitron.orders.tracking_models import TrackingUpload, TrackingUploadRow
from omnitron.orders.vendor_models import Reconciliation, VendorOrder, VendorOrderItem

__all__ = [
    "BenefitApplicant",
    "CancellationPlan",
    "CancellationPlanOrderItem",
    "CancellationReason",
    "CancellationRequest",
    "CargoCompany",
    "ConditionApplicant",
    "DiscountItem",
    "DiscountItemCancellationPlan",
    "EasyReturn",
    "OmnitronBaseOrder",
    "OmnitronBaseOrderItem",
    "Order",
    "OrderItem",
    "Package",
    "PackageItem",
    "Promotion",
    "Reconciliation",
    "Refund",
    "TrackingUpload",
    "TrackingUploadRow",
    "VendorOrder",
    "VendorOrderItem",
]


class OmnitronBaseOrder(BaseOrder):
    """An order as Omnitron knows it: tied to a channel, a customer, a payment and a carrier."""

    channel = models.ForeignKey("channels.Channel", on_delete=models.PROTECT, db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT)
    shipping_address = models.ForeignKey("customers.Address", on_delete=models.PROTECT, related_name="+")
    billing_address = models.ForeignKey("customers.Address", on_delete=models.PROTECT, related_name="+")
    # Few values on many rows: an index on these would cost every insert and serve no question.
    payment_option = models.ForeignKey(
        "payments.PaymentOption", null=True, blank=True, on_delete=models.PROTECT, db_index=False
    )
    installment = models.ForeignKey(
        "payments.Installment", null=True, blank=True, on_delete=models.PROTECT, db_index=False
    )
    cargo_company = models.ForeignKey(
        "orders.CargoCompany", null=True, blank=True, on_delete=models.PROTECT, db_index=False
    )
    external_status = models.ForeignKey(
        "channels.ExternalStatus", null=True, blank=True, on_delete=models.PROTECT, db_index=False
    )
    payment_option_slug = models.SlugField(max_length=128, null=True, blank=True, db_index=False)
    bin_number = models.CharField(max_length=8, null=True, blank=True)
    checkout_provider_id = models.IntegerField(null=True, blank=True)
    # "is_sent" in the documents' text is the same field; the samples write is_send.
    is_send = models.BooleanField(default=False)
    cancellation_info = JSONObjectField()
    tracking_url = models.URLField(max_length=512, null=True, blank=True)

    class Meta(BaseOrder.Meta):
        abstract = True


class Order(OmnitronBaseOrder):
    """An order. Its status is derived: the lowest status among its active items."""

    channel_path = "channel"

    # What the channel says shipping cost net; where it says nothing, shipping_amount.
    net_shipping_amount = MoneyField()
    # amount - (sum of the parts) where a channel's totals do not add up: kept, shown, counted in every check.
    total_difference = models.DecimalField(max_digits=12, decimal_places=2, default=0)

    class Meta(OmnitronBaseOrder.Meta):
        abstract = False
        permissions = [
            ("cancel_order", "Can open cancellations"),
            ("decide_cancellation", "Can approve and reject cancellations"),
        ]
        constraints = [
            *OmnitronBaseOrder.Meta.constraints,
            # The number leads, so that a search by number alone is served by the same index.
            models.UniqueConstraint(fields=["number", "channel"], name="order_number_once_a_channel"),
            *not_negative("net_shipping_amount"),
            models.CheckConstraint(
                condition=Q(refund_amount__lte=F("amount")), name="order_refund_within_amount"
            ),
            models.CheckConstraint(
                condition=Q(shipping_refund_amount__lte=F("shipping_amount") + F("shipping_interest_amount")),
                name="order_shipping_refund_within_shipping",
            ),
            models.CheckConstraint(
                condition=Q(discount_refund_amount__lte=F("discount_amount")),
                name="order_discount_refund_within_discount",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "id"], name="order_by_status"),
            models.Index(fields=["channel", "modified_date", "id"], name="order_by_channel_modified"),
            models.Index(fields=["modified_date", "id"], name="order_by_modified_date"),
            models.Index(fields=["date_placed", "id"], name="order_by_date_placed"),
            models.Index(
                fields=["cancel_status", "id"],
                name="order_by_cancel_status",
                condition=Q(cancel_status__isnull=False),
            ),
            # The ERP's question: what is approved and not yet taken over.
            models.Index(fields=["status", "id"], name="order_not_sent", condition=Q(is_send=False)),
            # What somebody has to look at: few rows among many.
            models.Index(fields=["id"], name="order_total_differs", condition=~Q(total_difference=0)),
            # UPPER(), because Django's icontains asks for it.
            GinIndex(OpClass(Upper("number"), name="gin_trgm_ops"), name="order_number_trigrams"),
            GinIndex(OpClass(Upper("tracking_number"), name="gin_trgm_ops"), name="order_tracking_trigrams"),
            # Other systems' ids live in extra_field; `extra_field__<key>=` asks by containment.
            GinIndex(OpClass("extra_field", name="jsonb_path_ops"), name="order_extra_field"),
            models.Index(
                fields=["invoice_number"], name="order_by_invoice", condition=Q(invoice_number__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OmnitronBaseOrderItem(BaseOrderItem):
    """An order item as Omnitron knows it: tied to a product, its lists, a vendor and the payments for it."""

    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE)
    product = models.ForeignKey("catalogs.Product", on_delete=models.PROTECT)
    price_list = models.ForeignKey(
        "catalogs.PriceList", null=True, blank=True, on_delete=models.PROTECT, db_index=False
    )
    stock_list = models.ForeignKey(
        "catalogs.StockList", null=True, blank=True, on_delete=models.PROTECT, db_index=False
    )
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    external_status = models.ForeignKey(
        "channels.ExternalStatus", null=True, blank=True, on_delete=models.PROTECT, db_index=False
    )
    # `data_source` on the wire.
    datasource = models.ForeignKey(
        "channels.DataSource", null=True, blank=True, on_delete=models.PROTECT, db_index=False
    )
    reconciliation = models.ForeignKey(
        "orders.Reconciliation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    cancellation_reconciliation = models.ForeignKey(
        "orders.Reconciliation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    transactions = models.ManyToManyField("payments.Transaction", blank=True)
    funds_transactions = models.ManyToManyField("payments.FundsTransferTransaction", blank=True)
    payondelivery_transactions = models.ManyToManyField("payments.PayOnDeliveryTransaction", blank=True)
    loyalty_transactions = models.ManyToManyField("payments.LoyaltyTransaction", blank=True)
    cashregister_transactions = models.ManyToManyField("payments.CashRegisterTransaction", blank=True)
    original_stock = models.IntegerField(null=True, blank=True)
    shipping_option_group = models.CharField(max_length=128, null=True, blank=True)
    tracking_url = models.URLField(max_length=512, null=True, blank=True)

    class Meta(BaseOrderItem.Meta):
        abstract = True


class OrderItem(OmnitronBaseOrderItem):
    """An item of an order, with the units it holds in stock and its frozen shares of discount and interest."""

    channel_path = "order__channel"

    reserved_units = models.PositiveIntegerField(default=0)
    # The item's part of the order's shipping and its interest: given, and from then on frozen, when shares are
    # distributed or the first cancellation of the order is opened.
    shipping_share = MoneyField(null=True, blank=True)
    # Too little stock never refuses an order; it is flagged.
    is_stock_short = models.BooleanField(default=False)

    class Meta(OmnitronBaseOrderItem.Meta):
        abstract = False
        constraints = [*OmnitronBaseOrderItem.Meta.constraints, *not_negative("shipping_share")]
        indexes = [
            models.Index(fields=["modified_date", "id"], name="order_item_by_modified_date"),
            models.Index(
                fields=["cancel_status", "id"],
                name="order_item_by_cancel_status",
                condition=Q(cancel_status__isnull=False),
            ),
            models.Index(fields=["id"], name="order_item_stock_short", condition=Q(is_stock_short=True)),
            GinIndex(
                OpClass(Upper("tracking_number"), name="gin_trgm_ops"), name="order_item_tracking_trigrams"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} ({OrderStatus(self.status).label})"

    @property
    def net_amount(self) -> Decimal:
        """Price minus discount share; the interest share is not in it (the documents' sample)."""
        return self.price - self.discount_amount
