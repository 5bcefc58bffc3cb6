"""What the shop is sent for a change here. It takes how many units of a line are in a status altogether."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from omnitron.channels.integrations.dto import OrderChange
from omnitron.channels.integrations.oscar.statuses import CANCELLED, HAVE_REACHED, RETURNED, STEPS
from omnitron.channels.selectors import actions_of
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.models import OrderItem
from omnitron.orders.units import units_of


def bodies_of(change: OrderChange, *, channel_id: int) -> list[dict[str, Any]]:
    """The requests that tell the shop of a change, one after the other; none where it has no word for it."""
    makers: Mapping[str, Callable[[OrderChange, int], list[dict[str, Any]]]] = {
        "status": _status,
        "cancel": _cancel,
        "tracking": _tracking,
        "invoice": _invoice,
    }
    return makers[change.kind](change, channel_id)


def _status(change: OrderChange, channel_id: int) -> list[dict[str, Any]]:
    steps = STEPS.get(OrderStatus(int(change.values["status"])), ())
    return [body for step in steps for body in _step(change, step, channel_id)]


def _cancel(change: OrderChange, channel_id: int) -> list[dict[str, Any]]:
    """What had been shipped has come back, the rest is cancelled: by line, also where it is the whole order."""
    return [body for step in (CANCELLED, RETURNED) for body in _step_of_lines(change, step, channel_id)]


def _tracking(change: OrderChange, channel_id: int) -> list[dict[str, Any]]:
    number = change.values.get("tracking_number")
    return [{"tracking_number": number}] if number else []


def _invoice(change: OrderChange, channel_id: int) -> list[dict[str, Any]]:
    """Oscar keeps no invoices: staff find it among the order's notes."""
    names = ("invoice_number", "invoice_date", "e_archive_url")
    words = [str(change.values[name]) for name in names if change.values.get(name)]
    return [{"note": f"Invoice {', '.join(words)}"}] if words else []


def _step(change: OrderChange, step: str, channel_id: int) -> list[dict[str, Any]]:
    if step in HAVE_REACHED and change.item_remote_ids:
        return _step_of_lines(change, step, channel_id)
    return [{"status": step}]


def _step_of_lines(change: OrderChange, step: str, channel_id: int) -> list[dict[str, Any]]:
    units = _units_by_line(change, step, channel_id)
    lines = [{"id": int(remote_id), "quantity": quantity} for remote_id, quantity in sorted(units.items())]
    return [{"status": step, "lines": lines}] if lines else []


def _units_by_line(change: OrderChange, step: str, channel_id: int) -> Counter[str]:
    """By line, how many of its units have been through the step here. Several items may be units of one line."""
    actions = actions_of(OrderItem, channel_id=channel_id).filter(
        object_id__in=OrderItem.objects.filter(
            order__channel_id=channel_id, order__number=change.order_number
        ).values("pk"),
        remote_id__isnull=False,
    )
    if change.item_remote_ids:
        actions = actions.filter(remote_id__in=change.item_remote_ids)
    remote_ids = dict(actions.values_list("object_id", "remote_id"))
    items = OrderItem.objects.filter(pk__in=remote_ids, status__in=HAVE_REACHED[step])
    units: Counter[str] = Counter()
    for item in items:
        units[remote_ids[item.pk]] += units_of(item.attributes)
    return units
