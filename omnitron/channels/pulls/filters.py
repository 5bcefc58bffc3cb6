"""What may be asked for beside the ledger, at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.serializers import ValidationError

# Orders by name, in one way; or all of a time, or after one.
_BY_NAME = ("order_ids", "order_numbers_to_fetch")
_BY_PLACE = ("start_date", "end_date", "order_id")


def check_filters(filters: Mapping[str, Any]) -> None:
    """Raise DRF's ValidationError where one filter would be overruled by another: a channel is asked for orders by
    their names or by where they stand in time, not by both.
    """
    given = [name for name in (*_BY_NAME, *_BY_PLACE) if filters.get(name)]
    names = [name for name in given if name in _BY_NAME]
    if names and len(given) > 1:
        others = ", ".join(name for name in given if name != names[0])
        raise ValidationError({names[0]: [f"It names the orders; not together with {others}."]})
