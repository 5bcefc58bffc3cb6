"""What the marketplace sells: the same from the same seed, amounts that add up, defects that are named."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from omnitron.channels.integrations.sandbox.marketplace import goods
from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.integrations.sandbox.marketplace.goods import Product
from omnitron.channels.integrations.sandbox.marketplace.stamps import moment_of, read
from tests.channels.sandbox.visits import DAY, NOW, Visit

FIXTURES = Path(__file__).parents[3] / "fixtures"


def total_of(order: dict[str, Any]) -> Decimal:
    """What the order costs, from its parts."""
    lines = sum(
        Decimal(line["price"]) * line["quantity"] - Decimal(line["discount"]) for line in order["lines"]
    )
    discounts = sum(Decimal(row["amount"]) for row in order["discounts"])
    totals = order["totals"]
    return lines - discounts + Decimal(totals["shipping"]) + Decimal(totals["instalment_interest"])


def test_the_same_seed_and_requests_make_the_same_run() -> None:
    def run(seed: int) -> list[Any]:
        visit = Visit(seed, orders=120, faults=FaultPlan.seeded(seed))
        answers = [visit.ask("POST", "/token", {"api_key": "sandbox", "api_secret": "sandbox-secret"})]
        visit.token = json.loads(answers[0].body)["access_token"]
        for _ in range(30):
            visit.clock.advance(timedelta(minutes=1))
            answers.append(
                visit.ask(
                    "GET",
                    "/orders",
                    modified_from=(NOW - 10 * DAY).isoformat(),
                    modified_to=NOW.isoformat(),
                    size=50,
                )
            )
        return [*answers, visit.truth.orders, visit.truth.late, visit.truth.injected]

    assert run(3) == run(3)
    assert run(3)[-3] != run(4)[-3]


def test_a_marketplace_opened_again_later_has_the_same_orders_and_new_ones() -> None:
    interval = timedelta(hours=4)
    early = Visit(orders=60, span=60 * interval, starts=NOW - 60 * interval)
    late = Visit(orders=60, span=60 * interval, starts=NOW - 54 * interval, first_index=6)

    first, second = early.truth.orders, late.truth.orders

    assert len(first.keys() & second.keys()) == 54
    assert all(second[order_id] == first[order_id] for order_id in first.keys() & second.keys())


def test_amounts_add_up() -> None:
    visit = Visit(orders=300)

    orders = visit.truth.orders.values()

    assert len(orders) == 300
    for order in orders:
        assert Decimal(order["totals"]["total"]) == total_of(order)
    assert Counter(len(order["lines"]) for order in orders).keys() == {1, 2, 3, 4}
    assert {line["quantity"] for order in orders for line in order["lines"]} == {1, 2, 3}
    assert {order["payment"]["type"] for order in orders} == {"card", "marketplace", "pay_on_delivery"}
    assert any(Decimal(order["totals"]["instalment_interest"]) for order in orders)
    assert any(order["discounts"] for order in orders)


def test_orders_go_their_way_in_time() -> None:
    visit = Visit(orders=40, starts=NOW, span=10 * DAY)
    assert visit.ids() == []

    seen = {}
    for _ in range(20):
        visit.clock.advance(DAY)
        for row in visit.window(size=200)["content"]:
            seen.setdefault(row["id"], []).append(row["status"])

    assert len(seen) == 40
    assert {statuses[-1] for statuses in seen.values()} == {"Delivered"}
    assert {status for statuses in seen.values() for status in statuses} == {
        "Created",
        "Picking",
        "Shipped",
        "Delivered",
    }
    assert visit.clock.now() > visit.truth.settled_at


def test_a_day_s_parcels_bear_one_stamp() -> None:
    visit = Visit(orders=100)
    visit.clock.advance(timedelta(hours=3, minutes=1))  # after the collection at 15:00

    stamps = Counter(row["modified"] for row in visit.window(days=2)["content"] if row["status"] == "Shipped")

    assert stamps["2026-11-20T15:00:00.000Z"] > 5


@pytest.mark.parametrize("kind", ["wrong_currency", "unknown_product", "unknown_district", "broken_total"])
def test_a_defect_is_in_the_payload_and_in_the_truth(kind: str) -> None:
    visit = Visit(orders=20, faults=FaultPlan(**{kind: 1}))

    orders = visit.truth.orders.values()

    assert {order["id"] for order in orders if defects_of(order) == {kind}} == visit.truth.orders.keys()
    assert visit.truth.unusable == {order["id"]: {kind} for order in orders}
    assert visit.truth.injected[kind] == 20


def test_a_repaired_order_is_right_in_the_end() -> None:
    visit = Visit(orders=20, faults=FaultPlan(broken_total=1, repaired=1), starts=NOW, span=DAY)

    visit.clock.advance(6 * timedelta(hours=1))
    assert [defects_of(order) for order in visit.truth.orders_now.values()] == [{"broken_total"}] * 5
    assert visit.truth.unusable == {}
    assert [defects_of(order) for order in visit.truth.orders.values()] == [set()] * 20


def test_an_illegal_move_goes_back_after_delivery() -> None:
    visit = Visit(orders=10, faults=FaultPlan(illegal_move=1))

    assert {order["status"] for order in visit.truth.orders.values()} == {"Picking"}
    assert visit.truth.unusable == {order_id: {"illegal_move"} for order_id in visit.truth.orders}


def test_orders_are_changed_cancelled_and_returned() -> None:
    faults = FaultPlan(changed=0.5, cancelled=0.2, line_cancelled=0.3, returned=0.3, undelivered=0.2)
    visit = Visit(orders=200, faults=faults)

    orders = list(visit.truth.orders.values())
    injected = visit.truth.injected

    statuses = Counter(order["status"] for order in orders)
    assert statuses["Cancelled"] == injected["cancelled"] > 20
    assert statuses["Returned"] == injected["returned"] > 20
    partly = [
        order
        for order in orders
        if {line["status"] for line in order["lines"]} - {order["status"]} == {"Cancelled"}
    ]
    assert len(partly) == injected["line_cancelled"] > 20
    corrected = [
        order for order in orders if "Düzeltme" in order["instructions"] + order["shipment_address"]["line"]
    ]
    assert len(corrected) == injected["changed"] > 50
    assert all(read(order["placed"]) < read(order["modified"]) for order in orders)


def test_a_late_version_shows_up_to_48_hours_after_its_stamp_and_is_not_counted_before() -> None:
    visit = Visit(orders=40, faults=FaultPlan(late=1), starts=NOW, span=DAY)
    late = visit.truth.late
    assert len(late) == 40

    after = {}
    for _ in range(10 * 24):
        visit.clock.advance(timedelta(hours=1))
        page = visit.window()
        assert page["totalElements"] == len(page["content"])
        for row in page["content"]:
            after.setdefault((row["id"], row["modified"]), visit.clock.now())

    delays = {key: seen - moment_of(read(key[1])) for key, seen in after.items()}
    assert timedelta(hours=24) < max(delays.values()) <= timedelta(hours=49)
    belated = {order_id for (order_id, _), delay in delays.items() if delay > timedelta(hours=1)}
    assert belated <= late.keys()
    assert len(belated) > 35
    assert all(
        any(
            seen >= late[id_] > seen - timedelta(hours=1)
            for (order, _), seen in after.items()
            if order == id_
        )
        for id_ in belated
    )


def test_a_hidden_order_is_counted_and_never_shown() -> None:
    visit = Visit(orders=100, faults=FaultPlan(hidden=0.1))
    hidden = visit.truth.hidden_for_ever
    assert len(hidden) == visit.truth.injected["hidden"] > 3

    visit.clock.advance(3 * DAY)
    page = visit.window()

    assert page["totalElements"] == 100
    assert {row["id"] for row in page["content"]} == visit.truth.orders.keys() - hidden.keys()
    first = visit.window(size=50)
    assert len(first["content"]) < 50
    assert first["totalPages"] == 2


def test_other_goods_may_be_sold() -> None:
    product = Product("ODD-1", "4006381333931", Decimal("9.99"), Decimal("8.00"))

    visit = Visit(orders=5, products=[product], places=goods.PLACES[:1])

    orders = visit.truth.orders.values()
    assert {line["sku"] for order in orders for line in order["lines"]} == {"ODD-1"}
    assert {order["shipment_address"]["neighbourhood"] for order in orders} == {"Bostancı"}


def test_goods_and_places_are_those_of_the_demo_data() -> None:
    catalog = json.loads((FIXTURES / "catalog.json").read_text())
    products = {row["pk"]: row["fields"] for row in catalog if row["model"] == "catalogs.product"}
    sold = {
        (products[row["fields"]["product"]]["sku"], row["fields"]["price"], row["fields"]["tax_rate"])
        for row in catalog
        if row["model"] == "catalogs.productprice" and row["fields"]["price_list"] == 1
    }
    places = json.loads((FIXTURES / "places.json").read_text())
    names = {(row["model"].split(".")[1], row["pk"]): row["fields"]["name"] for row in places}
    districts = {
        (names["city", fields["city"]], names["township", fields["township"]], fields["name"])
        for row in places
        if row["model"] == "customers.district" and (fields := row["fields"])
    }

    assert {(p.sku, str(p.price), str(p.vat_rate)) for p in goods.CATALOGUE} <= sold
    assert {(place.city, place.district, place.neighbourhood) for place in goods.PLACES} <= districts


def defects_of(order: dict[str, Any]) -> set[str]:
    """What is wrong with an order, as one who knows the catalogue sees it."""
    defects = {
        "wrong_currency": any(line["currency"] != order["currency"] for line in order["lines"]),
        "unknown_product": not {line["sku"] for line in order["lines"]} <= {p.sku for p in goods.CATALOGUE},
        "unknown_district": order["shipment_address"]["neighbourhood"]
        not in {place.neighbourhood for place in goods.PLACES},
        "broken_total": Decimal(order["totals"]["total"]) != total_of(order),
    }
    return {kind for kind, is_so in defects.items() if is_so}
