"""Telling a channel what changed here: found by version, sent in batches, noted once the channel has said yes.

Nothing is marked before it is sent, so a run that is killed sends the same changes again, under the same keys. A
change made while an older version is on its way leaves the order waiting, and is told by the next run.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from omnitron.channels.enums import IntegrationStatus
from omnitron.channels.exceptions import UnexpectedFaultException
from omnitron.channels.integrations.base import BaseIntegration
from omnitron.channels.integrations.dto import ChangeAnswer, OrderChange
from omnitron.channels.integrations.registry import integration_class
from omnitron.channels.models import Channel
from omnitron.channels.pushes.changes import CANCEL, RowChange
from omnitron.channels.pushes.sending import send
from omnitron.channels.pushes.waiting import PARTS, PUSH, WaitingOrder, read_waiting, waiting_pks
from omnitron.channels.use_cases.breaker import check_breaker
from omnitron.channels.use_cases.error_reports import report_refused_change
from omnitron.channels.use_cases.runs import PUSHING, channel_to_oneself
from omnitron.channels.use_cases.told_versions import ToldVersion, note_told_versions
from omnitron.core.audit import AuditContext
from omnitron.core.clock import SYSTEM_CLOCK, Clock
from omnitron.core.exceptions import OmnitronException
from omnitron.orders.told import TOLD

logger = logging.getLogger(__name__)

ORDERS_A_BATCH = 50
# The error code of what cannot be told because only a part of a line has changed.
PART_OF_A_LINE = "part_of_a_line"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)


@dataclass(frozen=True)
class Telling:
    """What became of orders that changed: the channel was told; there was nothing it does not know; it refuses the
    change for good; it did not take it this time.
    """

    told: int = 0
    unchanged: int = 0
    refused: int = 0
    postponed: int = 0

    def __add__(self, other: Telling) -> Telling:
        return Telling(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Telling)))


@dataclass(frozen=True)
class PushRun:
    """What a run did, and the fault that ended it, if one did."""

    telling: Telling
    requests: int
    seconds: float
    error: OmnitronException | None = None


def push_updates(
    channel: Channel,
    *,
    audit_context: AuditContext,
    force: bool = False,
    clock: Clock = SYSTEM_CLOCK,
    on_batch: Callable[[Telling], None] = lambda telling: None,
) -> PushRun:
    """Tell the channel what changed in status, tracking, invoice and by cancellation since it was last told; with
    `force`, compare every order it knows. A channel that is not told of changes: nothing is done.

    While its breaker is open nothing is told either; that is the run's error. An order the channel gives no usable
    answer to holds up no other: it is tried again later.

    Raises PullRunningException while another run tells it, IntegrationNotFoundException.
    """
    kind, started, telling, error = integration_class(channel.channel_type), clock.now(), Telling(), None
    with (
        channel_to_oneself(channel, lock=PUSHING),
        kind(channel.pk, audit_context=audit_context, clock=clock) as integration,
    ):
        pks = waiting_pks(channel, force=force, now=started) if integration.takes_updates else []
        try:
            if pks:
                check_breaker(channel, now=started)
                integration.login()
            for start in range(0, len(pks), ORDERS_A_BATCH):
                batch, fault = _tell(integration, pks[start : start + ORDERS_A_BATCH], clock=clock)
                telling += batch
                on_batch(batch)
                if fault is not None:
                    raise fault
        except OmnitronException as fault:
            error = fault
        # Whatever it is: other channels get their turn.
        except Exception as fault:
            logger.exception("Telling channel %s", channel.pk)
            error = UnexpectedFaultException(kind=type(fault).__name__)
        return PushRun(
            telling=telling,
            requests=integration.client.requests_made if integration.has_client else 0,
            seconds=(clock.now() - started).total_seconds(),
            error=error,
        )


def _tell(
    integration: BaseIntegration, pks: Sequence[int], *, clock: Clock
) -> tuple[Telling, Exception | None]:
    """Tell the channel of these orders and note what became of it; and the fault that ended it, if one did."""
    waiting = list(read_waiting(integration.channel, pks, takes_units=integration.takes_units))
    sent = send(integration, waiting)
    by_key = {answer.key: answer for answer in sent.answers}
    telling, rows = Telling(), []
    for order in sent.orders:
        verdicts = [by_key.get(own.change.key, _unanswered(own.change)) for own in order.changes]
        refusals = [*_refusals(order, verdicts), *_new_parts(order)]
        telling += _counted(verdicts, is_refused=bool(refusals))
        rows += _told_versions(order, verdicts, now=clock.now())
        for error_code, error_desc in refusals:
            report_refused_change(
                order.order_action,
                error_code=error_code,
                error_desc=error_desc,
                version=order.order.version,
                audit_context=integration.audit_context,
            )
    note_told_versions(rows)
    return telling, sent.fault


def _refusals(order: WaitingOrder, verdicts: Sequence[ChangeAnswer]) -> Iterator[tuple[str, str]]:
    """The kind of each change refused for good, and why."""
    for own, verdict in zip(order.changes, verdicts, strict=True):
        if not verdict.is_accepted and verdict.is_final:
            yield own.change.kind, verdict.reason


def _new_parts(order: WaitingOrder) -> Iterator[tuple[str, str]]:
    """What cannot be told, by line; reported once for as long as it is so."""
    reported = order.order_action.state.get(PARTS, ())
    for line, kinds in order.parts.items():
        if line not in reported:
            what = ", ".join(kinds)
            yield PART_OF_A_LINE, f"Line {line}: only a part of a line has changed ({what}). It is not told."


def _unanswered(change: OrderChange) -> ChangeAnswer:
    return ChangeAnswer(
        key=change.key, is_accepted=False, reason="the channel gave no answer", is_final=False
    )


def _counted(verdicts: Sequence[ChangeAnswer], *, is_refused: bool) -> Telling:
    if any(not verdict.is_accepted and not verdict.is_final for verdict in verdicts):
        return Telling(postponed=1)
    if is_refused:
        return Telling(refused=1)
    return Telling(told=1) if verdicts else Telling(unchanged=1)


def _told_versions(
    order: WaitingOrder, verdicts: Sequence[ChangeAnswer], *, now: datetime
) -> list[ToldVersion]:
    """What to write on the actions of the order and its items. While something is to be tried again the versions
    stay as they were; what the channel took is noted all the same, and not told twice.
    """
    is_postponed = any(not verdict.is_accepted and not verdict.is_final for verdict in verdicts)
    is_refused = bool(order.parts) or any(not verdict.is_accepted for verdict in verdicts)
    status = IntegrationStatus.ERROR if is_refused else IntegrationStatus.SUCCESS
    push = _push_state(order, now=now) if is_postponed else {}
    accepted = [own for own, verdict in zip(order.changes, verdicts, strict=True) if verdict.is_accepted]
    of_order = ToldVersion(
        action=order.order_action.pk,
        version=None if is_postponed else order.order.version,
        status=status,
        added={TOLD: _told([own for own in accepted if own.is_of_order], order.order.now)},
        state={PUSH: push, PARTS: sorted(order.parts)},
    )
    of_items = [
        ToldVersion(
            action=order.item_actions[item.pk].pk,
            version=None if is_postponed else item.version,
            status=status,
            added={TOLD: _told([own for own in accepted if item.pk in own.items], item.now)},
        )
        for item in order.items
    ]
    return [of_order, *of_items]


def _told(accepted: Sequence[RowChange], now: Mapping[str, Any]) -> dict[str, Any]:
    """What the channel knows of a row by the changes of it that it took."""
    known: dict[str, Any] = {}
    for own in accepted:
        known |= {"status": now["status"]} if own.change.kind == CANCEL else dict(own.change.values)
    return known


def _push_state(order: WaitingOrder, *, now: datetime) -> dict[str, Any]:
    attempts = order.failed_attempts + 1
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempts - 1, 10))
    return {"failed_attempts": attempts, "not_before": (now + pause).isoformat(timespec="microseconds")}
