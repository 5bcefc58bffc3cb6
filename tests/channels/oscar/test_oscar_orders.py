"""Orders a real django-oscar shop sent, in Omnitron's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations.dto import (
    ChannelAddress,
    ChannelCustomer,
    ChannelOrder,
    ChannelOrderItem,
    ChannelPlace,
)
from omnitron.channels.integrations.oscar.conversion import channel_order
from omnitron.omnicore.orders.enums import OrderStatus
from tests.channels.oscar.recorded import recorded_orders

NEW, WITH_VOUCHER, IN_PARTS, CANCELLED = range(4)


def order(which: int) -> ChannelOrder:
    return channel_order(recorded_orders()[which], statuses={})


def test_a_guests_order() -> None:
    given = recorded_orders()[NEW]
    address = ChannelAddress(
        first_name="Zeynep",
        last_name="Kaya",
        line="Bağdat Caddesi No: 101 D: 7",
        country=ChannelPlace(code="tr"),
        city=ChannelPlace(name="İstanbul"),
        township=ChannelPlace(name="Kadıköy"),
        postcode="34710",
        phone_number="+905321112233",
        email="zeynep.kaya@example.com",
        notes="Kapıcıya bırakılabilir",
    )
    placed = datetime.fromisoformat(given["date_placed"])
    assert order(NEW) == ChannelOrder(
        number=given["number"],
        remote_id="1",
        modified_date=placed,
        date_placed=placed,
        currency="try",
        amount=Decimal("1369.60"),
        customer=ChannelCustomer(
            email="zeynep.kaya@example.com",
            first_name="Zeynep",
            last_name="Kaya",
            phone_number="+905321112233",
        ),
        shipping_address=address,
        billing_address=address,
        items=[
            ChannelOrderItem(
                remote_id="1",
                sku="KHV-1013-250",
                quantity=3,
                price=Decimal("869.70"),
                tax_rate=Decimal("1"),
                status=OrderStatus.APPROVED,
                currency="try",
            ),
            ChannelOrderItem(
                remote_id="2",
                sku="KTP-1014-TR",
                quantity=1,
                price=Decimal("420.00"),
                tax_rate=Decimal("0"),
                status=OrderStatus.APPROVED,
                currency="try",
            ),
        ],
        shipping_amount=Decimal("79.90"),
        shipping_tax_rate=Decimal("20"),
        shipping_option_slug="standart-kargo",
        notes="Kapıcıya bırakılabilir",
        extra_field={
            "oscar_status": "Pending",
            "shipping_method": "Standart kargo",
            "discounts": [],
            "surcharges": [],
        },
    )


def test_a_customer_is_known_by_their_id_and_a_voucher_is_in_the_lines() -> None:
    it = order(WITH_VOUCHER)
    assert (it.customer.channel_code, it.customer.first_name, it.customer.last_name) == (
        "3",
        "Ayşe",
        "Yılmaz",
    )
    assert [(item.sku, item.quantity, item.price, item.discount_amount) for item in it.items] == [
        ("KZK-1001-LCV-M", 1, Decimal("1249.90"), Decimal("124.99")),
        ("SAT-1010-GMS", 2, Decimal("7798.00"), Decimal("779.80")),
    ]
    assert it.discounts == ()
    assert it.extra_field["discounts"][0]["voucher_code"] == "HOSGELDIN"


def test_units_cancelled_or_returned_stand_beside_their_line() -> None:
    it = order(IN_PARTS)
    assert [(item.remote_id, item.quantity, item.status, item.price) for item in it.items] == [
        ("5", 1, OrderStatus.DELIVERED, Decimal("399.90")),
        ("5/Cancelled", 1, OrderStatus.CANCELLED, Decimal("399.90")),
        ("5/Returned", 1, OrderStatus.REFUNDED, Decimal("399.90")),
        ("6", 1, OrderStatus.DELIVERED, Decimal("799.00")),
    ]
    events = {event["event_type"]: event for event in recorded_orders()[IN_PARTS]["shipping_events"]}
    lamp = it.items[3]
    assert it.tracking_number == lamp.tracking_number == "7340011223344"
    assert lamp.shipped_date == datetime.fromisoformat(events["Shipped"]["date_created"])
    assert lamp.delivered_date == datetime.fromisoformat(events["Delivered"]["date_created"])
    assert it.modified_date == datetime.fromisoformat(events["Returned"]["date_created"])


def test_prices_of_parts_of_a_line_sum_up_to_the_line() -> None:
    given = recorded_orders()[IN_PARTS]
    given["lines"][0] |= {
        "line_price_before_discounts_incl_tax": "100.00",
        "line_price_incl_tax": "89.99",
    }
    parts = [item for item in channel_order(given, statuses={}).items if item.remote_id != "6"]
    assert [part.price for part in parts] == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert [part.discount_amount for part in parts] == [Decimal("3.34"), Decimal("3.34"), Decimal("3.33")]


@pytest.mark.parametrize(
    ("units", "here", "parts"),
    [
        # It came in parts, and stays so: nothing new, or the rest went as well.
        ({"Cancelled": 1, "Returned": 1}, {"5": {550: 1}, "5/Cancelled": {100: 1}, "5/Returned": {600: 1}},
         [("5", 1), ("5/Cancelled", 1), ("5/Returned", 1)]),
        ({"Cancelled": 3, "Returned": 0}, {"5": {400: 2}, "5/Cancelled": {100: 1}},
         [("5", 2), ("5/Cancelled", 1)]),
        # It came whole, and what went since went here, too.
        ({"Cancelled": 1, "Returned": 0}, {"5": {400: 2, 100: 1}}, [("5", 3)]),
        ({"Cancelled": 0, "Returned": 2}, {"5": {550: 1, 600: 2}}, [("5", 3)]),
        # All of it went: that is said by the line's status.
        ({"Cancelled": 3, "Returned": 0}, {"5": {400: 3}}, [("5", 3)]),
        ({"Cancelled": 3, "Returned": 0}, {}, [("5", 3)]),
    ],
)  # fmt: skip
def test_a_line_stays_in_the_parts_it_came_in(
    units: dict[str, int], here: dict[str, dict[int, int]], parts: list[tuple[str, int]]
) -> None:
    given = recorded_orders()[IN_PARTS]
    given["lines"][0]["units"] |= units
    it = channel_order(given, statuses={}, here=counted(here))
    assert [(item.remote_id, item.quantity) for item in it.items if item.remote_id != "6"] == parts


def test_units_that_went_in_the_shop_alone_are_for_somebody_to_see() -> None:
    given = recorded_orders()[IN_PARTS]
    given["lines"][0]["units"] |= {"Cancelled": 2, "Returned": 0}
    with pytest.raises(OrderParkedException) as parked:
        channel_order(given, statuses={}, here=counted({"5": {400: 2, 100: 1}}))
    assert (parked.value.cause, parked.value.subject) == (ParkCause.ILLEGAL_MOVE, "TSH-1005-GRI-S")
    assert "2 of 3 units" in parked.value.detail


def counted(here: dict[str, dict[int, int]]) -> dict[str, Counter[OrderStatus]]:
    return {remote_id: Counter(by_status) for remote_id, by_status in here.items()}


def test_a_cancelled_order() -> None:
    assert [(item.quantity, item.status) for item in order(CANCELLED).items] == [(1, OrderStatus.CANCELLED)]


@pytest.mark.parametrize("which", [NEW, WITH_VOUCHER, IN_PARTS, CANCELLED])
def test_lines_and_shipping_sum_up_to_the_total(which: int) -> None:
    it = order(which)
    paid = sum((item.price - item.discount_amount for item in it.items), it.shipping_amount)
    assert paid == it.amount


def test_the_bill_goes_elsewhere() -> None:
    given = recorded_orders()[NEW]
    given["billing_address"] = {
        "id": 9,
        "first_name": "Mert",
        "last_name": "Demir",
        "line1": "Cumhuriyet Bulvarı 5",
        "line2": "Kat 3",
        "line3": "",
        "line4": "İzmir",
        "state": "",
        "postcode": "",
        "country": "TR",
    }
    it = channel_order(given, statuses={})
    assert (it.billing_address.line, it.billing_address.city.name) == (
        "Cumhuriyet Bulvarı 5, Kat 3",
        "İzmir",
    )
    assert (it.billing_address.township, it.billing_address.postcode) == (None, None)
    assert it.shipping_address.city.name == "İstanbul"
    # A guest is who gets the bill.
    assert (it.customer.first_name, it.customer.last_name) == ("Mert", "Demir")


def test_the_statuses_of_another_shop_are_in_its_conf() -> None:
    given = recorded_orders()[NEW]
    given["lines"][0]["status"] = "Complete"
    it = channel_order(given, statuses={"Complete": 550})
    assert [item.status for item in it.items] == [OrderStatus.DELIVERED, OrderStatus.APPROVED]


def _unknown_status(given: dict[str, Any]) -> None:
    given["lines"][1]["status"] = "On hold"


def _no_address(given: dict[str, Any]) -> None:
    given["shipping_address"] = given["billing_address"] = None


@pytest.mark.parametrize(
    ("spoil", "cause", "subject"),
    [
        (_unknown_status, ParkCause.UNKNOWN_STATUS, "On hold"),
        (_no_address, ParkCause.UNREADABLE, "shipping_address"),
    ],
)
def test_what_cannot_be_understood_is_parked(
    spoil: Callable[[dict[str, Any]], None], cause: ParkCause, subject: str
) -> None:
    given = recorded_orders()[NEW]
    spoil(given)
    with pytest.raises(OrderParkedException) as parked:
        channel_order(given, statuses={})
    assert (parked.value.cause, parked.value.subject) == (cause, subject)
