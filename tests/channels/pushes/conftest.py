"""A marketplace whose first orders were pulled, none of them packed yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.orders.models import Order
from tests.channels.pulls.marketplaces import NOON, Pulled, pulled_marketplace
from tests.channels.pushes.telling import FIRST_HOUR, ClockThatActs


@pytest.fixture
def pulled(demo_catalogue: None) -> Iterator[Pulled]:
    with pulled_marketplace(
        5, orders=6, faults=FaultPlan.none(), clock=ClockThatActs(NOON), span=timedelta(minutes=45)
    ) as pulled:
        pulled.clock.advance(FIRST_HOUR)
        assert pulled.pull().intake.created == 6
        yield pulled


@pytest.fixture
def order(pulled: Pulled) -> Order:
    return Order.objects.filter(channel=pulled.channel).order_by("pk")[0]
