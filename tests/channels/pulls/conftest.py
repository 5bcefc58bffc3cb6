"""Marketplaces to pull from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from tests.channels.pulls.marketplaces import Pulled, pulled_marketplace
from tests.channels.pulls.steps import DAY, HOUR


@pytest.fixture
def quiet(demo_catalogue: None) -> Iterator[Pulled]:
    """Six orders that have not moved for days."""
    with pulled_marketplace(5, orders=6, faults=FaultPlan.none(), span=2 * HOUR) as pulled:
        pulled.clock.advance(10 * DAY)
        yield pulled
