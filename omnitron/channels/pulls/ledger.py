"""The ledger of windows: the only writer of PullWindow, PullCount and PullState.

Each function is a transaction of its own and commits at once, so that a run that is killed leaves behind how far it
was. One run at a time works on a channel (`use_cases.runs`); the rows need no locks beyond that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from omnitron.channels.enums import WindowStatus
from omnitron.channels.integrations.dto import Intake, PullLimits
from omnitron.channels.models import Channel, PullCount, PulledOrder, PullState, PullWindow
from omnitron.channels.pulls.windows import Lateness, NextWindow, Span, lateness_of
from omnitron.channels.use_cases.breaker import check_breaker
from omnitron.core.exceptions import OmnitronException

LONGEST_BREAK = timedelta(hours=6)
# How long back the lateness of orders is measured.
MEASURED_FOR = timedelta(days=30)
# A clock that is put back by less is within what is asked again anyway.
CLOCK_SLIP = timedelta(minutes=5)
LONGEST_REASON = 512
OUT_OF_REACH = "Nothing was pulled for so long that the channel does not show this time any more."
# How often a window is pulled again for the sake of orders that could not be dealt with.
ATTEMPTS = 5


@transaction.atomic
def begin_run(channel: Channel, *, now: datetime, is_of_ledger: bool) -> PullState:
    """The channel's state at the start of a run; one that is not of the ledger (a dry run, one by filters) leaves
    it as it is. Raises ChannelBreakerOpenException while the breaker is open.
    """
    check_breaker(channel, now=now)
    states = PullState.objects.select_for_update(no_key=True)
    if is_of_ledger:
        state, _ = states.get_or_create(channel=channel)
    else:
        state = states.filter(channel=channel).first() or PullState(channel=channel)
    if is_of_ledger:
        state.started_date = now
        state.save(update_fields=["started_date"])
    return state


@transaction.atomic
def end_run(
    state: PullState, *, now: datetime, clock_offset: timedelta | None, error: OmnitronException | None
) -> None:
    """Note how the run went; one failure too many in a row opens the breaker, for longer each time."""
    state.finished_date, state.last_error = now, "" if error is None else str(error)
    if clock_offset is not None:
        state.clock_offset = clock_offset
    state.failures = state.failures + 1 if error else 0
    excess = state.failures - settings.CHANNEL_BREAKER_FAILURES
    state.open_until = None
    if error and excess >= 0:
        pause = timedelta(minutes=settings.CHANNEL_BREAKER_MINUTES) * 2 ** min(excess, 10)
        state.open_until = now + min(pause, LONGEST_BREAK)
    state.save()


def windows_of(channel: Channel) -> QuerySet[PullWindow]:
    """The channel's windows, oldest first. They do not overlap, so their ends say which, and have the index."""
    return PullWindow.objects.filter(channel=channel).order_by("window_to")


def pulled_until(channel: Channel) -> datetime | None:
    """Where the ledger ends; None where nothing was pulled yet."""
    return windows_of(channel).aggregate(end=Max("window_to"))["end"]


def pulled_from(channel: Channel) -> datetime | None:
    """Where the ledger begins; None where nothing was pulled yet."""
    return windows_of(channel).values_list("window_from", flat=True).first()


def finished_until(channel: Channel) -> datetime | None:
    """How far the channel was read to the end: what changed before and is new now comes late."""
    unfinished = unfinished_windows(channel)
    return unfinished[0].window_from if unfinished else pulled_until(channel)


def measured_lateness(channel: Channel, *, limits: PullLimits, now: datetime) -> Lateness:
    """How late orders of this channel come, from those that came late within the last 30 days."""
    late = PulledOrder.objects.filter(channel=channel, late_by__isnull=False)
    late = late.alias(came=F("remote_modified_date") + F("late_by")).filter(came__gte=now - MEASURED_FOR)
    began = windows_of(channel).exclude(started_date=None).values_list("started_date", flat=True).first()
    watched_for = now - began if began is not None else timedelta()
    return lateness_of(
        limits, latest=late.aggregate(latest=Max("late_by"))["latest"], watched_for=watched_for
    )


@transaction.atomic
def take_back_future(channel: Channel, *, until: datetime, horizon: timedelta) -> None:
    """What lies behind `until`, now by the channel's clock, cannot have been pulled: the clock was put back. Those
    windows go, the one `until` lies in is pulled again as far as it has been, and what was proved or counted by the
    old clock while it was younger than `horizon` is not.
    """
    if not windows_of(channel).filter(window_to__gt=until + CLOCK_SLIP).exists():
        return
    PullCount.objects.filter(channel=channel).delete()
    windows_of(channel).filter(window_from__gte=until).delete()
    windows_of(channel).filter(window_to__gt=until).update(
        window_to=until, status=WindowStatus.PULLING, attempts=0, missing=0, judged_date=None
    )
    windows_of(channel).filter(window_to__gt=until - horizon, status=WindowStatus.PROVED).update(
        status=WindowStatus.OPEN, judged_date=None
    )


@transaction.atomic
def open_window(channel: Channel, new: NextWindow, *, now: datetime) -> PullWindow:
    """The next window of the channel, about to be pulled."""
    return PullWindow.objects.create(
        channel=channel,
        window_from=new.window.start,
        window_to=new.window.end,
        asked_from=new.asked_from,
        started_date=now,
        attempts=1,
    )


