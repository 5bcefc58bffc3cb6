"""The gateway of the demo data: it pays everything back, unless a payment's `extra_field` says otherwise.

Its books are our own payment rows: what it is said to have refunded are the refund rows booked here. So it needs no
memory of its own, and a refund asked for twice has the same reference.
"""

from __future__ import annotations

from decimal import Decimal

from omnitron.payments.enums import TransactionStatus, TransactionType
from omnitron.payments.gateways.port import GatewayEntry, GatewayRefused, GatewayUnavailable
from omnitron.payments.models import BexTransaction, PaymentTransaction, Transaction

# Keys of a purchase's extra_field that make the demo gateway fail, with the words it fails in.
REFUSES, UNAVAILABLE = "demo_refuses", "demo_unavailable"


class DemoGateway:
    def get_payment_history(self, payment_reference: str) -> list[GatewayEntry]:
        purchase = _purchase(payment_reference)
        _fail_if_told(purchase, UNAVAILABLE, GatewayUnavailable)
        refunds = type(purchase).objects.filter(
            order=purchase.order_id,
            transaction_type=TransactionType.REFUND,
            status=TransactionStatus.CONFIRMED,
            extra_field__payment=purchase.pk,
        )
        return [_entry(row) for row in (purchase, *refunds.order_by("pk"))]

    def refund(self, payment_reference: str, *, amount: Decimal, currency: str, refund_id: int) -> str:
        purchase = _purchase(payment_reference)
        _fail_if_told(purchase, UNAVAILABLE, GatewayUnavailable)
        _fail_if_told(purchase, REFUSES, GatewayRefused)
        return f"demo-refund-{refund_id}"


def _purchase(reference: str) -> PaymentTransaction:
    for model in (Transaction, BexTransaction):
        row = model.objects.filter(reference=reference, transaction_type=TransactionType.PURCHASE).first()
        if row is not None:
            return row
    raise GatewayRefused(f"There is no payment {reference}.")


def _fail_if_told(purchase: PaymentTransaction, key: str, failure: type[Exception]) -> None:
    if words := purchase.extra_field.get(key):
        raise failure(str(words))


def _entry(row: PaymentTransaction) -> GatewayEntry:
    return GatewayEntry(
        transaction_type=TransactionType(row.transaction_type),
        reference=row.reference or "",
        amount=row.amount,
        currency=row.currency,
        refund_id=row.extra_field.get("refund"),
    )
