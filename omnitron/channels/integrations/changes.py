"""Orders that are here and changed at their channel: some at a time, each whole or not at all.

What only writes columns is written for all of them at once. What needs an operation of its own (an address, a
payment, a cancellation) is a transaction of its own, too: such operations lock more than their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from django.db import OperationalError

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations import known_orders
from omnitron.channels.integrations.comparison import News
from omnitron.channels.integrations.intake_runs import (
    FAILED,
    UNCHANGED,
    UPDATED,
    Halved,
    IntakeRun,
    Result,
    by_halves,
    raise_unless_locked,
    result_of,
)
from omnitron.channels.integrations.known_orders import Outcome
from omnitron.channels.integrations.known_versions import Versions
from omnitron.channels.integrations.reading import ReadOrder
from omnitron.channels.integrations.refusals import IMPOSSIBLE, parked_for
from omnitron.channels.integrations.updates import Change, ReportedOrder, change_of, make, make_plain
from omnitron.channels.use_cases.error_reports import report_parked_change
from omnitron.core.exceptions import OmnitronException
from omnitron.orders.selectors import WholeOrder, lock_whole_orders

# Few enough that whoever waits for one of them has it well within LOCK_TIMEOUT.
ORDERS_A_CHUNK = 50
# An order that was read, and the pk it has here.
Changed: TypeAlias = tuple[ReadOrder, int]


def take_in_changes(run: IntakeRun, changed: Sequence[Changed]) -> list[Result]:
    """Make the changes, or park them; committed when it returns."""
    in_order = sorted(changed, key=lambda one: one[1])
    results: list[Result] = []
    for start in range(0, len(in_order), ORDERS_A_CHUNK):
        results += _take_in_chunk(run, in_order[start : start + ORDERS_A_CHUNK])
    return results


def _take_in_chunk(run: IntakeRun, chunk: Sequence[Changed]) -> list[Result]:
    chosen = _Chunk(run, chunk)
    try:
        with run.committed():
            chosen.take_in()
    except OperationalError as error:
        raise_unless_locked(error)
        if len(chunk) == 1:
            return [result_of(chunk[0][0].sighting.raw, FAILED)]
        chosen = _Chunk(run, ())
        chosen.left = list(chunk)
    return chosen.results + [result for one in chosen.left for result in _take_in_chunk(run, [one])]


class _Chunk:
    """Some changed orders in one transaction; `left` are those that need one of their own."""

    def __init__(self, run: IntakeRun, chunk: Sequence[Changed]) -> None:
        self._run, self._chunk = run, chunk
        self._reads = {pk: read for read, pk in chunk}
        self.results: list[Result] = []
        self.left: list[Changed] = []

    def take_in(self) -> None:
        """Lock the orders, make the changes, and write down what became of each."""
        run = self._run
        wholes = lock_whole_orders(self._still_as_seen())
        for pk in self._reads.keys() - wholes.keys():
            # Taken in, or deleted, since it was read: it is seen again.
            self.results.append(result_of(self._reads[pk].sighting.raw, FAILED))
        versions = Versions(run.channel, wholes.values())
        changes, problems = [], {}
        for pk, whole in wholes.items():
            read = self._reads[pk]
            try:
                changes.append(self._change(whole, versions, read))
            except (OrderParkedException, *IMPOSSIBLE) as error:
                problems[pk] = parked_for(error)
        ended = self._make(changes)
        versions.note([change.report() for change, _ in ended.done])
        for change, error in ended.refused:
            problems[change.pk] = self._illegal(change.pk, error)
        self._write_down(ended, problems)

    def _still_as_seen(self) -> list[int]:
        """The orders nobody else has taken in since they were read."""
        known = known_orders.known_of(self._run.channel, [read.remote_id for read in self._reads.values()])
        return [pk for pk, read in self._reads.items() if known.get(read.remote_id) == read.sighting.known]

    def _change(self, whole: WholeOrder, versions: Versions, read: ReadOrder) -> Change:
        if read.problem is not None:
            raise read.problem
        known = read.sighting.known
        reported = ReportedOrder(read.order, read.incoming, News(read.parts, known.parts if known else {}))
        return change_of(whole, versions, reported, accept_differences=self._run.accept_differences)

    def _make(self, changes: Sequence[Change]) -> Halved[Change, bool]:
        run = self._run
        if len(self._chunk) == 1:
            return by_halves(
                changes,
                lambda one: [make(run.channel, one[0], audit_context=run.audit_context)],
            )
        plain = [change for change in changes if change.is_plain]
        self.left = [(self._reads[c.pk], c.pk) for c in changes if not c.is_plain]

        def act(some: Sequence[Change]) -> list[bool]:
            touched = make_plain(some, audit_context=run.audit_context)
            return [change.pk in touched for change in some]

        return by_halves(plain, act)

    def _illegal(self, pk: int, error: Exception) -> OrderParkedException:
        """A change that a rule of orders refuses is an illegal move, and reported; what cannot be stored is
        refused.
        """
        if isinstance(error, OrderParkedException) or not isinstance(error, OmnitronException):
            return parked_for(error)
        report_parked_change(
            self._run.channel,
            order=pk,
            error_code=error.code,
            error_desc=str(error),
            audit_context=self._run.audit_context,
        )
        return OrderParkedException(ParkCause.ILLEGAL_MOVE, subject=error.code, detail=str(error))

    def _write_down(self, ended: Halved[Change, bool], problems: dict[int, OrderParkedException]) -> None:
        outcomes = []
        for change, is_changed in ended.done:
            read = self._reads[change.pk]
            outcomes.append(Outcome(read.sighting, order=change.pk, parts=read.parts))
            self.results.append(result_of(read.sighting.raw, UPDATED if is_changed else UNCHANGED))
        for pk, problem in problems.items():
            sighting = self._reads[pk].sighting
            parts = sighting.known.parts if sighting.known else {}
            outcomes.append(Outcome(sighting, order=pk, parts=parts, parked=problem))
            self.results.append(result_of(sighting.raw, UNCHANGED, problem))
        self.results += [result_of(self._reads[c.pk].sighting.raw, FAILED) for c in ended.locked]
        known_orders.note(self._run.channel, outcomes, now=self._run.now, late_by=self._run.late_by)
