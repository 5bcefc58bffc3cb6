"""What the shop is sent for a change here. It takes how many units of a line are in a status altogether."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from omnitron.channels.integrations.dto import OrderChange
from omnitron.channels.integrations.oscar.statuses import CANCELLED, HAVE_REACHED, RETURNED, STEPS
from omnitron.channels.integrations.oscar.units import line_of, units_here
from omnitron.omnicore.orders.enums import OrderStatus


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
    """By line, how many of its units have been through the step here."""
    meant = {line_of(remote_id) for remote_id in change.item_remote_ids}
    units: Counter[int] = Counter()
    for remote_id, by_status in units_here(channel_id, change.order_number).items():
        if not meant or line_of(remote_id) in meant:
            units[line_of(remote_id)] += sum(by_status[status] for status in HAVE_REACHED[step])
    lines = [{"id": line, "quantity": quantity} for line, quantity in sorted(units.items()) if quantity]
    return [{"status": step, "lines": lines}] if lines else []
