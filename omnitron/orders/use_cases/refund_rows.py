"""Money is promised back: one row a payment, written in the transaction that promises it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from omnitron.core import audit, records
from omnitron.core.audit import AuditContext
from omnitron.core.transactions import run_on_commit
from omnitron.omnicore.orders.enums import CancelStatus
from omnitron.orders.capture import REFUND_KEY
from omnitron.orders.enums import RefundInstrument, RefundStatus
from omnitron.orders.exceptions import OrderRefundInFlightException
from omnitron.orders.models import CancellationPlan, Order, Refund
from omnitron.orders.quotes import InstrumentQuote
from omnitron.payments.enums import TransactionStatus, TransactionType
from omnitron.payments.models import FundsTransferTransaction, LoyaltyTransaction

# How each goes back. Nothing here can send money to a bank account or into a till: a hand does.
FIRST_STATUS = {
    RefundInstrument.CARD: RefundStatus.PENDING,
    RefundInstrument.BEX: RefundStatus.PENDING,
    RefundInstrument.CASH_REGISTER: RefundStatus.MANUAL,
    RefundInstrument.LOYALTY: RefundStatus.DONE,
    RefundInstrument.FUNDS_TRANSFER: RefundStatus.MANUAL,
    RefundInstrument.PAY_ON_DELIVERY: RefundStatus.MANUAL,
    # The channel pays it back itself; it learns of it as of every change.
    RefundInstrument.CHANNEL: RefundStatus.DONE,
}


def promise_refunds(
    order: Order,
    plan: CancellationPlan,
    instruments: Sequence[InstrumentQuote],
    *,
    by_hand: bool,
    audit_context: AuditContext,
) -> list[Refund]:
    """A refund row for each of `instruments`; `by_hand` leaves them all to somebody. Loyalty money is booked at
    once, card and BEX refunds are sent after commit.
    """
    refunds = [
        Refund(
            order=order,
            cancellation_plan=plan,
            instrument=part.instrument,
            transaction_id=part.transaction,
            amount=part.refund_amount,
            status=RefundStatus.MANUAL if by_hand else FIRST_STATUS[RefundInstrument(part.instrument)],
        )
        for part in instruments
    ]
    if not refunds:
        return []
    _name_receivers(plan, refunds)
    Refund.objects.bulk_create(refunds)
    names = ["cancellation_plan", "instrument", "transaction_id", "amount", "status", "iban", "holder_name"]
    audit.record_many(
        refunds,
        "refund.created",
        audit_context=audit_context,
        new={refund.pk: records.snapshot(refund, names) for refund in refunds},
    )
    for refund in refunds:
        if refund.status == RefundStatus.PENDING:
            run_on_commit("omnitron.orders.tasks.send_refund", refund_id=refund.pk)
        elif refund.instrument == RefundInstrument.LOYALTY and refund.status == RefundStatus.DONE:
            _book_loyalty(order, refund, audit_context=audit_context)
    return refunds


def plan_status_of(refunds: Sequence[Refund]) -> CancelStatus:
    """What a settling plan is, by its refund rows: the worst of them."""
    statuses = {refund.status for refund in refunds}
    if statuses & {RefundStatus.MANUAL, RefundStatus.FAILED}:
        return CancelStatus.MANUEL_REFUND_NEED
    return CancelStatus.WAITING_FOR_PAYMENT if RefundStatus.PENDING in statuses else CancelStatus.COMPLETED


def hand_over(refunds: Sequence[Refund], *, audit_context: AuditContext) -> None:
    """Leave pending refunds to a hand. Raises OrderRefundInFlightException while one is with its gateway."""
    pending = [refund for refund in refunds if refund.status == RefundStatus.PENDING]
    _check_not_in_flight(pending)
    _write(pending, {"status": RefundStatus.MANUAL}, audit_context=audit_context)


def send_again(refunds: Sequence[Refund], *, audit_context: AuditContext) -> bool:
    """Try those of the locked refunds that a gateway can pay again; say whether there were any."""
    sendable = [
        refund
        for refund in refunds
        if refund.status != RefundStatus.DONE
        and FIRST_STATUS[RefundInstrument(refund.instrument)] == RefundStatus.PENDING
    ]
    _write(
        sendable,
        {
            "status": RefundStatus.PENDING,
            "failed_attempts": 0,
            "not_before": None,
            "is_claimed": False,
            "failure_reason": None,
        },
        audit_context=audit_context,
    )
    for refund in sendable:
        run_on_commit("omnitron.orders.tasks.send_refund", refund_id=refund.pk)
    return bool(sendable)


def close_by_hand(refunds: Sequence[Refund], *, proof: str, audit_context: AuditContext) -> None:
    """Note that somebody paid the locked refunds back, and how that can be shown.

    Raises OrderRefundInFlightException while one is with its gateway.
    """
    _check_not_in_flight(refunds)
    _write(refunds, {"status": RefundStatus.DONE, "proof": proof}, audit_context=audit_context)


def _check_not_in_flight(refunds: Sequence[Refund]) -> None:
    now = timezone.now()
    for refund in refunds:
        if refund.status == RefundStatus.PENDING and refund.is_claimed and refund.not_before > now:
            raise OrderRefundInFlightException(refund=refund.pk)


def _write(refunds: Sequence[Refund], values: dict[str, Any], *, audit_context: AuditContext) -> None:
    for refund in refunds:
        records.write_changes(refund, values, audit_context=audit_context)


def name_receivers(plan: CancellationPlan, refunds: Sequence[Refund], *, audit_context: AuditContext) -> None:
    """Give refunds that wait for a hand the plan's new IBANs and holders."""
    for position, refund in enumerate(refunds):
        receiver = {
            "iban": _nth(plan.ibans, position) or refund.iban,
            "holder_name": _nth(plan.holder_names, position) or refund.holder_name,
        }
        _write([refund], receiver, audit_context=audit_context)


def _name_receivers(plan: CancellationPlan, refunds: Sequence[Refund]) -> None:
    """Give what is paid by hand the plan's IBANs and holders, one each while they last, then the first; where the
    plan names none, those a funds transfer came from.
    """
    manual = [refund for refund in refunds if refund.status == RefundStatus.MANUAL]
    for position, refund in enumerate(manual):
        refund.iban = _nth(plan.ibans, position)
        refund.holder_name = _nth(plan.holder_names, position)
        if refund.iban is None and refund.instrument == RefundInstrument.FUNDS_TRANSFER:
            payment = FundsTransferTransaction.objects.get(pk=refund.transaction_id)
            refund.iban, refund.holder_name = payment.iban, refund.holder_name or payment.holder_name


def _nth(values: Sequence[str], position: int) -> str | None:
    if not values:
        return None
    return values[position] if position < len(values) else values[0]


def _book_loyalty(order: Order, refund: Refund, *, audit_context: AuditContext) -> None:
    records.create_record(
        LoyaltyTransaction,
        {
            "order": order,
            "transaction_type": TransactionType.REFUND,
            "status": TransactionStatus.CONFIRMED,
            "amount": refund.amount,
            "currency": order.currency,
            "extra_field": {REFUND_KEY: refund.pk},
        },
        audit_context=audit_context,
    )
