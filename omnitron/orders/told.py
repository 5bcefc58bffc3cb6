"""What a channel knows of an order or item: kept with its integration action, compared when something changed.

Pure. It keeps what a channel itself reported from being told to it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

# In the `state` of an integration action.
TOLD = "told"
# By kind of change, the columns of an order and of an item that a channel is told of.
COLUMNS = {
    "status": ("status",),
    "tracking": ("tracking_number", "tracking_url", "shipping_company", "carrier_shipping_code"),
    "invoice": ("invoice_number", "invoice_date", "e_archive_url"),
}


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """What of the columns in `values` a channel is told of, as JSON holds it; what is null or "" is left out."""
    return {
        name: _as_json(values[name])
        for names in COLUMNS.values()
        for name in names
        if values.get(name) not in (None, "")
    }


def _as_json(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
