"""Enums of payments."""

from __future__ import annotations

from django.db import models


class PaymentType(models.TextChoices):
    """The kinds of payment the documents name."""

    CREDIT_CARD = "credit_card", "credit card"
    FUNDS_TRANSFER = "funds_transfer", "funds transfer"
    PAY_ON_DELIVERY = "pay_on_delivery", "pay on delivery"
    LOYALTY_MONEY = "loyalty_money", "loyalty money"
    BEX = "bex", "BEX"
    CASH_REGISTER = "cash_register", "cash register"
    CHANNEL = "channel", "paid at the channel"


class TransactionType(models.TextChoices):
    """What a payment row did."""

    PURCHASE = "purchase", "purchase"
    REFUND = "refund", "refund"
    CANCEL = "cancel", "cancel"


class TransactionStatus(models.TextChoices):
    """Whether it happened: only `confirmed` money counts as captured."""

    PENDING = "pending", "pending"
    CONFIRMED = "confirmed", "confirmed"
    FAILED = "failed", "failed"
