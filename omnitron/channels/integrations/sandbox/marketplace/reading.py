"""GET /orders and GET /orders/count."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from omnitron.channels.integrations.sandbox.marketplace import stamps
from omnitron.channels.integrations.sandbox.marketplace.answers import Answer, Refusal, as_json
from omnitron.channels.integrations.sandbox.marketplace.orders import Change, MarketOrder
from omnitron.channels.integrations.sandbox.marketplace.state import State

LONGEST_WINDOW = 14 * stamps.DAY
LONGEST_LOOK_BACK = 90 * stamps.DAY
LARGEST_PAGE = 200
LAST_ROW = 10_000
PARAMETERS = {"modified_from", "modified_to", "page", "size", "status", "numbers", "ids", "after_id"}


@dataclass(frozen=True)
class Query:
    """A window [start, end) on the stamp, unless single orders are asked for or those after one."""

    start: int | None
    end: int | None
    page: int
    size: int
    statuses: frozenset[str]
    numbers: frozenset[str]
    ids: frozenset[str]
    after_id: int | None

    @property
    def names_orders(self) -> bool:
        return bool(self.numbers or self.ids)

    def fits(self, order: MarketOrder, state: State) -> bool:
        return (
            (not self.statuses or state.status(order) in self.statuses)
            and (not self.names_orders or order.number in self.numbers or str(order.id) in self.ids)
            and (self.after_id is None or order.id > self.after_id)
        )


def list_orders(state: State, parameters: Mapping[str, str], random: Random) -> Answer:
    """A page of what shows now. Rows that are hidden for ever take their place in it and leave it empty."""
    query = read_query(parameters, now=state.now)
    rows = [order for order in state.shelf.window(query.start, query.end) if query.fits(order, state)]
    first = query.page * query.size
    read = [order for order in rows[first : first + query.size] if not order.is_hidden]
    before = [order for order in rows[max(0, first - 1) : first] if not order.is_hidden]
    shown = _with_duplicates(state, read, before, random)
    answer = _page([state.shown(order) for order in shown], query, total=len(rows))
    if read and state.mischief.happens("drift", random):
        state.change(random.choice(read), Change("note", f"Not {random.randint(1, 999)}"))
    return answer


def count_orders(state: State, parameters: Mapping[str, str]) -> Answer:
    """How many orders there are in the window: with those that are hidden for ever, without those still late."""
    query = read_query(parameters, now=state.now)
    return as_json(
        {"count": sum(query.fits(order, state) for order in state.shelf.window(query.start, query.end))}
    )


def read_query(parameters: Mapping[str, str], *, now: int) -> Query:
    unknown = sorted(parameters.keys() - PARAMETERS)
    if unknown:
        raise Refusal(400, "unknown_parameter", f"unknown: {', '.join(unknown)}")
    query = Query(
        start=_stamp(parameters, "modified_from"),
        end=_stamp(parameters, "modified_to"),
        page=_number(parameters, "page", 0),
        size=_number(parameters, "size", LARGEST_PAGE),
        statuses=_names(parameters, "status"),
        numbers=_names(parameters, "numbers"),
        ids=_names(parameters, "ids"),
        after_id=_number(parameters, "after_id", None),
    )
    _check_window(query, now)
    _check_page(query)
    return query


def _check_window(query: Query, now: int) -> None:
    if query.start is None or query.end is None:
        if query.start is query.end and (query.names_orders or query.after_id is not None):
            return
        raise Refusal(400, "window_missing", "modified_from and modified_to are needed")
    if query.end <= query.start:
        raise Refusal(400, "window_empty", "modified_to must be later than modified_from")
    if query.end - query.start > LONGEST_WINDOW:
        raise Refusal(400, "window_too_long", "a window is 14 days at most")
    if query.start < now - LONGEST_LOOK_BACK:
        raise Refusal(400, "window_too_old", "orders can be read for 90 days")


def _check_page(query: Query) -> None:
    if not 1 <= query.size <= LARGEST_PAGE:
        raise Refusal(400, "page_too_large", f"size is between 1 and {LARGEST_PAGE}")
    if (query.page + 1) * query.size > LAST_ROW:
        raise Refusal(400, "page_too_far", f"only the first {LAST_ROW} rows can be read; narrow the window")


def _stamp(parameters: Mapping[str, str], name: str) -> int | None:
    if name not in parameters:
        return None
    try:
        return stamps.read(parameters[name])
    except ValueError as error:
        raise Refusal(400, "invalid_parameter", f"{name}: {error}") from error


def _number(parameters: Mapping[str, str], name: str, default: int | None) -> int | None:
    text = parameters.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()):
        raise Refusal(400, "invalid_parameter", f"{name} is no number")
    return int(text)


def _names(parameters: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(part for part in parameters.get(name, "").split(",") if part)


def _with_duplicates(
    state: State, read: Sequence[MarketOrder], before: Sequence[MarketOrder], random: Random
) -> list[MarketOrder]:
    """Rows that come twice come in addition: the page is longer than was asked for."""
    shown = list(read)
    if read and state.mischief.happens("duplicate_in_page", random):
        shown.insert(random.randint(0, len(shown)), random.choice(read))
    if before and state.mischief.happens("duplicate_across_pages", random):
        shown.insert(0, before[0])
    return shown


def _page(rows: Sequence[bytes], query: Query, *, total: int) -> Answer:
    rest = {
        "page": query.page,
        "size": query.size,
        "totalElements": total,
        "totalPages": -(-total // query.size),
    }
    return Answer(200, b'{"content":[' + b",".join(rows) + b"]," + json.dumps(rest)[1:].encode())
