"""How orders are taken in, whatever becomes of them: on whose account, in which transactions, and what refuses
one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from django.db import OperationalError, transaction
from psycopg2.errorcodes import DEADLOCK_DETECTED, LOCK_NOT_AVAILABLE

from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations.dto import RawOrder
from omnitron.channels.integrations.reading import ToOrder
from omnitron.channels.integrations.refusals import REFUSALS
from omnitron.channels.models import Channel
from omnitron.channels.use_cases.batch_requests import lock_channel
from omnitron.core.audit import AuditContext

CREATED, UPDATED, UNCHANGED, PARKED, FAILED = "created", "updated", "unchanged", "parked", "failed"
One = TypeVar("One")
Done = TypeVar("Done")


@dataclass(frozen=True)
class IntakeRun:
    """How orders are taken in: of which channel, read by what, on whose account.

    `now` and the time that was pulled before are the channel's; `started` is ours, and None where an older version
    is never to be believed.
    """

    channel: Channel
    to_order: ToOrder
    audit_context: AuditContext
    now: datetime
    pulled_from: datetime | None = None
    pulled_until: datetime | None = None
    started: datetime | None = None
    is_dry_run: bool = False
    accept_differences: bool = False

    def late_by(self, stamp: datetime) -> timedelta | None:
        """How long after its stamp a version is shown, where that lies within time that was pulled before."""
        if self.pulled_until is None or stamp >= self.pulled_until:
            return None
        if self.pulled_from is not None and stamp < self.pulled_from:
            return None
        return self.now - stamp

    @contextmanager
    def committed(self) -> Iterator[None]:
        """A transaction of its own, the channel locked; a dry run is rolled back."""
        with transaction.atomic(durable=True):
            lock_channel(self.channel.pk)
            yield
            transaction.set_rollback(self.is_dry_run)


@dataclass(frozen=True)
class Result:
    """What became of one order: created, updated, unchanged, parked (and why), or failed."""

    remote_id: str
    number: str
    kind: str
    parked: OrderParkedException | None = None


def result_of(raw: RawOrder, kind: str, parked: OrderParkedException | None = None) -> Result:
    """What became of the order: parked where it says why."""
    return Result(raw.remote_id, raw.number, kind if parked is None else PARKED, parked)


@dataclass
class Halved(Generic[One, Done]):
    """What was done, with its result; what was refused, with why; what somebody else holds."""

    done: list[tuple[One, Done]] = field(default_factory=list)
    refused: list[tuple[One, Exception]] = field(default_factory=list)
    locked: list[One] = field(default_factory=list)


def by_halves(batch: Sequence[One], act: Callable[[Sequence[One]], Sequence[Done]]) -> Halved[One, Done]:
    """Act on the batch at once, all or none; where that is refused by halves, down to the ones that are to blame.

    `act` gives a result for each. Within the caller's transaction.
    """
    if not batch:
        return Halved()
    try:
        with transaction.atomic():
            return Halved(done=list(zip(batch, act(batch), strict=True)))
    except REFUSALS as error:
        if len(batch) == 1:
            return Halved(refused=[(batch[0], error)])
    except OperationalError as error:
        raise_unless_locked(error)
        if len(batch) == 1:
            return Halved(locked=list(batch))
    middle = len(batch) // 2
    first, second = by_halves(batch[:middle], act), by_halves(batch[middle:], act)
    return Halved(first.done + second.done, first.refused + second.refused, first.locked + second.locked)


def raise_unless_locked(error: OperationalError) -> None:
    """A lock that was not had is nothing to stop for: the order is seen again."""
    if getattr(error.__cause__, "pgcode", None) not in {LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED}:
        raise error
