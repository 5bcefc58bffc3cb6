"""What there is in the marketplace, and what has become of it so far."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from omnitron.channels.integrations.sandbox.marketplace import payload, stories
from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.integrations.sandbox.marketplace.goods import Place, Product
from omnitron.channels.integrations.sandbox.marketplace.mischief import Mischief
from omnitron.channels.integrations.sandbox.marketplace.orders import Change, MarketOrder
from omnitron.channels.integrations.sandbox.marketplace.shelf import Shelf
from omnitron.channels.integrations.sandbox.marketplace.stamps import stamp_of


class State:
    """`now` is the time by the marketplace's own clock, in milliseconds; it never stands still between requests."""

    def __init__(
        self, seed: int, *, faults: FaultPlan, products: Sequence[Product], places: Sequence[Place]
    ) -> None:
        self.seed = seed
        self.mischief = Mischief(seed, faults)
        self.shelf = Shelf([])
        # How often each kind of misbehaviour is in the orders, from the start.
        self.planned: Counter[str] = Counter()
        self.now = 0
        # Until when a token is good.
        self.tokens: dict[str, int] = {}
        # Those something was answered to: a token never expires before it was of use.
        self.used_tokens: set[str] = set()
        self.batches: dict[str, list[dict[str, Any]]] = {}
        self.asked_batches: set[str] = set()
        # What became of a change, by its key.
        self.results: dict[str, dict[str, Any]] = {}
        self._products, self._places = products, places

    def open(self, placed: Sequence[tuple[int, int]]) -> None:
        """Orders by their index and the stamp they are placed at."""
        faults = self.mischief.faults
        orders = [stories.tell(self.seed, index, placed=stamp, faults=faults) for index, stamp in placed]
        self.shelf = Shelf(orders)
        for order in orders:
            self.planned.update(stories.kinds_of(order))

    def tick(self, moment: datetime) -> None:
        """A request comes at `moment`. No two come at the same time, so that no two changes do."""
        self.now += 1
        self.look(moment)

    def look(self, moment: datetime) -> None:
        """It is `moment`, or later already."""
        self.now = max(self.now, stamp_of(moment + self.mischief.faults.clock_skew))
        self.shelf.advance(self.now)

    def change(self, order: MarketOrder, change: Change) -> None:
        """The order changes now, and shows it."""
        order.happens(change, self.now)
        self.shelf.changed(order, self.now)

    def payload(self, order: MarketOrder, position: int | None = None) -> payload.Payload:
        """The order as it shows now, or in the version `position`."""
        return payload.payload_at(
            order,
            order.current if position is None else position,
            seed=self.seed,
            products=self._products,
            places=self._places,
        )

    def shown(self, order: MarketOrder) -> bytes:
        """The order's JSON, written once a version."""
        if order.json is None:
            data = self.payload(order)
            order.status = data["status"]
            order.json = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
        return order.json

    def status(self, order: MarketOrder) -> str:
        """The order's status as it shows."""
        self.shown(order)
        return order.status
