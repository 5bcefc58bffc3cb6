"""Which version of each order shows now, sorted by (modified, id)."""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence

from omnitron.channels.integrations.sandbox.marketplace.orders import MarketOrder

# From so many changes on it is cheaper to sort anew than to move each order to its place.
_MANY = 64


class Shelf:
    def __init__(self, orders: Iterable[MarketOrder]) -> None:
        self.by_id = {order.id: order for order in orders}
        self._keys: list[tuple[int, int]] = []
        self._due = [
            (version.visible_at, order.id) for order in self.by_id.values() for version in order.versions
        ]
        heapq.heapify(self._due)

    def advance(self, now: int) -> None:
        """Show what is due by `now`."""
        due: set[int] = set()
        while self._due and self._due[0][0] <= now:
            due.add(heapq.heappop(self._due)[1])
        if len(due) < _MANY:
            for order_id in due:
                self._move(self.by_id[order_id], now)
            return
        for order_id in due:
            _turn_to_version(self.by_id[order_id], now)
        self._keys = sorted(order.key() for order in self.by_id.values() if order.current >= 0)

    def changed(self, order: MarketOrder, now: int) -> None:
        """The order's versions are no longer what they were."""
        for version in order.versions:
            if version.visible_at > now:
                heapq.heappush(self._due, (version.visible_at, order.id))
        self._move(order, now)

    def window(self, start: int | None, end: int | None) -> Sequence[MarketOrder]:
        """The orders whose stamp is in [start, end), sorted."""
        first = 0 if start is None else bisect_left(self._keys, (start, 0))
        last = len(self._keys) if end is None else bisect_left(self._keys, (end, 0))
        return [self.by_id[order_id] for _, order_id in self._keys[first:last]]

    def _move(self, order: MarketOrder, now: int) -> None:
        if order.current >= 0:
            del self._keys[bisect_left(self._keys, order.key())]
        _turn_to_version(order, now)
        if order.current >= 0:
            insort(self._keys, order.key())


def _turn_to_version(order: MarketOrder, now: int) -> None:
    position = order.version_at(now)
    if position == order.current:
        return
    order.current = position
    order.status = order.json = None
