"""How many units of each line of an order are here, and where they stand.

The shop counts units within a line; here they are items, several of which may be units of one line: a merged item
that was split, or an order that came when a part of the line was gone already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from omnitron.channels.selectors import actions_of
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.models import OrderItem
from omnitron.orders.units import units_of

# Between the id of a line and the status of the units that were gone when the order came.
GONE = "/"

# By remote id, the units in each status.
Units = Mapping[str, Counter[OrderStatus]]


def units_here(channel_id: int, number: str) -> Units:
    """Of the order with this number; nothing where it is not here."""
    items = OrderItem.objects.filter(order__channel_id=channel_id, order__number=number)
    actions = actions_of(OrderItem, channel_id=channel_id).filter(
        object_id__in=items.values("pk"), remote_id__isnull=False
    )
    remote_ids = dict(actions.values_list("object_id", "remote_id"))
    units: dict[str, Counter[OrderStatus]] = {}
    for item in items.filter(pk__in=remote_ids):
        by_status = units.setdefault(remote_ids[item.pk], Counter())
        by_status[OrderStatus(item.status)] += units_of(item.attributes)
    return units


def line_of(remote_id: str) -> int:
    """The shop's id of the line that an item is of."""
    return int(remote_id.split(GONE)[0])
