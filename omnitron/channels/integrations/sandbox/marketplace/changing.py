"""POST /orders/changes and GET /orders/changes/{batch_id}: what sellers tell the marketplace."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from omnitron.channels.integrations.sandbox.marketplace.answers import Answer, Refusal, as_json
from omnitron.channels.integrations.sandbox.marketplace.orders import CLOSED, RANK, Change, MarketOrder
from omnitron.channels.integrations.sandbox.marketplace.payload import Payload
from omnitron.channels.integrations.sandbox.marketplace.state import State

LARGEST_BATCH = 100
# What a seller may report.
PATH = ("Picking", "Shipped", "Delivered")


def take_changes(state: State, body: bytes, random: Random) -> Answer:
    """Do what can be done, keep what became of each change. The same `key` again has no second effect."""
    changes = _read_changes(body)
    batch_id = f"B{len(state.batches) + 1:06d}"
    state.batches[batch_id] = [_take(state, change, random) for change in changes]
    return as_json({"batch_id": batch_id}, status=202)


def show_batch(state: State, batch_id: str, random: Random) -> Answer:
    """What became of each change; the first time that may not be known yet."""
    if batch_id not in state.batches:
        raise Refusal(404, "unknown_batch", f"there is no batch {batch_id}")
    if batch_id not in state.asked_batches and state.mischief.happens("unfinished_batch", random):
        state.asked_batches.add(batch_id)
        return as_json({"batch_id": batch_id, "status": "processing", "changes": []})
    return as_json({"batch_id": batch_id, "status": "done", "changes": state.batches[batch_id]})


def _read_changes(body: bytes) -> list[dict[str, Any]]:
    try:
        changes = json.loads(body)["changes"]
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal(400, "invalid_body", 'a body is {"changes": [...]}') from error
    if not isinstance(changes, list) or not 1 <= len(changes) <= LARGEST_BATCH:
        raise Refusal(400, "invalid_body", f"a batch has 1 to {LARGEST_BATCH} changes")
    for change in changes:
        if not isinstance(change, dict) or not all(change.get(name) for name in ("order_id", "kind", "key")):
            raise Refusal(400, "invalid_body", "a change has order_id, kind and key")
    return changes


def _take(state: State, change: dict[str, Any], random: Random) -> dict[str, Any]:
    key = str(change["key"])
    if key not in state.results:
        if state.mischief.happens("refused_change", random):
            # No verdict on the change: with the same key it may come again.
            return _result(change, "refused", "try_again_later")
        try:
            order = _order(state, str(change["order_id"]))
            for step in _steps(state.payload(order), change):
                state.change(order, step)
            state.results[key] = _result(change, "accepted", None)
        except Refusal as refusal:
            state.results[key] = _result(change, "refused", refusal.code)
    return state.results[key]


def _result(change: dict[str, Any], result: str, reason: str | None) -> dict[str, Any]:
    return {
        "key": change["key"],
        "order_id": change["order_id"],
        "kind": change["kind"],
        "result": result,
        "reason": reason,
    }


def _order(state: State, order_id: str) -> MarketOrder:
    order = state.shelf.by_id.get(int(order_id)) if order_id.isascii() and order_id.isdigit() else None
    if order is None or order.current < 0 or order.is_hidden:
        raise Refusal(404, "unknown_order", order_id)
    return order


def _steps(order: Payload, change: dict[str, Any]) -> list[Change]:
    """What the change does to the order. Raises Refusal where it cannot be."""
    if change["kind"] not in KINDS:
        raise Refusal(400, "unknown_kind", str(change["kind"]))
    if order["status"] in CLOSED:
        raise Refusal(409, "order_closed", order["status"])
    return KINDS[change["kind"]](order, change)


def _text(change: dict[str, Any], name: str) -> str:
    if not isinstance(change.get(name), str) or not change[name]:
        raise Refusal(400, f"{name}_missing", name)
    return change[name]


def _lines(order: Payload, change: dict[str, Any]) -> list[Payload]:
    """The lines named in `line_ids`, or all that are open."""
    named = {str(line_id) for line_id in change.get("line_ids") or ()}
    unknown = named - {str(line["id"]) for line in order["lines"]}
    if unknown:
        raise Refusal(404, "unknown_line", ", ".join(sorted(unknown)))
    lines = [line for line in order["lines"] if line["status"] not in CLOSED]
    lines = [line for line in lines if not named or str(line["id"]) in named]
    if not lines:
        raise Refusal(409, "line_closed", ", ".join(sorted(named)))
    return lines


def _change(kind: str, value: str, change: dict[str, Any]) -> Change:
    return Change(kind, value, tuple(str(line_id) for line_id in change.get("line_ids") or ()))


def _status(order: Payload, change: dict[str, Any]) -> list[Change]:
    status = _text(change, "status")
    lowest = min(RANK[line["status"]] for line in _lines(order, change))
    if status not in PATH or RANK[status] <= lowest:
        raise Refusal(409, "illegal_move", f"{order['status']} to {status}")
    return [_change("status", status, change)]


def _tracking(order: Payload, change: dict[str, Any]) -> list[Change]:
    _lines(order, change)
    steps = [_change("tracking", _text(change, "tracking_number"), change)]
    if change.get("shipping_provider"):
        steps.append(_change("provider", _text(change, "shipping_provider"), change))
    return steps


def _invoice(order: Payload, change: dict[str, Any]) -> list[Change]:
    _lines(order, change)
    return [_change("invoice", _text(change, "invoice_number"), change)]


def _cancel(order: Payload, change: dict[str, Any]) -> list[Change]:
    """What was shipped comes back, what was not is cancelled."""
    shipped, other = [], []
    for line in _lines(order, change):
        (shipped if RANK[line["status"]] >= RANK["Shipped"] else other).append(str(line["id"]))
    steps = [
        Change("status", status, tuple(ids))
        for status, ids in (("Returned", shipped), ("Cancelled", other))
        if ids
    ]
    if change.get("reason"):
        steps.append(Change("reason", _text(change, "reason")))
    return steps


KINDS: dict[str, Callable[[Payload, dict[str, Any]], list[Change]]] = {
    "status": _status,
    "tracking": _tracking,
    "invoice": _invoice,
    "cancel": _cancel,
}
