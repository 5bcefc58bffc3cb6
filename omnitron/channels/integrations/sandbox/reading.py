"""Reading a window of the sandbox to its end although its pages drift while they are read.

A page number loses orders: whoever changes meanwhile leaves the window, and what stood behind moves up to a page
that was read already. So only the first page is ever asked for, from the stamp of the last order seen on. That also
keeps clear of the 10,000 rows a page number can reach. Pages may be shorter than asked for: rows the marketplace
counts and does not show leave theirs empty; the end is where it counts no more than fit on one page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from omnitron.channels.integrations.dto import OrderPage, RawOrder
from omnitron.channels.integrations.pages import page_of
from omnitron.channels.integrations.sandbox.orders import raw_order

PAGE_SIZE = 200
# Stamps there are whole milliseconds.
TICK = timedelta(milliseconds=1)

# GET /orders with these parameters.
Ask = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class _Answer:
    page: OrderPage
    total: int

    @property
    def orders(self) -> Sequence[RawOrder]:
        return self.page.orders

    def is_last(self, page: int = 0) -> bool:
        return self.total <= (page + 1) * PAGE_SIZE


@dataclass
class Reader:
    """Pages of orders, each order once a version; `narrowing` are further parameters of every question."""

    ask: Ask
    narrowing: Mapping[str, Any]

    def __post_init__(self) -> None:
        # What was handed over last: the next page begins with orders of its last stamp, and pages repeat rows.
        self._known: set[tuple[str, datetime]] = set()

    def window(self, start: datetime, end: datetime) -> Iterator[OrderPage]:
        """Everything that last changed in [start, end), a page at a time."""
        while start < end:
            answer = self._ask(start, end)
            yield self._new(answer)
            if answer.is_last():
                return
            if not answer.orders:
                yield from self._halves(start, end)
                return
            last = max(order.modified_date for order in answer.orders)
            if last > start:
                start = last
                continue
            yield from self._stamp(start)
            start += TICK

    def listed(self) -> Iterator[OrderPage]:
        """What was asked for one by one: all of it fits on one page."""
        yield self._new(self._answer(self.ask({**self.narrowing, "size": PAGE_SIZE})))

    def _halves(self, start: datetime, end: datetime) -> Iterator[OrderPage]:
        """A page with nothing to see on it, and more behind it: look where less is counted."""
        middle = start + max(TICK, (end - start) / 2 // TICK * TICK)
        if middle >= end:
            yield from self._stamp(start)
            return
        yield from self.window(start, middle)
        yield from self.window(middle, end)

    def _stamp(self, stamp: datetime) -> Iterator[OrderPage]:
        """All orders of one stamp, of which there are more than fit on a page: by their id."""
        page, after = 0, {}
        while True:
            answer = self._ask(stamp, stamp + TICK, page=page, **after)
            yield self._new(answer)
            if answer.is_last(page):
                return
            if answer.orders:
                page, after = 0, {"after_id": max(int(order.remote_id) for order in answer.orders)}
            else:
                page += 1

    def _ask(self, start: datetime, end: datetime, **parameters: Any) -> _Answer:
        window = {"modified_from": start.isoformat(), "modified_to": end.isoformat(), "size": PAGE_SIZE}
        return self._answer(self.ask({**self.narrowing, **window, **parameters}))

    @staticmethod
    def _answer(answer: Mapping[str, Any]) -> _Answer:
        return _Answer(page_of(answer["content"], raw_order), answer["totalElements"])

    def _new(self, answer: _Answer) -> OrderPage:
        orders = {(order.remote_id, order.modified_date): order for order in answer.orders}
        new = [order for key, order in orders.items() if key not in self._known]
        self._known = set(orders)
        return replace(answer.page, orders=new)
