"""What may be changed about a cancellation plan beside its status: who is paid back, and how much to whom."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from omnitron.core import audit, records
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput
from omnitron.omnicore.money import ZERO, distribute
from omnitron.omnicore.orders.enums import CancelStatus
from omnitron.orders.capture import left_of, rooms_of
from omnitron.orders.dto import RefundPart
from omnitron.orders.enums import RefundStatus
from omnitron.orders.exceptions import (
    CancellationPlanSettledException,
    OrderCancelForcedRefundException,
    OrderForeignItemException,
)
from omnitron.orders.models import CancellationPlan, CancellationPlanOrderItem
from omnitron.orders.selectors import WholeOrder, lock_whole_order
from omnitron.orders.transitions import OPEN
from omnitron.orders.use_cases.plan_moves import move_cancellation
from omnitron.orders.use_cases.plans import settle_whole
from omnitron.orders.use_cases.refund_rows import name_receivers

UPDATABLE_OF_PLAN = frozenset({"refund_invoice_number", "ibans", "holder_names", "diagnose"})


@transaction.atomic
def update_cancellation_plan(
    cancellation_plan: CancellationPlan,
    *,
    status: CancelStatus | None = None,
    audit_context: AuditContext,
    proof: str | None = None,
    **changes: Any,
) -> CancellationPlan:
    """Write descriptive fields of a plan (`UPDATABLE_OF_PLAN`), and move it along the table of cancel statuses.

    A new IBAN or holder also reaches the refunds that still wait for a hand. Raises InvalidInput for other
    fields, and what `update_cancel_status` raises.
    """
    if others := set(changes) - UPDATABLE_OF_PLAN:
        raise InvalidInput(**dict.fromkeys(sorted(others), "This field is fixed when the plan is opened."))
    whole, plan = _locked(cancellation_plan)
    records.write_changes(plan, changes, audit_context=audit_context)
    if {"ibans", "holder_names"} & set(changes):
        owed = plan.refund_set.filter(status__in=(RefundStatus.MANUAL, RefundStatus.FAILED)).order_by("pk")
        name_receivers(plan, list(owed), audit_context=audit_context)
    if status is not None:
        move_cancellation(whole, plan, status, proof=proof, audit_context=audit_context)
    settle_whole(whole, audit_context=audit_context)
    return plan


@transaction.atomic
def create_payment_plan(
    cancellation_plan: CancellationPlan, *, parts: Sequence[RefundPart], audit_context: AuditContext
) -> CancellationPlan:
    """Say how much an open plan refunds for which of its items; each sum is spread over its items by what they
    claim, items that are not named keep theirs.

    Raises CancellationPlanSettledException, OrderForeignItemException for items that are not the plan's,
    OrderCancelForcedRefundException for more than is left, InvalidInput for an item named twice.
    """
    whole, plan = _locked(cancellation_plan)
    if plan.status not in OPEN:
        raise CancellationPlanSettledException(plan=plan.pk, status=plan.status)
    rows = {row.order_item_id: row for row in whole.rows_of(plan)}
    before = {pk: row.refund_amount for pk, row in rows.items()}
    _check_named(whole, rows, parts)
    for part in parts:
        named = [rows[pk] for pk in part.order_items]
        shares = distribute(part.refund_amount, [row.refund_amount for row in named])
        for row, share in zip(named, shares, strict=True):
            row.refund_amount = share
    total = sum((row.refund_amount for row in rows.values()), ZERO)
    left = left_of(whole.order, rooms_of(whole))
    if total > left:
        raise OrderCancelForcedRefundException(amount=total, left=left)
    _write_refunds(
        [row for pk, row in rows.items() if row.refund_amount != before[pk]], before, audit_context
    )
    records.write_changes(
        plan, {"refund_amount": total, "forced_refund_amount": total}, audit_context=audit_context
    )
    settle_whole(whole, audit_context=audit_context)
    return plan


def _locked(cancellation_plan: CancellationPlan) -> tuple[WholeOrder, CancellationPlan]:
    whole = lock_whole_order(cancellation_plan.order_id)
    return whole, next(plan for plan in whole.plans if plan.pk == cancellation_plan.pk)


def _check_named(
    whole: WholeOrder, rows: dict[int, CancellationPlanOrderItem], parts: Sequence[RefundPart]
) -> None:
    named = [pk for part in parts for pk in part.order_items]
    if foreign := sorted(set(named) - set(rows)):
        listed = ", ".join(str(pk) for pk in foreign)
        raise OrderForeignItemException(items=listed, number=whole.order.number)
    if len(named) != len(set(named)):
        raise InvalidInput(payment_plan="An item is named twice.")


def _write_refunds(
    rows: Sequence[CancellationPlanOrderItem], before: dict[int, Decimal], audit_context: AuditContext
) -> None:
    CancellationPlanOrderItem.objects.bulk_update(rows, ["refund_amount"])
    audit.record_many(
        rows,
        "cancellationplanorderitem.changed",
        audit_context=audit_context,
        old={row.pk: {"refund_amount": before[row.order_item_id]} for row in rows},
        new={row.pk: {"refund_amount": row.refund_amount} for row in rows},
    )
