"""Factories of payment options, cards and every kind of payment row.

A payment row needs its order: `TransactionFactory(order=order)`. Without one it makes an approved order.
"""

from __future__ import annotations

from factory import SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from omnitron.payments.enums import PaymentType, TransactionStatus
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


class PaymentOptionFactory(DjangoModelFactory):
    class Meta:
        model = PaymentOption

    name = Sequence("Payment option {}".format)
    slug = Sequence("payment-option-{}".format)
    payment_type = PaymentType.CREDIT_CARD


class BankFactory(DjangoModelFactory):
    class Meta:
        model = Bank

    name = Sequence("Bank {}".format)
    slug = Sequence("bank-{}".format)


class CardFactory(DjangoModelFactory):
    class Meta:
        model = Card

    name = Sequence("Card {}".format)
    slug = Sequence("card-{}".format)
    bank = SubFactory(BankFactory)


class BinNumberFactory(DjangoModelFactory):
    class Meta:
        model = BinNumber

    bin_number = Sequence("{:06d}".format)
    card = SubFactory(CardFactory)


class InstallmentFactory(DjangoModelFactory):
    class Meta:
        model = Installment

    label = "Single payment"
    card = SubFactory(CardFactory)


class PosFactory(DjangoModelFactory):
    class Meta:
        model = Pos

    name = Sequence("POS {}".format)
    slug = Sequence("pos-{}".format)
    gateway = "demo"


class PaymentTransactionFactory(DjangoModelFactory):
    """A confirmed purchase of the whole amount of its order."""

    class Meta:
        abstract = True

    order = SubFactory("tests.factories.orders.ApprovedOrderFactory")
    status = TransactionStatus.CONFIRMED
    amount = SelfAttribute("order.amount")
    currency = SelfAttribute("order.currency")


class TransactionFactory(PaymentTransactionFactory):
    class Meta:
        model = Transaction

    pos = SubFactory(PosFactory)
    bin_number = "450634"


class FundsTransferTransactionFactory(PaymentTransactionFactory):
    class Meta:
        model = FundsTransferTransaction

    bank = SubFactory(BankFactory)
    iban = "TR330006100519786457841326"
    holder_name = "Ayşe Yılmaz"


class PayOnDeliveryTransactionFactory(PaymentTransactionFactory):
    class Meta:
        model = PayOnDeliveryTransaction


class LoyaltyTransactionFactory(PaymentTransactionFactory):
    class Meta:
        model = LoyaltyTransaction


class BexTransactionFactory(PaymentTransactionFactory):
    class Meta:
        model = BexTransaction


class CashRegisterTransactionFactory(PaymentTransactionFactory):
    class Meta:
        model = CashRegisterTransaction

    retail_store = SubFactory("tests.factories.customers.RetailStoreFactory")
