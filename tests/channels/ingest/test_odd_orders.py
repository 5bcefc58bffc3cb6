"""Whatever a channel puts where something else belongs: that order is parked, or fails, alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omnitron.channels.integrations.dto import Intake, RawOrder
from omnitron.channels.integrations.ingest import take_in_page
from omnitron.channels.integrations.sandbox.orders import channel_order
from omnitron.channels.models import ParkedOrder, PulledOrder
from tests.channels.ingest.payloads import (
    CONTEXT,
    LATER,
    NOON,
    House,
    a_line,
    an_address,
    an_order,
    raw,
    to_order,
)
from tests.channels.sandbox.test_sandbox_orders import RAW
from tests.factories.orders import CargoCompanyFactory
from tests.factories.payments import PaymentOptionFactory


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({"amount": "Infinity"}, "amount"),
        ({"amount": "sNaN"}, "amount"),
        ({"shipping": "1E+999999999"}, "shipping_amount"),
        ({"shipping": "1E-999999999"}, "shipping_amount"),
        ({"discounts": [["Spring", "NaN"]]}, "discounts.amount"),
        ({"lines": [a_line(price="Infinity")]}, "items.price"),
        ({"lines": [a_line(sku=None)]}, "items.sku"),
        ({"lines": [a_line(sku="a\ud800")]}, "items.sku"),
        ({"lines": [a_line(quantity="two")]}, "items.quantity"),
        ({"lines": [a_line(quantity=10**12)]}, "items.quantity"),
        ({"lines": [a_line(), a_line(7)]}, "items.remote_id"),
        ({"address": an_address(city="a\x00")}, "shipping_address.city.name"),
        ({"address": an_address(city="İstanbul", district="\ud800")}, "shipping_address.district.name"),
        ({"address": an_address(country=5)}, "shipping_address.country.code"),
        ({"email": None}, "customer.email"),
        ({"tracking": 5}, "tracking_number"),
        ({"notes": {"a": 1}}, "notes"),
        ({"carrier": ["aras"]}, "cargo_company"),
        ({"payment_option": {"a": 1}}, "payment_option"),
        ({"currency": ["try"]}, "currency"),
        ({"extra": [1]}, "extra_field"),
        ({"extra": {"a": [float("inf")]}}, "extra_field"),
        ({"extra": {"a\x00": 1}}, "extra_field"),
    ],
)
def test_what_is_not_of_its_type_is_parked_by_the_name_of_its_field(
    changes: dict[str, Any], subject: str, house: House
) -> None:
    assert house.take_in(an_order("N-1"), an_order("N-2") | changes) == Intake(seen=2, created=1, parked=1)

    parked = ParkedOrder.objects.get()
    assert (parked.pulled_order.number, parked.cause, parked.subject) == ("N-2", "unreadable", subject)
    assert parked.detail.startswith(f"{subject} ")


def test_why_it_cannot_be_read_says_nothing_of_anybody(house: House) -> None:
    def read(payload: Any) -> Any:
        raise ValueError("Ayşe Yılmaz is no date")

    assert house.take_in(an_order(), to_order=read) == Intake(seen=1, parked=1)

    parked = ParkedOrder.objects.get()
    assert (parked.subject, parked.detail) == ("ValueError", "The payload cannot be read: ValueError.")


def test_a_change_that_is_not_of_its_type_is_parked_too(house: House) -> None:
    house.take_in(an_order("N-1"), an_order("N-2"))
    bad, good = ({"modified": LATER.isoformat(), "notes": notes} for notes in (5, "new"))

    assert house.take_in(an_order("N-1") | bad, an_order("N-2") | good) == Intake(seen=2, updated=1, parked=1)
    assert (ParkedOrder.objects.get().subject, house.order("N-2").notes) == ("notes", "new")


@pytest.mark.parametrize(
    "names",
    [
        {"number": "x" * 129},
        {"number": "a\x00"},
        {"number": "a\ud800"},
        {"number": 5},
        {"number": None},
        {"remote_id": "x" * 256},
        {"remote_id": ""},
        {"remote_id": "a\ud800"},
        {"remote_id": ["x"]},
        {"modified_date": NOON.replace(tzinfo=None)},
        {"modified_date": datetime.fromisoformat("0001-01-01T00:00:00+03:00")},
    ],
)
def test_what_cannot_be_named_fails_alone_and_is_logged(
    names: dict[str, Any], house: House, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = an_order("N-1"), an_order("N-2")
    named = {"remote_id": "R-N-2", "number": "N-2", "modified_date": NOON, "payload": bad} | names

    with caplog.at_level(logging.ERROR, logger="omnitron.channels.integrations.ingest"):
        intake = take_in_page(
            house.channel,
            [RawOrder(**named), raw(good)],
            to_order=to_order,
            audit_context=CONTEXT,
            now=LATER,
        )

    assert intake == Intake(seen=2, created=1, failed=1)
    assert list(PulledOrder.objects.values_list("number", flat=True)) == ["N-1"]
    assert [record.getMessage() for record in caplog.records] == [
        f"Channel {house.channel.pk} shows 1 orders without a usable id, number or stamp."
    ]


ODD = [
    *(None, True, -1, 5, 10**30, 0.5, float("inf"), float("nan"), [], {}, ["x"], [None], {"a": 1}),
    *("", "x", "Infinity", "sNaN", "1E+999999999", "-0.001", "9" * 30, "a\ud800", "a\x00", "2026-01-01"),
]


def places_of(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way down to everything in it."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, member in members:
        yield (*above, name)
        yield from places_of(member, (*above, name))


def sandbox_order(number: int) -> dict[str, Any]:
    order = deepcopy(RAW) | {"id": number, "number": f"SB7-{number}"}
    order["payment"] |= {"type": "marketplace"}
    order["totals"] |= {"total": "1444.22"}
    for line, sku in zip(order["lines"], ("KETTLE", "CUP"), strict=True):
        line |= {"id": f"{number}-{sku}", "sku": sku, "status": "Shipped"}
    for address in ("shipment_address", "invoice_address"):
        order[address] = order[address] | {"neighbourhood": "Moda"}
    return order


def raw_sandbox_order(order: dict[str, Any]) -> RawOrder:
    return RawOrder(str(order["id"]), order["number"], NOON, order)


@pytest.fixture
def take_in_sandbox_orders(house: House) -> Callable[..., Intake]:
    """Takes a page of the sandbox's orders in, and back."""
    CargoCompanyFactory(shipping_company="aras")
    PaymentOptionFactory(slug="channel")
    return lambda *page: take_in_page(
        house.channel,
        [raw_sandbox_order(order) for order in page],
        to_order=lambda payload: channel_order(payload, pos=None),
        audit_context=CONTEXT,
        now=LATER,
        is_dry_run=True,
    )


def odd_sandbox_order(number: int, place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    order = sandbox_order(number)
    inner = order
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    return order


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(st.tuples(st.sampled_from(list(places_of(RAW))), st.sampled_from(ODD)), min_size=4, max_size=8)
)
def test_whatever_stands_anywhere_in_an_order_the_others_are_taken_in(
    take_in_sandbox_orders: Callable[..., Intake], oddities: list[tuple[tuple[Any, ...], Any]]
) -> None:
    odd = [odd_sandbox_order(number, *oddity) for number, oddity in enumerate(oddities, start=10)]

    intake = take_in_sandbox_orders(sandbox_order(1), *odd, sandbox_order(2))

    assert intake.seen == intake.created + intake.parked + intake.failed
    assert intake.created >= 2


def test_control_the_sandboxs_order_is_taken_in_as_it_is(
    take_in_sandbox_orders: Callable[..., Intake],
) -> None:
    assert take_in_sandbox_orders(sandbox_order(1), sandbox_order(2)) == Intake(seen=2, created=2)
