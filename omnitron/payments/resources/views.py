"""The resources of payment options, cards and merchant accounts; payment rows are read here, never written."""

from __future__ import annotations

from omnitron.core.resources.filters import filterset_for
from omnitron.core.resources.viewsets import ReadViewSet, ResourceViewSet
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
from omnitron.payments.resources import serializers

_DATES = ("created_date", "modified_date")
_PAYMENT = (
    "order",
    "order__number",
    "order__channel",
    "transaction_type",
    "status",
    "amount",
    "currency",
    "transaction_date",
    "reference",
    "extra_field",
    *_DATES,
)


class PaymentOptionViewSet(ResourceViewSet):
    queryset = PaymentOption.objects.all()
    serializer_class = serializers.PaymentOptionSerializer
    filterset_class = filterset_for(PaymentOption, "name", "slug", "payment_type", "is_active", *_DATES)
    search_fields = ("name", "slug")


class BankViewSet(ResourceViewSet):
    queryset = Bank.objects.all()
    serializer_class = serializers.BankSerializer
    filterset_class = filterset_for(Bank, "name", "slug", *_DATES)
    search_fields = ("name", "slug")


class CardViewSet(ResourceViewSet):
    queryset = Card.objects.all()
    serializer_class = serializers.CardSerializer
    filterset_class = filterset_for(Card, "name", "slug", "bank", "bank__slug", *_DATES)
    search_fields = ("name", "slug")


class BinNumberViewSet(ResourceViewSet):
    queryset = BinNumber.objects.all()
    serializer_class = serializers.BinNumberSerializer
    filterset_class = filterset_for(BinNumber, "bin_number", "card", "card__slug", *_DATES)
    search_fields = ("bin_number",)


class InstallmentViewSet(ResourceViewSet):
    queryset = Installment.objects.all()
    serializer_class = serializers.InstallmentSerializer
    filterset_class = filterset_for(
        Installment,
        "label",
        "card",
        "card__slug",
        "installment_count",
        "interest_rate",
        "is_active",
        *_DATES,
    )
    search_fields = ("label",)


class PosViewSet(ResourceViewSet):
    queryset = Pos.objects.all()
    serializer_class = serializers.PosSerializer
    filterset_class = filterset_for(Pos, "name", "slug", "gateway", "channel", *_DATES)
    search_fields = ("name", "slug")


class PaymentTransactionViewSet(ReadViewSet):
    """What the kinds of payment rows have in common."""

    search_fields = ("order__number", "reference")


class TransactionViewSet(PaymentTransactionViewSet):
    queryset = Transaction.objects.all()
    serializer_class = serializers.TransactionSerializer
    filterset_class = filterset_for(
        Transaction, *_PAYMENT, "pos", "pos__slug", "bin_number", "installment_count"
    )


class FundsTransferTransactionViewSet(PaymentTransactionViewSet):
    queryset = FundsTransferTransaction.objects.all()
    serializer_class = serializers.FundsTransferTransactionSerializer
    filterset_class = filterset_for(FundsTransferTransaction, *_PAYMENT, "bank", "iban", "holder_name")


class PayOnDeliveryTransactionViewSet(PaymentTransactionViewSet):
    queryset = PayOnDeliveryTransaction.objects.all()
    serializer_class = serializers.PayOnDeliveryTransactionSerializer
    filterset_class = filterset_for(PayOnDeliveryTransaction, *_PAYMENT)


class LoyaltyTransactionViewSet(PaymentTransactionViewSet):
    queryset = LoyaltyTransaction.objects.all()
    serializer_class = serializers.LoyaltyTransactionSerializer
    filterset_class = filterset_for(LoyaltyTransaction, *_PAYMENT)


class BexTransactionViewSet(PaymentTransactionViewSet):
    queryset = BexTransaction.objects.all()
    serializer_class = serializers.BexTransactionSerializer
    filterset_class = filterset_for(BexTransaction, *_PAYMENT)


class CashRegisterTransactionViewSet(PaymentTransactionViewSet):
    queryset = CashRegisterTransaction.objects.all()
    serializer_class = serializers.CashRegisterTransactionSerializer
    filterset_class = filterset_for(CashRegisterTransaction, *_PAYMENT, "retail_store")
