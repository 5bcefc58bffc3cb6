"""Values that use cases take beyond single columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from omnitron.catalogs.models import Product


@dataclass(frozen=True)
class NewItem:
    """An item to be placed: its product and the columns it is given."""

    product: Product
    values: Mapping[str, Any]


@dataclass(frozen=True)
class NewPackage:
    """A package to be made: units by pk of their item (None: all that are left), and the columns it is given."""

    order_items: Mapping[int, int | None]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class RefundPart:
    """So much to be refunded for these items, in the order's currency."""

    order_items: Sequence[int]
    refund_amount: Decimal
