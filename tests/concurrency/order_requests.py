"""What is asked of an order at the same moment: each a request that a client sends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from rest_framework.test import APIClient

from omnitron.orders.models import CancellationReason, Order, Refund
from omnitron.orders.service import OrderService, RefundService
from omnitron.payments.models import Transaction
from tests.orders.cancellation.baskets import CONTEXT

Request = Callable[[APIClient], Any]


def action(order: Order, name: str, **body: Any) -> Request:
    return lambda client: client.post(f"/api/v1/orders/{order.pk}/{name}/", body, format="json")


def cancelling(order: Order, reason: CancellationReason, *positions: int) -> Request:
    pks = list(order.orderitem_set.order_by("pk").values_list("pk", flat=True))
    chosen = [pks[position] for position in positions] or pks
    reasons = {str(pk): reason.pk for pk in chosen}
    return action(order, "cancel", cancel_items=chosen, reasons=reasons)


def shipping(order: Order) -> Request:
    body = {"status": "500"}
    return lambda client: client.patch(f"/api/v1/orders/{order.pk}/change_order_status/", body, format="json")


def with_plan(order: Order, reason: CancellationReason, *, items: int | None = None) -> Order:
    pks = list(order.orderitem_set.order_by("pk").values_list("pk", flat=True))[:items]
    reasons = dict.fromkeys(pks, reason.pk)
    OrderService.cancel_order(order, reasons=reasons, cancel_items=pks, audit_context=CONTEXT)
    return order


def moving_second(order: Order, status: int) -> Request:
    pk = order.orderitem_set.order_by("pk").values_list("pk", flat=True)[1]
    return lambda client: client.patch(f"/api/v1/order_items/{pk}/", {"status": status}, format="json")


def sending_refund(order: Order) -> Request:
    """What the worker does, as if it were a request that is answered 200."""
    refund = Refund.objects.filter(order=order).first()
    now = datetime.now(UTC)

    def send(client: APIClient) -> Any:
        if refund is not None:
            RefundService.send_refund(refund.pk, now=now, audit_context=CONTEXT)
        return SimpleNamespace(status_code=200)

    return send


def settling(order: Order, reason: CancellationReason) -> Order:
    """Its first item cancelled, and the refund of that promised."""
    Transaction.objects.filter(order=order).update(reference=f"P-{order.pk}")
    OrderService.approved_order_cancel(with_plan(order, reason, items=1), audit_context=CONTEXT)
    return order
