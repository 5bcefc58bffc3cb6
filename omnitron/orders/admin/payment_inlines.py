"""An order's payments, each kind in a tab of its own on the order's page."""

from __future__ import annotations

from unfold.decorators import display

from omnitron.core.admin_display import badge, money
from omnitron.core.admin_inlines import ReadOnlyInline
from omnitron.payments.admin import STATUS_COLOURS
from omnitron.payments.models import (
    BexTransaction,
    CashRegisterTransaction,
    FundsTransferTransaction,
    LoyaltyTransaction,
    PaymentTransaction,
    PayOnDeliveryTransaction,
    Transaction,
)


class PaymentInline(ReadOnlyInline):
    fields = ("transaction_type", "status_label", "shown_amount", "reference", "transaction_date")

    @display(description="status")
    def status_label(self, payment: PaymentTransaction) -> str:
        return badge(payment.get_status_display(), STATUS_COLOURS.get(payment.status, "default"))

    @display(description="amount")
    def shown_amount(self, payment: PaymentTransaction) -> str:
        return money(payment.amount, payment.currency)


class TransactionInline(PaymentInline):
    model = Transaction
    verbose_name_plural = "card payments"
    fields = (*PaymentInline.fields, "pos", "bin_number", "installment_count")
    select_related = ("pos",)


class FundsTransferInline(PaymentInline):
    model = FundsTransferTransaction
    verbose_name_plural = "funds transfers"
    fields = (*PaymentInline.fields, "bank", "iban", "holder_name")
    select_related = ("bank",)


class PayOnDeliveryInline(PaymentInline):
    model = PayOnDeliveryTransaction
    verbose_name_plural = "paid on delivery"


class LoyaltyInline(PaymentInline):
    model = LoyaltyTransaction
    verbose_name_plural = "loyalty money"


class BexInline(PaymentInline):
    model = BexTransaction
    verbose_name_plural = "BEX payments"


class CashRegisterInline(PaymentInline):
    model = CashRegisterTransaction
    verbose_name_plural = "paid at a till"
    fields = (*PaymentInline.fields, "retail_store")
    select_related = ("retail_store",)
