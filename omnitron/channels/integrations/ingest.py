"""From what a channel sent to orders here: compared, taken in, updated, or parked. Never talks HTTP.

New orders of a page are one transaction with what is noted of them; those that changed follow in transactions
of some orders each, so that no order stays locked for long. Whatever is cut short is seen again, and then done
once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import OperationalError

from omnitron.channels.integrations import known_orders
from omnitron.channels.integrations.changes import Changed, take_in_changes
from omnitron.channels.integrations.dto import Intake, RawOrder
from omnitron.channels.integrations.intake_runs import (
    CREATED,
    FAILED,
    PARKED,
    UNCHANGED,
    UPDATED,
    IntakeRun,
    Result,
    by_halves,
    raise_unless_locked,
    result_of,
)
from omnitron.channels.integrations.known_orders import Outcome, Sighting
from omnitron.channels.integrations.reading import ReadOrder, ToOrder, read_orders
from omnitron.channels.integrations.refusals import parked_for
from omnitron.channels.models import Channel
from omnitron.core.audit import AuditContext
from omnitron.orders.models import Order
from omnitron.orders.service import OrderService

logger = logging.getLogger(__name__)


def take_in_page(
    channel: Channel,
    orders: Sequence[RawOrder],
    *,
    to_order: ToOrder,
    audit_context: AuditContext,
    now: datetime,
    pulled_from: datetime | None = None,
    pulled_until: datetime | None = None,
    run_started: datetime | None = None,
    is_dry_run: bool = False,
) -> Intake:
    """Take in, update or park the orders of a page, each whole or not at all; committed when it returns.

    Seen is each order once, however often the page shows it. What is here as the channel shows it costs two
    statements a page. What has no usable id, number or stamp counts as failed, and so does an order whose lock was
    not had; it is seen again.

    What is new, or newer, and has a stamp in [pulled_from, pulled_until), time that was pulled before (by the
    channel's clock, as `now`), comes late. A version older than the one that is here is left alone where that was
    seen since `run_started` (our clock), or where this is not given; else it is what the channel has by now.
    """
    run = IntakeRun(
        channel,
        to_order,
        audit_context,
        now,
        pulled_from=pulled_from,
        pulled_until=pulled_until,
        started=run_started,
        is_dry_run=is_dry_run,
    )
    return intake_of(take_in(run, orders))


def intake_of(results: Sequence[Result]) -> Intake:
    """The results, counted."""
    kinds = [result.kind for result in results]
    counts = {kind: kinds.count(kind) for kind in (CREATED, UPDATED, UNCHANGED, PARKED, FAILED)}
    return Intake(seen=len(results), **counts)


def take_in(run: IntakeRun, orders: Sequence[RawOrder], *, is_replay: bool = False) -> list[Result]:
    """The same, order by order. A replay looks into orders that are parked as they are."""
    nameable = [raw for raw in orders if known_orders.is_nameable(raw)]
    nameless = [result_of(raw, FAILED) for raw in orders if not known_orders.is_nameable(raw)]
    if nameless:
        logger.error(
            "Channel %s shows %s orders without a usable id, number or stamp.", run.channel.pk, len(nameless)
        )
    try:
        with run.committed():
            results, changed = _take_in_page(run, nameable, is_replay=is_replay)
    except OperationalError as error:
        raise_unless_locked(error)
        failed = [result_of(raw, FAILED) for raw in known_orders.latest_versions(nameable)]
        return nameless + failed
    return nameless + results + take_in_changes(run, changed)


def _take_in_page(
    run: IntakeRun, orders: Sequence[RawOrder], *, is_replay: bool
) -> tuple[list[Result], list[Changed]]:
    """What is here as it is shown is noted so, what is new is taken in; what changed is returned."""
    sightings = known_orders.sightings_of(run.channel, orders, is_replay=is_replay, run_started=run.started)
    done = [sighting for sighting in sightings if sighting.is_dealt_with]
    known_orders.restamp(
        run.channel, [s for s in done if s.is_only_restamped], now=run.now, late_by=run.late_by
    )
    results = [result_of(sighting.raw, UNCHANGED) for sighting in done]
    fresh = [sighting for sighting in sightings if not sighting.is_dealt_with]
    if not fresh:
        return results, []
    taken, changed = _take_in_fresh(run, fresh)
    return results + taken, changed


def _take_in_fresh(run: IntakeRun, sightings: Sequence[Sighting]) -> tuple[list[Result], list[Changed]]:
    """Take in or park what is new, and note it; what is here already and says something new is returned."""
    reads = read_orders(
        run.channel, sightings, to_order=run.to_order, accept_differences=run.accept_differences
    )
    here = _here_already(run.channel, reads)
    outcomes, results = _take_in_new(run, [read for read in reads if read.remote_id not in here])
    changed = []
    for read in reads:
        if read.remote_id in here and read.says_nothing_new:
            outcomes.append(Outcome.of_repetition(read.sighting))
            results.append(result_of(read.sighting.raw, UNCHANGED))
        elif read.remote_id in here:
            changed.append((read, here[read.remote_id]))
    known_orders.note(run.channel, outcomes, now=run.now, late_by=run.late_by)
    return results, changed


def _here_already(channel: Channel, reads: Sequence[ReadOrder]) -> dict[str, int]:
    """The pks of orders that are here, by remote id: of those taken in before, and of those that came another way
    under their number.
    """
    here = {
        read.remote_id: read.sighting.known.order
        for read in reads
        if read.sighting.known is not None and read.sighting.known.order is not None
    }
    numbers = {read.sighting.raw.number: read.remote_id for read in reads if read.remote_id not in here}
    if numbers:
        rows = Order.objects.filter(channel=channel, number__in=numbers, pulledorder=None)
        here |= {numbers[number]: pk for number, pk in rows.values_list("number", "pk")}
    return here


def _take_in_new(run: IntakeRun, reads: Sequence[ReadOrder]) -> tuple[list[Outcome], list[Result]]:
    """Take the orders in together, as far as they can be; what became of each."""

    def act(some: Sequence[ReadOrder]) -> list[int]:
        taken = OrderService.take_in_orders(
            run.channel, [read.incoming for read in some], audit_context=run.audit_context
        )
        return [row.pk for row in taken]

    ended = by_halves([read for read in reads if read.problem is None], act)
    problems = [(read, read.problem) for read in reads if read.problem is not None]
    problems += [(read, parked_for(error)) for read, error in ended.refused]
    outcomes = [
        *(Outcome(read.sighting, order=pk, parts=read.parts) for read, pk in ended.done),
        *(Outcome(read.sighting, order=None, parked=problem) for read, problem in problems),
    ]
    results = [result_of(outcome.sighting.raw, CREATED, outcome.parked) for outcome in outcomes]
    return outcomes, results + [result_of(read.sighting.raw, FAILED) for read in ended.locked]
