"""What of a changed order its channel does not know yet. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from omnitron.channels.integrations.dto import OrderChange
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.told import COLUMNS
from omnitron.orders.transitions import INACTIVE

CLOSED = frozenset({OrderStatus.CANCELLED, OrderStatus.REFUNDED})
# In this sequence: a channel wants the invoice and the tracking number before it hears that something was shipped.
SEQUENCE = ("invoice", "tracking", "status")


@dataclass(frozen=True)
class KnownRow:
    """An order or item as it is, and as its channel knows it. `version` is its modified_date; `reason` (of a
    cancelled item) the pk of why.
    """

    pk: int
    remote_id: str | None
    version: datetime
    now: Mapping[str, Any]
    told: Mapping[str, Any]
    reason: int | None = None


def changes_of(number: str, order: KnownRow, items: Sequence[KnownRow]) -> list[OrderChange]:
    """What is to be told of the order, in the sequence in which it is to be told.

    Rows the channel has no id for cannot be named to it and are left out. What a row does not say any more (a
    tracking number taken back) is not told either: no channel takes that.
    """
    if order.remote_id is None:
        return []
    nameable = [item for item in items if item.remote_id is not None]
    changes = []
    for kind in SEQUENCE:
        changes += _of_items(kind, number, order, nameable)
        if kind != "status" and (values := _changed(order, kind)):
            changes.append(_change(kind, number, order, (), values))
    return [*changes, *_cancellations(number, order, nameable)]


def _of_items(kind: str, number: str, order: KnownRow, items: Sequence[KnownRow]) -> Iterator[OrderChange]:
    """One change for all lines that became the same; for the whole order where that is every active line."""
    active = [item for item in items if item.now["status"] not in INACTIVE]
    by_values: dict[str, list[KnownRow]] = {}
    for item in active:
        if values := _changed(item, kind):
            by_values.setdefault(json.dumps(values, sort_keys=True), []).append(item)
    for text, changed in by_values.items():
        lines = () if len(changed) == len(items) else tuple(changed)
        yield _change(kind, number, order, lines, json.loads(text))


def _cancellations(number: str, order: KnownRow, items: Sequence[KnownRow]) -> Iterator[OrderChange]:
    """What was cancelled or sent back here, by reason."""
    by_reason: dict[int | None, list[KnownRow]] = {}
    for item in items:
        if item.now["status"] in CLOSED and item.told.get("status") not in CLOSED:
            by_reason.setdefault(item.reason, []).append(item)
    for reason, closed in by_reason.items():
        lines = () if len(closed) == len(items) else tuple(closed)
        yield _change("cancel", number, order, lines, {"reason": reason})


def _changed(row: KnownRow, kind: str) -> dict[str, Any]:
    """All the columns of the kind, if one of them says something else than what the channel knows."""
    names = COLUMNS[kind]
    now = {name: row.now[name] for name in names if name in row.now}
    return now if any(row.told.get(name) != value for name, value in now.items()) else {}


def _change(
    kind: str, number: str, order: KnownRow, lines: Sequence[KnownRow], values: Mapping[str, Any]
) -> OrderChange:
    """With a key that is the same when the same version is told again, and another for any other version."""
    said = [kind, order.pk, [line.pk for line in lines], dict(values), order.version.isoformat()]
    digest = hashlib.blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=16).hexdigest()
    return OrderChange(
        key=digest,
        kind=kind,
        order_number=number,
        order_remote_id=order.remote_id,
        item_remote_ids=tuple(dict.fromkeys(line.remote_id for line in lines)),
        values=values,
    )
