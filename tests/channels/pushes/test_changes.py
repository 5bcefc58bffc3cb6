"""What of a changed order its channel does not know: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from omnitron.channels.integrations.dto import LineUnits
from omnitron.channels.pushes.changes import KnownRow, ToTell, changes_of
from omnitron.omnicore.orders.enums import OrderStatus

VERSION = datetime(2026, 11, 20, 12, tzinfo=UTC)
APPROVED = {"status": OrderStatus.APPROVED.value}
SHIPPED = {"status": OrderStatus.SHIPPED.value}
CANCELLED = {"status": OrderStatus.CANCELLED.value}
PARCEL = {"tracking_number": "TR-1", "shipping_company": "aras"}


def to_tell(number: str, order: KnownRow, items: list[KnownRow], *, takes_units: bool = False) -> ToTell:
    return changes_of(number, order, items, takes_units=takes_units)


def row(pk: int, now: dict[str, Any], told: dict[str, Any] = APPROVED, **values: Any) -> KnownRow:
    return KnownRow(pk=pk, remote_id=f"R{pk}", version=VERSION, now=now, told=told, **values)


def unit_of(remote_id: str, pk: int, now: dict[str, Any], **values: Any) -> KnownRow:
    """Two more units of a line."""
    return KnownRow(pk=pk, remote_id=remote_id, version=VERSION, now=now, told=APPROVED, units=2, **values)


def said(told: ToTell) -> list[tuple[str, tuple[str, ...], dict[str, Any]]]:
    changes = [own.change for own in told.changes]
    return [(change.kind, tuple(change.item_remote_ids), dict(change.values)) for change in changes]


def test_what_the_channel_knows_is_not_told() -> None:
    assert to_tell("N1", row(1, APPROVED), [row(2, APPROVED), row(3, APPROVED)]) == ToTell()


def test_the_tracking_number_goes_before_the_status_and_all_lines_alike_are_the_whole_order() -> None:
    items = [row(2, SHIPPED | PARCEL), row(3, SHIPPED | PARCEL)]

    assert said(to_tell("N1", row(1, SHIPPED), items)) == [
        ("tracking", (), PARCEL),
        ("status", (), SHIPPED),
    ]


def test_a_part_of_the_lines_is_named() -> None:
    items = [row(2, SHIPPED), row(3, APPROVED)]

    assert said(to_tell("N1", row(1, APPROVED), items)) == [("status", ("R2",), SHIPPED)]


def test_cancelled_lines_are_told_by_reason_and_not_as_a_status() -> None:
    items = [row(2, CANCELLED, reason=7), row(3, CANCELLED, reason=8), row(4, APPROVED)]

    assert said(to_tell("N1", row(1, APPROVED), items)) == [
        ("cancel", ("R2",), {"reason": 7}),
        ("cancel", ("R3",), {"reason": 8}),
    ]


def test_a_cancellation_the_channel_itself_reported_is_not_told() -> None:
    assert to_tell("N1", row(1, CANCELLED, CANCELLED), [row(2, CANCELLED, CANCELLED)]) == ToTell()


def test_a_refund_after_a_cancellation_is_nothing_new() -> None:
    refunded = {"status": OrderStatus.REFUNDED.value}
    assert to_tell("N1", row(1, refunded, CANCELLED), [row(2, refunded, CANCELLED)]) == ToTell()


def test_invoices_of_order_and_lines_are_told() -> None:
    invoice = {"invoice_number": "INV-1"}
    items = [row(2, APPROVED | invoice), row(3, APPROVED)]

    assert said(to_tell("N1", row(1, APPROVED | {"invoice_number": "INV-9"}), items)) == [
        ("invoice", ("R2",), invoice),
        ("invoice", (), {"invoice_number": "INV-9"}),
    ]


def test_rows_the_channel_has_no_id_for_are_left_out() -> None:
    nameless = KnownRow(pk=3, remote_id=None, version=VERSION, now=SHIPPED, told=APPROVED)

    assert said(to_tell("N1", row(1, SHIPPED), [row(2, SHIPPED), nameless])) == [("status", (), SHIPPED)]
    assert to_tell("N1", nameless, [row(2, SHIPPED)]) == ToTell()


def test_two_items_of_one_line_are_named_once() -> None:
    items = [row(2, SHIPPED), unit_of("R2", 3, SHIPPED), row(4, APPROVED)]

    told = to_tell("N1", row(1, APPROVED), items)

    assert said(told) == [("status", ("R2",), SHIPPED)]
    assert told.changes[0].items == {2, 3}
    assert told.changes[0].change.units == {"R2": LineUnits(changed=3, whole=3)}


@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        (SHIPPED, ["status"]),
        (SHIPPED | PARCEL, ["tracking", "status"]),
        (CANCELLED, ["cancel"]),
        (APPROVED | {"invoice_number": "INV-1"}, ["invoice"]),
    ],
)
def test_a_part_of_a_line_is_told_where_the_channel_takes_units_only(
    now: dict[str, Any], kinds: list[str]
) -> None:
    items = [row(2, APPROVED), unit_of("R2", 3, now), row(4, APPROVED)]

    assert to_tell("N1", row(1, APPROVED), items) == ToTell(parts={"R2": kinds})

    told = to_tell("N1", row(1, APPROVED), items, takes_units=True)
    assert [(own.change.kind, own.items, own.change.units) for own in told.changes] == [
        (kind, {3}, {"R2": LineUnits(changed=2, whole=3)}) for kind in kinds
    ]
    assert told.parts == {}


def test_a_line_is_told_as_cancelled_once_the_rest_of_it_is_whatever_the_reasons() -> None:
    items = [row(2, CANCELLED, reason=7), unit_of("R2", 3, CANCELLED, reason=8), row(4, APPROVED)]

    assert said(to_tell("N1", row(1, APPROVED), items)) == [("cancel", ("R2",), {"reason": 7})]


def test_units_the_channel_knows_to_be_cancelled_are_no_part_of_the_line_any_more() -> None:
    gone = KnownRow(pk=3, remote_id="R2", version=VERSION, now=CANCELLED, told=CANCELLED)

    told = to_tell("N1", row(1, SHIPPED), [row(2, SHIPPED), gone])

    assert said(told) == [("status", ("R2",), SHIPPED)]
    assert told.changes[0].items == {2}


def test_half_a_line_shipped_and_half_of_it_cancelled_is_neither() -> None:
    items = [row(2, SHIPPED), unit_of("R2", 3, CANCELLED)]

    assert to_tell("N1", row(1, SHIPPED), items) == ToTell(parts={"R2": ["status", "cancel"]})


def test_what_order_and_all_lines_say_alike_is_told_once() -> None:
    invoice = APPROVED | {"invoice_number": "INV-1"}

    told = to_tell("N1", row(1, invoice), [row(2, invoice), row(3, invoice)])

    assert said(told) == [("invoice", (), {"invoice_number": "INV-1"})]
    assert (told.changes[0].items, told.changes[0].is_of_order) == ({2, 3}, True)


def test_an_invoice_of_the_order_is_not_one_of_its_lines() -> None:
    told = to_tell("N1", row(1, APPROVED | {"invoice_number": "INV-1"}), [row(2, APPROVED)])

    assert said(told) == [("invoice", (), {"invoice_number": "INV-1"})]
    assert (told.changes[0].items, told.changes[0].is_of_order) == (frozenset(), True)


def test_the_key_is_of_the_version() -> None:
    def key(version: datetime) -> str:
        order = KnownRow(pk=1, remote_id="R1", version=version, now=SHIPPED, told=APPROVED)
        return to_tell("N1", order, [row(2, SHIPPED)]).changes[0].change.key

    assert key(VERSION) == key(VERSION)
    assert key(VERSION) != key(VERSION + timedelta(microseconds=1))
