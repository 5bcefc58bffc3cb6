"""Reading packages: windows through the cursor stream, single ones and counts through the paged service.

Pages of the paged service drift while they are read (they are sorted by when packages last changed, and those that
change move), and end at 10,000 packages. The stream's cursor does neither: what changes meanwhile moves ahead of
where the cursor stands, out of the window, and is in a later one. So windows are only ever read through the stream.
Sources: "getShipmentPackagesStream" and "getShipmentPackages".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from omnitron.channels.exceptions import ChannelRefusedException, ChannelUnreachableException
from omnitron.channels.integrations.dto import OrderPage
from omnitron.channels.integrations.pages import page_of
from omnitron.channels.integrations.trendyol.orders import raw_order
from omnitron.channels.integrations.trendyol.values import MILLISECOND, TURKEY, stamp

if TYPE_CHECKING:
    from omnitron.channels.integrations.trendyol.integration import CommandIntegration

PAGE_SIZE = 200
LARGEST_ID_LIST = 50
# What page numbers of the paged service reach, and how far back it shows anything at all.
REACHABLE = 10_000
PAGED_LOOK_BACK = timedelta(days=30)
# "Önerilen kullanım": no more often than that.
STREAM_PAUSE = timedelta(seconds=5)


class Reader:
    """Packages as Trendyol shows them to one integration."""

    def __init__(self, integration: CommandIntegration) -> None:
        self.integration = integration
        self._asked_stream: datetime | None = None

    def window(self, start: datetime, end: datetime, *, statuses: Sequence[str] = ()) -> Iterator[OrderPage]:
        """Packages that last changed in [start, end), newest first, only with lines in `statuses` if there are any.

        A cursor that Trendyol does not know any more is no end: the stream is begun again from the oldest package
        seen, for it goes from the newest to the oldest.
        """
        stream = _Stream(self, start, end, statuses=statuses)
        while True:
            try:
                yield from stream.pages()
            except ChannelRefusedException as error:
                if not stream.may_begin_again(error):
                    raise
                continue
            return

    def by_ids(self, ids: Sequence[str]) -> Iterator[OrderPage]:
        for start in range(0, len(ids), LARGEST_ID_LIST):
            yield from self._pages({"shipmentPackageIds": list(ids[start : start + LARGEST_ID_LIST])})

    def by_order_number(self, number: str) -> Iterator[OrderPage]:
        """All packages of an order."""
        return self._pages({"orderNumber": number})

    def count(self, start: datetime, end: datetime) -> int:
        """How many packages last changed in [start, end), as the paged service says.

        It may say no more than it can reach, so a span is halved from there on. What lies further back than it
        shows is counted by reading the stream.
        """
        if start < self.integration.client.now() - PAGED_LOOK_BACK:
            return self._count_by_reading(start, end)
        counted = self._total(start, end)
        middle = start + (end - start) / 2 // MILLISECOND * MILLISECOND
        if counted < REACHABLE or middle == start:
            return counted
        return self.count(start, middle) + self.count(middle, end)

    def _count_by_reading(self, start: datetime, end: datetime) -> int:
        seen: set[str] = set()
        unusable = 0
        for page in self.window(start, end):
            seen.update(order.remote_id for order in page.orders)
            unusable += page.unusable
        return len(seen) + unusable

    def ask_stream(self, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        clock = self.integration.clock
        if self._asked_stream is not None:
            left = STREAM_PAUSE - (clock.now() - self._asked_stream)
            if left > timedelta():
                clock.sleep(left.total_seconds())
        answer = self._ask("orders/stream", parameters, expected=("content", "hasMore"))
        self._asked_stream = clock.now()
        return answer

    def page_in(self, answer: Mapping[str, Any]) -> OrderPage:
        """The packages that have an id. What awaits its payment may have none yet (0, or null); it changes when it
        gets one, and is read then.
        """
        try:
            rows = [row for row in answer["content"] if row.get("shipmentPackageId", 1)]
            return page_of(rows, raw_order)
        except (TypeError, AttributeError) as error:
            raise self.unusable(str(error)) from error

    def unusable(self, reason: str) -> ChannelUnreachableException:
        return ChannelUnreachableException(
            channel=self.integration.channel.name, request="GET orders", reason=reason
        )

    def _pages(self, narrowing: Mapping[str, Any]) -> Iterator[OrderPage]:
        page = 0
        while True:
            parameters = {**narrowing, "page": page, "size": PAGE_SIZE}
            answer = self._ask("v2/orders", parameters, expected=("content", "totalPages"))
            yield self.page_in(answer)
            page += 1
            if page >= min(answer["totalPages"], REACHABLE // PAGE_SIZE):
                return

    def _total(self, start: datetime, end: datetime) -> int:
        """The service takes moments "in GMT +3", both ends included as far as one knows.

        `filters_in_gmt` in the channel's conf is for the day that turns out to be plain GMT.
        """
        ahead = timedelta() if self.integration.conf.get("filters_in_gmt") else TURKEY
        parameters = {
            "startDate": stamp(start + ahead),
            "endDate": stamp(end + ahead) - 1,
            "orderByField": "PackageLastModifiedDate",
            "page": 0,
            "size": 1,
        }
        return self._ask("v2/orders", parameters, expected=("totalElements",))["totalElements"]

    def _ask(
        self, service: str, parameters: Mapping[str, Any], *, expected: Sequence[str]
    ) -> Mapping[str, Any]:
        path = f"{self.integration.seller_path}/{service}"
        answer = self.integration.request_process("GET", path, params=parameters).data
        if not isinstance(answer, Mapping) or any(answer.get(name) is None for name in expected):
            raise self.unusable(f"there should be {' and '.join(expected)} in it")
        return answer


class _Stream:
    """A window's stream, from its newest package to its oldest.

    Trendyol takes moments "in GMT +3". Whether that shifts them or merely describes them, the pages do not say, and
    to guess wrong would be to ask for a future that is empty and never ask again. So three hours more are asked for
    than there are in the window, which holds it either way, and what is not in the window is left out here.
    """

    def __init__(self, reader: Reader, start: datetime, end: datetime, *, statuses: Sequence[str]) -> None:
        self.reader, self.start, self.end, self.until = reader, start, end, end
        self.narrowing = {"packageItemStatuses": ",".join(statuses)} if statuses else {}
        self._cursor: str | None = None
        self._oldest: datetime | None = None

    def pages(self) -> Iterator[OrderPage]:
        """Raises ChannelRefusedException, among others."""
        self._cursor, has_more = None, True
        filters = {
            **self.narrowing,
            "size": PAGE_SIZE,
            "lastModifiedStartDate": stamp(self.start),
            "lastModifiedEndDate": stamp(self.until + TURKEY),
        }
        while has_more:
            cursor = {"nextCursor": self._cursor} if self._cursor else {}
            answer = self.reader.ask_stream({**filters, **cursor})
            page = self.reader.page_in(answer)
            self._oldest = min([order.modified_date for order in page.orders], default=self._oldest)
            within = [order for order in page.orders if self.start <= order.modified_date < self.end]
            yield replace(page, orders=within)
            has_more = answer["hasMore"]
            if has_more and answer.get("nextCursor") in (None, "", self._cursor):
                raise self.reader.unusable("there is more, but no way on to it")
            self._cursor = answer.get("nextCursor")

    def may_begin_again(self, error: ChannelRefusedException) -> bool:
        """Whether it was the cursor that was refused, and something was read since the stream was begun."""
        if error.params["status"] != 400 or self._cursor is None or self._oldest is None:
            return False
        # Others of the oldest package's own stamp may not have been read yet.
        until = min(self.until, self._oldest + MILLISECOND)
        has_moved, self.until = until < self.until, until
        return has_moved
