"""Carriers, and the packages an order is shipped in."""

from __future__ import annotations

from django.db import models

from omnitron.omnicore.models import JSONObjectField, TimeStampedModel, one_of
from omnitron.omnicore.orders.enums import ShippingCompany
from omnitron.orders.enums import PackageStatus


class CargoCompany(TimeStampedModel):
    """A carrier as the shop calls it, known to the ERP by `erp_code`."""

    name = models.CharField(max_length=255)
    erp_code = models.CharField(max_length=64, unique=True)
    shipping_company = models.CharField(max_length=32, choices=ShippingCompany)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "cargo companies"
        constraints = [one_of("shipping_company", ShippingCompany)]

    def __str__(self) -> str:
        return self.name


class Package(TimeStampedModel):
    """One shipment of an order, with its carrier, tracking number and state."""

    channel_path = "order__channel"

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT)
    number = models.CharField(max_length=128)
    status = models.PositiveSmallIntegerField(choices=PackageStatus, default=PackageStatus.WAITING)
    cargo_company = models.ForeignKey(CargoCompany, null=True, blank=True, on_delete=models.PROTECT)
    shipping_company = models.CharField(max_length=32, choices=ShippingCompany, null=True, blank=True)
    tracking_number = models.CharField(max_length=256, null=True, blank=True)
    carrier_shipping_code = models.CharField(max_length=256, null=True, blank=True)
    tracking_url = models.URLField(max_length=512, null=True, blank=True)
    shipped_date = models.DateTimeField(null=True, blank=True)
    delivered_date = models.DateTimeField(null=True, blank=True)
    extra_field = JSONObjectField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="package_number_once_an_order"),
            one_of("status", PackageStatus),
            one_of("shipping_company", ShippingCompany),
        ]
        indexes = [
            models.Index(fields=["status", "id"], name="package_by_status"),
            models.Index(
                fields=["tracking_number"],
                name="package_by_tracking_number",
                condition=models.Q(tracking_number__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PackageItem(TimeStampedModel):
    """How many units of an item are in a package."""

    channel_path = "package__order__channel"

    package = models.ForeignKey(Package, on_delete=models.CASCADE)
    order_item = models.ForeignKey("orders.OrderItem", on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "order_item"], name="package_item_once_a_package"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="package_item_quantity_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.order_item_id}"
