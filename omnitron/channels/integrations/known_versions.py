"""What the channel knows of orders and their items, before it reports changes and after.

What it reported itself is known to it and not told again; what was changed here meanwhile keeps waiting to be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from omnitron.channels.enums import IntegrationStatus
from omnitron.channels.models import Channel, IntegrationAction
from omnitron.channels.selectors import actions_of
from omnitron.channels.use_cases.told_versions import ToldVersion, lock_actions, write_told_versions
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.selectors import WholeOrder
from omnitron.orders.told import COLUMNS, TOLD, told

NAMES = [name for names in COLUMNS.values() for name in names]
Row = Order | OrderItem


@dataclass(frozen=True)
class Report:
    """What the channel reported of an order: the values it gave of the order's and its items' columns, and by which
    ids it knows them.
    """

    whole: WholeOrder
    values: Mapping[Row, Mapping[str, Any]]
    remote_ids: Mapping[Row, str]

    @property
    def rows(self) -> list[Row]:
        return [self.whole.order, *self.whole.items]


class Versions:
    """The integration actions of locked orders and their items. Two statements. They are locked last, in `note`:
    until then a run that tells the channel may add to what it knows.
    """

    def __init__(self, channel: Channel, wholes: Iterable[WholeOrder]) -> None:
        self._channel = channel
        self._actions: dict[Row, IntegrationAction] = {}
        rows = [row for whole in wholes for row in (whole.order, *whole.items)]
        for model in (Order, OrderItem):
            by_pk = {row.pk: row for row in rows if isinstance(row, model)}
            actions = actions_of(model, channel_id=channel.pk).filter(object_id__in=by_pk)
            self._actions |= {by_pk[action.object_id]: action for action in actions}
        self._as_pulled = {row: self._if_current(row) for row in rows}

    def remote_id_of(self, row: Row) -> str | None:
        """What the channel calls it."""
        action = self._actions.get(row)
        return action.remote_id if action else None

    @transaction.atomic
    def note(self, reports: Sequence[Report]) -> None:
        """Keep that the channel knows what it reported. A row of which it knows all it is ever told is as the
        channel knows it; an order is so once all of its items are. A fixed number of statements for all.
        """
        rows = [row for report in reports for row in report.rows]
        locked = lock_actions([self._actions[row].pk for row in rows if row in self._actions])
        now = _as_they_are(rows)
        told_rows, new = [], []
        for report in reports:
            known, agreeing = self._agreed(report, now, locked)
            for row in report.rows:
                version = now[row]["modified_date"] if row in agreeing else None
                action = self._actions.get(row)
                if action is not None:
                    status = IntegrationStatus(locked[action.pk].status)
                    told_rows.append(ToldVersion(action.pk, version, status, {TOLD: known[row]}))
                elif row in report.remote_ids:
                    new.append((row, report.remote_ids[row], version, known[row]))
        write_told_versions(locked, told_rows)
        self._name(reports, new)

    def _agreed(
        self,
        report: Report,
        now: Mapping[Row, Mapping[str, Any]],
        locked: Mapping[int, IntegrationAction],
    ) -> tuple[dict[Row, dict[str, Any]], set[Row]]:
        """What the channel knows of each row by now, and the rows that are as it knows them."""
        known = {row: {**self._known(row, locked), **told(report.values.get(row, {}))} for row in report.rows}
        order, items = report.whole.order, report.whole.items
        # An order's status is derived; no channel is told of it.
        known[order]["status"] = now[order]["status"]
        agreeing: set[Row] = {item for item in items if told(now[item]) == known[item]}
        if len(agreeing) == len(items) and told(now[order]) == known[order]:
            agreeing.add(order)
        return known, agreeing

    def _known(self, row: Row, locked: Mapping[int, IntegrationAction]) -> dict[str, Any]:
        action = self._actions.get(row)
        if action is None:
            return {}
        return {**self._as_pulled[row], **locked[action.pk].state.get(TOLD, {})}

    def _if_current(self, row: Row) -> dict[str, Any]:
        """Where nobody noted what the channel knows: all, of a row it knows in this version."""
        action = self._actions.get(row)
        if action is None or TOLD in action.state:
            return {}
        is_current = action.version_date is not None and action.version_date >= row.modified_date
        return told({name: getattr(row, name) for name in NAMES}) if is_current else {}

    def _name(self, reports: Sequence[Report], new: Sequence[tuple[Row, str, Any, dict[str, Any]]]) -> None:
        """Rows that came here another way are known by their ids from now on."""
        IntegrationAction.objects.bulk_create(
            IntegrationAction(
                channel=self._channel,
                content_type=ContentType.objects.get_for_model(row),
                object_id=row.pk,
                remote_id=remote_id,
                version_date=version,
                state={TOLD: known},
            )
            for row, remote_id, version, known in new
        )
        for report in reports:
            for row, remote_id in report.remote_ids.items():
                action = self._actions.get(row)
                if action is not None and action.remote_id is None:
                    action.remote_id = remote_id
                    action.save(update_fields=["remote_id"])


def _as_they_are(rows: Sequence[Row]) -> dict[Row, dict[str, Any]]:
    """What the channel is told of the rows, read anew. Two statements."""
    now = {}
    for model in (Order, OrderItem):
        by_pk = {row.pk: row for row in rows if isinstance(row, model)}
        read = model.objects.filter(pk__in=by_pk).values("pk", "modified_date", *NAMES)
        now |= {by_pk[values["pk"]]: values for values in read}
    return now
