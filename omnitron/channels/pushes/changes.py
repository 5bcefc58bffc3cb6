"""What of a changed order its channel does not know yet. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from omnitron.channels.integrations.dto import LineUnits, OrderChange
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.told import COLUMNS
from omnitron.orders.transitions import INACTIVE

CLOSED = frozenset({OrderStatus.CANCELLED, OrderStatus.REFUNDED})
# In this sequence: a channel wants the invoice and the tracking number before it hears that something was shipped.
SEQUENCE = ("invoice", "tracking", "status")
CANCEL = "cancel"


@dataclass(frozen=True)
class KnownRow:
    """An order or item as it is, and as its channel knows it. `version` is its modified_date; of an item, `reason`
    is the pk of why it was cancelled, `units` how many it is.
    """

    pk: int
    remote_id: str | None
    version: datetime
    now: Mapping[str, Any]
    told: Mapping[str, Any]
    reason: int | None = None
    units: int = 1


@dataclass(frozen=True)
class RowChange:
    """A change, and whose it is: of these items (by pk), of the order itself, or of both."""

    change: OrderChange
    items: frozenset[int]
    is_of_order: bool


@dataclass(frozen=True)
class ToTell:
    """What is to be told, in sequence; and what cannot be: by line, the kinds of change of a part of it only."""

    changes: list[RowChange] = field(default_factory=list)
    parts: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Said:
    """A change without its words yet."""

    kind: str
    values: Mapping[str, Any]
    items: tuple[KnownRow, ...] = ()
    is_of_order: bool = False


def changes_of(number: str, order: KnownRow, items: Sequence[KnownRow], *, takes_units: bool) -> ToTell:
    """What is to be told of the order. Several items may be units of one line (it was split here): unless the
    channel `takes_units`, something is told of a line only where it is so of all that is left of it there.

    Rows the channel has no id for cannot be named to it and are left out. What a row does not say any more (a
    tracking number taken back) is not told either: no channel takes that.
    """
    told = ToTell()
    if order.remote_id is None:
        return told
    nameable = [item for item in items if item.remote_id is not None]
    lines = _lines(nameable, takes_units=takes_units)
    for kind in (*SEQUENCE, CANCEL):
        said = _of_lines(kind, lines, told.parts)
        if kind not in ("status", CANCEL) and (values := _changed(order, kind)):
            said = _with_order(said, _Said(kind, values, is_of_order=True), nameable)
        told.changes.extend(_in_words(one, number, order, nameable) for one in said)
    return told


def _lines(items: Sequence[KnownRow], *, takes_units: bool) -> list[list[KnownRow]]:
    """What changes together: the items of a line but for those the channel knows to be closed."""
    lines: dict[Any, list[KnownRow]] = {}
    for item in items:
        if not (_is_closed(item.now) and _is_closed(item.told)):
            lines.setdefault(item.pk if takes_units else item.remote_id, []).append(item)
    return list(lines.values())


def _of_lines(kind: str, lines: Sequence[Sequence[KnownRow]], parts: dict[str, list[str]]) -> list[_Said]:
    """One change for all lines that became the same. What a part of a line became goes to `parts`."""
    by_values: dict[str, list[KnownRow]] = {}
    for line in lines:
        became = list(_became(kind, line))
        if not any(is_new for _, is_new in became):
            continue
        if any(_disagree(values, became[0][0]) for values, _ in became):
            parts.setdefault(str(line[0].remote_id), []).append(kind)
        else:
            by_values.setdefault(json.dumps(became[0][0], sort_keys=True), []).extend(line)
    return [_Said(kind, json.loads(text), tuple(items)) for text, items in by_values.items()]


def _became(kind: str, line: Sequence[KnownRow]) -> Iterator[tuple[dict[str, Any] | None, bool]]:
    """Of each item, what there is to tell of it (None: nothing of this kind), and whether the channel does not know
    it yet.
    """
    for item in line:
        if kind == CANCEL:
            is_closed = _is_closed(item.now)
            yield {"reason": item.reason} if is_closed else None, is_closed
        elif item.now["status"] in INACTIVE:
            yield None, False
        else:
            yield _says(item, kind), bool(_changed(item, kind))


def _disagree(values: dict[str, Any] | None, first: dict[str, Any] | None) -> bool:
    """Units of one line may have been cancelled for different reasons: the first one is told."""
    if values is None or first is None:
        return True
    return "reason" not in first and values != first


def _is_closed(values: Mapping[str, Any]) -> bool:
    return values.get("status") in CLOSED


def _says(row: KnownRow, kind: str) -> dict[str, Any]:
    """All the columns of the kind that have a value."""
    return {name: row.now[name] for name in COLUMNS[kind] if name in row.now}


def _changed(row: KnownRow, kind: str) -> dict[str, Any]:
    """All the columns of the kind, if one of them says something else than what the channel knows."""
    now = _says(row, kind)
    return now if any(row.told.get(name) != value for name, value in now.items()) else {}


def _with_order(said: Sequence[_Said], own: _Said, items: Sequence[KnownRow]) -> list[_Said]:
    """The order's own change next to those of its lines; one where all lines say the same as the order."""
    for one in said:
        if len(one.items) == len(items) and one.values == own.values:
            return [replace(one, is_of_order=True)]
    return [*said, own]


def _in_words(said: _Said, number: str, order: KnownRow, items: Sequence[KnownRow]) -> RowChange:
    """With a key that is the same when the same version is told again, and another for any other version. Lines are
    not named where the change is of all of them.
    """
    lines = () if len(said.items) == len(items) else said.items
    version = [said.kind, order.pk, [line.pk for line in lines], dict(said.values), order.version.isoformat()]
    digest = hashlib.blake2b(json.dumps(version, sort_keys=True).encode(), digest_size=16).hexdigest()
    remote_ids = tuple(dict.fromkeys(str(line.remote_id) for line in lines))
    change = OrderChange(
        key=digest,
        kind=said.kind,
        order_number=number,
        order_remote_id=str(order.remote_id),
        item_remote_ids=remote_ids,
        units={
            name: LineUnits(changed=_units_of(name, lines), whole=_units_of(name, items))
            for name in remote_ids
        },
        values=said.values,
    )
    return RowChange(change, frozenset(item.pk for item in said.items), said.is_of_order)


def _units_of(remote_id: str, items: Sequence[KnownRow]) -> int:
    return sum(item.units for item in items if item.remote_id == remote_id)
