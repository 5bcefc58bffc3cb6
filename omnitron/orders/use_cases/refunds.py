"""Money goes back: a promised refund is sent to its gateway, once, and what became of it is written down.

The row is claimed in a short transaction, the gateway called without any lock, the outcome recorded under the
order's lock. A call whose answer was lost is found in the gateway's history by the row's pk; an idempotency key
alone would not do, for gateways forget them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from omnitron.core import records
from omnitron.core.audit import AuditContext
from omnitron.orders.capture import PAYMENT_MODELS, REFUND_KEY
from omnitron.orders.enums import RefundInstrument, RefundStatus
from omnitron.orders.exceptions import OrderRefundProofMissingException, OrderRefundStateException
from omnitron.orders.models import Refund
from omnitron.orders.selectors import lock_order
from omnitron.orders.use_cases.plan_moves import follow_refunds
from omnitron.orders.use_cases.refund_rows import close_by_hand, send_again
from omnitron.payments.enums import TransactionStatus, TransactionType
from omnitron.payments.gateways.port import GatewayRefused, GatewayUnavailable
from omnitron.payments.gateways.registry import gateway_of_payment

# Longer than any call takes: only then is a claim taken to be a dead worker's.
LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
# With the pauses above, about two days.
MOST_ATTEMPTS = 16
SHOWN_CHARACTERS = 500


@dataclass(frozen=True)
class _Outcome:
    """What became of a call. One of them: a reference, a final refusal, or nothing that decides."""

    reference: str | None = None
    refusal: str | None = None
    trouble: str | None = None


def send_refund(refund_id: int, *, now: datetime, audit_context: AuditContext) -> bool:
    """Send one pending refund to its gateway, if it is due and nobody else is at it; say whether it was sent.

    Done: the gateway's reference is kept and a refund row booked. Refused: `failed`, for a hand. No answer: tried
    again after a pause that doubles from a minute to six hours; after 16 attempts `failed`. Safe to run twice.
    """
    refund = _claim(refund_id, now=now)
    if refund is None:
        return False
    _record(refund, _ask_gateway(refund), now=now, audit_context=audit_context)
    return True


def due_refunds(*, now: datetime) -> list[int]:
    """The pks of pending refunds that nobody has sent: their worker was never woken, or died."""
    return list(_due(now).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def close_refund(refund: Refund, *, proof: str, audit_context: AuditContext) -> Refund:
    """Note that somebody paid a refund back by hand, and how that can be shown. Its plan follows.

    Raises OrderRefundStateException unless it waits for a hand, OrderRefundProofMissingException.
    """
    locked = _locked(refund)
    if not proof.strip():
        raise OrderRefundProofMissingException(amount=locked.amount)
    if locked.status not in {RefundStatus.MANUAL, RefundStatus.FAILED}:
        raise OrderRefundStateException(refund=locked.pk, status=locked.status)
    close_by_hand([locked], proof=proof, audit_context=audit_context)
    follow_refunds(locked.order, locked.cancellation_plan, audit_context=audit_context)
    return locked


@transaction.atomic
def retry_refund(refund: Refund, *, audit_context: AuditContext) -> Refund:
    """Try a refund at its gateway again. Its plan follows.

    Raises OrderRefundStateException for one that is done, pending, or can go to no gateway.
    """
    locked = _locked(refund)
    if locked.status == RefundStatus.PENDING or not send_again([locked], audit_context=audit_context):
        raise OrderRefundStateException(refund=locked.pk, status=locked.status)
    follow_refunds(locked.order, locked.cancellation_plan, audit_context=audit_context)
    return locked


def _due(now: datetime) -> QuerySet[Refund]:
    return Refund.objects.filter(status=RefundStatus.PENDING).filter(
        Q(not_before__isnull=True) | Q(not_before__lte=now)
    )


@transaction.atomic
def _claim(refund_id: int, *, now: datetime) -> Refund | None:
    """The refund, if it is due; not due again for `LEASE`. A row somebody holds is not waited for."""
    refund = _due(now).select_for_update(skip_locked=True, no_key=True).filter(pk=refund_id).first()
    if refund is not None:
        refund.not_before = now + LEASE
        refund.is_claimed = True
        refund.save(update_fields=["not_before", "is_claimed"])
    return refund


def _ask_gateway(refund: Refund) -> _Outcome:
    payment = PAYMENT_MODELS[RefundInstrument(refund.instrument)].objects.get(pk=refund.transaction_id)
    try:
        gateway, reference = gateway_of_payment(payment)
        for entry in gateway.get_payment_history(reference):
            if entry.refund_id == refund.pk and entry.transaction_type == TransactionType.REFUND:
                return _Outcome(reference=entry.reference)
        sent = gateway.refund(reference, amount=refund.amount, currency=payment.currency, refund_id=refund.pk)
    except GatewayRefused as error:
        return _Outcome(refusal=str(error)[:SHOWN_CHARACTERS])
    except GatewayUnavailable as error:
        return _Outcome(trouble=str(error)[:SHOWN_CHARACTERS] or "no answer")
    return _Outcome(reference=sent)


@transaction.atomic
def _record(refund: Refund, outcome: _Outcome, *, now: datetime, audit_context: AuditContext) -> None:
    locked = _locked(refund)
    if outcome.reference is None and locked.status != RefundStatus.PENDING:
        # Somebody else settled it after this worker's claim had lapsed: a late failure says nothing about that.
        return
    attempts = locked.failed_attempts + 1
    if outcome.reference is not None:
        changes = {
            "status": RefundStatus.DONE,
            "gateway_reference": outcome.reference,
            "failure_reason": None,
        }
        if locked.status != RefundStatus.DONE:
            _book(locked, outcome.reference, now=now, audit_context=audit_context)
    elif outcome.refusal is not None or attempts >= MOST_ATTEMPTS:
        reason = outcome.refusal or f"no answer after {attempts} attempts: {outcome.trouble}"
        changes = {"status": RefundStatus.FAILED, "failure_reason": reason, "failed_attempts": attempts}
    else:
        pause = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
        changes = {
            "not_before": now + pause,
            "failed_attempts": attempts,
            "failure_reason": outcome.trouble,
        }
    records.write_changes(locked, {**changes, "is_claimed": False}, audit_context=audit_context)
    follow_refunds(locked.order, locked.cancellation_plan, audit_context=audit_context)


def _book(refund: Refund, reference: str, *, now: datetime, audit_context: AuditContext) -> None:
    """The refund as a payment row beside the purchase it goes back on."""
    model = PAYMENT_MODELS[RefundInstrument(refund.instrument)]
    purchase = model.objects.get(pk=refund.transaction_id)
    values = {
        "order": refund.order,
        "transaction_type": TransactionType.REFUND,
        "status": TransactionStatus.CONFIRMED,
        "amount": refund.amount,
        "currency": purchase.currency,
        "transaction_date": now,
        "reference": reference,
        "extra_field": {REFUND_KEY: refund.pk, "payment": purchase.pk},
    }
    if refund.instrument == RefundInstrument.CARD:
        values |= {"pos": purchase.pos, "bin_number": purchase.bin_number}
    records.create_record(model, values, audit_context=audit_context)


def _locked(refund: Refund) -> Refund:
    """The refund, locked after its order, which it then has locked."""
    order = lock_order(refund.order_id)
    locked = Refund.objects.select_for_update(of=("self",), no_key=True).get(pk=refund.pk)
    locked.order = order
    return locked
