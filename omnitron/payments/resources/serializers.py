"""The shapes of payment options, cards, merchant accounts and every kind of payment row."""

from __future__ import annotations

from omnitron.core.resources.serializers import ResourceSerializer
from omnitron.payments.models import (
    Bank,
    BexTransaction,
    BinNumber,
    Card,
    CashRegisterTransaction,
    FundsTransferTransaction,
    Installment,
    LoyaltyTransaction,
    PaymentOption,
    PayOnDeliveryTransaction,
    Pos,
    Transaction,
)

_DATES = ["created_date", "modified_date"]
# What every payment row tells, before what its own kind adds.
_PAYMENT = [
    "pk",
    "order",
    "transaction_type",
    "status",
    "amount",
    "currency",
    "transaction_date",
    "reference",
    "extra_field",
]


class PaymentOptionSerializer(ResourceSerializer):
    class Meta:
        model = PaymentOption
        fields = ["pk", "name", "slug", "payment_type", "is_active", *_DATES]


class BankSerializer(ResourceSerializer):
    class Meta:
        model = Bank
        fields = ["pk", "name", "slug", *_DATES]


class CardSerializer(ResourceSerializer):
    class Meta:
        model = Card
        fields = ["pk", "name", "slug", "bank", *_DATES]


class BinNumberSerializer(ResourceSerializer):
    class Meta:
        model = BinNumber
        fields = ["pk", "bin_number", "card", *_DATES]


class InstallmentSerializer(ResourceSerializer):
    class Meta:
        model = Installment
        fields = ["pk", "label", "card", "installment_count", "interest_rate", "is_active", *_DATES]


class PosSerializer(ResourceSerializer):
    class Meta:
        model = Pos
        fields = ["pk", "name", "slug", "gateway", "channel", *_DATES]


class TransactionSerializer(ResourceSerializer):
    class Meta:
        model = Transaction
        fields = [*_PAYMENT, "pos", "bin_number", "installment_count", *_DATES]


class FundsTransferTransactionSerializer(ResourceSerializer):
    class Meta:
        model = FundsTransferTransaction
        fields = [*_PAYMENT, "bank", "iban", "holder_name", *_DATES]


class PayOnDeliveryTransactionSerializer(ResourceSerializer):
    class Meta:
        model = PayOnDeliveryTransaction
        fields = [*_PAYMENT, *_DATES]


class LoyaltyTransactionSerializer(ResourceSerializer):
    class Meta:
        model = LoyaltyTransaction
        fields = [*_PAYMENT, *_DATES]


class BexTransactionSerializer(ResourceSerializer):
    class Meta:
        model = BexTransaction
        fields = [*_PAYMENT, *_DATES]


class CashRegisterTransactionSerializer(ResourceSerializer):
    class Meta:
        model = CashRegisterTransaction
        fields = [*_PAYMENT, "retail_store", *_DATES]
