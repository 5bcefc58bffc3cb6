"""A line that was split here is one line at the marketplace, which cannot be told of some of its units."""

from __future__ import annotations

from datetime import timedelta

import pytest

from omnitron.channels.models import ErrorReport
from omnitron.channels.pushes.runs import Telling
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.models import OrderItem
from omnitron.orders.service import OrderItemService, OrderService
from omnitron.orders.use_cases.splitting import split_order_item
from tests.channels.pulls.marketplaces import CONTEXT, Pulled
from tests.channels.pushes.telling import cancel, push, there


@pytest.fixture
def halves(pulled: Pulled) -> tuple[OrderItem, OrderItem]:
    """A line of two units or more, what was left of it and the unit taken out."""
    merged = OrderItem.objects.filter(order__channel=pulled.channel, attributes__quantity__gt=1)
    return split_order_item(merged.order_by("pk")[0], quantity=1, audit_context=CONTEXT)


def line_there(pulled: Pulled, item: OrderItem) -> str:
    lines = there(pulled, item.order)["lines"]
    return next(line["status"] for line in lines if line["sku"] == item.product.sku)


def ship(item: OrderItem) -> None:
    OrderItemService.update_order_item(
        item,
        status=OrderStatus.SHIPPED,
        tracking_number="TR-1",
        shipping_company="aras",
        audit_context=CONTEXT,
    )


def statuses(*items: OrderItem) -> list[int]:
    return [OrderItem.objects.get(pk=item.pk).status for item in items]


def test_some_units_cancelled_do_not_cancel_the_line(
    pulled: Pulled, halves: tuple[OrderItem, OrderItem]
) -> None:
    kept, new = halves
    cancel(new.order, cancel_items=[new.pk])
    before = pulled.marketplace.truth.orders

    assert push(pulled) == Telling(refused=1)

    assert pulled.marketplace.truth.orders == before
    report = ErrorReport.objects.get(target_object_id=str(new.order_id))
    assert report.error_code == "part_of_a_line"
    pulled.clock.advance(timedelta(minutes=10))
    pulled.pull()
    assert statuses(kept, new) == [OrderStatus.APPROVED, OrderStatus.CANCELLED]


def test_what_cannot_be_told_is_reported_once(pulled: Pulled, halves: tuple[OrderItem, OrderItem]) -> None:
    _, new = halves
    cancel(new.order, cancel_items=[new.pk])
    push(pulled)
    assert push(pulled) == Telling()

    OrderService.update_order(new.order, invoice_number="INV-1", audit_context=CONTEXT)

    assert push(pulled) == Telling(told=1)
    assert there(pulled, new.order)["invoice_number"] == "INV-1"
    assert ErrorReport.objects.count() == 1


def test_the_rest_of_a_cancelled_line_cancels_it(pulled: Pulled, halves: tuple[OrderItem, OrderItem]) -> None:
    kept, new = halves
    cancel(new.order, cancel_items=[new.pk])
    push(pulled)
    cancel(kept.order, cancel_items=[kept.pk])

    assert push(pulled) == Telling(told=1)
    assert line_there(pulled, kept) == "Cancelled"
    assert push(pulled, force=True).told == 0


def test_a_line_is_told_as_shipped_once_all_of_it_is(
    pulled: Pulled, halves: tuple[OrderItem, OrderItem]
) -> None:
    kept, new = halves
    ship(new)
    assert push(pulled) == Telling(refused=1)
    assert line_there(pulled, new) == "Created"
    assert push(pulled, force=True).told == 0

    ship(kept)
    assert push(pulled) == Telling(told=1)

    assert line_there(pulled, kept) == "Shipped"
    assert push(pulled, force=True) == Telling(unchanged=6)
