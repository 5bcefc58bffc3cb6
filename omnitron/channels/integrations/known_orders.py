"""What is known of a channel's orders, and what becomes known of them: the only writer of PulledOrder and
ParkedOrder.

The channel is locked while its orders are looked at and taken in, so that a pull and a replay do so in turn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from omnitron.channels.enums import ParkedStatus
from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations.comparison import canonical, digest_of
from omnitron.channels.integrations.dto import RawOrder
from omnitron.channels.integrations.types_declared import is_moment, is_storable_text
from omnitron.channels.models import Channel, ParkedOrder, PulledOrder

LONGEST_SUBJECT = 255
_STAMPS = ("remote_modified_date", "previous_modified_date", "late_by")
# How long after a stamp its version is shown; None where it is not late.
LateBy = Callable[[datetime], timedelta | None]
_COLUMNS = (
    "remote_id",
    "pk",
    "digest",
    "modified_date",
    "remote_modified_date",
    "previous_modified_date",
    "first_seen_date",
    "late_by",
    "order_id",
    "parts",
    "parkedorder__status",
    "parkedorder__attempts",
    "parkedorder__created_date",
)


@dataclass(frozen=True)
class KnownOrder:
    """An order as it was last dealt with; `noted_date` is when, by our clock."""

    remote_id: str
    pk: int
    digest: str
    noted_date: datetime
    modified_date: datetime
    previous_modified_date: datetime | None
    first_seen_date: datetime
    late_by: Any
    order: int | None
    parts: dict[str, Any]
    parked_status: str | None
    attempts: int | None
    parked_date: datetime | None

    @property
    def is_parked(self) -> bool:
        return self.parked_status == ParkedStatus.PARKED

    @property
    def is_gone(self) -> bool:
        """It was taken in, and is not here any more."""
        return self.order is None and not self.is_parked


@dataclass(frozen=True)
class Sighting:
    """An order the channel shows, and what is known of it."""

    raw: RawOrder
    digest: str
    known: KnownOrder | None
    # Looked into though it was before: something it refers to may be known by now.
    is_replayed: bool = False
    # When the run began, by our clock; None where an older version is never believed.
    run_started: datetime | None = None

    @property
    def is_outdated(self) -> bool:
        """An older version than the one dealt with within this run: pages drift, and the late ones show what was.

        In a run of its own it is what the channel has by now: it was restored, or its clock set back.
        """
        if self.known is None or self.raw.modified_date >= self.known.modified_date:
            return False
        return self.run_started is None or self.known.noted_date >= self.run_started

    @property
    def is_same(self) -> bool:
        """Dealt with as it is: here, or parked."""
        if self.known is None or self.known.is_gone or (self.known.is_parked and self.is_replayed):
            return False
        return self.digest == self.known.digest

    @property
    def is_dealt_with(self) -> bool:
        return self.is_outdated or self.is_same

    @property
    def is_only_restamped(self) -> bool:
        return self.is_same and self.raw.modified_date > self.known.modified_date


@dataclass(frozen=True)
class Outcome:
    """What became of an order the channel showed: the pk it has here, the parts that were dealt with, and why
    it, or its change, is parked if it is.
    """

    sighting: Sighting
    order: int | None
    parts: dict[str, Any] = field(default_factory=dict)
    parked: OrderParkedException | None = None

    @classmethod
    def of_repetition(cls, sighting: Sighting) -> Outcome:
        """Of an order that is here and says what it said before."""
        return cls(sighting, order=sighting.known.order, parts=sighting.known.parts)


def sightings_of(
    channel: Channel,
    orders: Sequence[RawOrder],
    *,
    is_replay: bool = False,
    run_started: datetime | None = None,
) -> list[Sighting]:
    """The orders of `latest_versions` with what is known of each. One statement.

    In a replay the orders are what was parked, as PostgreSQL kept it; their digests are those of what was sent.
    """
    latest = {raw.remote_id: raw for raw in latest_versions(orders)}
    known = known_of(channel, latest)
    return [
        Sighting(
            raw,
            known[remote_id].digest if is_replay else digest_of(canonical(raw.payload)),
            known.get(remote_id),
            is_replayed=is_replay,
            run_started=run_started,
        )
        for remote_id, raw in latest.items()
    ]


def latest_versions(orders: Iterable[RawOrder]) -> list[RawOrder]:
    """Each order once, the latest version of several."""
    latest: dict[str, RawOrder] = {}
    for raw in orders:
        if raw.remote_id not in latest or raw.modified_date >= latest[raw.remote_id].modified_date:
            latest[raw.remote_id] = raw
    return list(latest.values())


def known_of(channel: Channel, remote_ids: Collection[str]) -> dict[str, KnownOrder]:
    """What is known of the orders with these ids, by id."""
    rows = PulledOrder.objects.filter(channel=channel, remote_id__in=remote_ids).values_list(*_COLUMNS)
    return {row[0]: KnownOrder(*row) for row in rows}


def is_nameable(raw: RawOrder) -> bool:
    """Whether it can be written down at all: what has no usable id, number or stamp can be parked by none."""
    names = {"remote_id": raw.remote_id, "number": raw.number}
    are_names = all(
        is_storable_text(name) and 0 < len(name) <= PulledOrder._meta.get_field(column).max_length
        for column, name in names.items()
    )
    return are_names and is_moment(raw.modified_date)


def note(channel: Channel, outcomes: Sequence[Outcome], *, now: datetime, late_by: LateBy) -> None:
    """Write down what became of the orders. One statement for all, one for those that are parked, one for those
    that are not any more. `now` is of the channel's clock; `late_by` says how late a stamp is shown.
    """
    if not outcomes:
        return
    rows = [_pulled(channel, outcome, now=now, late_by=late_by) for outcome in outcomes]
    columns = ("number", "digest", "order", "parts", *_STAMPS)
    PulledOrder.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["channel", "remote_id"],
        update_fields=[*columns, "modified_date"],
    )
    _note_parked(channel, list(zip(rows, outcomes, strict=True)), now=now)
    freed = [o.sighting.known.pk for o in outcomes if o.parked is None and _was_parked(o)]
    if freed:
        ParkedOrder.objects.filter(pulled_order__in=freed).update(
            status=ParkedStatus.TAKEN_IN, tried_date=now
        )


def restamp(channel: Channel, sightings: Sequence[Sighting], *, now: datetime, late_by: LateBy) -> None:
    """Keep a newer stamp of orders that are otherwise what they were. One statement, none where there is none."""
    outcomes = [Outcome.of_repetition(sighting) for sighting in sightings]
    if outcomes:
        rows = [_pulled(channel, outcome, now=now, late_by=late_by) for outcome in outcomes]
        PulledOrder.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["channel", "remote_id"],
            update_fields=[*_STAMPS, "modified_date"],
        )


def _was_parked(outcome: Outcome) -> bool:
    return outcome.sighting.known is not None and outcome.sighting.known.is_parked


def _pulled(channel: Channel, outcome: Outcome, *, now: datetime, late_by: LateBy) -> PulledOrder:
    raw, known = outcome.sighting.raw, outcome.sighting.known
    row = PulledOrder(
        channel=channel,
        remote_id=raw.remote_id,
        number=raw.number,
        digest=outcome.sighting.digest,
        remote_modified_date=raw.modified_date,
        order_id=outcome.order,
        parts=outcome.parts,
    )
    if known is None:
        row.first_seen_date, row.late_by = now, late_by(raw.modified_date)
        return row
    row.first_seen_date, row.late_by = known.first_seen_date, known.late_by
    if raw.modified_date > known.modified_date and (late := late_by(raw.modified_date)) is not None:
        row.late_by = max(late, known.late_by or late)
    has_moved = raw.modified_date != known.modified_date
    row.previous_modified_date = known.modified_date if has_moved else known.previous_modified_date
    return row


def _note_parked(channel: Channel, noted: Sequence[tuple[PulledOrder, Outcome]], *, now: datetime) -> None:
    rows = []
    for pulled, outcome in noted:
        if outcome.parked is None:
            continue
        known = outcome.sighting.known
        is_again = known is not None and known.is_parked
        row = ParkedOrder(
            channel=channel,
            pulled_order_id=pulled.pk,
            cause=outcome.parked.cause,
            subject=_storable(outcome.parked.subject[:LONGEST_SUBJECT]),
            detail=_storable(outcome.parked.detail),
            payload=_storable(outcome.sighting.raw.payload),
            attempts=(known.attempts if is_again else 0) + 1,
            tried_date=now,
        )
        if is_again:
            row.created_date = known.parked_date
        rows.append(row)
    if rows:
        columns = ("status", "cause", "subject", "detail", "payload", "attempts", "tried_date")
        ParkedOrder.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["pulled_order"],
            update_fields=[*columns, "created_date", "modified_date"],
        )


def _storable(value: Any) -> Any:
    """As PostgreSQL holds it: no NUL, no half of a surrogate pair, no number that is none."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_storable(str(key)): _storable(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(member) for member in value]
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)
