"""Which windows to pull next, and how far back to ask. Pure; all moments are by the channel's clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from omnitron.channels.integrations.dto import PullLimits

# How much longer than the latest order ever measured one is prepared to wait for the next.
LATENESS_MARGIN = 1.25
LONGEST_WINDOW = timedelta(days=1)
# For so long the oldest window of a first run can still be counted whole.
PROOF_TIME = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """[start, end): orders by when they last changed at the channel."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class NextWindow:
    """A window to be pulled, and from when on is asked: earlier, for what may have come late."""

    window: Span
    asked_from: datetime

    @property
    def asked(self) -> Span:
        return Span(self.asked_from, self.window.end)


@dataclass(frozen=True)
class Lateness:
    """How late orders of a channel come: `overlap` is asked again, a window younger than `horizon` is no proof."""

    overlap: timedelta
    horizon: timedelta


def lateness_of(limits: PullLimits, *, latest: timedelta | None, watched_for: timedelta) -> Lateness:
    """From what was measured: `latest` is the longest any order came late, None for never.

    Until the channel has been watched for twice as long as its integration says orders may be late, that counts;
    from then on the overlap is what was measured. A proof never waits for less than the declared lateness.
    """
    measured = (latest or timedelta()) * LATENESS_MARGIN + limits.settle
    # Beyond half of what the channel shows nothing could be counted any more.
    horizon = min(max(limits.lateness, measured), limits.look_back / 2)
    is_known = watched_for >= 2 * limits.lateness
    return Lateness(overlap=min(measured, horizon) if is_known else horizon, horizon=horizon)


def next_windows(
    *,
    pulled_until: datetime | None,
    until: datetime,
    overlap: timedelta,
    limits: PullLimits,
    since: datetime | None = None,
) -> Iterator[NextWindow]:
    """The windows from where the last pull ended to `until`, oldest first; where nothing was pulled yet, from
    `since`, but no further back than the channel shows, less what the proof of the first window takes.

    A window is a day at most, for in a longer one something always moves while it is counted; what is asked for at
    once is never longer than the channel allows.
    """
    oldest = until - limits.look_back
    first = max(since or oldest, oldest + PROOF_TIME)
    start = first if pulled_until is None else max(pulled_until, oldest)
    back = min(overlap, limits.longest_window / 2) if pulled_until is not None else timedelta()
    while start < until:
        asked_from = max(oldest, start - back)
        end = min(until, start + LONGEST_WINDOW, asked_from + limits.longest_window)
        yield NextWindow(window=Span(start, end), asked_from=asked_from)
        # The windows of one run adjoin: what comes late into this one is asked for again by the next run.
        start, back = end, timedelta()


def spans_of(windows: Iterable[Span], *, longest: timedelta) -> Iterator[Span]:
    """Adjoining windows, in order of time, as few spans as possible of at most `longest` each."""
    span = None
    for window in windows:
        if span is not None and window.start == span.end and window.end - span.start <= longest:
            span = Span(span.start, window.end)
            continue
        if span is not None:
            yield span
        span = window
    if span is not None:
        yield span
