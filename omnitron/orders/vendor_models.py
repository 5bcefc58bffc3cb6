"""What is fulfilled or settled outside: vendor orders and reconciliations."""

from __future__ import annotations

from django.db import models

from omnitron.omnicore.catalogs.enums import CurrencyType
from omnitron.omnicore.models import JSONObjectField, TimeStampedModel, one_of
from omnitron.omnicore.orders.enums import OrderStatus, ShippingCompany


class Reconciliation(TimeStampedModel):
    """A statement of a channel that settles the items it names."""

    channel_path = "channel"

    channel = models.ForeignKey("channels.Channel", on_delete=models.PROTECT)
    reference = models.CharField(max_length=128)
    reconciliation_date = models.DateField()
    # Signed: a statement of refunds is negative.
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, choices=CurrencyType, default=CurrencyType.TR)
    extra_field = JSONObjectField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "reference"], name="reconciliation_once_a_channel"),
            one_of("currency", CurrencyType),
        ]

    def __str__(self) -> str:
        return self.reference


class VendorOrder(TimeStampedModel):
    """The part of an order that one vendor (data source) ships."""

    channel_path = "order__channel"

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT)
    data_source = models.ForeignKey("channels.DataSource", on_delete=models.PROTECT)
    number = models.CharField(max_length=128, null=True, blank=True)
    status = models.PositiveSmallIntegerField(choices=OrderStatus, default=OrderStatus.WAITING)
    extra_field = JSONObjectField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "data_source"], name="vendor_order_once_a_data_source"),
            one_of("status", OrderStatus),
        ]
        indexes = [
            models.Index(fields=["status", "id"], name="vendor_order_by_status"),
            models.Index(
                fields=["number"],
                name="vendor_order_by_number",
                condition=models.Q(number__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"vendor order {self.pk}"


class VendorOrderItem(TimeStampedModel):
    """An item the vendor ships, with what the vendor says of its shipment."""

    channel_path = "vendor_order__order__channel"

    vendor_order = models.ForeignKey(VendorOrder, on_delete=models.CASCADE)
    order_item = models.OneToOneField("orders.OrderItem", on_delete=models.PROTECT)
    status = models.PositiveSmallIntegerField(choices=OrderStatus, default=OrderStatus.WAITING)
    shipping_company = models.CharField(max_length=32, choices=ShippingCompany, null=True, blank=True)
    tracking_number = models.CharField(max_length=256, null=True, blank=True)

    class Meta:
        constraints = [one_of("status", OrderStatus), one_of("shipping_company", ShippingCompany)]

    def __str__(self) -> str:
        return f"vendor item of {self.order_item_id}"
