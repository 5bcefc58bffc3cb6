"""Lines the channel reports as cancelled or returned: a plan is opened for them and settled at once.

The channel has paid back itself, so every refund is closed with a proof that says so, and none is sent to a
gateway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.models import Channel
from omnitron.core.audit import AuditContext
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.service import OrderItemService, OrderService


def close_items(
    channel: Channel,
    order: Order,
    items: Mapping[OrderItem, OrderStatus],
    *,
    reason_code: str | None,
    proof: str,
    audit_context: AuditContext,
) -> None:
    """Take `items` out of the locked order: a cancel before shipping, a refund from shipping on. Of a cancellation
    that is open here already the channel's word decides the part it is about.

    Items reported as returned that are not shipped here yet were delivered first, whoever missed it. Raises
    OrderParkedException for a reason nobody mapped, and what `cancel_order` and `update_cancel_status` raise.
    """
    asked = [item for item in items if item.status == OrderStatus.CANCELLATION_WAITING]
    if asked:
        _settle(order, asked, proof=proof, audit_context=audit_context)
    fresh = [item for item in items if item not in asked]
    for item in fresh:
        if items[item] == OrderStatus.REFUNDED and item.status < OrderStatus.SHIPPED:
            moved = OrderItemService.update_order_item(
                item, status=OrderStatus.DELIVERED, audit_context=audit_context
            )
            item.status = moved.status
    reason = _reason(channel, reason_code) if fresh else None
    waiting = [item for item in fresh if item.status < OrderStatus.SHIPPED]
    for chosen in (waiting, [item for item in fresh if item not in waiting]):
        if chosen:
            pks = [item.pk for item in chosen]
            reasons = dict.fromkeys(pks, reason)
            OrderService.cancel_order(order, reasons=reasons, cancel_items=pks, audit_context=audit_context)
            _settle(order, chosen, proof=proof, audit_context=audit_context)


def _settle(order: Order, items: Sequence[OrderItem], *, proof: str, audit_context: AuditContext) -> None:
    """Confirmed, then completed: the table leads there from wherever an open plan is."""
    pks = [item.pk for item in items]
    statuses = set(OrderItem.objects.filter(pk__in=pks).values_list("cancel_status", flat=True))
    if CancelStatus.CONFIRMATION_WAITING in statuses:
        OrderService.update_cancel_status(
            order, order_items=pks, cancel_status=CancelStatus.CONFIRMED, audit_context=audit_context
        )
    OrderService.update_cancel_status(
        order, order_items=pks, cancel_status=CancelStatus.COMPLETED, proof=proof, audit_context=audit_context
    )


def _reason(channel: Channel, code: str | None) -> int:
    """The reason the channel's code is mapped to (conf `reason_mapping`); where it names none, the conf's
    `cancellation_reason_id`. A code nobody mapped is not guessed at.
    """
    if code is None:
        reason, said = channel.conf.get("cancellation_reason_id"), "no reason, and the channel has no default"
    else:
        mapping = channel.conf.get("reason_mapping") or {}
        reason, said = mapping.get(code), f"the reason {code!r}, which is not mapped"
    if reason is None:
        detail = f"A cancellation is reported with {said}."
        raise OrderParkedException(ParkCause.UNKNOWN_REASON, subject=code or "", detail=detail)
    return int(reason)
