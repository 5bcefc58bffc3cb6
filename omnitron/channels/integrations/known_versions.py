"""What the channel knows of an order and its items, before it reports a change and after.

What it reported itself is known to it and not told again; what was changed here meanwhile keeps waiting to be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from omnitron.channels.enums import IntegrationStatus
from omnitron.channels.models import Channel, IntegrationAction
from omnitron.channels.selectors import actions_of
from omnitron.channels.use_cases.told_versions import ToldVersion, note_told_versions
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.selectors import WholeOrder
from omnitron.orders.told import COLUMNS, TOLD, told

NAMES = [name for names in COLUMNS.values() for name in names]
Reports = Mapping[Model, Mapping[str, Any]]


class Versions:
    """The integration actions of a locked order and its items."""

    def __init__(self, channel: Channel, whole: WholeOrder) -> None:
        self._channel = channel
        self._rows: list[Order | OrderItem] = [whole.order, *whole.items]
        self._actions: dict[Order | OrderItem, IntegrationAction] = {}
        for model, rows in ((Order, [whole.order]), (OrderItem, whole.items)):
            by_pk = {row.pk: row for row in rows}
            actions = actions_of(model, channel_id=channel.pk).filter(object_id__in=by_pk)
            self._actions |= {by_pk[action.object_id]: action for action in actions}
        self._known = {row: self._known_of(row) for row in self._rows}

    def remote_id_of(self, row: Order | OrderItem) -> str | None:
        """What the channel calls it."""
        action = self._actions.get(row)
        return action.remote_id if action else None

    def note(self, reports: Reports, *, remote_ids: Mapping[Order | OrderItem, str]) -> None:
        """Keep that the channel knows what it reported, by row and column, and by which ids it knows the rows.
        A row of which it knows all it is ever told is as the channel knows it; the order is so once all of its
        items are.
        """
        known = {row: {**self._known[row], **told(reports.get(row, {}))} for row in self._rows}
        now = {row: self._now(row) for row in self._rows}
        order, *items = self._rows
        agreeing = {row for row in items if told(now[row]) == known[row]}
        # An order's status is derived; no channel is told of it.
        known[order]["status"] = now[order]["status"]
        if len(agreeing) == len(items) and told(now[order]) == known[order]:
            agreeing.add(order)
        note_told_versions(
            [
                ToldVersion(
                    action=action.pk,
                    version=now[row]["modified_date"] if row in agreeing else None,
                    status=IntegrationStatus(action.status),
                    state={TOLD: known[row]},
                )
                for row, action in self._actions.items()
            ]
        )
        self._name(remote_ids, now=now, known=known, agreeing=agreeing)

    def _known_of(self, row: Order | OrderItem) -> dict[str, Any]:
        action = self._actions.get(row)
        if action is None:
            return {}
        if TOLD in action.state:
            return dict(action.state[TOLD])
        is_current = action.version_date is not None and action.version_date >= row.modified_date
        return told({name: getattr(row, name) for name in NAMES}) if is_current else {}

    def _now(self, row: Order | OrderItem) -> dict[str, Any]:
        return type(row).objects.values("modified_date", *NAMES).get(pk=row.pk)

    def _name(
        self,
        remote_ids: Mapping[Order | OrderItem, str],
        *,
        now: Mapping[Model, Mapping[str, Any]],
        known: Mapping[Model, dict[str, Any]],
        agreeing: Iterable[Model],
    ) -> None:
        """Rows that came here another way are known by their ids from now on."""
        for row, remote_id in remote_ids.items():
            action = self._actions.get(row)
            if action is None:
                IntegrationAction.objects.create(
                    channel=self._channel,
                    content_type=ContentType.objects.get_for_model(row),
                    object_id=row.pk,
                    remote_id=remote_id,
                    version_date=now[row]["modified_date"] if row in agreeing else None,
                    state={TOLD: known[row]},
                )
            elif action.remote_id is None:
                action.remote_id = remote_id
                action.save(update_fields=["remote_id"])
