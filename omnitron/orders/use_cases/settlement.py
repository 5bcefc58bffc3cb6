"""Cancellations are decided: approved, rejected, moved on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from omnitron.core import records
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import OmnitronException
from omnitron.omnicore.orders.enums import CancelStatus
from omnitron.orders.actions import check
from omnitron.orders.capture import facts_to_check
from omnitron.orders.exceptions import (
    OrderCancelSeveralPlansException,
    OrderForeignItemException,
    OrderNoOpenCancellationException,
    OrderUpdateCancelStatusException,
)
from omnitron.orders.models import CancellationPlan, Order, OrderItem
from omnitron.orders.selectors import WholeOrder, lock_whole_order
from omnitron.orders.transitions import CANCEL_STATUS, OPEN, SETTLING
from omnitron.orders.use_cases.cancellation import cancel_order
from omnitron.orders.use_cases.plan_moves import move_cancellation
from omnitron.orders.use_cases.plans import reject_plan, settle_plan, settle_whole

# Where `update_cancel_status` opens a cancellation; `next_status` of `cancel` opens one further on, too.
OPENED_BY_UPDATE = (CancelStatus.WAITING, CancelStatus.MANUEL_REFUND_NEED)


@transaction.atomic
def approved_order_cancel(
    order: Order, *, audit_context: AuditContext, invoice_number: str | None = None
) -> Order:
    """Approve what is open of the order's cancellations: refunds are promised, items go to 100 or 600, the order's
    sums grow, all in this transaction. `invoice_number` is that of the refund.

    Raises OrderNoOpenCancellationException, OrderCancelPurchaseTransactionNotFound.
    """
    whole = lock_whole_order(order.pk)
    check("cancellation_approved_order", whole.facts)
    for plan in _open_plans(whole):
        if invoice_number is not None:
            changes = {"refund_invoice_number": invoice_number}
            records.write_changes(plan, changes, audit_context=audit_context)
        settle_plan(whole, plan, audit_context=audit_context)
    settle_whole(whole, audit_context=audit_context)
    return whole.order


@transaction.atomic
def reject_order_cancel(order: Order, *, audit_context: AuditContext) -> Order:
    """Reject what is open of the order's cancellations: "updates the statuses of order and items to be canceled to
    their previous status, and the cancellation status to rejected"; plan and requests follow.

    Raises OrderNoOpenCancellationException.
    """
    whole = lock_whole_order(order.pk)
    check("cancellation_reject_order", whole.facts)
    for plan in _open_plans(whole):
        reject_plan(whole, plan, audit_context=audit_context)
    settle_whole(whole, audit_context=audit_context)
    return whole.order


@transaction.atomic
def update_cancel_status(
    order: Order,
    *,
    order_items: Sequence[int],
    cancel_status: CancelStatus,
    audit_context: AuditContext,
    reasons: Mapping[int, int | None] | None = None,
    proof: str | None = None,
    **cancellation: Any,
) -> Order:
    """Move the cancellation of `order_items` along the table of cancel statuses; without items, that of the whole
    order. Some items of an open plan go on in a plan of their own.

    Items that are in no cancellation: `waiting` opens one (with `reasons`, and the other parameters of
    `cancel_order` in `cancellation`), `manuel_refund_need` opens one that somebody pays back by hand. `proof` is
    needed where `completed` says that money was paid back by hand.

    Raises OrderNothingToCancelException, OrderUpdateCancelStatusException, OrderForeignItemException,
    OrderCancelSeveralPlansException, OrderRefundProofMissingException, OrderNoOpenCancellationException where no
    item is named to open one for, and what `cancel_order` raises.
    """
    whole = lock_whole_order(order.pk)
    items = _named_items(whole, order_items)
    if items and all(_is_there(item, whole, cancel_status) for item in items):
        return whole.order
    check("update_cancel_status", facts_to_check(whole))
    by_plan = _by_plan(whole, items)
    if not by_plan:
        if cancel_status not in OPENED_BY_UPDATE:
            raise OrderUpdateCancelStatusException(
                current="not there yet", target=cancel_status, allowed=", ".join(OPENED_BY_UPDATE)
            )
        if not (items or cancellation.get("is_all") or cancellation.get("is_cargo_refund")):
            raise OrderNoOpenCancellationException(number=whole.order.number)
        plan = cancel_order(
            whole.order,
            reasons=reasons or {},
            cancel_items=[item.pk for item in items],
            next_status=cancel_status,
            audit_context=audit_context,
            **cancellation,
        )
        return plan.order
    for plan, chosen in by_plan.items():
        move_cancellation(whole, plan, cancel_status, items=chosen, proof=proof, audit_context=audit_context)
    settle_whole(whole, audit_context=audit_context)
    return whole.order


def progress_cancel_status(
    payment_type: str, *, update_cancel_status: CancelStatus, audit_context: AuditContext
) -> dict[str, list[int]]:
    """Move the plans of all orders paid by `payment_type` to `update_cancel_status`, where the table allows it.

    Each order is a transaction of its own. Returns the pks of the orders `moved` and of those `refused`.
    """
    sources = [status for status in CancelStatus if CANCEL_STATUS.allows(status, update_cancel_status)]
    plans = CancellationPlan.objects.filter(
        order__payment_option__payment_type=payment_type, status__in=sources
    )
    moved: list[int] = []
    refused: list[int] = []
    for pk in plans.order_by("order").values_list("order", flat=True).distinct():
        try:
            _progress_order(pk, update_cancel_status, audit_context=audit_context)
            moved.append(pk)
        except OmnitronException:
            refused.append(pk)
    return {"moved": moved, "refused": refused}


@transaction.atomic
def _progress_order(pk: int, status: CancelStatus, *, audit_context: AuditContext) -> None:
    whole = lock_whole_order(pk)
    for plan in list(whole.plans):
        if CANCEL_STATUS.allows(plan.status, status):
            move_cancellation(whole, plan, status, audit_context=audit_context)
    settle_whole(whole, audit_context=audit_context)


def _open_plans(whole: WholeOrder) -> list[CancellationPlan]:
    return [plan for plan in whole.plans if plan.status in OPEN]


def _named_items(whole: WholeOrder, pks: Sequence[int]) -> list[OrderItem]:
    if foreign := set(pks) - {item.pk for item in whole.items}:
        listed = ", ".join(str(pk) for pk in sorted(foreign))
        raise OrderForeignItemException(items=listed, number=whole.order.number)
    return [item for item in whole.items if item.pk in set(pks)]


def _by_plan(whole: WholeOrder, items: Sequence[OrderItem]) -> dict[CancellationPlan, list[OrderItem]]:
    """The plans that stand for `items`, each with those of them it holds; without items, the order's latest open
    ones, else its latest settling one. Empty where the items are in none.
    """
    if not items:
        return {plan: [] for plan in _open_plans(whole) or _settling_plans(whole)}
    plans = {plan.pk: plan for plan in whole.plans}
    by_plan: dict[CancellationPlan, list[OrderItem]] = {}
    planned = {
        row.order_item_id: plans[row.cancellation_plan_id] for row in whole.plan_items if not row.is_rejected
    }
    for item in items:
        if item.pk in planned:
            by_plan.setdefault(planned[item.pk], []).append(item)
    if by_plan and any(item.pk not in planned for item in items):
        raise OrderCancelSeveralPlansException
    return by_plan


def _settling_plans(whole: WholeOrder) -> list[CancellationPlan]:
    return [plan for plan in whole.plans if plan.status in SETTLING and plan.status != CancelStatus.COMPLETED]


def _is_there(item: OrderItem, whole: WholeOrder, status: CancelStatus) -> bool:
    """Whether the item's cancellation is in `status` already; approving one that rests there settles it."""
    rests = status == CancelStatus.APPROVED and any(plan.status == status for plan in whole.plans)
    return item.cancel_status == status and not rests and status != CancelStatus.REJECTED
