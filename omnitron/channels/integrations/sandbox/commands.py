"""What is asked of the sandbox and told to it. Its API: docs/sandbox.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from omnitron.channels.integrations import commands
from omnitron.channels.integrations.dto import ChangeAnswer, ChannelOrder, OrderPage
from omnitron.channels.integrations.sandbox.changes import written_change
from omnitron.channels.integrations.sandbox.orders import channel_order
from omnitron.channels.integrations.sandbox.reading import PAGE_SIZE, Reader

LARGEST_BATCH = 100
# How often, and after how long, a batch is asked for what became of it.
POLLS, POLL_SECONDS = 5, 2
# Orders nobody has to work on any more are those delivered, returned or cancelled.
AT_WORK = "Created,Picking,Shipped,UnDelivered"
# A refusal that says nothing about the change itself.
TRY_AGAIN = "try_again_later"
NO_WORD = "The sandbox has no word for this."

Value = TypeVar("Value")


class GetOrders(commands.GetOrders):
    """Single orders by id or number; else all that changed in a window, or as far back as the marketplace shows."""

    def send(self, validated_data: dict[str, Any]) -> Iterator[OrderPage]:
        """The pages, lazily. Without `fetch_all_orders` a window leaves out orders nobody works on any more."""
        pages = self._listed(validated_data) or self._windows(validated_data)
        created_before = validated_data.get("created_before")
        return pages if created_before is None else _placed_before(pages, created_before)

    def to_order(self, raw: Mapping[str, Any]) -> ChannelOrder:
        """Raises OrderParkedException for what cannot be understood."""
        return channel_order(raw, pos=self.integration.conf.get("pos"))

    def _listed(self, filters: Mapping[str, Any]) -> Iterator[OrderPage] | None:
        for parameter, name in (("ids", "order_ids"), ("numbers", "order_numbers_to_fetch")):
            if filters.get(name):
                return self._chunks(parameter, filters[name])
        return None

    def _chunks(self, parameter: str, values: Sequence[str]) -> Iterator[OrderPage]:
        for chunk in _batched(values, PAGE_SIZE):
            yield from Reader(self._ask, {parameter: ",".join(chunk)}).listed()

    def _windows(self, filters: Mapping[str, Any]) -> Iterator[OrderPage]:
        """Those placed after `order_id` only, where that is given."""
        limits = self.integration.limits
        end = filters.get("end_date") or self.integration.client.now()
        start = filters.get("start_date") or end - limits.look_back
        narrowing = {"after_id": filters["order_id"]} if filters.get("order_id") else {}
        if not filters["fetch_all_orders"]:
            narrowing["status"] = AT_WORK
        while start < end:
            stop = min(end, start + limits.longest_window)
            yield from Reader(self._ask, narrowing).window(start, stop)
            start = stop

    def _ask(self, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.integration.request_process("GET", "/orders", params=parameters).data


class CountOrders(commands.CountOrders):
    def send(self, validated_data: dict[str, Any]) -> int:
        """With the orders it never shows, without those that are late."""
        window = {
            "modified_from": validated_data["start_date"].isoformat(),
            "modified_to": validated_data["end_date"].isoformat(),
        }
        return self.integration.request_process("GET", "/orders/count", params=window).data["count"]


class SendUpdates(commands.SendUpdates):
    """In batches; what became of each change is asked for afterwards. Keys make it safe to send a batch again."""

    def send(self, validated_data: dict[str, Any]) -> list[ChangeAnswer]:
        """An answer for each change the marketplace has decided on, or has no word for."""
        answers, told = [], []
        for change in self.objects:
            written = written_change(change, reason=self.integration.reason_code(change.values.get("reason")))
            if written is None:
                answers.append(ChangeAnswer(change.key, is_accepted=True, reason=NO_WORD))
            else:
                told.append(written)
        for batch in _batched(told, LARGEST_BATCH):
            answers += self._send_batch(batch)
        return answers

    def _send_batch(self, changes: Sequence[Mapping[str, Any]]) -> list[ChangeAnswer]:
        request = self.integration.request_process
        batch_id = request("POST", "/orders/changes", body={"changes": changes}, is_repeatable=True).data[
            "batch_id"
        ]
        for _ in range(POLLS):
            batch = request("GET", f"/orders/changes/{batch_id}").data
            if batch["status"] == "done":
                return [_answer(result) for result in batch["changes"]]
            self.integration.clock.sleep(POLL_SECONDS)
        return []


def _answer(result: Mapping[str, Any]) -> ChangeAnswer:
    reason = result["reason"] or ""
    return ChangeAnswer(
        key=result["key"],
        is_accepted=result["result"] == "accepted",
        reason=reason,
        is_final=reason != TRY_AGAIN,
    )


def _placed_before(pages: Iterable[OrderPage], moment: datetime) -> Iterator[OrderPage]:
    for page in pages:
        orders = [o for o in page.orders if datetime.fromisoformat(o.payload["placed"]) < moment]
        yield replace(page, orders=orders)


def _batched(values: Sequence[Value], size: int) -> Iterator[Sequence[Value]]:
    return (values[start : start + size] for start in range(0, len(values), size))
