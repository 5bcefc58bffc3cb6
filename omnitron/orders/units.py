"""How many units an order item stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from omnitron.core.exceptions import InvalidInput

LARGEST_QUANTITY = 100_000


def units_of(attributes: Mapping[str, Any]) -> int:
    """The units of an item: `attributes[ORDER_ITEM_QUANTITY_KEY]` of a merged line, else one.

    Raises InvalidInput unless that is a whole number from 1 to 100,000.
    """
    given = attributes.get(settings.ORDER_ITEM_QUANTITY_KEY)
    if given is None:
        return 1
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 10:
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= LARGEST_QUANTITY:
        raise InvalidInput(attributes=f"The quantity must be a whole number from 1 to {LARGEST_QUANTITY}.")
    return given
