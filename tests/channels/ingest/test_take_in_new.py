"""Orders a channel shows for the first time: taken in whole, or parked alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from omnitron.channels.integrations.dto import Intake
from omnitron.channels.models import IntegrationAction, ParkedOrder, PulledOrder
from omnitron.core.models import AuditLog
from omnitron.orders.models import Order, OrderItem
from omnitron.payments.models import Transaction
from tests.channels.ingest.payloads import LATER, NOON, House, a_line, an_address, an_order
from tests.factories.channels import DataSourceFactory, IntegrationActionFactory, IntegrationMappingFactory
from tests.factories.customers import CityFactory, TownshipFactory
from tests.factories.orders import CargoCompanyFactory
from tests.factories.payments import PaymentOptionFactory, PosFactory


def rows() -> list[int]:
    return [
        model.objects.count()
        for model in (Order, OrderItem, PulledOrder, ParkedOrder, AuditLog, IntegrationAction)
    ]


def parked() -> list[tuple[str, str, str]]:
    found = ParkedOrder.objects.order_by("pulled_order__number")
    return list(found.values_list("pulled_order__number", "cause", "subject"))


def test_an_order_is_taken_in_with_all_it_refers_to(house: House) -> None:
    CargoCompanyFactory(shipping_company="aras")
    option = PaymentOptionFactory(slug="card")
    pos = PosFactory(slug="main", channel=house.channel)
    vendor = DataSourceFactory()
    house.cup.data_source = vendor
    house.cup.save()
    payload = an_order(
        lines=[
            a_line("L1", quantity=3, tracking="T-1", carrier="aras"),
            a_line("L2", sku="CUP", price="50.00"),
        ],
        payments=[
            {"by": "card", "amount": "160.00", "status": "confirmed", "reference": "P-1", "pos": "main"}
        ],
        payment_option="card",
        carrier="aras",
        notes="Ring twice",
    )

    assert house.take_in(payload) == Intake(seen=1, created=1)

    order = house.order()
    first, second = order.orderitem_set.order_by("pk")
    address = order.shipping_address
    assert (order.amount, order.shipping_amount, order.total_difference, order.status) == (
        Decimal("160.00"),
        Decimal("10.00"),
        Decimal("0.00"),
        400,
    )
    assert (order.payment_option, order.cargo_company.shipping_company, order.notes) == (
        option,
        "aras",
        "Ring twice",
    )
    assert (first.product, first.attributes, first.tracking_number, first.shipping_company) == (
        house.kettle,
        {"quantity": 3},
        "T-1",
        "aras",
    )
    assert (second.product, second.datasource, second.attributes) == (house.cup, vendor, {})
    assert {first.price_list, first.stock_list} == {
        house.channel.catalog.price_list,
        house.channel.catalog.stock_list,
    }
    assert {name: getattr(address, name) for name in house.places} == house.places
    assert (Transaction.objects.get().pos, Transaction.objects.get().reference) == (pos, "P-1")
    pulled = PulledOrder.objects.get()
    assert (pulled.order, pulled.remote_modified_date, pulled.first_seen_date, pulled.late_by) == (
        order,
        NOON,
        LATER,
        None,
    )


def test_discounts_of_the_order_are_in_the_sum_and_spread(house: House) -> None:
    payload = an_order(amount="130.00", discounts=[["Spring", "30.00"]])

    assert house.take_in(payload).created == 1

    order = house.order()
    shares = list(order.orderitem_set.order_by("pk").values_list("discount_amount", flat=True))
    assert (shares, order.total_difference, order.discount_amount) == (
        [Decimal("20.00"), Decimal("10.00")],
        Decimal("0.00"),
        Decimal("30.00"),
    )


def test_an_order_that_was_over_before_it_was_first_shown_adds_up_too(house: House) -> None:
    gone = [a_line("L1", status=100), a_line("L2", sku="CUP", price="50.00", status=600)]

    assert house.take_in(an_order(amount="130.00", discounts=[["Spring", "30.00"]], lines=gone)).created == 1

    order = house.order()
    assert (order.status, order.total_difference, order.discount_amount) == (
        600,
        Decimal("0.00"),
        Decimal("30.00"),
    )
    assert set(order.orderitem_set.values_list("reserved_units", flat=True)) == {0}


@pytest.mark.parametrize(
    ("case", "changes", "cause", "subject"),
    [
        ("no such product", {"lines": [a_line(sku="POT")], "amount": "110.00"}, "unknown_product", "POT"),
        (
            "no such place",
            {"address": {"country": "tr", "city": "Izmir", "line": "1"}},
            "unknown_place",
            "city: tr / Izmir",
        ),
        (
            "no such country",
            {"address": an_address(country="TR")},
            "unknown_place",
            "country: TR",
        ),
        ("no such option", {"payment_option": "barter"}, "unknown_payment_option", "barter"),
        ("no such carrier", {"carrier": "pigeon"}, "unknown_carrier", "pigeon"),
        ("totals", {"amount": "160.01"}, "broken_total", "+0.01"),
        ("currency nobody knows", {"currency": "xyz"}, "wrong_currency", "xyz"),
        ("a line's own", {"lines": [a_line(currency="eur")], "amount": "110.00"}, "wrong_currency", "eur"),
        ("no order at all", {"lines": [{}]}, "unreadable", "KeyError"),
        ("a number that is none", {"amount": "a lot"}, "unreadable", "InvalidOperation"),
        (
            "waiting to be cancelled",
            {"lines": [a_line(status=50)], "amount": "110.00"},
            "refused",
            "order_200_2",
        ),
        ("too long", {"notes": "x" * 321}, "refused", "InvalidInput"),
        ("text with a NUL", {"notes": "a\x00b"}, "unreadable", "notes"),
        (
            "more than fits",
            {"amount": "99999999999.00", "shipping": "99999999849.00"},
            "unreadable",
            "amount",
        ),
        (
            "fractions of a cent",
            {
                "lines": [a_line("L1", price="10.005"), a_line("L2", sku="CUP", price="10.005")],
                "amount": "30.01",
            },
            "unreadable",
            "items.price",
        ),
        (
            "two lines of one id",
            {"lines": [a_line(), a_line()], "amount": "210.00"},
            "unreadable",
            "items.remote_id",
        ),
    ],
)
def test_an_order_that_cannot_be_taken_in_is_parked_and_takes_no_other_with_it(
    case: str, changes: dict[str, Any], cause: str, subject: str, house: House
) -> None:
    page = [an_order(f"N-{number}") for number in range(1, 6)]
    page[2] |= changes

    assert house.take_in(*page) == Intake(seen=5, created=4, parked=1), parked()

    assert parked() == [("N-3", cause, subject)]
    assert sorted(Order.objects.values_list("number", flat=True)) == ["N-1", "N-2", "N-4", "N-5"]
    pulled = PulledOrder.objects.get(number="N-3")
    assert (pulled.order, pulled.parkedorder.attempts, pulled.parkedorder.payload["number"]) == (
        None,
        1,
        "N-3",
    )


def test_a_parked_order_is_not_looked_into_again_until_it_changes(house: House) -> None:
    bad = an_order(lines=[a_line(sku="POT")], amount="110.00")
    house.take_in(bad)
    before = rows()

    assert house.take_in(bad, to_order=None) == Intake(seen=1, unchanged=1)
    assert rows() == before

    still_bad = {**bad, "modified": LATER.isoformat(), "lines": [a_line(sku="PAN")]}
    assert house.take_in(still_bad) == Intake(seen=1, parked=1)
    row = ParkedOrder.objects.get()
    assert (row.subject, row.attempts, row.status) == ("PAN", 2, "parked")

    assert house.take_in(an_order(modified=(LATER + timedelta(hours=1)).isoformat())) == Intake(
        seen=1, created=1
    )
    row.refresh_from_db()
    assert (row.status, row.pulled_order.order) == ("taken_in", house.order())


def test_a_product_is_known_by_its_remote_id_before_its_sku(house: House) -> None:
    IntegrationActionFactory(channel=house.channel, about=house.cup, remote_id="P-7")
    # Another channel's id of the same spelling says nothing here.
    IntegrationActionFactory(about=house.kettle, remote_id="P-7")

    house.take_in(an_order(lines=[a_line(product="P-7"), a_line("L2", product="P-8", price="50.00")]))

    assert list(OrderItem.objects.order_by("pk").values_list("product", flat=True)) == [
        house.cup.pk,
        house.kettle.pk,
    ]


def test_a_place_is_known_by_the_channels_code_before_its_name(house: House) -> None:
    other = TownshipFactory(city=house.places["city"], name="Üsküdar")
    for channel, place in ((house.channel.pk, other), (house.channel.pk + 1, house.places["township"])):
        IntegrationMappingFactory(about=place, integration_type="sales_channel", code=f"{channel}_77")
    address = an_address(township=["77", "Kadıköy"])

    assert house.take_in(an_order(address=address)).created == 1

    assert house.order().shipping_address.township == other


def test_a_mapping_to_a_place_that_lies_elsewhere_is_not_believed(house: House) -> None:
    elsewhere = TownshipFactory(
        city=CityFactory(country=house.places["country"], name="Ankara"), name="Çankaya"
    )
    code = f"{house.channel.pk}_77"
    IntegrationMappingFactory(about=elsewhere, integration_type="sales_channel", code=code)

    house.take_in(an_order(address=an_address(township=["77"])))

    assert parked() == [("N-1", "unknown_place", "township: tr / İstanbul / 77")]


@pytest.mark.parametrize(
    ("city", "township"),
    [
        ("İSTANBUL", "KADIKÖY"),
        ("ISTANBUL", "kadiköy"),
        ("istanbul", "Kadıköy "),
        ("i\u0307stanbul", "Kadiko\u0308y"),
        ("  İstanbul", "KADİKÖY"),
    ],
)
def test_a_places_name_is_read_in_any_case_and_with_either_i(city: str, township: str, house: House) -> None:
    house.take_in(an_order(address=an_address(city=city, township=township)))

    address = house.order().shipping_address
    assert (address.city, address.township) == (house.places["city"], house.places["township"])


def test_of_names_that_differ_only_so_the_exact_one_is_meant(house: House) -> None:
    twin = TownshipFactory(city=house.places["city"], name="KADIKÖY")
    exact = an_order("N-1", address=an_address(township="KADIKÖY"))
    vague = an_order("N-2", address=an_address(township="kadıköy"))

    assert house.take_in(exact, vague) == Intake(seen=2, created=1, parked=1)

    assert house.order().shipping_address.township == twin
    assert parked() == [("N-2", "unknown_place", "township: tr / İstanbul / kadıköy")]


def test_a_carrier_is_known_by_mapping_and_never_guessed_among_several(house: House) -> None:
    first, second = CargoCompanyFactory.create_batch(2, shipping_company="ups")
    IntegrationMappingFactory(
        about=second, integration_type="sales_channel", code=f"{house.channel.pk}_UPS-B"
    )

    house.take_in(an_order("N-1", carrier="UPS-B"), an_order("N-2", carrier="ups"))

    assert house.order().cargo_company == second
    assert parked() == [("N-2", "unknown_carrier", "ups")]


def test_the_latest_version_of_a_page_counts(house: House) -> None:
    old, new = an_order(notes="old"), an_order(notes="new", modified=LATER.isoformat())

    assert house.take_in(new, old) == Intake(seen=1, created=1)

    assert (house.order().notes, PulledOrder.objects.get().remote_modified_date) == ("new", LATER)


def test_two_orders_of_one_number_are_not_mixed_up(house: House) -> None:
    assert house.take_in(an_order(), an_order(id="R-other")) == Intake(seen=2, created=1, parked=1)
    assert house.take_in(an_order(id="R-third")) == Intake(seen=1, parked=1)

    assert Order.objects.count() == 1
    assert {cause for _, cause, _ in parked()} == {"refused"}
    assert {subject for _, _, subject in parked()} == {"order_100_1"}


def test_how_late_an_order_is_shown_is_known_when_it_is_first_seen(house: House) -> None:
    until = NOON + timedelta(minutes=1)
    early, late = an_order("N-1", modified=until.isoformat()), an_order("N-2")

    house.take_in(early, late, pulled_until=until)
    house.take_in(
        {**late, "notes": "x", "modified": LATER.isoformat()}, pulled_until=LATER + timedelta(days=1)
    )

    found = dict(PulledOrder.objects.values_list("number", "late_by"))
    assert found == {"N-1": None, "N-2": timedelta(hours=1)}


def test_how_late_a_change_is_shown_is_known_too_and_the_most_stays(house: House) -> None:
    late = timedelta(hours=3)
    house.take_in(an_order("N-1"), an_order("N-2"), pulled_until=NOON)

    def seen(stamp: datetime, *, until: datetime, **changes: Any) -> list[timedelta | None]:
        page = [an_order("N-1", modified=stamp.isoformat(), **changes)]
        house.take_in(*page, now=stamp + late, pulled_until=until)
        return list(PulledOrder.objects.order_by("number").values_list("late_by", flat=True))

    minute = timedelta(minutes=1)
    assert seen(NOON + minute, until=NOON + minute, notes="in time") == [None, None]
    assert seen(NOON + 2 * minute, until=LATER, notes="late") == [late, None]
    late = timedelta(hours=2)
    assert seen(NOON + 3 * minute, until=LATER, notes="not as late") == [timedelta(hours=3), None]
    late = timedelta(hours=4)
    # Nothing but the stamp has moved.
    assert seen(NOON + 4 * minute, until=LATER, notes="not as late") == [late, None]
    # What is known already is no later for being shown again.
    late = timedelta(hours=9)
    assert seen(NOON + 4 * minute, until=LATER, notes="not as late") == [timedelta(hours=4), None]


def test_what_changed_before_anything_was_pulled_does_not_come_late(house: House) -> None:
    before, since = (NOON - timedelta(seconds=1)).isoformat(), NOON.isoformat()

    house.take_in(
        an_order("N-1", modified=before),
        an_order("N-2", modified=since),
        pulled_from=NOON,
        pulled_until=LATER,
    )

    found = dict(PulledOrder.objects.values_list("number", "late_by"))
    assert found == {"N-1": None, "N-2": timedelta(hours=1)}


def test_a_payload_postgresql_cannot_hold_is_parked_all_the_same(house: House) -> None:
    bad = an_order(amount="1.00", notes="a\x00b\ud800", weight=float("nan"))

    assert house.take_in(bad) == Intake(seen=1, parked=1)

    payload = ParkedOrder.objects.get().payload
    assert (payload["notes"], payload["weight"]) == ("a\ufffdb?", "nan")
    assert house.take_in(bad) == Intake(seen=1, unchanged=1)


def test_a_dry_run_tells_what_would_be_and_leaves_nothing(house: House) -> None:
    house.take_in(an_order("N-1"))
    before = rows()
    changed = an_order("N-1", modified=LATER.isoformat(), notes="new")

    page = [changed, an_order("N-2"), an_order("N-3", amount="1.00")]
    assert house.take_in(*page, is_dry_run=True) == Intake(seen=3, created=1, updated=1, parked=1)

    assert rows() == before
    assert house.order().notes is None


def statements(house: House, page: list[dict[str, Any]], **how: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        house.take_in(*page, **how)
    return len(captured)


def test_a_page_costs_the_same_number_of_statements_for_1_and_for_100(house: House) -> None:
    house.take_in(an_order("warm"))
    one, many = [an_order("N-0")], [an_order(f"N-{number}") for number in range(1, 101)]

    assert statements(house, one) == statements(house, many)
    assert Order.objects.count() == 102
    assert statements(house, one) == statements(house, many) == 4
    # Nothing but the stamp has moved.
    later = [{**payload, "modified": LATER.isoformat()} for payload in many]
    assert statements(house, later[:1]) == statements(house, later[1:])
    assert PulledOrder.objects.filter(remote_modified_date=LATER, previous_modified_date=NOON).count() == 100


def test_orders_that_are_parked_cost_no_more(house: House) -> None:
    page = [an_order(f"N-{number}", amount="1.00") for number in range(101)]
    house.take_in(an_order("warm"))

    assert statements(house, page[:1]) == statements(house, page[1:])
