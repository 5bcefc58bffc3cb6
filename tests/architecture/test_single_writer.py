"""Only the use cases of orders' `status.py` and `shipment_status.py` write a status."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import omnitron

ROOT = Path(omnitron.__file__).parent
COLUMNS = {"status", "cancel_status"}
WRITERS = {
    "orders/use_cases/status.py",
    # Packages and vendor orders, which orders' items lead or follow.
    "orders/use_cases/shipment_status.py",
    # Derives the status of an order that does not exist yet.
    "orders/use_cases/placement.py",
    # The same for orders that channels hand over in bulk.
    "orders/use_cases/intake_drafts.py",
}


def status_writes(source: str) -> list[int]:
    """Lines that assign `….status` or pass `status=` to update()."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            lines += [t.lineno for t in targets if isinstance(t, ast.Attribute) and t.attr in COLUMNS]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            lines += [node.lineno for keyword in node.keywords if keyword.arg in COLUMNS]
    return lines


@pytest.mark.parametrize(
    "source",
    ["order.status = 100", "order.cancel_status = None", "Order.objects.filter(pk=1).update(status=100)"],
)
def test_the_check_sees_a_write(source: str) -> None:
    assert status_writes(source) == [1]


def test_nothing_else_writes_a_status() -> None:
    offenders = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "orders").rglob("*.py"))
        if str(path.relative_to(ROOT)) not in WRITERS and "migrations" not in path.parts
        for line in status_writes(path.read_text())
    ]
    assert offenders == []
