"""How orders are paid: options, cards and banks, and one model for each kind of payment row."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from omnitron.omnicore.catalogs.enums import CurrencyType
from omnitron.omnicore.models import (
    JSONObjectField,
    MoneyField,
    RateField,
    TimeStampedModel,
    not_negative,
    one_of,
)
from omnitron.payments.enums import PaymentType, TransactionStatus, TransactionType


class PaymentOption(TimeStampedModel):
    """A way to pay, as the shop offers it."""

    name = models.CharField(max_length=255)
    slug = models.SlugField(max_length=128, unique=True)
    payment_type = models.CharField(max_length=32, choices=PaymentType)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [one_of("payment_type", PaymentType)]

    def __str__(self) -> str:
        return self.name


class Bank(TimeStampedModel):
    name = models.CharField(max_length=255)
    slug = models.SlugField(max_length=128, unique=True)

    def __str__(self) -> str:
        return self.name


class Card(TimeStampedModel):
    """A card programme of a bank (Bonus, World, …)."""

    name = models.CharField(max_length=255)
    slug = models.SlugField(max_length=128, unique=True)
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return self.name


class BinNumber(TimeStampedModel):
    """The first digits of a card number, which tell its programme."""

    bin_number = models.CharField(max_length=8, unique=True)
    card = models.ForeignKey(Card, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return self.bin_number


class Installment(TimeStampedModel):
    """In how many parts a card lets its holder pay, and what that costs (percent)."""

    label = models.CharField(max_length=255)
    card = models.ForeignKey(Card, null=True, blank=True, on_delete=models.PROTECT)
    installment_count = models.PositiveIntegerField(default=1)
    interest_rate = RateField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = not_negative("interest_rate")

    def __str__(self) -> str:
        return self.label


class Pos(TimeStampedModel):
    """A merchant account at a payment gateway. Its credentials are the gateway adapter's business."""

    channel_path = "channel"

    name = models.CharField(max_length=64)
    slug = models.SlugField(max_length=64)
    gateway = models.CharField(max_length=64)
    channel = models.ForeignKey("channels.Channel", null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        verbose_name_plural = "pos"
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "channel"], name="pos_once_a_channel", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name


class PaymentTransaction(TimeStampedModel):
    """What every payment row tells: which order, what, how much, and whether it happened."""

    channel_path = "order__channel"

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT)
    transaction_type = models.CharField(
        max_length=16, choices=TransactionType, default=TransactionType.PURCHASE
    )
    status = models.CharField(max_length=16, choices=TransactionStatus, default=TransactionStatus.PENDING)
    amount = MoneyField()
    currency = models.CharField(max_length=3, choices=CurrencyType, default=CurrencyType.TR)
    transaction_date = models.DateTimeField(default=timezone.now)
    reference = models.CharField(max_length=255, null=True, blank=True)
    extra_field = JSONObjectField()

    class Meta:
        abstract = True
        constraints = [
            one_of("transaction_type", TransactionType),
            one_of("status", TransactionStatus),
            one_of("currency", CurrencyType),
            *not_negative("amount"),
        ]

    def __str__(self) -> str:
        return f"{self.transaction_type} {self.amount} {self.currency}"


class Transaction(PaymentTransaction):
    """A card payment at a POS."""

    pos = models.ForeignKey(Pos, null=True, blank=True, on_delete=models.PROTECT)
    bin_number = models.CharField(max_length=8, null=True, blank=True)
    installment_count = models.PositiveIntegerField(default=1)


class FundsTransferTransaction(PaymentTransaction):
    """A bank transfer, captured when somebody has seen it on the account."""

    bank = models.ForeignKey(Bank, null=True, blank=True, on_delete=models.PROTECT)
    iban = models.CharField(max_length=34, null=True, blank=True)
    holder_name = models.CharField(max_length=255, null=True, blank=True)


class PayOnDeliveryTransaction(PaymentTransaction):
    """Money the carrier collects at the door."""


class LoyaltyTransaction(PaymentTransaction):
    """Loyalty money spent or given back."""


class BexTransaction(PaymentTransaction):
    """A payment through BKM Express."""


class CashRegisterTransaction(PaymentTransaction):
    """A payment at a shop's till."""

    retail_store = models.ForeignKey("customers.RetailStore", null=True, blank=True, on_delete=models.PROTECT)
