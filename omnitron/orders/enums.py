"""Enums of orders beyond the shared ones of `omnicore`."""

from __future__ import annotations

from django.db import models


class CancellationType(models.TextChoices):
    """Before shipping it is a cancel, from shipping on a refund."""

    CANCEL = "cancel", "cancel"
    REFUND = "refund", "refund"


class CancellationRequestStatus(models.TextChoices):
    WAITING_APPROVAL = "waiting_approval", "waiting for approval"
    CONFIRMED = "confirmed", "confirmed"
    APPROVED = "approved", "approved"
    REJECTED = "rejected", "rejected"
    COMPLETED = "completed", "completed"


class EasyReturnStatus(models.TextChoices):
    ACTIVE = "active", "active"
    USED = "used", "used"
    EXPIRED = "expired", "expired"
    CANCELLED = "cancelled", "cancelled"


class RefundInstrument(models.TextChoices):
    """What money goes back on, in the order in which a refund is spread over several."""

    CARD = "card", "card"
    BEX = "bex", "BEX"
    CASH_REGISTER = "cash_register", "cash register"
    LOYALTY = "loyalty", "loyalty money"
    FUNDS_TRANSFER = "funds_transfer", "funds transfer"
    PAY_ON_DELIVERY = "pay_on_delivery", "pay on delivery"
    CHANNEL = "channel", "channel"


class RefundStatus(models.TextChoices):
    PENDING = "pending", "pending"
    DONE = "done", "done"
    MANUAL = "manual", "needs a hand"
    FAILED = "failed", "failed"


class PackageStatus(models.IntegerChoices):
    """The package states whose numbers OMS documents, and shipping beyond them."""

    WAITING = 100, "waiting"
    PREPARING = 200, "preparing"
    READY_FOR_PACKAGING = 400, "ready_for_packaging"
    PACKED = 500, "packed"
    SHIPPED = 600, "shipped"
    ATTEMPTED_DELIVERY = 700, "attempted_delivery"
    DELIVERED = 800, "delivered"
    CANCELLED = 900, "cancelled"
    OUT_OF_STOCK = 920, "contains_out_of_stock_products"
    PACKED_FOR_REFUND = 1100, "packed_for_refund"
