"""What the ledger proves: which spans of time are complete, which are open or holes, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from omnitron.channels.enums import ParkedStatus, WindowStatus
from omnitron.channels.integrations.registry import integration_class
from omnitron.channels.models import Channel, ParkedOrder, PullState, PullWindow
from omnitron.channels.pulls import ledger
from omnitron.channels.pulls.windows import Span


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
    windows = list(ledger.windows_of(channel))
    parked = ParkedOrder.objects.filter(channel=channel, status=ParkedStatus.PARKED)
    stretches = list(
        _stretches(channel, windows, edges=(its_now - lateness.horizon, its_now - limits.look_back))
    )
    return PullReport(
        stretches=stretches,
        gaps=[
            Span(before.window_to, after.window_from)
            for before, after in zip(windows, windows[1:], strict=False)
            if before.window_to != after.window_from
        ],
        orders=sum(stretch.orders for stretch in stretches),
        parked=parked.count(),
        lateness=lateness.horizon,
        state=state,
    )


def _stretches(
    channel: Channel, windows: list[PullWindow], *, edges: tuple[datetime, datetime]
) -> Iterator[Stretch]:
    """Windows in order of time, those of which the same is to be said together. `edges`: until when windows are
    ripe, from when on the channel shows something.
    """
    start = 0
    for index, window in enumerate(windows):
        is_last = index + 1 == len(windows)
        said = _said_of(window, *edges)
        if is_last or _said_of(windows[index + 1], *edges) != said:
            together = windows[start : index + 1]
            span = Span(together[0].window_from, window.window_to)
            yield Stretch(
                start=span.start,
                end=span.end,
                status=WindowStatus(window.status),
                reason=said[1],
                windows=len(together),
                orders=ledger.held_in(channel, span),
                missing=sum(window.missing for window in together),
                acknowledged=said[2],
            )
            start = index + 1


def _said_of(window: PullWindow, ripe_until: datetime, shown_from: datetime) -> tuple[str, str, str]:
    """Status, why it is so, and why it stays so."""
    acknowledged = window.acknowledged_note if window.is_acknowledged else ""
    return window.status, _reason(window, ripe_until, shown_from), acknowledged


def _reason(window: PullWindow, ripe_until: datetime, shown_from: datetime) -> str:
    if window.status == WindowStatus.PROVED:
        return ""
    if window.status == WindowStatus.OPEN and not window.reason:
        if window.window_to > ripe_until:
            return "Younger than orders of this channel may be late."
        if window.window_from < shown_from:
            return "Never counted, and the channel shows nothing so old any more."
        return "Counted, or about to be; the next run judges it."
    if window.status == WindowStatus.PULLING and not window.reason:
        return "The run that was pulling it has not finished; the next one does."
    return window.reason
