"""The tables of states as people read them are the tables."""

from __future__ import annotations

from typing import Any

from rest_framework.test import APIClient

from omnitron.orders.management.commands.state_page import PAGE
from omnitron.orders.state_page import state_page


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == state_page(), "run manage.py state_page"


def test_the_openapi_tells_the_tables(db: Any) -> None:
    description = APIClient().get("/docs/openapi.json").json()["info"]["description"]

    assert "| waiting_for_payment | manuel_refund_need, completed |" in description
    assert (
        "| `cancel` | `order_400_1` no undecided plan, `order_400_6` something to cancel | – |" in description
    )
