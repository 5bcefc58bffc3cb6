"""Which windows are complete, and how one knows: the channel is asked how many orders it has in them.

A count is judged once its own moment has been pulled, so by a later run. Between a pull and the count an order may
change and so leave the span; that is seen by the next pull. Only where nothing has entered or left the span by then
do the channel's count and ours tell the same: equal, the windows are proved; more at the channel, something is
missing. A span in which something seems to be missing is pulled once more, and if that does not help, counted in
halves down to the window it is in. A window younger than orders of the channel may be late is not asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from omnitron.channels.enums import WindowStatus
from omnitron.channels.integrations.base import BaseIntegration
from omnitron.channels.integrations.dto import Intake
from omnitron.channels.models import Channel, PullCount, PullWindow
from omnitron.channels.pulls import ledger
from omnitron.channels.pulls.windows import Span, spans_of

# A window that was judged and is not proved is asked for again after so long.
JUDGED_AGAIN = timedelta(hours=1)
# The channel's clock is known to the second, each time anew.
CLOCK_GRAIN = timedelta(seconds=2)


def judge_counts(channel: Channel, *, now: datetime) -> None:
    """Judge what was counted in a run before, once all is pulled until the moment it was asked: what is not, or is
    to be pulled again, may hold an order that left the span before. `now` by our clock.
    """
    pulled_until = ledger.finished_until(channel)
    if pulled_until is None:
        return
    for count in PullCount.objects.filter(channel=channel, asked_date__lte=pulled_until).order_by(
        "span_from"
    ):
        span = Span(count.span_from, count.span_to)
        windows = ledger.unproved_windows(channel, span)
        if ledger.has_moved(channel, span, since=count.created_date, held=count.held):
            ledger.give_no_verdict(windows)
        elif count.counted == count.held:
            ledger.judge(windows, status=WindowStatus.PROVED, judged_date=now)
        else:
            _judge_difference(windows, count, now=now)
        count.delete()


def _judge_difference(windows: Sequence[PullWindow], count: PullCount, *, now: datetime) -> None:
    reason = f"The channel counts {count.counted} orders here, {count.held} were ever seen."
    missing = count.counted - count.held
    if missing < 0:
        reason = f"{reason} It does not show any more what it once showed."
        ledger.judge(windows, status=WindowStatus.OPEN, reason=reason, judged_date=now)
    else:
        ledger.judge(windows, status=WindowStatus.HOLE, reason=reason, missing=missing, judged_date=now)


def ask_for_counts(
    channel: Channel, integration: BaseIntegration, *, horizon: timedelta, now: datetime
) -> None:
    """Ask how many orders there are in the windows that are older than `horizon`, not proved, and not judged within
    the last hour (`now`, our clock). Only what the channel still shows whole can be counted.

    What was read while orders could still be late is read once more first: a change that comes late leaves the
    number of orders as it was, and would be found by no count.
    """
    its_now = integration.client.now()
    shown_from, ripe_until = its_now - integration.limits.look_back, its_now - horizon
    pending = [Span(c.span_from, c.span_to) for c in PullCount.objects.filter(channel=channel)]
    ripe = [
        window
        for window in ledger.unproved_windows(channel)
        if shown_from <= window.window_from
        and window.window_to <= ripe_until
        and _is_due(window, now=now)
        and not any(span.start < window.window_to and window.window_from < span.end for span in pending)
    ]
    longest = integration.limits.longest_window
    early = [window for window in ripe if _was_read_early(window, horizon)]
    for span in list(spans_of((_span(window) for window in early), longest=longest)):
        inside = [w for w in early if span.start <= w.window_from and w.window_to <= span.end]
        if not ledger.note_read_again(inside, failed=_pull(integration, span).failed, now=now):
            ripe = [window for window in ripe if window not in inside]
    together = [_span(window) for window in ripe if not _is_alone(window)]
    alone = [_span(window) for window in ripe if _is_alone(window)]
    for span in [*spans_of(together, longest=longest), *alone]:
        inside = [window for window in together if span.start <= window.start and window.end <= span.end]
        _ask(channel, span, inside, integration=integration, is_pulled_again=False)


def _span(window: PullWindow) -> Span:
    return Span(window.window_from, window.window_to)


def _is_alone(window: PullWindow) -> bool:
    return window.is_counted_alone or window.status == WindowStatus.HOLE


def _was_read_early(window: PullWindow, horizon: timedelta) -> bool:
    return window.finished_date is not None and window.finished_date < window.window_to + horizon


def _is_due(window: PullWindow, *, now: datetime) -> bool:
    return window.judged_date is None or now - window.judged_date >= JUDGED_AGAIN


def _ask(
    channel: Channel,
    span: Span,
    windows: Sequence[Span],
    *,
    integration: BaseIntegration,
    is_pulled_again: bool,
) -> None:
    """Count the span; where something is missing pull it once more, and count again, in halves."""
    counted = _count(integration, span)
    if not is_pulled_again and counted > ledger.held_in(channel, span):
        _pull(integration, span)
        counted = _count(integration, span)
    if len(windows) < 2 or counted <= ledger.held_in(channel, span):
        ledger.note_count(channel, span, counted=counted, asked=integration.client.now() + CLOCK_GRAIN)
        return
    middle = len(windows) // 2
    for half in (windows[:middle], windows[middle:]):
        _ask(
            channel,
            Span(half[0].start, half[-1].end),
            half,
            integration=integration,
            is_pulled_again=True,
        )


def _pull(integration: BaseIntegration, span: Span) -> Intake:
    """Read the whole span, and take in what is new."""
    return integration.get_orders(start_date=span.start, end_date=span.end, fetch_all_orders=True)


def _count(integration: BaseIntegration, span: Span) -> int:
    """How many orders the channel has there. One that cannot count is read once more, and what it shows counted."""
    counted = integration.count_orders(start_date=span.start, end_date=span.end)
    return _pull(integration, span).seen if counted is None else counted
