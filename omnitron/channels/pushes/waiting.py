"""The orders a channel is to be told about, as they are and as it knows them. Five statements a batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from omnitron.channels.models import Channel, IntegrationAction
from omnitron.channels.pushes.changes import KnownRow, RowChange, changes_of
from omnitron.channels.selectors import actions_of, changed_since_told
from omnitron.orders.models import CancellationPlanOrderItem, Order, OrderItem
from omnitron.orders.told import COLUMNS, TOLD, told
from omnitron.orders.units import units_of

# In an integration action's state: how often telling it failed, and until when it is left alone.
PUSH = "push"
# There too: the lines only a part of which has changed, which was reported.
PARTS = "parts_not_told"
NAMES = [name for names in COLUMNS.values() for name in names]


@dataclass(frozen=True)
class WaitingOrder:
    """An order that changed since its channel was told, with its own and its items' integration actions. `parts`
    are the kinds of change that cannot be told, by line: only a part of the line has changed.
    """

    pk: int
    order: KnownRow
    items: list[KnownRow]
    changes: list[RowChange]
    parts: Mapping[str, Sequence[str]]
    order_action: IntegrationAction
    item_actions: dict[int, IntegrationAction]

    @property
    def failed_attempts(self) -> int:
        return self.order_action.state.get(PUSH, {}).get("failed_attempts", 0)


def waiting_pks(channel: Channel, *, force: bool, now: datetime) -> list[int]:
    """Orders that changed since the channel was told, oldest change first, but for those left alone until later;
    with `force` all that the channel knows.
    """
    orders = Order.objects.filter(channel=channel)
    if force:
        known = actions_of(Order, channel_id=channel.pk).values("object_id")
        return list(orders.filter(pk__in=known).order_by("modified_date", "pk").values_list("pk", flat=True))
    pks = list(changed_since_told(orders, channel_id=channel.pk).values_list("pk", flat=True))
    left_alone = actions_of(Order, channel_id=channel.pk).filter(
        object_id__in=pks, state__push__not_before__gt=now.isoformat(timespec="microseconds")
    )
    later = set(left_alone.values_list("object_id", flat=True))
    return [pk for pk in pks if pk not in later]


def read_waiting(channel: Channel, pks: Sequence[int], *, takes_units: bool) -> Iterator[WaitingOrder]:
    """The orders of `pks` that are still there, with what is to be told of each. What the channel knows is read
    first: what it reports meanwhile may be told back to it, but what it replaced is not told as if it were new.
    """
    order_actions = _actions(Order, channel, pks)
    items_of = OrderItem.objects.filter(order_id__in=pks)
    item_actions = _actions(OrderItem, channel, items_of.values("pk"))
    orders = {row["pk"]: row for row in _values(Order.objects.filter(pk__in=pks), "number")}
    items: dict[int, list[dict]] = {}
    for row in _values(items_of.filter(pk__in=item_actions).order_by("pk"), "order_id", "attributes"):
        items.setdefault(row["order_id"], []).append(row)
    reasons = dict(
        CancellationPlanOrderItem.objects.filter(order_item__in=item_actions, is_rejected=False).values_list(
            "order_item_id", "reason_id"
        )
    )
    for pk in pks:
        if pk not in orders or pk not in order_actions:
            continue
        order = _known(orders[pk], order_actions[pk])
        rows = [
            _known(
                row, item_actions[row["pk"]], reason=reasons.get(row["pk"]), units=units_of(row["attributes"])
            )
            for row in items.get(pk, ())
        ]
        to_tell = changes_of(orders[pk]["number"], order, rows, takes_units=takes_units)
        yield WaitingOrder(
            pk=pk,
            order=order,
            items=rows,
            changes=to_tell.changes,
            parts=to_tell.parts,
            order_action=order_actions[pk],
            item_actions={row.pk: item_actions[row.pk] for row in rows},
        )


def _values(rows: QuerySet, *extra: str) -> Iterator[dict]:
    return rows.values("pk", "modified_date", *NAMES, *extra)


def _actions(model: type, channel: Channel, pks: Any) -> dict[int, IntegrationAction]:
    return {row.object_id: row for row in actions_of(model, channel_id=channel.pk).filter(object_id__in=pks)}


def _known(row: dict, action: IntegrationAction, **of_item: Any) -> KnownRow:
    return KnownRow(
        pk=row["pk"],
        remote_id=action.remote_id,
        version=row["modified_date"],
        now=told(row),
        told=action.state.get(TOLD, {}),
        **of_item,
    )
