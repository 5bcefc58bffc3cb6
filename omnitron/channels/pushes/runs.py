"""Telling a channel what changed here: found by version, sent in batches, noted once the channel has said yes.

Nothing is marked before it is sent, so a run that is killed sends the same changes again, under the same keys. A
change made while an older version is on its way leaves the order waiting, and is told by the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from omnitron.channels.enums import IntegrationStatus
from omnitron.channels.integrations.base import BaseIntegration
from omnitron.channels.integrations.dto import ChangeAnswer, OrderChange
from omnitron.channels.integrations.registry import integration_class
from omnitron.channels.models import Channel
from omnitron.channels.pushes.waiting import PUSH, WaitingOrder, read_waiting, waiting_pks
from omnitron.channels.use_cases.error_reports import report_refused_change
from omnitron.channels.use_cases.runs import PUSHING, channel_to_oneself
from omnitron.channels.use_cases.told_versions import ToldVersion, note_told_versions
from omnitron.core.audit import AuditContext
from omnitron.core.clock import SYSTEM_CLOCK, Clock
from omnitron.core.exceptions import OmnitronException
from omnitron.orders.told import TOLD

ORDERS_A_BATCH = 50
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
                integration.login()
            for start in range(0, len(pks), ORDERS_A_BATCH):
                batch = _tell(integration, pks[start : start + ORDERS_A_BATCH], clock=clock)
                telling += batch
                on_batch(batch)
        except OmnitronException as fault:
            error = fault
        return PushRun(
            telling=telling,
            requests=integration.client.requests_made if pks else 0,
            seconds=(clock.now() - started).total_seconds(),
            error=error,
        )


def _tell(integration: BaseIntegration, pks: Sequence[int], *, clock: Clock) -> Telling:
    waiting = list(read_waiting(integration.channel, pks))
    changes = [change for order in waiting for change in order.changes]
    answers = integration.send_updates(changes) if changes else ()
    by_key = {answer.key: answer for answer in answers}
    telling, rows = Telling(), []
    for order in waiting:
        verdicts = [by_key.get(change.key, _unanswered(change)) for change in order.changes]
        telling += _counted(verdicts)
        rows += _told_versions(order, verdicts, now=clock.now())
        for change, verdict in zip(order.changes, verdicts, strict=True):
            if not verdict.is_accepted and verdict.is_final:
                report_refused_change(
                    order.order_action,
                    error_code=change.kind,
                    error_desc=verdict.reason,
                    version=order.order.version,
                    audit_context=integration.audit_context,
                )
    note_told_versions(rows)
    return telling


def _unanswered(change: OrderChange) -> ChangeAnswer:
    return ChangeAnswer(
        key=change.key, is_accepted=False, reason="the channel gave no answer", is_final=False
    )


def _counted(verdicts: Sequence[ChangeAnswer]) -> Telling:
    if not verdicts:
        return Telling(unchanged=1)
    if all(verdict.is_accepted for verdict in verdicts):
        return Telling(told=1)
    is_postponed = any(not verdict.is_accepted and not verdict.is_final for verdict in verdicts)
    return Telling(postponed=1) if is_postponed else Telling(refused=1)


def _told_versions(
    order: WaitingOrder, verdicts: Sequence[ChangeAnswer], *, now: datetime
) -> list[ToldVersion]:
    """What to write on the actions of the order and its items. While something is to be tried again the versions
    stay as they were; what the channel took is noted all the same, and not told twice.
    """
    is_postponed = any(not verdict.is_accepted and not verdict.is_final for verdict in verdicts)
    is_refused = any(not verdict.is_accepted for verdict in verdicts)
    status = IntegrationStatus.ERROR if is_refused else IntegrationStatus.SUCCESS
    push = _push_state(order, now=now) if is_postponed else {}
    accepted = [
        change for change, verdict in zip(order.changes, verdicts, strict=True) if verdict.is_accepted
    ]
    rows = [(order.order, order.order_action), *((item, order.item_actions[item.pk]) for item in order.items)]
    return [
        ToldVersion(
            action=action.pk,
            version=None if is_postponed else row.version,
            status=status,
            state={TOLD: {**row.told, **_told(row.remote_id, row is order.order, accepted, row.now)}}
            | ({PUSH: push} if row is order.order else {}),
        )
        for row, action in rows
    ]


def _told(
    remote_id: str | None, is_order: bool, accepted: Sequence[OrderChange], now: Mapping[str, Any]
) -> dict[str, Any]:
    """What the channel knows of the row by the changes it took."""
    known: dict[str, Any] = {}
    for change in accepted:
        is_about = (
            not change.item_remote_ids if is_order else remote_id in (change.item_remote_ids or (remote_id,))
        )
        if is_about:
            known |= {"status": now["status"]} if change.kind == "cancel" else dict(change.values)
    return known


def _push_state(order: WaitingOrder, *, now: datetime) -> dict[str, Any]:
    attempts = order.failed_attempts + 1
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempts - 1, 10))
    return {"failed_attempts": attempts, "not_before": (now + pause).isoformat(timespec="microseconds")}
