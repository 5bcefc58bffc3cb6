"""What a real shop answered, as `python -m tests.slow.oscar.record` wrote it down."""

from __future__ import annotations

import json
from typing import Any

from omnitron.local.paths import PROJECT_ROOT

RECORDED = PROJECT_ROOT / "fixtures" / "channels" / "oscar"


def recorded(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


def recorded_orders() -> list[dict[str, Any]]:
    """A guest's, new; a customer's, with a voucher; one of which parts were shipped; a cancelled one."""
    return [*recorded("orders_first_page")["results"], *recorded("orders_last_page")["results"]]
