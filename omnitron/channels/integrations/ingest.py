"""From what a channel sent to orders here: compared, taken in, updated, or parked. Never talks HTTP.

New orders of a page are one transaction with what is noted of them; each changed one is a transaction of its
own, so that no order stays locked for the sake of another. Whatever is cut short is seen again, and then done
once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DataError, IntegrityError, OperationalError, transaction
from psycopg2.errorcodes import DEADLOCK_DETECTED, LOCK_NOT_AVAILABLE

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations import known_orders
from omnitron.channels.integrations.comparison import News
from omnitron.channels.integrations.dto import Intake, RawOrder
from omnitron.channels.integrations.known_orders import Outcome, Sighting
from omnitron.channels.integrations.reading import ReadOrder, ToOrder, read_orders
from omnitron.channels.integrations.updates import ReportedOrder, update_order
from omnitron.channels.models import Channel
from omnitron.channels.use_cases.batch_requests import lock_channel
from omnitron.channels.use_cases.error_reports import report_parked_change
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput, OmnitronException
from omnitron.orders.models import Order
from omnitron.orders.service import OrderService

# What refuses an order for what it says. ValueError: the driver's word for text with a NUL.
_REFUSALS = (OmnitronException, InvalidInput, IntegrityError, DataError, ValueError)
CREATED, UPDATED, UNCHANGED, PARKED, FAILED = "created", "updated", "unchanged", "parked", "failed"


@dataclass(frozen=True)
class IntakeRun:
    """How orders are taken in: of which channel, read by what, on whose account; the times are the channel's."""

    channel: Channel
    to_order: ToOrder
    audit_context: AuditContext
    now: datetime
    pulled_until: datetime | None = None
    is_dry_run: bool = False
    accept_differences: bool = False


@dataclass(frozen=True)
class Result:
    """What became of one order: created, updated, unchanged, parked (and why), or failed."""

    remote_id: str
    number: str
    kind: str
    parked: OrderParkedException | None = None


def take_in_page(
    channel: Channel,
    orders: Sequence[RawOrder],
    *,
    to_order: ToOrder,
    audit_context: AuditContext,
    now: datetime,
    pulled_until: datetime | None = None,
    is_dry_run: bool = False,
) -> Intake:
    """Take in, update or park the orders of a page, each whole or not at all; committed when it returns.

    Seen is each order once, however often the page shows it. What is here as the channel shows it costs two
    statements a page. An order whose lock was not had counts as failed, and is seen again. `now` (the channel's
    clock) and `pulled_until` say how late an order is that is seen for the first time.
    """
    run = IntakeRun(channel, to_order, audit_context, now, pulled_until, is_dry_run)
    return intake_of(take_in(run, orders))


def intake_of(results: Sequence[Result]) -> Intake:
    """The results, counted."""
    kinds = [result.kind for result in results]
    counts = {kind: kinds.count(kind) for kind in (CREATED, UPDATED, UNCHANGED, PARKED, FAILED)}
    return Intake(seen=len(results), **counts)


def take_in(run: IntakeRun, orders: Sequence[RawOrder], *, is_replay: bool = False) -> list[Result]:
    """The same, order by order. A replay looks into orders that are parked as they are."""
    results = [_result(raw, FAILED) for raw in orders if not known_orders.is_nameable(raw)]
    with _committed(run):
        nameable = [raw for raw in orders if known_orders.is_nameable(raw)]
        sightings = known_orders.sightings_of(run.channel, nameable, is_replay=is_replay)
        done = [s for s in sightings if s.is_outdated or s.is_same]
        known_orders.restamp(run.channel, [s for s in done if s.is_only_restamped], now=run.now)
        results += [_result(sighting.raw, UNCHANGED) for sighting in done]
        of_others = {sighting.raw.remote_id for sighting in done}
        fresh = [s for s in sightings if s.raw.remote_id not in of_others]
        changed = _take_in_fresh(run, fresh, results) if fresh else []
    return results + [_take_in_change(run, read, order) for read, order in changed]


@contextmanager
def _committed(run: IntakeRun) -> Iterator[None]:
    """A transaction of its own, the channel locked; a dry run is rolled back."""
    with transaction.atomic(durable=True):
        lock_channel(run.channel.pk)
        yield
        transaction.set_rollback(run.is_dry_run)


def _take_in_fresh(
    run: IntakeRun, sightings: Sequence[Sighting], results: list[Result]
) -> list[tuple[ReadOrder, int]]:
    """Take in or park what is new, and note it; returns what is here already, with the pk it has here."""
    reads = read_orders(
        run.channel, sightings, to_order=run.to_order, accept_differences=run.accept_differences
    )
    here = _here_already(run.channel, reads)
    new = [read for read in reads if read.remote_id not in here]
    repeated = [read for read in reads if read.remote_id in here and read.says_nothing_new]
    results += [_result(read.sighting.raw, UNCHANGED) for read in repeated]
    outcomes = {read.remote_id: _parked(read, read.problem) for read in new if read.problem}
    pks, failed = _taken_in(run, [read for read in new if read.problem is None])
    for read, pk in pks:
        problem = pk if isinstance(pk, OrderParkedException) else None
        outcomes[read.remote_id] = (
            _parked(read, problem) if problem else Outcome(read.sighting, order=pk, parts=read.parts)
        )
    results += [_result(read.sighting.raw, FAILED) for read in failed]
    results += [
        _result(outcome.sighting.raw, PARKED if outcome.parked else CREATED, outcome.parked)
        for outcome in outcomes.values()
    ]
    noted = [*outcomes.values(), *(Outcome.of_repetition(read.sighting) for read in repeated)]
    known_orders.note(run.channel, noted, now=run.now, pulled_until=run.pulled_until)
    return [(read, here[read.remote_id]) for read in reads if read.remote_id in here and read not in repeated]


