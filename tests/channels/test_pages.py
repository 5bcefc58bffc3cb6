"""Rows of a page: orders by their ids, or none at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from omnitron.channels.integrations.dto import RawOrder
from omnitron.channels.integrations.oscar.serializers import raw_order as oscar_order
from omnitron.channels.integrations.pages import page_of
from omnitron.channels.integrations.sandbox.orders import raw_order as sandbox_order
from omnitron.channels.integrations.trendyol.orders import raw_order as trendyol_order

SANDBOX = {"id": 5, "number": "SB-5", "modified": "2026-11-20T12:00:00.000Z"}
OSCAR = {"id": 5, "number": "100005", "date_changed": "2026-11-20T12:00:00Z"}
TRENDYOL = {"shipmentPackageId": 5, "orderNumber": "80", "lastModifiedDate": 1763640000000}
CHANNELS = [
    pytest.param(sandbox_order, SANDBOX, "id", id="sandbox"),
    pytest.param(oscar_order, OSCAR, "id", id="oscar"),
    pytest.param(trendyol_order, TRENDYOL, "shipmentPackageId", id="trendyol"),
    pytest.param(trendyol_order, TRENDYOL, "orderNumber", id="trendyol's order"),
]


@pytest.mark.parametrize("none", [None, "", True, [], {}, 1.5])
@pytest.mark.parametrize(("raw_order", "row", "name"), CHANNELS)
def test_a_row_whose_id_is_none_is_no_order(
    raw_order: Callable[..., RawOrder], row: dict[str, Any], name: str, none: Any
) -> None:
    """As text all of them would be one order called None."""
    without = {key: value for key, value in row.items() if key != name}

    page = page_of([row | {name: none}, row, without], raw_order, total=3)

    assert [order.remote_id for order in page.orders] == ["5"]
    assert (page.unusable, page.total) == (2, 3)
    assert page.orders[0].payload == row


@pytest.mark.parametrize("rows", [None, {}, "rows", 3])
def test_rows_are_a_list(rows: Any) -> None:
    with pytest.raises(TypeError):
        page_of(rows, sandbox_order)
