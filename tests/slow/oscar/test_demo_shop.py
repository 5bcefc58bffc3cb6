"""The demo shop itself: it sells, its rules hold, and it answers as it did when it was recorded."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from omnitron.local.demo_shop import DemoShop, DemoShopError
from tests.channels.oscar.recorded import recorded
from tests.slow.oscar.record import buy_everything_there_is_to_know
from tests.slow.oscar.shopper import Shopper, ShopStaff

pytestmark = pytest.mark.slow


def shape_of(value: Any) -> Any:
    """Names and kinds of values; of a list, the shapes that occur."""
    if isinstance(value, dict):
        return {name: shape_of(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return sorted({repr(shape_of(inner)) for inner in value})
    return type(value).__name__


def test_the_shop_still_answers_as_recorded(demo_shop: DemoShop) -> None:
    """Else `python -m tests.slow.oscar.record`, and look at what the difference means."""
    staff = buy_everything_there_is_to_know(demo_shop)
    newest = staff.page(page_size=200)["results"][-4:]
    known = [*recorded("orders_first_page")["results"], *recorded("orders_last_page")["results"]]
    assert [shape_of(order) for order in newest] == [shape_of(order) for order in known]
    varying = {"id", "number", "date_placed", "date_changed", "lines", "shipping_events"}
    for ours, theirs in zip(newest, known, strict=True):
        addresses = {"shipping_address", "billing_address"}
        same = ours.keys() - varying - addresses
        assert {name: ours[name] for name in same} == {name: theirs[name] for name in same}


def test_the_catalogue_shows_prices_with_tax(demo_shop: DemoShop) -> None:
    page = requests.get(f"{demo_shop.address}/catalogue/").text
    assert "Merinos Kazak, lacivert, M" in page
    assert "₺1.249,90" in page


def test_an_order_that_changes_while_somebody_reads_pushes_no_other_one_out_of_sight(
    demo_shop: DemoShop, staff: ShopStaff
) -> None:
    numbers = [_bought(demo_shop) for _ in range(3)]
    placed = staff.order(numbers[0])["date_placed"]
    first = staff.page(date_placed_after=placed, page_size=1)
    assert [order["number"] for order in first["results"]] == numbers[:1]

    staff.change(numbers[0], status="Being processed").raise_for_status()

    second = staff.session.get(first["next"]).json()
    third = staff.session.get(second["next"]).json()
    shown = [order["number"] for page in (second, third) for order in page["results"]]
    assert shown == numbers[1:]


@pytest.mark.parametrize("status", ["Delivered", "Returned"])
def test_what_the_rules_of_the_shop_forbid_changes_nothing(
    demo_shop: DemoShop, staff: ShopStaff, status: str
) -> None:
    number = _bought(demo_shop)
    before = staff.order(number)
    assert staff.change(number, status=status, note="Lost").status_code == 409
    assert staff.order(number) == before


def test_a_change_asked_for_twice_is_made_once(demo_shop: DemoShop, staff: ShopStaff) -> None:
    number = _bought(demo_shop, quantity=3)
    [line] = staff.order(number)["lines"]
    change = {"status": "Shipped", "lines": [{"id": line["id"], "quantity": 2}], "tracking_number": "T-1"}
    once = staff.change(number, **change).json()
    assert staff.change(number, **change).json() == once
    assert [event["lines"][0]["quantity"] for event in once["shipping_events"]] == [2]
    assert once["lines"][0]["units"]["Shipped"] == 2


def test_a_tracking_number_that_comes_first_waits_for_the_shipment(
    demo_shop: DemoShop, staff: ShopStaff
) -> None:
    number = _bought(demo_shop)
    announced = staff.change(number, tracking_number="T-9").json()
    assert (announced["status"], announced["shipping_events"]) == ("Pending", [])
    shipped = staff.change(number, status="Shipped").json()
    assert [event["notes"] for event in shipped["shipping_events"]] == ["T-9"]


def test_only_staff_see_and_change_orders(demo_shop: DemoShop, staff: ShopStaff) -> None:
    customer = Shopper(demo_shop.address)
    customer.log_in(demo_shop.password)
    asked = customer.session.get(staff.api + "orders/")
    assert asked.status_code == 403
    assert requests.get(staff.api + "orders/").status_code == 401
    number = _bought(demo_shop)
    wish = customer.session.post(f"{staff.api}orders/{number}/changes/", json={"status": "Shipped"})
    assert wish.status_code == 403
    assert staff.order(number)["status"] == "Pending"


def test_a_port_that_is_taken_is_said_so(demo_shop: DemoShop) -> None:
    other = DemoShop(state=demo_shop.state, port=demo_shop.port, password=demo_shop.password)
    with pytest.raises(DemoShopError, match="DEMO_SHOP_PORT"), other.running():
        pass


def _bought(shop: DemoShop, *, quantity: int = 1) -> str:
    guest = Shopper(shop.address)
    guest.add("CRP-1006-STD", quantity=quantity)
    return guest.check_out(shipping="standart-kargo")["number"]
