"""What the payment gateways know of an order."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from omnitron.omnicore.money import ZERO
from omnitron.orders.models import Order
from omnitron.payments.enums import TransactionStatus, TransactionType
from omnitron.payments.gateways.registry import gateway_of_payment
from omnitron.payments.models import BexTransaction, Transaction


def get_payment_history(order: Order, **kwargs: Any) -> list[dict[str, Any]]:
    """Detailed transaction information about the order from its POS gateways, purchase by purchase.

    Each is `{transaction, pos, transaction_type, reference, amount (Decimal), currency, refund}`; `kwargs` narrow
    them by these names. Calls the gateways: not to be used while a lock is held.

    Raises GatewayRefused and GatewayUnavailable. Source: the documents on `get_payment_history`.
    """
    return [row for row in _history(order) if all(row[name] == value for name, value in kwargs.items())]


def get_transaction_amount(order: Order) -> Decimal:
    """What the gateways took for the order, in its currency: "using the get_payment_history method, the total
    amount is calculated by fetching the order-related transactions".
    """
    purchases = get_payment_history(order, transaction_type=TransactionType.PURCHASE)
    return sum((row["amount"] for row in purchases), ZERO)


def _history(order: Order) -> Iterator[dict[str, Any]]:
    for model in (Transaction, BexTransaction):
        purchases = model.objects.filter(
            order=order, transaction_type=TransactionType.PURCHASE, status=TransactionStatus.CONFIRMED
        )
        for payment in purchases.order_by("pk"):
            gateway, reference = gateway_of_payment(payment)
            for entry in gateway.get_payment_history(reference):
                yield {
                    "transaction": payment.pk,
                    "pos": getattr(payment, "pos_id", None),
                    "transaction_type": entry.transaction_type,
                    "reference": entry.reference,
                    "amount": entry.amount,
                    "currency": entry.currency,
                    "refund": entry.refund_id,
                }
