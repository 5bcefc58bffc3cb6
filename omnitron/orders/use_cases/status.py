"""The only writer of statuses: of items, plans and orders. Callers hold the order's lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from omnitron.core import audit
from omnitron.core.audit import AuditContext
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus
from omnitron.omnicore.state_machine import IllegalTransition
from omnitron.orders.actions import check
from omnitron.orders.enums import CancellationRequestStatus, CancellationType
from omnitron.orders.exceptions import (
    OrderCancellationUnderWayException,
    OrderNothingToMoveException,
    OrderStatusByActionException,
    OrderStatusException,
)
from omnitron.orders.models import (
    CancellationPlan,
    CancellationPlanOrderItem,
    CancellationRequest,
    Order,
    OrderItem,
)
from omnitron.orders.selectors import facts_of, lock_items, lock_order, lock_plans
from omnitron.orders.transitions import (
    INACTIVE,
    ITEM_STATUS,
    OPEN,
    PATH,
    order_cancel_status_of,
    order_status_of,
)
from omnitron.orders.use_cases.shipment_status import follow_items


@transaction.atomic
def change_order_status(order: Order, *, status: OrderStatus, audit_context: AuditContext) -> Order:
    """Move every active item that stands before `status` there; the order derives ("Changes order and item
    status"). Items at or beyond it stay.

    Raises OrderNothingToMoveException when no item stands before it, OrderStatusException when the table lacks
    one of the edges, OrderStatusByActionException for 50, 100 and 600. Then nothing has moved.
    """
    locked = lock_order(order.pk)
    items = lock_items(locked)
    if status in INACTIVE:
        raise OrderStatusByActionException(target=_shown(status))
    check("change_order_status", facts_of(locked, items))
    moving = [item for item in items if item.status not in INACTIVE and _stands_before(item.status, status)]
    if not moving:
        raise OrderNothingToMoveException(
            number=locked.number, status=OrderStatus(locked.status).label, target=_shown(status)
        )
    move_items(moving, status, audit_context=audit_context)
    settle_order(locked, items, audit_context=audit_context)
    return locked


@transaction.atomic
def order_status_update(order: Order, *, audit_context: AuditContext) -> Order:
    """Derive the order's status anew: the lowest among its active items (the documents). Changes nothing where
    it is right already, `modified_date` included.
    """
    locked = lock_order(order.pk)
    items = lock_items(locked)
    plans = lock_plans(locked)
    status = order_status_of((item.status for item in items), without_items=locked.status)
    cancel_status = order_cancel_status_of(
        (plan.status for plan in plans), without_plans=locked.cancel_status
    )
    if (status, cancel_status) != (locked.status, locked.cancel_status):
        settle_order(locked, items, plans=plans, audit_context=audit_context)
    return locked


def move_items(items: Sequence[OrderItem], status: OrderStatus, *, audit_context: AuditContext) -> None:
    """Move locked items of one order along the table, all or none; those already there stay. Notes when they
    were shipped and delivered.

    An item whose cancellation is open stays at 50; the status it goes back to moves instead: any way forward
    while it is a refund, and as far as before shipping while it is a cancel, for then the goods must be stopped.

    Raises OrderStatusByActionException for 50, 100 and 600, OrderStatusException for an edge the table lacks,
    OrderCancellationUnderWayException.
    """
    if status in INACTIVE and any(item.status != status for item in items):
        raise OrderStatusByActionException(target=_shown(status))
    moving = [item for item in items if item.status != status]
    for item in moving:
        if item.status != OrderStatus.CANCELLATION_WAITING:
            _check_edge(OrderStatus(item.status), status)
    _move_remembered(
        [item for item in moving if item.status == OrderStatus.CANCELLATION_WAITING],
        status,
        audit_context=audit_context,
    )
    active = [item for item in moving if item.status != OrderStatus.CANCELLATION_WAITING]
    write_items(
        {item: {"status": status, **_dates(item, status, timezone.now())} for item in active},
        audit_context=audit_context,
    )


def write_items(changes: Mapping[OrderItem, Mapping[str, Any]], *, audit_context: AuditContext) -> None:
    """Write statuses, and what goes with them, of locked items: one UPDATE and one audit INSERT for all.

    No table is asked: callers have, or restore what a plan remembers.
    """
    items = list(changes)
    if not items:
        return
    old = {item.pk: {name: getattr(item, name) for name in changes[item]} for item in items}
    for item in items:
        for name, value in changes[item].items():
            setattr(item, name, value)
    OrderItem.objects.bulk_update(items, sorted({name for values in changes.values() for name in values}))
    audit.record_many(
        items,
        "orderitem.status.changed",
        audit_context=audit_context,
        old=old,
        new={item.pk: changes[item] for item in items},
    )


def write_plan(plan: CancellationPlan, status: CancelStatus, *, audit_context: AuditContext) -> None:
    """Write a locked plan's status. Its items and order are the caller's to follow."""
    old, plan.status = plan.status, status
    plan.modified_by = audit_context.actor
    plan.save(update_fields=["status", "modified_by"])
    audit.record(
        plan,
        "cancellationplan.status.changed",
        audit_context=audit_context,
        old={"status": old},
        new={"status": status},
    )


def write_requests(
    requests: Sequence[CancellationRequest],
    status: CancellationRequestStatus,
    *,
    plan: CancellationPlan | None = None,
    audit_context: AuditContext,
) -> None:
    """Write the status of cancellation requests, and the plan that now stands for them where there is one."""
    for request in requests:
        old = {"status": request.status, "cancellation_plan": request.cancellation_plan_id}
        request.status = status
        request.cancellation_plan = plan or request.cancellation_plan
        request.save(update_fields=["status", "cancellation_plan"])
        new = {"status": request.status, "cancellation_plan": request.cancellation_plan_id}
        audit.record(
            request,
            "cancellationrequest.status.changed",
            audit_context=audit_context,
            old={name: value for name, value in old.items() if new[name] != value},
            new={name: value for name, value in new.items() if old[name] != value},
        )


def settle_order(
    order: Order,
    items: Sequence[OrderItem],
    *,
    audit_context: AuditContext,
    plans: Iterable[CancellationPlan] | None = None,
    columns: Sequence[str] = (),
) -> None:
    """Derive the locked order's status from its items, and its cancel status from `plans` (all of them, by pk)
    where they are given, and write both; `modified_date` moves in any case. Vendor orders follow their items.

    Called after whatever the order shows has changed, so that channels learn of it. `columns` are others the
    caller has set on `order`, to be written by the same statement.
    """
    old = {"status": order.status, "cancel_status": order.cancel_status}
    order.status = order_status_of((item.status for item in items), without_items=order.status)
    if plans is not None:
        order.cancel_status = order_cancel_status_of(
            (plan.status for plan in plans), without_plans=order.cancel_status
        )
    order.save(update_fields=["status", "cancel_status", *columns])
    follow_items(items, audit_context=audit_context)
    new = {"status": order.status, "cancel_status": order.cancel_status}
    changed = [name for name in old if old[name] != new[name]]
    if changed:
        audit.record(
            order,
            "order.status.changed",
            audit_context=audit_context,
            old={name: old[name] for name in changed},
            new={name: new[name] for name in changed},
        )


def settle_orders(
    orders: Mapping[Order, Sequence[OrderItem]],
    *,
    audit_context: AuditContext,
    columns: Sequence[str] = (),
) -> None:
    """`settle_order` for many locked orders, with all of their items, whose plans have not moved: one UPDATE and at
    most one audit INSERT for all. `columns` are others the caller has set on them.
    """
    if not orders:
        return
    old = {order.pk: {"status": order.status} for order in orders}
    for order, items in orders.items():
        order.status = order_status_of((item.status for item in items), without_items=order.status)
    Order.objects.bulk_update(orders, ["status", *columns])
    follow_items([item for items in orders.values() for item in items], audit_context=audit_context)
    changed = [order for order in orders if order.status != old[order.pk]["status"]]
    audit.record_many(
        changed,
        "order.status.changed",
        audit_context=audit_context,
        old=old,
        new={order.pk: {"status": order.status} for order in changed},
    )


def _stands_before(current: int, target: OrderStatus) -> bool:
    """A review starts after delivery, though its code is lower; else the codes are in order."""
    return current < target or (target not in PATH and ITEM_STATUS.allows(OrderStatus(current), target))


def _check_edge(current: OrderStatus, target: OrderStatus) -> None:
    try:
        ITEM_STATUS.check(current, target)
    except IllegalTransition as error:
        allowed = sorted(target for target in ITEM_STATUS.edges[current] if target not in INACTIVE)
        raise OrderStatusException(
            current=_shown(current),
            target=_shown(target),
            allowed=", ".join(_shown(target) for target in allowed) or "nothing else",
        ) from error


def _dates(item: OrderItem, status: OrderStatus, now: datetime) -> dict[str, datetime]:
    dates = {}
    if status >= OrderStatus.SHIPPED and item.shipped_date is None:
        dates["shipped_date"] = now
    if status == OrderStatus.DELIVERED and item.delivered_date is None:
        dates["delivered_date"] = now
    return dates


def _move_remembered(items: Sequence[OrderItem], status: OrderStatus, *, audit_context: AuditContext) -> None:
    if not items:
        return
    rows = CancellationPlanOrderItem.objects.filter(
        order_item__in=[item.pk for item in items], cancellation_plan__status__in=OPEN
    )
    for row in rows.select_related("cancellation_plan"):
        is_cancel = row.cancellation_plan.plan_type == CancellationType.CANCEL
        if is_cancel and status >= OrderStatus.SHIPPED:
            raise OrderCancellationUnderWayException(item=row.order_item_id, target=_shown(status))
        old = OrderStatus(row.previous_status)
        if old == status:
            continue
        _check_edge(old, status)
        row.previous_status = status
        row.save(update_fields=["previous_status"])
        audit.record(
            row,
            "cancellationplanorderitem.changed",
            audit_context=audit_context,
            old={"previous_status": old},
            new={"previous_status": status},
        )


def _shown(status: OrderStatus) -> str:
    return f"{status.value} {status.label}"
