"""One run: what a channel has to tell since the last is pulled, window by window, and old windows are proved."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rest_framework.serializers import ValidationError

from omnitron.channels.exceptions import UnexpectedFaultException
from omnitron.channels.integrations.base import BaseIntegration, nobody_watches
from omnitron.channels.integrations.dto import Intake
from omnitron.channels.integrations.registry import integration_class
from omnitron.channels.models import Channel, PullWindow
from omnitron.channels.pulls import ledger, proofs
from omnitron.channels.pulls.filters import check_filters
from omnitron.channels.pulls.windows import NextWindow, Span, next_windows
from omnitron.channels.use_cases.runs import PULLING, channel_to_oneself
from omnitron.core.audit import AuditContext
from omnitron.core.clock import SYSTEM_CLOCK, Clock
from omnitron.core.exceptions import OmnitronException

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PullRun:
    """What a run did: from when to when its windows reach (None: there was nothing to ask for yet), what became of
    the orders, and the fault that ended it, if one did.
    """

    window_from: datetime | None
    window_to: datetime | None
    intake: Intake
    requests: int
    seconds: float
    error: OmnitronException | None = None

    @classmethod
    def refused(cls, error: OmnitronException) -> PullRun:
        """A run that was not begun."""
        return cls(None, None, intake=Intake(), requests=0, seconds=0.0, error=error)


def pull_orders(
    channel: Channel,
    *,
    audit_context: AuditContext,
    filters: Mapping[str, Any] | None = None,
    is_dry_run: bool = False,
    clock: Clock = SYSTEM_CLOCK,
    on_page: Callable[[Intake], None] = nobody_watches,
) -> PullRun:
    """Pull the channel's orders: all that changed since the last run, with the ledger and its proofs; or, with
    `filters` (see `commands.GetOrders`), just those, beside the ledger. A dry run leaves nothing behind.

    What the channel does wrong ends the run and stands in `error`; what was pulled until then stays. Raises
    PullRunningException, ChannelBreakerOpenException, IntegrationNotFoundException before anything is asked, and
    DRF's ValidationError for filters that are none.
    """
    check_filters(filters or {})
    kind = integration_class(channel.channel_type)
    is_of_ledger = filters is None and not is_dry_run
    with channel_to_oneself(channel, lock=PULLING):
        state = ledger.begin_run(channel, now=clock.now(), is_of_ledger=is_of_ledger)
        with kind(
            channel.pk,
            audit_context=audit_context,
            clock=clock,
            pulled_from=ledger.pulled_from(channel),
            pulled_until=ledger.finished_until(channel) if is_of_ledger else None,
            is_dry_run=is_dry_run,
        ) as integration:
            run = _Run(integration, on_page=on_page)
            error = run.carry_out(filters, clock_offset=state.clock_offset)
            if is_of_ledger:
                ledger.end_run(state, now=clock.now(), clock_offset=run.clock_offset, error=error)
            return run.result(error)


class _Run:
    """A run under way: what it has pulled so far."""

    def __init__(self, integration: BaseIntegration, *, on_page: Callable[[Intake], None]) -> None:
        self.integration, self.on_page = integration, on_page
        self.started = integration.clock.now()
        self.intake = Intake()
        self.windows: list[Span] = []
        integration.on_page = self._tally

    def carry_out(
        self, filters: Mapping[str, Any] | None, *, clock_offset: timedelta | None
    ) -> OmnitronException | None:
        """Pull what is to be pulled; the fault that ended it. `clock_offset` is the channel's, as it was last."""
        try:
            self.integration.client.clock_offset = clock_offset
            self.integration.login()
            if filters is not None:
                self._pull_by(filters)
            elif self.integration.is_dry_run:
                self._look_at_new_windows()
            else:
                self._pull_windows()
                self._prove()
        except OmnitronException as error:
            return error
        # Whatever it is: the run is noted as failed, the breaker counts it, and other channels get their turn.
        except Exception as error:
            if isinstance(error, ValidationError) and filters is not None:
                raise
            logger.exception("Pulling from channel %s", self.integration.channel_id)
            return UnexpectedFaultException(kind=type(error).__name__)
        return None

    @property
    def clock_offset(self) -> timedelta | None:
        return self.integration.client.clock_offset if self.integration.has_client else None

    def result(self, error: OmnitronException | None) -> PullRun:
        return PullRun(
            window_from=self.windows[0].start if self.windows else None,
            window_to=self.windows[-1].end if self.windows else None,
            intake=self.intake,
            requests=self.integration.client.requests_made if self.integration.has_client else 0,
            seconds=(self.integration.clock.now() - self.started).total_seconds(),
            error=error,
        )

    def _pull_by(self, filters: Mapping[str, Any]) -> None:
        if "start_date" in filters and "end_date" in filters:
            self.windows.append(Span(filters["start_date"], filters["end_date"]))
        self.integration.get_orders(**filters)

    def _look_at_new_windows(self) -> None:
        for new in self._new_windows():
            self._fetch(new.asked)
            self.windows.append(new.window)

    def _pull_windows(self) -> None:
        channel, now = self.integration.channel, self.integration.clock.now
        limits = self.integration.limits
        shown_from = self.integration.client.now() - limits.look_back
        horizon = ledger.measured_lateness(channel, limits=limits, now=now()).horizon
        ledger.take_back_future(channel, until=self.integration.client.now() - limits.settle, horizon=horizon)
        for window in ledger.unfinished_windows(channel):
            if window.window_to <= shown_from:
                ledger.note_out_of_reach(window, now=now())
                continue
            ledger.begin_again(window, now=now())
            self._pull_window(window)
        for new in self._new_windows():
            self._pull_window(ledger.open_window(channel, new, now=now()))

    def _new_windows(self) -> Iterator[NextWindow]:
        """What is not in the ledger yet, up to what the channel shows reliably by now."""
        channel, limits, clock = self.integration.channel, self.integration.limits, self.integration.clock
        until = self.integration.client.now() - limits.settle
        pulled_until = ledger.pulled_until(channel)
        shown_from = until - limits.look_back
        if pulled_until is not None and pulled_until < shown_from and not self.integration.is_dry_run:
            ledger.note_unreachable_past(channel, Span(pulled_until, shown_from), now=clock.now())
        lateness = ledger.measured_lateness(channel, limits=limits, now=clock.now())
        return next_windows(
            pulled_until=pulled_until,
            until=until,
            overlap=lateness.overlap,
            limits=limits,
            since=self.integration.pull_since,
        )

    def _pull_window(self, window: PullWindow) -> None:
        """Raises what the channel does wrong; the window then is the first the next run pulls."""
        client, clock = self.integration.client, self.integration.clock
        started, requests = clock.now(), client.requests_made
        self.windows.append(Span(window.window_from, window.window_to))
        try:
            shown_from = client.now() - self.integration.limits.look_back
            intake = self._fetch(Span(max(window.asked_from, shown_from), window.window_to))
        except OmnitronException as error:
            ledger.note_fault(window, reason=str(error), now=clock.now())
            raise
        requests = client.requests_made - requests
        ledger.finish_window(window, intake, requests=requests, started=started, now=clock.now())

    def _fetch(self, span: Span) -> Intake:
        return self.integration.get_orders(start_date=span.start, end_date=span.end, fetch_all_orders=True)

    def _prove(self) -> None:
        channel, clock, limits = self.integration.channel, self.integration.clock, self.integration.limits
        proofs.judge_counts(channel, now=clock.now())
        lateness = ledger.measured_lateness(channel, limits=limits, now=clock.now())
        proofs.ask_for_counts(channel, self.integration, horizon=lateness.horizon, now=clock.now())

    def _tally(self, intake: Intake) -> None:
        self.intake += intake
        self.on_page(intake)
