"""Values that use cases take beyond single columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from omnitron.catalogs.models import Product


@dataclass(frozen=True)
class NewItem:
    """An item to be placed: its product and the columns it is given."""

    product: Product
    values: Mapping[str, Any]
