"""What is asked of Trendyol. What it is told: updates.py. Both with their sources: docs/channels-trendyol.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from omnitron.channels.integrations import commands
from omnitron.channels.integrations.dto import ChannelOrder, OrderPage, RawOrder
from omnitron.channels.integrations.trendyol.orders import channel_order
from omnitron.channels.integrations.trendyol.reading import Reader
from omnitron.channels.integrations.trendyol.statuses import ENDED, PACKAGE_STATUSES
from omnitron.channels.integrations.trendyol.values import turkish_moment

# The stream filters by what its lines' status may be.
AT_WORK = tuple(name for name in PACKAGE_STATUSES if name not in ENDED)


class GetOrders(commands.GetOrders):
    """Single packages by id or number; else all that changed in a window, or as far back as Trendyol shows."""

    def send(self, validated_data: dict[str, Any]) -> Iterable[OrderPage]:
        """The pages, lazily. Without `fetch_all_orders` packages that are at their end are left out."""
        pages = self._asked_for(validated_data)
        if after := validated_data.get("order_id"):
            # Trendyol numbers packages in the order they are made in.
            pages = _only(pages, lambda order: int(order.remote_id) > int(after))
        if before := validated_data.get("created_before"):
            pages = _only(pages, lambda order: _placed(order) < before)
        return pages

    def to_order(self, raw: Mapping[str, Any]) -> ChannelOrder:
        """Raises OrderParkedException for what cannot be understood."""
        return channel_order(raw, conf=self.integration.conf)

    def _asked_for(self, filters: Mapping[str, Any]) -> Iterator[OrderPage]:
        reader = Reader(self.integration)
        if filters.get("order_ids"):
            return reader.by_ids(filters["order_ids"])
        if filters.get("order_numbers_to_fetch"):
            return self._by_numbers(reader, filters["order_numbers_to_fetch"])
        return self._windows(reader, filters)

    def _by_numbers(self, reader: Reader, numbers: Iterable[str]) -> Iterator[OrderPage]:
        """A number as it is here names one package, one as it is at Trendyol all packages of the order."""
        numbers = list(numbers)
        if ids := [number.rpartition("-")[2] for number in numbers if "-" in number]:
            yield from reader.by_ids(ids)
        for number in numbers:
            if "-" not in number:
                yield from reader.by_order_number(number)

    def _windows(self, reader: Reader, filters: Mapping[str, Any]) -> Iterator[OrderPage]:
        limits = self.integration.limits
        end = filters.get("end_date") or self.integration.client.now()
        start = filters.get("start_date") or end - limits.look_back
        while start < end:
            stop = min(end, start + limits.longest_window)
            yield from reader.window(start, stop, statuses=() if filters["fetch_all_orders"] else AT_WORK)
            start = stop


class CountOrders(commands.CountOrders):
    def send(self, validated_data: dict[str, Any]) -> int:
        """Packages, whatever their status."""
        return Reader(self.integration).count(validated_data["start_date"], validated_data["end_date"])


def _only(pages: Iterable[OrderPage], is_wanted: Any) -> Iterator[OrderPage]:
    for page in pages:
        yield replace(page, orders=[order for order in page.orders if is_wanted(order)])


def _placed(order: RawOrder) -> datetime:
    return turkish_moment(order.payload["orderDate"])
