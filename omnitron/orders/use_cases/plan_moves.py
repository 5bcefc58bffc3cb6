"""One plan's way along the table of cancel statuses, until its money is back."""

from __future__ import annotations

from collections.abc import Sequence

from omnitron.core.audit import AuditContext
from omnitron.omnicore.orders.enums import CancelStatus
from omnitron.omnicore.state_machine import IllegalTransition
from omnitron.orders.enums import RefundStatus
from omnitron.orders.exceptions import (
    CancellationPlanSettledException,
    OrderNoGatewayRefundException,
    OrderRefundProofMissingException,
    OrderUpdateCancelStatusException,
)
from omnitron.orders.models import CancellationPlan, Order, OrderItem
from omnitron.orders.selectors import WholeOrder, lock_whole_order
from omnitron.orders.transitions import CANCEL_STATUS, OPEN, UNDECIDED
from omnitron.orders.use_cases.plans import divide_plan, move_plan, reject_plan, settle_plan, settle_whole
from omnitron.orders.use_cases.refund_rows import close_by_hand, hand_over, plan_status_of, send_again


def move_cancellation(
    whole: WholeOrder,
    plan: CancellationPlan,
    status: CancelStatus,
    *,
    audit_context: AuditContext,
    items: Sequence[OrderItem] = (),
    proof: str | None = None,
) -> None:
    """Move one plan, or `items` of it in a plan of their own, along the table. The caller settles the order.

    Raises OrderUpdateCancelStatusException, CancellationPlanSettledException where the plan can no longer be
    divided, OrderNoGatewayRefundException, OrderRefundProofMissingException.
    """
    # One that rests at approved, where `next_status` opened it, is settled by approving it.
    is_open = plan.status in OPEN
    if plan.status == status and status != CancelStatus.APPROVED:
        return
    if not (is_open and status == CancelStatus.APPROVED):
        check_edge(CancelStatus(plan.status), status)
    if items and len(items) < len(whole.rows_of(plan)):
        if not is_open:
            raise CancellationPlanSettledException(plan=plan.pk, status=plan.status)
        plan = divide_plan(whole, plan, items, audit_context=audit_context)
    if is_open:
        _decide(whole, plan, status, proof=proof, audit_context=audit_context)
    else:
        _move_refunds(whole, plan, status, proof=proof, audit_context=audit_context)


def follow_refunds(order: Order, plan: CancellationPlan, *, audit_context: AuditContext) -> None:
    """Derive a settling plan's status from its refund rows, and write it on the plan, its items, its requests and
    the order. The caller holds the order's lock and has written the refunds.
    """
    whole = lock_whole_order(order.pk)
    _follow(whole, next(known for known in whole.plans if known.pk == plan.pk), audit_context=audit_context)
    settle_whole(whole, audit_context=audit_context)


def check_edge(current: CancelStatus | None, target: CancelStatus) -> None:
    """Raise OrderUpdateCancelStatusException unless the table leads from `current` to `target`."""
    try:
        CANCEL_STATUS.check(current, target)
    except IllegalTransition as error:
        raise OrderUpdateCancelStatusException(
            current=current or "not there yet",
            target=target,
            allowed=", ".join(sorted(str(status) for status in error.allowed)) or "nothing else",
        ) from error


def _decide(
    whole: WholeOrder,
    plan: CancellationPlan,
    status: CancelStatus,
    *,
    proof: str | None,
    audit_context: AuditContext,
) -> None:
    if status == CancelStatus.REJECTED:
        reject_plan(whole, plan, audit_context=audit_context)
    elif status in UNDECIDED:
        move_plan(whole, plan, status, audit_context=audit_context)
    else:
        by_hand = status in {CancelStatus.MANUEL_REFUND_NEED, CancelStatus.COMPLETED}
        settle_plan(whole, plan, audit_context=audit_context, by_hand=by_hand)
        if status == CancelStatus.COMPLETED:
            _move_refunds(whole, plan, status, proof=proof, audit_context=audit_context)


def _move_refunds(
    whole: WholeOrder,
    plan: CancellationPlan,
    status: CancelStatus,
    *,
    proof: str | None,
    audit_context: AuditContext,
) -> None:
    """Hand a settling plan's refunds over: to a hand, from a hand to the gateway again, or as paid."""
    refunds = list(plan.refund_set.select_for_update(no_key=True).order_by("pk"))
    owed = [refund for refund in refunds if refund.status != RefundStatus.DONE]
    if status == CancelStatus.MANUEL_REFUND_NEED:
        hand_over(owed, audit_context=audit_context)
    elif status == CancelStatus.WAITING_FOR_PAYMENT:
        if not send_again(owed, audit_context=audit_context):
            raise OrderNoGatewayRefundException(plan=plan.pk)
    elif owed and not proof:
        raise OrderRefundProofMissingException(amount=sum(refund.amount for refund in owed))
    else:
        close_by_hand(owed, proof=proof or "", audit_context=audit_context)
    _follow(whole, plan, audit_context=audit_context)


def _follow(whole: WholeOrder, plan: CancellationPlan, *, audit_context: AuditContext) -> None:
    status = plan_status_of(list(plan.refund_set.all()))
    if status != plan.status:
        move_plan(whole, plan, status, audit_context=audit_context)
