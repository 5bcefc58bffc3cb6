"""What the ledger proves: which spans of time are complete, which are open or holes, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from omnitron.channels.enums import ParkedStatus, WindowStatus
from omnitron.channels.integrations.registry import integration_class
from omnitron.channels.models import Channel, ParkedOrder, PullState, PullWindow
from omnitron.channels.pulls import ledger
from omnitron.channels.pulls.windows import Span

# Of a channel that is pulled every five minutes there are a hundred thousand a year.
WINDOWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Stretch:
    """Adjoining windows about which the same is to be said; `orders` are known here, `missing` are not.

    `acknowledged` is why a hole stays one, as somebody who looked into it says; of others, and of holes nobody has
    looked into, it is empty.
    """

    start: datetime
    end: datetime
    status: WindowStatus
    reason: str
    windows: int
    orders: int
    missing: int
    acknowledged: str


@dataclass(frozen=True)
class PullReport:
    """The whole ledger of a channel. `lateness` is how late its orders may come, as it is reckoned with now."""

    stretches: list[Stretch]
    gaps: list[Span]
    orders: int
    parked: int
    lateness: timedelta
    state: PullState | None

    @property
    def is_complete(self) -> bool:
        """Nothing is missing as far as is known, but for what is acknowledged: no other hole, no gap, nothing that
        waits to be mended or read again.
        """
        in_doubt = {WindowStatus.HOLE, WindowStatus.PULLING}
        is_in_doubt = any(s.status in in_doubt and not s.acknowledged for s in self.stretches)
        has_failed = self.state is not None and bool(self.state.last_error)
        return not (is_in_doubt or has_failed or self.gaps or self.parked)


def pull_report(channel: Channel, *, now: datetime) -> PullReport:
    """What can be said about the windows of the channel at `now` (our clock).

    Raises IntegrationNotFoundException.
    """
    limits = integration_class(channel.channel_type).limits
    lateness = ledger.measured_lateness(channel, limits=limits, now=now)
    state = PullState.objects.filter(channel=channel).first()
    offset = state.clock_offset if state is not None and state.clock_offset is not None else timedelta()
    its_now = now + offset
    runs, gaps = _runs_of(channel, edges=(its_now - lateness.horizon, its_now - limits.look_back))
    stretches = [run.stretch(channel) for run in runs]
    return PullReport(
        stretches=stretches,
        gaps=gaps,
        orders=sum(stretch.orders for stretch in stretches),
        parked=ParkedOrder.objects.filter(channel=channel, status=ParkedStatus.PARKED).count(),
        lateness=lateness.horizon,
        state=state,
    )


@dataclass
class _Run:
    """Windows of a stretch, as they are read."""

    said: tuple[WindowStatus, str, str]
    start: datetime
    end: datetime
    windows: int = 0
    missing: int = 0

    def add(self, window: PullWindow) -> None:
        self.end = window.window_to
        self.windows += 1
        self.missing += window.missing

    def stretch(self, channel: Channel) -> Stretch:
        status, reason, acknowledged = self.said
        return Stretch(
            start=self.start,
            end=self.end,
            status=status,
            reason=reason,
            windows=self.windows,
            orders=ledger.held_in(channel, Span(self.start, self.end)),
            missing=self.missing,
            acknowledged=acknowledged,
        )


def _runs_of(channel: Channel, *, edges: tuple[datetime, datetime]) -> tuple[list[_Run], list[Span]]:
    """The windows in order of time, those that adjoin and of which the same is to be said together; and the gaps
    between them. `edges`: until when windows are ripe, from when on the channel shows something.
    """
    runs: list[_Run] = []
    gaps: list[Span] = []
    for window in ledger.windows_of(channel).iterator(chunk_size=WINDOWS_AT_ONCE):
        said = _said_of(window, *edges)
        adjoins = bool(runs) and runs[-1].end == window.window_from
        if runs and not adjoins:
            gaps.append(Span(runs[-1].end, window.window_from))
        if not adjoins or runs[-1].said != said:
            runs.append(_Run(said, start=window.window_from, end=window.window_to))
        runs[-1].add(window)
    return runs, gaps


def _said_of(window: PullWindow, ripe_until: datetime, shown_from: datetime) -> tuple[WindowStatus, str, str]:
    """Status, why it is so, and why it stays so."""
    acknowledged = window.acknowledged_note if window.is_acknowledged else ""
    return WindowStatus(window.status), _reason(window, ripe_until, shown_from), acknowledged


def _reason(window: PullWindow, ripe_until: datetime, shown_from: datetime) -> str:
    if window.status == WindowStatus.PROVED:
        return ""
    if window.status == WindowStatus.OPEN and not window.reason:
        if window.window_to > ripe_until:
            return "Younger than orders of this channel may be late."
        if window.window_from < shown_from:
            return "Never counted, and the channel shows nothing so old any more."
        return "Counted, or about to be; a later run judges it."
    if window.status == WindowStatus.PULLING and not window.reason:
        return "The run that was pulling it has not finished; the next one does."
    return window.reason
