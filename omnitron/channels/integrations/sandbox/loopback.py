"""The marketplace of a sandbox channel that names no other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.integrations.sandbox.marketplace.marketplace import Marketplace
from omnitron.core.clock import Clock

# Longer than it shows orders, by as long as they live: what is no longer in it is not shown any more either.
SPAN = timedelta(days=105)
# When its first order was placed. Which order is placed when depends on nothing but this, seed and size.
OPENED = datetime(2025, 1, 1, tzinfo=UTC)
ORDERS_A_DAY = 5


def own_marketplace(conf: Mapping[str, Any], *, clock: Clock) -> Marketplace:
    """By `seed` (1) and `orders_a_day` (5) of the channel's `conf`: the same whenever it is opened, grown by what
    was placed meanwhile. `faults` are shares of `FaultPlan`; without them it is the plan of the seed, less drift,
    for what changed because it was read would be forgotten with the marketplace.
    """
    seed, orders_a_day = conf.get("seed", 1), conf.get("orders_a_day", ORDERS_A_DAY)
    faults = FaultPlan(**conf["faults"]) if "faults" in conf else FaultPlan.seeded(seed).without("drift")
    interval = timedelta(days=1) / orders_a_day
    first = (clock.now() - SPAN - OPENED) // interval
    orders = SPAN // interval
    return Marketplace(
        seed,
        orders=orders,
        clock=clock,
        faults=faults,
        starts=OPENED + first * interval,
        span=orders * interval,
        first_index=first,
    )
