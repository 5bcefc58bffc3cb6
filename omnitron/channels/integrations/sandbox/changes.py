"""A change of an order here in the sandbox's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omnitron.channels.integrations.dto import OrderChange
from omnitron.channels.integrations.sandbox.orders import CARRIERS
from omnitron.omnicore.orders.enums import OrderStatus

STATUSES = {
    OrderStatus.PREPARING: "Picking",
    OrderStatus.SHIPPED: "Shipped",
    OrderStatus.SHIPPED_AND_INFORMED: "Shipped",
    OrderStatus.DELIVERED: "Delivered",
}
PROVIDERS = {code: name for name, code in CARRIERS.items()}


def written_change(change: OrderChange, *, reason: str | None) -> dict[str, Any] | None:
    """The change as the marketplace takes it, `reason` in its own code; None where it has no word for it."""
    values = _values(change.kind, change.values, reason)
    if values is None:
        return None
    return {
        "order_id": change.order_remote_id,
        "line_ids": list(change.item_remote_ids),
        "kind": change.kind,
        "key": change.key,
        **values,
    }


def _values(kind: str, values: Mapping[str, Any], reason: str | None) -> dict[str, Any] | None:
    if kind == "cancel":
        return {"reason": reason}
    if kind == "status":
        status = STATUSES.get(OrderStatus(values["status"]))
        return None if status is None else {"status": status}
    number = f"{kind}_number"
    if number not in values:  # it takes neither a link nor a carrier by itself
        return None
    return {number: values[number], "shipping_provider": PROVIDERS.get(values.get("shipping_company"))}
