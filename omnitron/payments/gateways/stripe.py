"""Stripe, through its own SDK."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import stripe

from omnitron.omnicore.money import CENT
from omnitron.payments.enums import TransactionType
from omnitron.payments.gateways.port import GatewayEntry, GatewayRefused, GatewayUnavailable

METADATA_KEY = "omnitron_refund"
# What a repetition may change. Everything else Stripe answers is final.
TRANSIENT = (stripe.APIConnectionError, stripe.RateLimitError, stripe.IdempotencyError)


class StripeGateway:
    """A Stripe account. A payment's reference is the id of its PaymentIntent (`pi_…`) or Charge (`ch_…`)."""

    def __init__(self, *, api_key: str, api_base: str | None = None) -> None:
        addresses = {"api": api_base} if api_base else {}
        # Our own task repeats, after looking into the history: the SDK must not do so on its own.
        self._client = stripe.StripeClient(api_key, base_addresses=addresses, max_network_retries=0)

    def get_payment_history(self, payment_reference: str) -> list[GatewayEntry]:
        with_payment = _payment_params(payment_reference)
        try:
            payment = self._payment(payment_reference)
            refunds = list(
                self._client.v1.refunds.list(params={**with_payment, "limit": 100}).auto_paging_iter()
            )
        except stripe.StripeError as error:
            raise _failure(error) from error
        purchase = GatewayEntry(
            transaction_type=TransactionType.PURCHASE,
            reference=payment_reference,
            amount=_amount(payment.amount),
            currency=payment.currency,
        )
        return [purchase, *(_refund_entry(refund) for refund in refunds)]

    def refund(self, payment_reference: str, *, amount: Decimal, currency: str, refund_id: int) -> str:
        params = {
            **_payment_params(payment_reference),
            "amount": int(amount / CENT),
            "metadata": {METADATA_KEY: str(refund_id)},
        }
        options = {"idempotency_key": f"{METADATA_KEY}-{refund_id}"}
        try:
            refund = self._client.v1.refunds.create(params=params, options=options)
        except stripe.StripeError as error:
            raise _failure(error) from error
        if refund.status in {"failed", "canceled"}:
            raise GatewayRefused(f"Stripe's refund {refund.id} is {refund.status}.")
        return refund.id

    def _payment(self, reference: str) -> Any:
        if reference.startswith("pi_"):
            return self._client.v1.payment_intents.retrieve(reference)
        return self._client.v1.charges.retrieve(reference)


def _payment_params(reference: str) -> dict[str, str]:
    return {"payment_intent" if reference.startswith("pi_") else "charge": reference}


def _refund_entry(refund: Any) -> GatewayEntry:
    metadata = refund.metadata.to_dict() if refund.metadata else {}
    ours = metadata.get(METADATA_KEY, "")
    is_dead = refund.status in {"failed", "canceled"}
    return GatewayEntry(
        transaction_type=TransactionType.CANCEL if is_dead else TransactionType.REFUND,
        reference=refund.id,
        amount=_amount(refund.amount),
        currency=refund.currency,
        refund_id=int(ours) if ours.isdecimal() else None,
    )


def _amount(cents: int) -> Decimal:
    return Decimal(cents) * CENT


def _failure(error: stripe.StripeError) -> Exception:
    status = getattr(error, "http_status", None)
    if isinstance(error, TRANSIENT) or status is None or status >= 500 or status in {409, 429}:
        return GatewayUnavailable(str(error))
    return GatewayRefused(str(error))
