"""Doing things here and telling the marketplace of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from omnitron.channels.pushes.runs import Telling
from omnitron.channels.service import ChannelService
from omnitron.core.clock import SimulatedClock
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.models import Order
from omnitron.orders.service import OrderItemService, OrderService
from tests.channels.pulls.marketplaces import CONTEXT, Pulled

# All are placed and none is packed yet.
FIRST_HOUR = timedelta(minutes=50)


class ClockThatActs(SimulatedClock):
    """A time in which something happens while somebody waits."""

    act: Callable[[], None] | None = None

    def sleep(self, seconds: float) -> None:
        act, self.act = self.act, None
        if act is not None:
            act()
        super().sleep(seconds)


def push(pulled: Pulled, **options: Any) -> Telling:
    run = ChannelService.push_updates(pulled.channel, clock=pulled.clock, audit_context=CONTEXT, **options)
    assert run.error is None
    return run.telling


def there(pulled: Pulled, order: Order) -> dict[str, Any]:
    """The order as the marketplace shows it."""
    orders = pulled.marketplace.truth.orders_now.values()
    return next(row for row in orders if row["number"] == order.number)


def ship(order: Order, tracking_number: str = "TR-77") -> None:
    for item in order.orderitem_set.order_by("pk"):
        OrderItemService.update_order_item(
            item,
            status=OrderStatus.SHIPPED,
            tracking_number=tracking_number,
            shipping_company="aras",
            audit_context=CONTEXT,
        )


def cancel(order: Order, **what: Any) -> None:
    items = order.orderitem_set.values_list("pk", flat=True)
    OrderService.cancel_order(order, reasons=dict.fromkeys(items, 1), audit_context=CONTEXT, **what)
    OrderService.approved_order_cancel(order, audit_context=CONTEXT)
