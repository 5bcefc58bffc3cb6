"""What a payment gateway must be able to do, whoever it is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from omnitron.payments.enums import TransactionType


class GatewayRefused(Exception):
    """The gateway said no, and would say so again: somebody has to pay by hand."""


class GatewayUnavailable(Exception):
    """No answer, or none that decides: the call may or may not have happened. To be tried again."""


@dataclass(frozen=True)
class GatewayEntry:
    """One movement the gateway knows of a payment. `refund_id` is the pk of our `Refund` it was made for, which
    travelled as metadata; None for what others did.
    """

    transaction_type: TransactionType
    reference: str
    amount: Decimal
    currency: str
    refund_id: int | None = None


class PaymentGateway(Protocol):
    """A merchant account at a gateway. Amounts are in the payment's currency, two decimals.

    Both raise GatewayRefused for what is final, GatewayUnavailable for what is worth another try.
    """

    def get_payment_history(self, payment_reference: str) -> list[GatewayEntry]:
        """Every movement of the payment: the purchase and its refunds."""

    def refund(self, payment_reference: str, *, amount: Decimal, currency: str, refund_id: int) -> str:
        """Send `amount` back and return the gateway's reference of it. `refund_id` goes along as the idempotency
        key and as metadata, for `get_payment_history` to find it by.
        """