def _here_already(channel: Channel, reads: Sequence[ReadOrder]) -> dict[str, int]:
    """Orders that are here, by remote id: those taken in before, and those that came another way under their
    number.
    """
    here = {
        read.remote_id: read.sighting.known.order
        for read in reads
        if read.sighting.known is not None and read.sighting.known.order is not None
    }
    numbers = {read.sighting.raw.number: read.remote_id for read in reads if read.remote_id not in here}
    rows = Order.objects.filter(channel=channel, number__in=numbers, pulledorder=None)
    return (
        here | {numbers[number]: pk for number, pk in rows.values_list("number", "pk")} if numbers else here
    )


def _taken_in(
    run: IntakeRun, reads: Sequence[ReadOrder]
) -> tuple[list[tuple[ReadOrder, int | OrderParkedException]], list[ReadOrder]]:
    """Take the orders in together; where that is refused by halves, down to the one that is to blame, which is
    parked. Returns each with its pk or with why it is parked, and those whose locks were not had.
    """
    if not reads:
        return [], []
    try:
        with transaction.atomic():
            taken = OrderService.take_in_orders(
                run.channel, [read.incoming for read in reads], audit_context=run.audit_context
            )
    except _REFUSALS as error:
        if len(reads) == 1:
            return [(reads[0], refused(error))], []
    except OperationalError as error:
        _raise_unless_locked(error)
        if len(reads) == 1:
            return [], list(reads)
    else:
        return [(read, row.pk) for read, row in zip(reads, taken, strict=True)], []
    middle = len(reads) // 2
    first, second = _taken_in(run, reads[:middle]), _taken_in(run, reads[middle:])
    return first[0] + second[0], first[1] + second[1]


def _take_in_change(run: IntakeRun, read: ReadOrder, order: int) -> Result:
    """Update one order that is here, whole or not at all, or park its change."""
    try:
        with _committed(run):
            # Once more, now that nobody else takes it in.
            sighting, remote_id = read.sighting, read.remote_id
            if known_orders.known_of(run.channel, [remote_id]).get(remote_id) != sighting.known:
                return _result(sighting.raw, FAILED)
            is_changed, outcome = _changed(run, read, order)
            known_orders.note(run.channel, [outcome], now=run.now, pulled_until=run.pulled_until)
    except OperationalError as error:
        _raise_unless_locked(error)
        return _result(read.sighting.raw, FAILED)
    if outcome.parked is not None:
        return _result(sighting.raw, PARKED, outcome.parked)
    return _result(sighting.raw, UPDATED if is_changed else UNCHANGED)


def _changed(run: IntakeRun, read: ReadOrder, order: int) -> tuple[bool, Outcome]:
    """Whether the change it brings changed anything here, and what to note of it."""
    parts = read.sighting.known.parts if read.sighting.known else {}
    problem = read.problem
    if problem is None:
        reported = ReportedOrder(read.order, read.incoming, News(read.parts, parts))
        try:
            with transaction.atomic():
                is_changed = update_order(
                    run.channel,
                    order,
                    reported,
                    accept_differences=run.accept_differences,
                    audit_context=run.audit_context,
                )
            return is_changed, Outcome(read.sighting, order=order, parts=dict(reported.news.new))
        except _REFUSALS as error:
            problem = _illegal(error)
            _report(run, order, problem)
    return False, Outcome(read.sighting, order=order, parts=parts, parked=problem)


def refused(error: Exception) -> OrderParkedException:
    """An order the orders' own application, or the database, refuses, by the code of why."""
    if isinstance(error, OrderParkedException):
        return error
    code = error.code if isinstance(error, OmnitronException) else type(error).__name__
    # The first line: below it PostgreSQL shows the whole row.
    detail = str(error).strip().partition("\n")[0]
    return OrderParkedException(ParkCause.REFUSED, subject=code, detail=detail)


def _illegal(error: Exception) -> OrderParkedException:
    """A change that a rule of orders refuses is an illegal move; one that cannot be stored is refused."""
    if isinstance(error, OmnitronException) and not isinstance(error, OrderParkedException):
        return OrderParkedException(ParkCause.ILLEGAL_MOVE, subject=error.code, detail=str(error))
    return refused(error)


def _report(run: IntakeRun, order: int, problem: OrderParkedException) -> None:
    if problem.cause == ParkCause.ILLEGAL_MOVE:
        report_parked_change(
            run.channel,
            order=order,
            error_code=problem.subject,
            error_desc=problem.detail,
            audit_context=run.audit_context,
        )


def _raise_unless_locked(error: OperationalError) -> None:
    if getattr(error.__cause__, "pgcode", None) not in {LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED}:
        raise error


def _parked(read: ReadOrder, problem: OrderParkedException) -> Outcome:
    return Outcome(read.sighting, order=None, parked=problem)


def _result(raw: RawOrder, kind: str, parked: OrderParkedException | None = None) -> Result:
    return Result(raw.remote_id, raw.number, kind, parked)
