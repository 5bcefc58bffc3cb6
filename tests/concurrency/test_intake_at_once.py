"""Orders of a channel taken in twice at the same moment, or beside somebody who changes what they refer to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from omnitron.catalogs import stock
from omnitron.catalogs.models import ProductStock
from omnitron.channels.models import Channel
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource
from omnitron.customers import use_cases as customer_use_cases
from omnitron.customers.models import Address, Customer
from omnitron.orders.dto import IncomingOrder
from omnitron.orders.models import Order
from omnitron.orders.service import OrderService
from omnitron.orders.use_cases import intake, intake_customers
from tests.factories.channels import ChannelFactory
from tests.orders.intake.generated import World, world
from tests.orders.intake.samples import customer, item, order
from tests.waiting import until_somebody_waits_for_us

pytestmark = pytest.mark.django_db(transaction=True)

CONTEXT = AuditContext.system(AuditSource.CHANNEL)
AtOnce = Callable[..., list[Any]]


@pytest.fixture
def there() -> World:
    return world(CONTEXT)


def taking_in(channel: Channel, orders: list[IncomingOrder]) -> Callable[[APIClient], Any]:
    def take_in(client: APIClient) -> Any:
        with transaction.atomic():
            return OrderService.take_in_orders(channel, orders, audit_context=CONTEXT)

    return take_in


def _take_in_a_new_customer_twice(there: World, at_once: AtOnce) -> int:
    """Two orders each, of one customer nobody knows yet, and of two; how many customers there are more."""
    before = Customer.objects.count()
    known, new = customer(), customer("2", channel_code=None)
    at_once(
        *[
            taking_in(
                there.channel,
                [order(there, f"{run}-1", customer=known), order(there, f"{run}-2", customer=new)],
            )
            for run in range(2)
        ]
    )
    return Customer.objects.count() - before


def test_a_customer_two_runs_bring_is_made_once(there: World, at_once: AtOnce) -> None:
    assert _take_in_a_new_customer_twice(there, at_once) == 2
    assert set(Order.objects.values_list("number", flat=True)) == {"0-1", "0-2", "1-1", "1-2"}


def test_control_without_the_channels_lock_each_makes_one(
    there: World, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier = threading.Barrier(2)
    place = intake.place_customers

    def place_both(*args: Any, **kwargs: Any) -> None:
        place(*args, **kwargs)
        barrier.wait()  # both have looked before either writes: what the lock prevents

    monkeypatch.setattr(intake, "lock_channel", lambda pk: None)
    monkeypatch.setattr(intake, "place_customers", place_both)

    assert _take_in_a_new_customer_twice(there, at_once) == 4


def _take_in_crossed_stock(there: World, at_once: AtOnce, *, times: int) -> list[int]:
    """By channels of their own, so that only the stock is shared: two products each, in one sequence and in the
    other; the units that are sold then.
    """
    requests = []
    for run in range(times):
        places = (0, 1) if run % 2 else (1, 0)
        orders = [
            order(there, f"{run}-{place}", items=[item(there, f"{run}-{place}", place=place)])
            for place in places
        ]
        requests.append(taking_in(ChannelFactory(), orders))
    at_once(*requests)
    sold = ProductStock.objects.filter(product__in=there.products[:2]).order_by("pk")
    return list(sold.values_list("sold_quantity_unreported", flat=True))


def test_stock_taken_by_two_batches_adds_up_without_deadlock(there: World, at_once: AtOnce) -> None:
    assert _take_in_crossed_stock(there, at_once, times=6) == [6, 6]


def test_control_without_the_stocks_locks_one_is_lost(
    there: World, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier = threading.Barrier(2)

    def read_both(requests: list[stock.StockRequest]) -> dict[Any, ProductStock]:
        rows = list(ProductStock.objects.filter(product__in=[one.product_id for one in requests]))
        barrier.wait()  # both have read before either writes: what the lock prevents
        return {(row.product_id, row.stock_list_id): row for row in sorted(rows, key=lambda row: row.pk)}

    monkeypatch.setattr(stock, "_lock", read_both)

    assert _take_in_crossed_stock(there, at_once, times=2) == [1, 1]


def _take_in_while_the_address_changes(
    there: World, at_once: AtOnce, *, is_waited_for: bool
) -> tuple[str, str]:
    """The line an order was sent with, and the line of the address it has in the end. The address is there, no
    order uses it, and somebody corrects it while the order is on its way in.
    """
    values = order(there, "N-1", customer=customer()).shipping_address
    owner = Customer.objects.create(channel=there.channel, **customer())
    address = customer_use_cases.create_address({**values, "customer": owner}, audit_context=CONTEXT)
    is_in, is_changed = threading.Event(), threading.Event()

    def take_in(client: APIClient) -> None:
        with transaction.atomic():
            incoming = order(there, "N-1", customer=customer())
            OrderService.take_in_orders(there.channel, [incoming], audit_context=CONTEXT)
            is_in.set()
            if is_waited_for:
                until_somebody_waits_for_us()
            else:
                is_changed.wait(30)

    def change(client: APIClient) -> None:
        is_in.wait(30)
        customer_use_cases.update_address(address, audit_context=CONTEXT, line="Elsewhere 2")
        is_changed.set()

    at_once(take_in, change)
    return values["line"], Order.objects.get().shipping_address.line


def test_an_address_found_again_stays_as_it_was_sent(there: World, at_once: AtOnce) -> None:
    sent, stored = _take_in_while_the_address_changes(there, at_once, is_waited_for=True)

    assert stored == sent
    assert Address.objects.filter(line="Elsewhere 2").count() == 1


def test_control_without_its_lock_the_order_goes_elsewhere(
    there: World, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked = intake_customers._ADDRESSES.replace("FOR KEY SHARE", "")
    monkeypatch.setattr(intake_customers, "_ADDRESSES", unlocked)

    sent, stored = _take_in_while_the_address_changes(there, at_once, is_waited_for=False)

    assert (sent, stored) == ("Moda Cad. 1", "Elsewhere 2")


def test_one_number_is_taken_in_once(there: World, at_once: AtOnce) -> None:
    incoming = order(there, "N-1")

    def take_in(client: APIClient) -> str:
        try:
            taking_in(there.channel, [replace(incoming)])(client)
        except intake.OrderDuplicatedFieldException as error:
            return error.code
        return "taken in"

    assert sorted(at_once(*[take_in] * 4)) == ["order_100_1"] * 3 + ["taken in"]
    assert Order.objects.count() == 1
