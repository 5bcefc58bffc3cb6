"""Reading orders from the sandbox through its integration, over HTTP: nothing lost, whatever it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from omnitron.channels.exceptions import IntegrationUnauthorizedException
from omnitron.channels.integrations.dto import RawOrder
from omnitron.channels.integrations.sandbox.integration import CommandIntegration
from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.integrations.sandbox.marketplace.marketplace import Marketplace
from omnitron.core.clock import SimulatedClock
from tests.channels.sandbox.visits import DAY, NOW

pytestmark = pytest.mark.django_db

Open = Callable[..., CommandIntegration]


def read(integration: CommandIntegration, **filters: Any) -> list[RawOrder]:
    """Every order the action `get_orders` would take in, in the order they come."""
    filters = {"fetch_all_orders": True} | filters
    command = integration.serializer_class["get_orders"](integration=integration, **filters)
    pages = command.send(command.validated_data(command.get_data()))
    return [order for page in pages for order in page.orders]


def shop(seed: int = 7, **options: Any) -> Marketplace:
    return Marketplace(seed, clock=SimulatedClock(NOW), **({"faults": FaultPlan.none()} | options))


WINDOW = {"start_date": NOW - 12 * DAY, "end_date": NOW}


def test_a_window_is_read_in_whole_pages(open_integration: Open) -> None:
    marketplace = shop(orders=1000)
    integration = open_integration(marketplace)

    orders = read(integration, **WINDOW)

    assert {order.remote_id: order.payload for order in orders} == {
        str(id_): order for id_, order in marketplace.truth.orders_now.items()
    }
    assert len(orders) == 1000
    assert integration.client.requests_made == 1 + 6  # the token, then pages of 200 that overlap by an order


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_lost_whatever_the_marketplace_does(seed: int, open_integration: Open) -> None:
    marketplace = shop(seed, orders=1000, faults=FaultPlan.seeded(seed))
    integration = open_integration(marketplace)

    start, end = NOW - 12 * DAY, integration.client.now() + timedelta(seconds=1)
    known = {
        int(order.remote_id): order.payload for order in read(integration, start_date=start, end_date=end)
    }
    truth = marketplace.truth.orders_now
    assert known.keys() == truth.keys()

    # What changed while it was read is in a later window.
    marketplace.calm()
    end += DAY
    known |= {
        int(order.remote_id): order.payload for order in read(integration, start_date=NOW - DAY, end_date=end)
    }

    assert known == truth
    assert marketplace.truth.injected["drift"] > 0


def test_a_stamp_that_fills_more_than_a_page(open_integration: Open) -> None:
    marketplace = shop(orders=1200, span=DAY, starts=NOW - 3 * DAY, faults=FaultPlan(hidden=0.2, drift=0.5))
    integration = open_integration(marketplace)
    stamps = [order["modified"] for order in marketplace.truth.orders_now.values()]
    assert max(map(stamps.count, set(stamps))) > 400

    first = read(integration, **WINDOW)
    marketplace.calm()
    moved = read(integration, start_date=NOW - timedelta(minutes=1), end_date=NOW + timedelta(minutes=1))

    found = {int(order.remote_id): order.payload for order in [*first, *moved]}
    assert found == marketplace.truth.orders_now
    assert marketplace.truth.injected["drift"] > 2


@pytest.mark.parametrize("hidden", [0.99, 1])
def test_pages_on_which_nothing_shows(hidden: float, open_integration: Open) -> None:
    marketplace = shop(orders=1500, span=DAY, starts=NOW - 3 * DAY, faults=FaultPlan(hidden=hidden))

    orders = read(open_integration(marketplace), **WINDOW)

    assert {int(order.remote_id) for order in orders} == marketplace.truth.orders_now.keys()
    assert bool(orders) is (hidden < 1)


def test_single_orders(open_integration: Open) -> None:
    marketplace = shop(orders=450)
    integration = open_integration(marketplace)
    ids = [str(id_) for id_ in marketplace.truth.orders_now]
    numbers = [order["number"] for order in marketplace.truth.orders_now.values()]

    assert {order.remote_id for order in read(integration, order_ids=ids[:401])} == set(ids[:401])
    assert {order.number for order in read(integration, order_numbers_to_fetch=numbers[5:7])} == set(
        numbers[5:7]
    )
    assert read(integration, order_ids=["1"]) == []
    assert {order.remote_id for order in read(integration, order_id=ids[99])} == set(ids[100:])


def test_orders_by_when_they_were_placed_and_by_what_is_still_to_do(open_integration: Open) -> None:
    marketplace = shop(orders=200, faults=FaultPlan(cancelled=0.1, returned=0.1))
    integration = open_integration(marketplace)
    truth = marketplace.truth.orders_now

    early = read(integration, created_before=NOW - 5 * DAY)
    assert {int(order.remote_id) for order in early} == {
        id_ for id_, order in truth.items() if datetime.fromisoformat(order["placed"]) < NOW - 5 * DAY
    }
    at_work = read(integration, fetch_all_orders=False)
    assert {int(order.remote_id) for order in at_work} == {
        id_
        for id_, order in truth.items()
        if order["status"] in ("Created", "Picking", "Shipped", "UnDelivered")
    }
    assert len(at_work) < len(truth)


def test_orders_are_counted_with_those_that_never_show(open_integration: Open) -> None:
    marketplace = shop(orders=300, faults=FaultPlan(hidden=0.1))
    integration = open_integration(marketplace)

    assert integration.count_orders(start_date=NOW - 12 * DAY, end_date=NOW) == 300
    assert len(read(integration, **WINDOW)) == 300 - len(marketplace.truth.hidden_for_ever) < 300


def test_a_token_that_expires_is_renewed(open_integration: Open) -> None:
    marketplace = shop(orders=700, faults=FaultPlan(expired_token=1))
    integration = open_integration(marketplace)

    assert len(read(integration, **WINDOW)) == 700
    assert marketplace.truth.injected["expired_token"] == 3


def test_wrong_credentials(open_integration: Open) -> None:
    marketplace = shop(orders=1)

    with pytest.raises(IntegrationUnauthorizedException):
        open_integration(marketplace, api_secret="guessed")


def test_a_channel_that_names_no_server_has_a_marketplace_of_its_own(open_integration: Open) -> None:
    conf = {"seed": 3, "orders_a_day": 4, "faults": {"cancelled": 0.1}}

    first = read(open_integration(**conf))
    second = read(open_integration(**conf))
    later = read(open_integration(now=NOW + 20 * DAY, **conf))
    other = read(open_integration(**conf | {"seed": 4}))

    assert 356 <= len(first) <= 440  # 89 days of 4 orders, and those before that something still happened to
    assert [order.payload for order in second] == [order.payload for order in first]
    overlap = {order.number for order in first} & {order.number for order in later}
    assert 276 <= len(overlap) < len(first)
    placed = {order.number: order.payload["placed"] for order in first}
    assert all(placed[o.number] == o.payload["placed"] for o in later if o.number in overlap)
    assert not {order.number for order in other} & placed.keys()
