"""Answers of Trendyol's documentation (fixtures/channels/trendyol), and packages made from them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from django.conf import settings

FIXTURES = Path(settings.BASE_DIR) / "fixtures" / "channels" / "trendyol"


def sample(name: str) -> Any:
    """The answer that is kept under this name."""
    return json.loads((FIXTURES / f"{name}.json").read_text())


def package(name: str = "get_shipment_packages", **changes: Any) -> dict[str, Any]:
    """The first package of an answer, with some of its fields changed."""
    return copy.deepcopy(sample(name)["content"][0]) | changes


def packages(count: int, *, newest: int, apart: int = 1000) -> list[dict[str, Any]]:
    """So many packages, each changed `apart` milliseconds before the next; ids grow with time."""
    return [
        package(shipmentPackageId=1000 + number, lastModifiedDate=newest - (count - 1 - number) * apart)
        for number in range(count)
    ]
