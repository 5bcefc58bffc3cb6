"""The steps of a cancellation plan: opened, settled, taken back, divided. Callers hold the order's lock, and call
`settle_whole` at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omnitron.catalogs import stock
from omnitron.catalogs.stock import StockRequest
from omnitron.core import audit, records
from omnitron.core.audit import AuditContext
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus
from omnitron.orders.capture import left_of, rooms_of
from omnitron.orders.enums import CancellationRequestStatus, CancellationType
from omnitron.orders.models import (
    CancellationPlan,
    CancellationPlanOrderItem,
    CancellationRequest,
    DiscountItemCancellationPlan,
    OrderItem,
)
from omnitron.orders.quotes import Quote, requoted
from omnitron.orders.selectors import WholeOrder
from omnitron.orders.transitions import OPEN_REQUESTS
from omnitron.orders.use_cases.plan_figures import (
    FIGURES,
    ORDER_SUMS,
    add_to_order,
    all_columns,
    audit_opened,
    freeze_discounts,
    frozen,
    give_discounts_back,
    sum_up,
    write_figures,
)
from omnitron.orders.use_cases.refund_rows import plan_status_of, promise_refunds
from omnitron.orders.use_cases.status import settle_order, write_items, write_plan, write_requests


def open_plan(
    whole: WholeOrder,
    plan: CancellationPlan,
    *,
    quote: Quote,
    reasons: Mapping[int, int],
    audit_context: AuditContext,
) -> None:
    """Insert the unsaved `plan` with the figures of `quote`, frozen; its items go to 50 and remember where they
    were.
    """
    for name in ORDER_SUMS:
        setattr(plan, name, getattr(quote, name))
    plan.created_by = plan.modified_by = audit_context.actor
    plan.save(force_insert=True)
    whole.plans.append(plan)
    by_pk = {item.pk: item for item in whole.items}
    rows = [
        CancellationPlanOrderItem(
            cancellation_plan=plan,
            order_item=by_pk[figures.order_item],
            reason_id=reasons[figures.order_item],
            previous_status=by_pk[figures.order_item].status,
            **{name: getattr(figures, name) for name in FIGURES},
        )
        for figures in quote.items
    ]
    CancellationPlanOrderItem.objects.bulk_create(rows)
    whole.plan_items += rows
    freeze_discounts(plan, rows)
    audit_opened(plan, rows, audit_context=audit_context)
    forced = {"forced_refund": True} if plan.forced_refund_amount is not None else {}
    write_items(
        {
            row.order_item: {
                "status": OrderStatus.CANCELLATION_WAITING,
                "cancel_status": plan.status,
                **forced,
            }
            for row in rows
        },
        audit_context=audit_context,
    )


def settle_plan(
    whole: WholeOrder, plan: CancellationPlan, *, audit_context: AuditContext, by_hand: bool = False
) -> None:
    """Approve an open plan: promise its refunds, take its items out of the order, free their stock, and add its
    figures to the order's. The plan is where its refund rows are: completed, waiting for payment, or in need of a
    hand. `by_hand` leaves every refund to a hand.

    The claims are frozen; against what is captured they are held now, for a payment may have come in meanwhile.
    """
    rows, items = whole.rows_of(plan), whole.items_of(plan)
    rooms = rooms_of(whole)
    quote = requoted(
        [frozen(row) for row in rows],
        shipping=plan.shipping_refund_amount,
        forced_refund_amount=plan.forced_refund_amount,
        rooms=rooms,
        left=left_of(whole.order, rooms),
    )
    write_figures(plan, rows, quote, audit_context=audit_context)
    refunds = promise_refunds(
        whole.order, plan, quote.instruments, by_hand=by_hand, audit_context=audit_context
    )
    status = plan_status_of(refunds)
    give_discounts_back(plan, audit_context=audit_context)
    add_to_order(whole.order, quote, audit_context=audit_context)
    _take_out(plan, items, status, audit_context=audit_context)
    write_plan(plan, status, audit_context=audit_context)
    is_over = status == CancelStatus.COMPLETED
    _follow_requests(
        plan,
        items,
        CancellationRequestStatus.COMPLETED if is_over else CancellationRequestStatus.APPROVED,
        audit_context=audit_context,
    )


def move_plan(
    whole: WholeOrder, plan: CancellationPlan, status: CancelStatus, *, audit_context: AuditContext
) -> None:
    """Write a status that moves no money: the items' cancel status follows, and the requests' where it ends."""
    items = whole.items_of(plan)
    write_plan(plan, status, audit_context=audit_context)
    write_items({item: {"cancel_status": status} for item in items}, audit_context=audit_context)
    if status == CancelStatus.COMPLETED:
        _follow_requests(plan, items, CancellationRequestStatus.COMPLETED, audit_context=audit_context)


def reject_plan(whole: WholeOrder, plan: CancellationPlan, *, audit_context: AuditContext) -> None:
    """Put the items of an open plan back to the status the plan remembers; they are free for another plan."""
    rows, items = whole.rows_of(plan), whole.items_of(plan)
    remembered = {row.order_item_id: row.previous_status for row in rows}
    write_plan(plan, CancelStatus.REJECTED, audit_context=audit_context)
    CancellationPlanOrderItem.objects.filter(cancellation_plan=plan).update(is_rejected=True)
    for row in rows:
        row.is_rejected = True
    audit.record_many(
        rows,
        "cancellationplanorderitem.changed",
        audit_context=audit_context,
        old={row.pk: {"is_rejected": False} for row in rows},
        new={row.pk: {"is_rejected": True} for row in rows},
    )
    back = {"cancel_status": CancelStatus.REJECTED}
    if plan.forced_refund_amount is not None:
        back["forced_refund"] = False
    write_items(
        {item: {"status": OrderStatus(remembered[item.pk]), **back} for item in items},
        audit_context=audit_context,
    )
    _follow_requests(plan, items, CancellationRequestStatus.REJECTED, audit_context=audit_context)


def divide_plan(
    whole: WholeOrder, plan: CancellationPlan, items: Sequence[OrderItem], *, audit_context: AuditContext
) -> CancellationPlan:
    """Move `items` of an open plan into one of their own, frozen figures unchanged. Returns the new plan."""
    pks = {item.pk for item in items}
    moving = [row for row in whole.rows_of(plan) if row.order_item_id in pks]
    staying = [row for row in whole.rows_of(plan) if row.order_item_id not in pks]
    names = [field.name for field in plan._meta.concrete_fields if field.name not in {"id", "created_date"}]
    part = CancellationPlan(**{name: getattr(plan, name) for name in names})
    sum_up(part, moving)
    part.save(force_insert=True)
    whole.plans.append(part)
    before = records.snapshot(plan, (*ORDER_SUMS, "forced_refund_amount"))
    sum_up(plan, staying)
    plan.save(update_fields=[*ORDER_SUMS, "forced_refund_amount"])
    for row in moving:
        row.cancellation_plan = part
    CancellationPlanOrderItem.objects.bulk_update(moving, ["cancellation_plan"])
    DiscountItemCancellationPlan.objects.filter(cancellation_plan=plan).delete()
    freeze_discounts(part, moving)
    freeze_discounts(plan, staying)
    audit.record(part, "cancellationplan.created", audit_context=audit_context, new=all_columns(part))
    audit.record(
        plan,
        "cancellationplan.divided",
        audit_context=audit_context,
        old=before,
        new=records.snapshot(plan, before),
    )
    audit.record_many(
        moving,
        "cancellationplanorderitem.changed",
        audit_context=audit_context,
        old={row.pk: {"cancellation_plan": plan.pk} for row in moving},
        new={row.pk: {"cancellation_plan": part.pk} for row in moving},
    )
    return part


def settle_whole(whole: WholeOrder, *, audit_context: AuditContext) -> None:
    """Derive the order from its items and plans, and write it with the sums its plans have added."""
    settle_order(
        whole.order,
        whole.items,
        plans=sorted(whole.plans, key=lambda plan: plan.pk),
        audit_context=audit_context,
        columns=ORDER_SUMS,
    )


def _take_out(
    plan: CancellationPlan, items: Sequence[OrderItem], status: CancelStatus, *, audit_context: AuditContext
) -> None:
    """The items leave the order; what was not shipped gives back the stock it reserves."""
    if plan.plan_type == CancellationType.REFUND:
        gone = {"status": OrderStatus.REFUNDED, "cancel_status": status}
        write_items(dict.fromkeys(items, gone), audit_context=audit_context)
        return
    reserving = [item for item in items if item.reserved_units]
    stock.release(
        [
            StockRequest(
                product_id=item.product_id, stock_list_id=item.stock_list_id, units=item.reserved_units
            )
            for item in reserving
        ]
    )
    gone = {"status": OrderStatus.CANCELLED, "cancel_status": status, "reserved_units": 0}
    write_items(dict.fromkeys(items, gone), audit_context=audit_context)


def _follow_requests(
    plan: CancellationPlan,
    items: Sequence[OrderItem],
    status: CancellationRequestStatus,
    *,
    audit_context: AuditContext,
) -> None:
    """The plan's requests, and those that still wait for one of its items, end as the plan does."""
    requests = CancellationRequest.objects.filter(order_item__in=items).order_by("pk")
    concerned = [
        request
        for request in requests
        if request.cancellation_plan_id == plan.pk
        or (request.cancellation_plan_id is None and request.status in OPEN_REQUESTS)
    ]
    write_requests(concerned, status, plan=plan, audit_context=audit_context)
