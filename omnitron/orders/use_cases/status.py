"""The only writer of the status of orders and items. Callers hold the order's lock."""

from __future__ import annotations

from collections.abc import Sequence

from omnitron.core import audit
from omnitron.core.audit import AuditContext
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.omnicore.state_machine import IllegalTransition
from omnitron.orders.exceptions import OrderStatusByActionException, OrderStatusException
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.transitions import INACTIVE, ITEM_STATUS, order_status_of


def move_item(item: OrderItem, status: OrderStatus, *, audit_context: AuditContext) -> None:
    """Move a locked item along the table. Nothing happens when it stands there already.

    Raises OrderStatusByActionException for 50, 100 and 600, OrderStatusException for an edge the table lacks.
    """
    if status == item.status:
        return
    if status in INACTIVE:
        raise OrderStatusByActionException(target=_shown(status))
    if item.status == OrderStatus.CANCELLATION_WAITING:
        raise OrderStatusByActionException(target=_shown(status))
    try:
        ITEM_STATUS.check(OrderStatus(item.status), status)
    except IllegalTransition as error:
        allowed = sorted(
            target for target in ITEM_STATUS.edges[OrderStatus(item.status)] if target not in INACTIVE
        )
        raise OrderStatusException(
            current=_shown(OrderStatus(item.status)),
            target=_shown(status),
            allowed=", ".join(_shown(target) for target in allowed) or "nothing else",
        ) from error
    old = item.status
    item.status = status
    item.save(update_fields=["status"])
    audit.record(
        item,
        "orderitem.status.changed",
        audit_context=audit_context,
        old={"status": old},
        new={"status": status},
    )


def settle_order(order: Order, items: Sequence[OrderItem], *, audit_context: AuditContext) -> None:
    """Derive the locked order's status from its items and write it; `modified_date` moves in any case.

    Called after whatever the order shows has changed, so that channels learn of it.
    """
    old = order.status
    order.status = order_status_of((item.status for item in items), without_items=old)
    order.save(update_fields=["status"])
    if order.status != old:
        audit.record(
            order,
            "order.status.changed",
            audit_context=audit_context,
            old={"status": old},
            new={"status": order.status},
        )


def _shown(status: OrderStatus) -> str:
    return f"{status.value} {status.label}"