@transaction.atomic
def note_unreachable_past(channel: Channel, span: Span, *, now: datetime) -> None:
    """A hole nobody can fill: nothing was pulled for so long that the channel does not show the span any more."""
    PullWindow.objects.create(
        channel=channel,
        window_from=span.start,
        window_to=span.end,
        asked_from=span.start,
        status=WindowStatus.HOLE,
        reason=OUT_OF_REACH,
        started_date=now,
        finished_date=now,
    )


@transaction.atomic
def begin_again(window: PullWindow, *, now: datetime) -> None:
    """A window whose run did not finish is pulled once more."""
    window.attempts += 1
    window.started_date = now
    window.save(update_fields=["attempts", "started_date"])


@transaction.atomic
def note_out_of_reach(window: PullWindow, *, now: datetime) -> None:
    """A window that could not be read until the channel did not show its time any more: a hole nobody can fill."""
    window.status, window.finished_date, window.judged_date = WindowStatus.HOLE, now, now
    window.reason = OUT_OF_REACH
    window.save(update_fields=["status", "finished_date", "judged_date", "reason"])


@transaction.atomic
def finish_window(
    window: PullWindow, intake: Intake, *, requests: int, started: datetime, now: datetime
) -> None:
    """The window was read to its end; it stays open until it is proved. With orders in it that could not be dealt
    with (somebody held them) the next run pulls it again.
    """
    for name, count in asdict(intake).items():
        setattr(window, name, count)
    window.requests, window.seconds = requests, round((now - started).total_seconds(), 3)
    window.finished_date, window.reason = now, ""
    if intake.failed:
        window.reason = f"{intake.failed} orders could be neither taken in nor parked."
    if window.status == WindowStatus.PULLING and not (intake.failed and window.attempts < ATTEMPTS):
        window.status = WindowStatus.OPEN
    window.save()


@transaction.atomic
def judge(
    windows: Sequence[PullWindow],
    *,
    status: WindowStatus,
    judged_date: datetime,
    reason: str = "",
    missing: int = 0,
) -> None:
    """What a proof showed of windows."""
    for window in windows:
        window.status, window.reason, window.missing = status, reason[:LONGEST_REASON], missing
        window.judged_date = judged_date
    PullWindow.objects.bulk_update(windows, ["status", "reason", "missing", "judged_date"])


@transaction.atomic
def give_no_verdict(windows: Sequence[PullWindow]) -> None:
    """Orders moved while the windows were counted: they stay as they are, are tried again at once, and by
    themselves, for in a span of many something always moves.
    """
    for window in windows:
        window.judged_date, window.is_counted_alone = None, True
    PullWindow.objects.bulk_update(windows, ["judged_date", "is_counted_alone"])


@transaction.atomic
def note_read_again(windows: Sequence[PullWindow], *, failed: int, now: datetime) -> bool:
    """The windows were read once more, now that nothing of them can be late any more; whether that was it. With
    orders in them that could not be dealt with they are read again, as often as any window is.
    """
    for window in windows:
        window.attempts += bool(failed)
    is_done = not failed or all(window.attempts >= ATTEMPTS for window in windows)
    for window in windows if is_done else ():
        window.finished_date = now
    PullWindow.objects.bulk_update(windows, ["finished_date", "attempts"])
    return is_done


def unproved_windows(channel: Channel, span: Span | None = None) -> list[PullWindow]:
    """The windows, with a part in `span` or at all, that were read and are not proved; oldest first."""
    windows = _not_proved(channel, WindowStatus.OPEN, WindowStatus.HOLE)
    if span is not None:
        windows = windows.filter(window_from__lt=span.end, window_to__gt=span.start)
    return list(windows)


def unfinished_windows(channel: Channel) -> list[PullWindow]:
    """The windows whose run did not get to their end, oldest first."""
    return list(_not_proved(channel, WindowStatus.PULLING))


def _not_proved(channel: Channel, *statuses: WindowStatus) -> QuerySet[PullWindow]:
    """Oldest first, by the index of the few that are not proved."""
    return PullWindow.objects.filter(channel=channel, status__in=statuses).order_by("window_from")


@transaction.atomic
def note_fault(window: PullWindow, *, reason: str, now: datetime) -> None:
    """The window could not be read to its end; it is pulled again by the next run."""
    window.reason, window.finished_date = reason[:LONGEST_REASON], now
    window.save(update_fields=["reason", "finished_date"])


def held_in(channel: Channel, span: Span) -> int:
    """How many orders that last changed in the span are known here, parked ones included."""
    return PulledOrder.objects.filter(
        channel=channel, remote_modified_date__gte=span.start, remote_modified_date__lt=span.end
    ).count()


def has_moved(channel: Channel, span: Span, *, since: datetime, held: int) -> bool:
    """Whether an order was seen to enter or leave the span since then (our clock), when it held so many. One that
    moved twice since is known by its last move alone; then the number tells.
    """
    enters = Q(remote_modified_date__gte=span.start, remote_modified_date__lt=span.end)
    leaves = Q(previous_modified_date__gte=span.start, previous_modified_date__lt=span.end)
    moved = PulledOrder.objects.filter(enters | leaves, channel=channel, modified_date__gt=since)
    return moved.exists() or held_in(channel, span) != held


@transaction.atomic
def note_count(channel: Channel, span: Span, *, counted: int, asked: datetime) -> PullCount:
    """Keep what the channel counted in a span at `asked` (its clock), to be judged once that moment is pulled."""
    PullCount.objects.filter(channel=channel, span_from__lt=span.end, span_to__gt=span.start).delete()
    return PullCount.objects.create(
        channel=channel,
        span_from=span.start,
        span_to=span.end,
        counted=counted,
        held=held_in(channel, span),
        asked_date=asked,
    )
