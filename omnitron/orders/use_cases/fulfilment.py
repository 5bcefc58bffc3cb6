"""Steps of an order on its way to the customer that move some of its items."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from omnitron.core import records
from omnitron.core.audit import AuditContext
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.actions import BEFORE_PICKUP, check
from omnitron.orders.models import Order
from omnitron.orders.selectors import facts_of, lock_items, lock_order
from omnitron.orders.use_cases.status import move_items, settle_order


def confirm_pay_on_delivery(order: Order, *, audit_context: AuditContext) -> Order:
    """Approve the items that wait for confirmation, 350 to 400, of an order paid on delivery; vendor orders follow.

    Raises OrderNotPayOnDeliveryException, OrderNoItemAtException.
    """
    return _move(
        order,
        "confirm_pay_on_delivery",
        [OrderStatus.CONFIRMATION_WAITING],
        OrderStatus.APPROVED,
        audit_context=audit_context,
    )


def accept_in_store(order: Order, *, audit_context: AuditContext) -> Order:
    """The store has the goods: what stands from 400 to 510 may be picked up, 520.

    Raises OrderNotClickAndCollectException, OrderNotApprovedException while an item is not approved,
    OrderNoItemAtException.
    """
    return _move(
        order,
        "accept_in_store",
        BEFORE_PICKUP,
        OrderStatus.READY_FOR_PICKUP,
        audit_context=audit_context,
    )


def deliver_in_store(order: Order, *, audit_context: AuditContext) -> Order:
    """The customer has picked up what was ready, 520 to 550.

    Raises OrderNotClickAndCollectException, OrderNoItemAtException.
    """
    return _move(
        order,
        "deliver_in_store",
        [OrderStatus.READY_FOR_PICKUP],
        OrderStatus.DELIVERED,
        audit_context=audit_context,
    )


@transaction.atomic
def mark_as_not_sent(order: Order, *, audit_context: AuditContext) -> Order:
    """Let the ERP fetch an approved order once more: `is_send` becomes false, nothing else.

    Raises OrderNotApprovedException, OrderClosedException.
    """
    locked = lock_order(order.pk)
    check("mark_as_not_sent", facts_of(locked, lock_items(locked)))
    records.write_changes(locked, {"is_send": False}, audit_context=audit_context)
    return locked


@transaction.atomic
def _move(
    order: Order,
    action: str,
    sources: Sequence[OrderStatus],
    target: OrderStatus,
    *,
    audit_context: AuditContext,
) -> Order:
    locked = lock_order(order.pk)
    items = lock_items(locked)
    check(action, facts_of(locked, items))
    move_items([item for item in items if item.status in sources], target, audit_context=audit_context)
    settle_order(locked, items, audit_context=audit_context)
    return locked
