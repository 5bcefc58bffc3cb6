"""What of a changed order its channel does not know: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from omnitron.channels.integrations.dto import OrderChange
from omnitron.channels.pushes.changes import KnownRow, changes_of
from omnitron.omnicore.orders.enums import OrderStatus

VERSION = datetime(2026, 11, 20, 12, tzinfo=UTC)
APPROVED = {"status": OrderStatus.APPROVED.value}
SHIPPED = {"status": OrderStatus.SHIPPED.value}
CANCELLED = {"status": OrderStatus.CANCELLED.value}
PARCEL = {"tracking_number": "TR-1", "shipping_company": "aras"}


def row(pk: int, now: dict[str, Any], told: dict[str, Any] = APPROVED, **values: Any) -> KnownRow:
    return KnownRow(pk=pk, remote_id=f"R{pk}", version=VERSION, now=now, told=told, **values)


def said(changes: list[OrderChange]) -> list[tuple[str, tuple[str, ...], dict[str, Any]]]:
    return [(change.kind, tuple(change.item_remote_ids), dict(change.values)) for change in changes]


def test_what_the_channel_knows_is_not_told() -> None:
    assert changes_of("N1", row(1, APPROVED), [row(2, APPROVED), row(3, APPROVED)]) == []


def test_the_tracking_number_goes_before_the_status_and_all_lines_alike_are_the_whole_order() -> None:
    items = [row(2, SHIPPED | PARCEL), row(3, SHIPPED | PARCEL)]

    assert said(changes_of("N1", row(1, SHIPPED), items)) == [
        ("tracking", (), PARCEL),
        ("status", (), SHIPPED),
    ]


def test_a_part_of_the_lines_is_named() -> None:
    items = [row(2, SHIPPED), row(3, APPROVED)]

    assert said(changes_of("N1", row(1, APPROVED), items)) == [("status", ("R2",), SHIPPED)]


def test_cancelled_lines_are_told_by_reason_and_not_as_a_status() -> None:
    items = [row(2, CANCELLED, reason=7), row(3, CANCELLED, reason=8), row(4, APPROVED)]

    assert said(changes_of("N1", row(1, APPROVED), items)) == [
        ("cancel", ("R2",), {"reason": 7}),
        ("cancel", ("R3",), {"reason": 8}),
    ]


def test_a_cancellation_the_channel_itself_reported_is_not_told() -> None:
    assert changes_of("N1", row(1, CANCELLED, CANCELLED), [row(2, CANCELLED, CANCELLED)]) == []


def test_a_refund_after_a_cancellation_is_nothing_new() -> None:
    refunded = {"status": OrderStatus.REFUNDED.value}
    assert changes_of("N1", row(1, refunded, CANCELLED), [row(2, refunded, CANCELLED)]) == []


def test_invoices_of_order_and_lines_are_told() -> None:
    invoice = {"invoice_number": "INV-1"}
    items = [row(2, APPROVED | invoice), row(3, APPROVED)]

    assert said(changes_of("N1", row(1, APPROVED | {"invoice_number": "INV-9"}), items)) == [
        ("invoice", ("R2",), invoice),
        ("invoice", (), {"invoice_number": "INV-9"}),
    ]


def test_rows_the_channel_has_no_id_for_are_left_out() -> None:
    nameless = KnownRow(pk=3, remote_id=None, version=VERSION, now=SHIPPED, told=APPROVED)

    assert said(changes_of("N1", row(1, SHIPPED), [row(2, SHIPPED), nameless])) == [("status", (), SHIPPED)]
    assert changes_of("N1", nameless, [row(2, SHIPPED)]) == []


def test_two_items_of_one_line_are_named_once() -> None:
    same_line = KnownRow(pk=3, remote_id="R2", version=VERSION, now=SHIPPED, told=APPROVED)
    items = [row(2, SHIPPED), same_line, row(4, APPROVED)]

    assert said(changes_of("N1", row(1, APPROVED), items)) == [("status", ("R2",), SHIPPED)]


def test_the_key_is_of_the_version() -> None:
    def key(version: datetime) -> str:
        order = KnownRow(pk=1, remote_id="R1", version=version, now=SHIPPED, told=APPROVED)
        return changes_of("N1", order, [row(2, SHIPPED)])[0].key

    assert key(VERSION) == key(VERSION)
    assert key(VERSION) != key(VERSION + timedelta(microseconds=1))
