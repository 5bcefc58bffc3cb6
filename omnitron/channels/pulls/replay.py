"""Orders that are parked are taken in after all: first as a simulation, then for good.

Both do exactly the same, batch by batch, each in transactions of its own; the simulation rolls each back. So
nobody is locked out for long, and a replay that is cut short, or run twice, takes every order in once.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from omnitron.channels.enums import ParkCause, ParkedStatus
from omnitron.channels.integrations.dto import RawOrder
from omnitron.channels.integrations.ingest import take_in
from omnitron.channels.integrations.intake_runs import CREATED, FAILED, PARKED, IntakeRun, Result
from omnitron.channels.integrations.registry import integration_class
from omnitron.channels.masking import masked_text
from omnitron.channels.models import Channel, ParkedOrder
from omnitron.core import audit
from omnitron.core.audit import AuditContext
from omnitron.core.clock import SYSTEM_CLOCK, Clock
from omnitron.core.exceptions import OutdatedException
from omnitron.orders.exceptions import OrderDuplicatedFieldException

ORDERS_A_BATCH = 100


@dataclass
class ReplayedGroup:
    """What becomes of the orders that are parked for one cause and subject. `differently` counts those that now
    fail for another, by cause and subject; `failed` are those whose lock was not had.
    """

    cause: str
    subject: str
    taken_in: int = 0
    still_failing: int = 0
    failed: int = 0
    differently: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def tried(self) -> int:
        return self.taken_in + self.still_failing + self.failed + self.differently.total()


@dataclass(frozen=True)
class Replay:
    """What became, or would become, of the pile: group by group, the largest first."""

    groups: list[ReplayedGroup]
    is_simulation: bool

    @property
    def tried(self) -> int:
        return sum(group.tried for group in self.groups)

    @property
    def taken_in(self) -> int:
        return sum(group.taken_in for group in self.groups)

    @property
    def failed(self) -> int:
        return sum(group.failed for group in self.groups)

    def as_json(self) -> dict[str, Any]:
        """For people's scripts; subjects masked."""
        return {
            "simulated": self.is_simulation,
            "tried": self.tried,
            "taken_in": self.taken_in,
            "still_failing": sum(group.still_failing for group in self.groups),
            "failing_differently": sum(group.differently.total() for group in self.groups),
            "failed": self.failed,
            "groups": [
                {
                    "cause": group.cause,
                    "subject": masked_text(group.subject),
                    "taken_in": group.taken_in,
                    "still_failing": group.still_failing,
                    "failing_differently": [
                        {"cause": cause, "subject": masked_text(subject), "orders": count}
                        for (cause, subject), count in group.differently.most_common()
                    ],
                    "failed": group.failed,
                }
                for group in self.groups
            ],
        }


def parked_orders(
    channel: Channel, *, cause: str | None = None, subject: str | None = None
) -> QuerySet[ParkedOrder]:
    """The channel's pile, or that part of it, in the order in which it is replayed."""
    pile = ParkedOrder.objects.filter(channel=channel, status=ParkedStatus.PARKED)
    if cause is not None:
        pile = pile.filter(cause=cause)
    if subject is not None:
        pile = pile.filter(subject=subject)
    return pile.order_by("pk")


def simulate_replay(
    channel: Channel,
    *,
    audit_context: AuditContext,
    cause: str | None = None,
    subject: str | None = None,
    accept_differences: bool = False,
    limit: int | None = None,
    clock: Clock = SYSTEM_CLOCK,
    on_batch: Callable[[int], None] = lambda tried: None,
) -> Replay:
    """What a replay would do. Nothing stays of it.

    Takes the parameters of `replay_parked_orders`, and raises IntegrationNotFoundException.
    """
    selection = _Selection(channel, cause, subject, limit)
    return _replay(
        selection,
        accept_differences=accept_differences,
        is_simulation=True,
        audit_context=audit_context,
        clock=clock,
        on_batch=on_batch,
    )


