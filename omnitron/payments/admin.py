"""Admin of payment options, cards and banks, and of every kind of payment row, which nobody changes by hand."""

from __future__ import annotations

from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from omnitron.core.admin_base import OmnitronAdmin, ReadOnlyAdmin
from omnitron.core.admin_display import link_to, money
from omnitron.core.admin_filters import AmountRangeFilter, DayRangeFilter, ScopedRelatedFilter
from omnitron.payments.enums import TransactionStatus
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
    PaymentTransaction,
    PayOnDeliveryTransaction,
    Pos,
    Transaction,
)

STATUS_COLOURS = {
    TransactionStatus.PENDING: "warning",
    TransactionStatus.CONFIRMED: "success",
    TransactionStatus.FAILED: "danger",
}


@admin.register(PaymentOption)
class PaymentOptionAdmin(OmnitronAdmin):
    list_display = ("name", "slug", "payment_type", "is_active")
    list_filter = (("payment_type", ChoicesDropdownFilter), "is_active")
    search_fields = ("name", "slug")
    is_deletable = True


@admin.register(Bank)
class BankAdmin(OmnitronAdmin):
    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    is_deletable = True


@admin.register(Card)
class CardAdmin(OmnitronAdmin):
    list_display = ("name", "slug", "bank")
    list_filter = (("bank", ScopedRelatedFilter),)
    list_select_related = ("bank",)
    search_fields = ("name", "slug")
    autocomplete_fields = ("bank",)
    is_deletable = True


@admin.register(BinNumber)
class BinNumberAdmin(OmnitronAdmin):
    list_display = ("bin_number", "card")
    list_filter = (("card", ScopedRelatedFilter),)
    list_select_related = ("card",)
    search_fields = ("bin_number",)
    autocomplete_fields = ("card",)
    is_deletable = True


@admin.register(Installment)
class InstallmentAdmin(OmnitronAdmin):
    list_display = ("label", "card", "installment_count", "interest_rate", "is_active")
    list_filter = (("card", ScopedRelatedFilter), "is_active")
    list_select_related = ("card",)
    search_fields = ("label",)
    autocomplete_fields = ("card",)
    is_deletable = True


@admin.register(Pos)
class PosAdmin(OmnitronAdmin):
    list_display = ("name", "slug", "gateway", "channel")
    list_filter = (("channel", ScopedRelatedFilter),)
    list_select_related = ("channel",)
    search_fields = ("name", "slug", "gateway")
    autocomplete_fields = ("channel",)
    is_deletable = True


class PaymentTransactionAdmin(ReadOnlyAdmin):
    """Rows a gateway, a channel or an order's own actions write. Searched by the order's number."""

    list_display = (
        "id",
        "order_link",
        "kind",
        "status_label",
        "shown_amount",
        "reference",
        "transaction_date",
    )
    list_filter = (
        ("order__channel", ScopedRelatedFilter),
        ("transaction_type", ChoicesDropdownFilter),
        ("status", ChoicesDropdownFilter),
        ("transaction_date", DayRangeFilter),
        ("amount", AmountRangeFilter),
    )
    list_select_related = ("order",)
    detail_select_related = ("order",)
    search_fields = ("order__number__exact",)
    search_help_text = "The whole number of the order"

    @display(description="order")
    def order_link(self, payment: PaymentTransaction) -> str:
        return link_to("orders.order", payment.order_id, payment.order.number)

    @display(description="kind", ordering="transaction_type")
    def kind(self, payment: PaymentTransaction) -> str:
        return payment.get_transaction_type_display()

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def status_label(self, payment: PaymentTransaction) -> tuple[str, str]:
        return payment.status, payment.get_status_display()

    @display(description="amount", ordering="amount")
    def shown_amount(self, payment: PaymentTransaction) -> str:
        return money(payment.amount, payment.currency)


@admin.register(Transaction)
class TransactionAdmin(PaymentTransactionAdmin):
    detail_select_related = ("order", "pos")


@admin.register(FundsTransferTransaction)
class FundsTransferTransactionAdmin(PaymentTransactionAdmin):
    detail_select_related = ("order", "bank")


@admin.register(CashRegisterTransaction)
class CashRegisterTransactionAdmin(PaymentTransactionAdmin):
    detail_select_related = ("order", "retail_store")


for model in (PayOnDeliveryTransaction, LoyaltyTransaction, BexTransaction):
    admin.site.register(model, PaymentTransactionAdmin)