def replay_parked_orders(
    channel: Channel,
    *,
    audit_context: AuditContext,
    cause: str | None = None,
    subject: str | None = None,
    accept_differences: bool = False,
    limit: int | None = None,
    digest: str | None = None,
    clock: Clock = SYSTEM_CLOCK,
    on_batch: Callable[[int], None] = lambda tried: None,
) -> Replay:
    """Try the orders that are parked (for `cause`, about `subject`; at most `limit`, the oldest first) once
    more, as they were sent. Each is taken in, or its change applied, or it stays parked for what it fails for
    now.

    With `accept_differences` a total that does not add up is stored as it is, and figures that changed at the
    channel stay as they are here while the rest of the change is applied. `digest` is `digest_of_pile`'s. Raises
    IntegrationNotFoundException, and OutdatedException where the pile is not the one the digest is of.
    """
    selection = _Selection(channel, cause, subject, limit)
    if digest is not None and digest != selection.digest(accept_differences=accept_differences):
        raise OutdatedException("The pile has changed since the simulation.", difference=[])
    result = _replay(
        selection,
        accept_differences=accept_differences,
        is_simulation=False,
        audit_context=audit_context,
        clock=clock,
        on_batch=on_batch,
    )
    asked = {"cause": cause, "subject": subject, "accept_differences": accept_differences}
    counts = {"tried": result.tried, "taken_in": result.taken_in}
    audit.record(channel, "channel.parked_orders.replayed", audit_context=audit_context, new=asked | counts)
    return result


def digest_of_pile(
    channel: Channel,
    *,
    cause: str | None = None,
    subject: str | None = None,
    accept_differences: bool = False,
    limit: int | None = None,
) -> str:
    """By which a replay knows that it is about what was simulated."""
    return _Selection(channel, cause, subject, limit).digest(accept_differences=accept_differences)


@dataclass(frozen=True)
class _Selection:
    """What is replayed."""

    channel: Channel
    cause: str | None
    subject: str | None
    limit: int | None

    def pile(self) -> QuerySet[ParkedOrder]:
        return parked_orders(self.channel, cause=self.cause, subject=self.subject)

    def digest(self, *, accept_differences: bool) -> str:
        rows = list(self.pile().values_list("pk", "attempts")[: self.limit])
        return hashlib.blake2b(repr((rows, accept_differences)).encode(), digest_size=16).hexdigest()

    def batches(self) -> Iterator[list[ParkedOrder]]:
        """Each parked order once, however it ends."""
        pks = list(self.pile().values_list("pk", flat=True)[: self.limit])
        for start in range(0, len(pks), ORDERS_A_BATCH):
            batch = self.pile().filter(pk__in=pks[start : start + ORDERS_A_BATCH])
            yield list(batch.select_related("pulled_order"))


def _replay(
    selection: _Selection,
    *,
    accept_differences: bool,
    is_simulation: bool,
    audit_context: AuditContext,
    clock: Clock,
    on_batch: Callable[[int], None],
) -> Replay:
    kind = integration_class(selection.channel.channel_type)
    tally = _Tally(is_simulation)
    with kind(selection.channel.pk, audit_context=audit_context, clock=clock) as integration:
        run = IntakeRun(
            channel=integration.channel,
            to_order=integration.order_reader(),
            audit_context=audit_context,
            now=clock.now(),
            is_dry_run=is_simulation,
            accept_differences=accept_differences,
        )
        for batch in selection.batches():
            tally.add(batch, take_in(run, [_raw(parked) for parked in batch], is_replay=True))
            on_batch(len(batch))
    return Replay(
        sorted(tally.groups.values(), key=lambda group: (-group.tried, group.cause, group.subject)),
        is_simulation,
    )


class _Tally:
    """Counts by group. What a simulated batch would take in is gone by the next: an order of the same number, which
    would then be refused, is counted so.
    """

    def __init__(self, is_simulation: bool) -> None:
        self.groups: dict[tuple[str, str], ReplayedGroup] = {}
        self._is_simulation = is_simulation
        self._numbers: set[str] = set()

    def add(self, batch: Sequence[ParkedOrder], results: Sequence[Result]) -> None:
        by_id = {parked.pulled_order.remote_id: parked for parked in batch}
        for result in results:
            parked = by_id[result.remote_id]
            key = (parked.cause, parked.subject)
            self._count(self.groups.setdefault(key, ReplayedGroup(*key)), result)

    def _count(self, group: ReplayedGroup, result: Result) -> None:
        refusal = None
        if result.kind == PARKED:
            refusal = (str(result.parked.cause), result.parked.subject)
        elif self._is_simulation and result.kind == CREATED:
            if result.number in self._numbers:
                refusal = (ParkCause.REFUSED.value, OrderDuplicatedFieldException.code)
            self._numbers.add(result.number)
        if result.kind == FAILED:
            group.failed += 1
        elif refusal is None:
            group.taken_in += 1
        elif refusal == (group.cause, group.subject):
            group.still_failing += 1
        else:
            group.differently[refusal] += 1


def _raw(parked: ParkedOrder) -> RawOrder:
    pulled = parked.pulled_order
    return RawOrder(pulled.remote_id, pulled.number, pulled.remote_modified_date, parked.payload)
