"""An order is split into packages; items and order follow them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.response import Response
from rest_framework.test import APIClient

from omnitron.core.models import AuditLog
from omnitron.orders.enums import PackageStatus as P
from omnitron.orders.models import Order, OrderItem, Package, PackageItem
from omnitron.orders.package_states import PACKAGE_STATUS
from tests.factories.orders import (
    ApprovedOrderFactory,
    CargoCompanyFactory,
    OrderItemFactory,
    PackageFactory,
    PackageItemFactory,
)

URL = "/api/v1/packages/"

# From (row) to (column), every pair: x is an edge.
MATRIX = """
       100 200 400 500 600 700 800 900 920 1100
 100     .   x   x   x   x   x   x   x   x    x
 200     .   .   x   x   x   x   x   x   x    .
 400     .   .   .   x   x   x   x   x   x    .
 500     .   .   .   .   x   x   x   x   .    .
 600     .   .   .   .   .   x   x   .   .    .
 700     .   .   .   .   x   .   x   .   .    .
 800     .   .   .   .   .   .   .   .   .    .
 900     .   .   .   .   .   .   .   .   .    .
 920     x   x   .   .   .   .   .   x   .    x
1100     .   .   .   .   .   .   .   .   .    .
"""


@pytest.fixture
def order(db: None) -> Order:
    """Two approved items, the second of three units."""
    order = ApprovedOrderFactory(items=1, number="N", amount="200.00")
    OrderItemFactory(order=order, attributes={"quantity": 3})
    return order


@pytest.fixture
def items(order: Order) -> list[OrderItem]:
    return list(order.orderitem_set.order_by("pk"))


@pytest.fixture
def split(act: Callable[..., Response]) -> Callable[..., Response]:
    """Split an order into packages, each given by its contents (units by item, None for all) and its columns."""

    def post(order: Order, *packages: tuple[dict[OrderItem, int | None], dict[str, Any]]) -> Response:
        bodies = [
            {
                "order_items": [
                    {"order_item": item.pk} | ({"quantity": quantity} if quantity else {})
                    for item, quantity in content.items()
                ],
                **values,
            }
            for content, values in packages
        ]
        return act(order, "split_packages", {"packages": bodies})

    return post


def contents() -> list[tuple[str, int, dict[int, int]]]:
    """Number, status and units by item of every package."""
    return [
        (
            package.number,
            package.status,
            dict(package.packageitem_set.order_by("pk").values_list("order_item", "quantity")),
        )
        for package in Package.objects.order_by("pk")
    ]


def test_the_package_status_table_is_this_matrix() -> None:
    header, *rows = [line.split() for line in MATRIX.strip().splitlines()]
    expected = {
        (P(int(row[0])), P(int(target)))
        for row in rows
        for target, mark in zip(header, row[1:], strict=True)
        if mark == "x"
    }

    assert {(a, b) for a, b in itertools.product(P, P) if PACKAGE_STATUS.allows(a, b)} == expected


def test_items_go_into_packages_and_what_is_named_nowhere_into_one_more(
    split: Callable[..., Response],
    django_assert_num_queries: DjangoAssertNumQueries,
    order: Order,
    items: list[OrderItem],
) -> None:
    single, triple = items
    carrier = CargoCompanyFactory(shipping_company="mng")
    split(order, ({triple: 1}, {}))

    with django_assert_num_queries(29):
        response = split(
            order,
            ({triple: 2}, {"cargo_company": carrier.pk, "tracking_number": "T-1", "number": "first"}),
            ({single: None}, {"shipping_company": "aras", "status": "packed"}),
        )

    assert response.status_code == 200, response.content
    assert contents() == [
        ("first", 100, {triple.pk: 2}),
        ("N-1", 500, {single.pk: 1}),
        ("N-2", 100, {triple.pk: 1}),
    ]
    body = response.json()
    assert (body["tracking_number"], body["cargo_company"]["pk"]) == ("T-1", carrier.pk)
    shown = {
        item["pk"]: (item["tracking_number"], item["shipping_company"]) for item in body["orderitem_set"]
    }
    assert shown == {single.pk: (None, None), triple.pk: ("T-1", "mng")}
    assert (body["status"], Order.objects.get().shipping_company) == ("400", "mng")
    created = AuditLog.objects.filter(event="package.created").order_by("pk").values_list("new__order_items")
    assert [row[0] for row in created][2:] == [{str(triple.pk): 2}, {str(single.pk): 1}, {str(triple.pk): 1}]
    assert AuditLog.objects.filter(event="package.deleted").count() == 2


def test_the_number_of_statements_does_not_grow_with_the_items(
    split: Callable[..., Response], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = ApprovedOrderFactory(items=6)
    items = list(order.orderitem_set.order_by("pk"))
    split(order, ({items[0]: None}, {}))

    with django_assert_num_queries(27):
        split(
            order,
            (dict.fromkeys(items[:3]), {"tracking_number": "T-1"}),
            (dict.fromkeys(items[3:5]), {"tracking_number": "T-2"}),
        )


def test_a_new_split_leaves_alone_what_has_left(
    split: Callable[..., Response], order: Order, items: list[OrderItem]
) -> None:
    single, triple = items
    split(order, ({triple: 2}, {"status": "600", "tracking_number": "T-1"}))

    split(order, ({single: None, triple: None}, {"tracking_number": "T-2"}))

    assert contents() == [("N-1", 600, {triple.pk: 2}), ("N-2", 100, {single.pk: 1, triple.pk: 1})]
    assert Order.objects.get().tracking_number == "T-1"
    numbers = OrderItem.objects.order_by("pk").values_list("tracking_number", flat=True)
    assert list(numbers) == ["T-2", "T-1"]


def test_an_item_moves_when_all_of_its_units_have_left(
    split: Callable[..., Response], api: APIClient, order: Order, items: list[OrderItem]
) -> None:
    single, triple = items
    split(order, ({triple: 2}, {}), ({triple: 1, single: 1}, {}))
    first, second = Package.objects.order_by("pk")

    def after(package: Package, status: str) -> tuple[list[int], int]:
        response = api.patch(f"{URL}{package.pk}/", {"status": status})
        assert response.status_code == 200, response.content
        assert response.json()["status_display"] == status
        stored = list(OrderItem.objects.order_by("pk").values_list("status", flat=True))
        return stored, Order.objects.get().status

    assert after(first, "packed") == ([400, 400], 400)
    assert after(first, "shipped") == ([400, 400], 400)
    assert after(second, "shipped") == ([500, 500], 500)
    assert after(second, "attempted_delivery") == ([540, 500], 500)
    assert after(first, "delivered") == ([540, 540], 540)
    assert after(second, "shipped") == ([500, 500], 500)
    assert after(second, "delivered") == ([550, 550], 550)
    first.refresh_from_db()
    assert first.shipped_date < first.delivered_date
    assert OrderItem.objects.exclude(shipped_date=None).exclude(delivered_date=None).count() == 2


def test_an_item_that_is_further_than_its_package_stays(
    split: Callable[..., Response], order: Order, items: list[OrderItem]
) -> None:
    OrderItem.objects.filter(pk=items[0].pk).update(status=545)

    split(order, ({items[0]: None}, {"status": "600"}), ({items[1]: None}, {"status": "800"}))

    assert list(OrderItem.objects.order_by("pk").values_list("status", flat=True)) == [545, 550]


@pytest.mark.parametrize(
    ("case", "packages", "status", "message"),
    [
        ("too many units", [{1: 4}], 406, "Item {1} has 3 units left to pack, 4 were given."),
        ("over two packages", [{1: 2}, {1: 2}], 406, "Item {1} has 1 units left to pack, 2 were given."),
        ("none left", [{0: None}, {0: None}], 406, "Item {0} has 0 units left to pack, 1 were given."),
        (
            "a canceled item",
            [{0: 1, 2: 1}],
            406,
            "Items {2} are cancelled, or about to be, and may not be shipped.",
        ),
        ("another order's", [{3: 1}], 406, "Items {3} are none of order N."),
        ("no item", [{}], 400, ""),
        ("no package", [], 400, ""),
    ],
)
def test_what_cannot_be_packed_is_refused_and_nothing_changes(
    split: Callable[..., Response],
    everything: Callable[[], Any],
    order: Order,
    items: list[OrderItem],
    case: str,
    packages: list[dict[int, int | None]],
    status: int,
    message: str,
) -> None:
    items = [*items, OrderItemFactory(order=order, status=100), OrderItemFactory()]
    split(order, ({items[0]: 1}, {}))
    before = everything()

    response = split(order, *[({items[i]: q for i, q in content.items()}, {}) for content in packages])

    assert response.status_code == status, case
    if message:
        assert response.json()["non_field_errors"] == message.format(*[item.pk for item in items])
    assert everything() == before


@pytest.mark.parametrize(
    "values",
    [
        {"number": ""},
        {"status": "900"},
        {"status": "x"},
        {"shipping_company": "x"},
        {"weight": 1},
        {"cargo_company": 0},
        {"shipped_date": "2026-01-01"},
    ],
)
def test_a_package_out_of_shape_is_400(
    split: Callable[..., Response], order: Order, items: list[OrderItem], values: dict[str, Any]
) -> None:
    assert split(order, ({items[0]: 1}, values)).status_code == 400
    assert Package.objects.count() == 0


def test_a_number_is_given_once_an_order_and_an_item_once_a_package(
    split: Callable[..., Response], act: Callable[..., Response], order: Order, items: list[OrderItem]
) -> None:
    response = split(order, ({items[0]: 1}, {"number": "A"}), ({items[1]: 1}, {"number": "A"}))
    assert (response.status_code, list(response.json())) == (400, ["non_field_errors"])

    twice = {"order_items": [{"order_item": items[1].pk, "quantity": 1}] * 2}
    assert act(order, "split_packages", {"packages": [twice]}).status_code == 400
    assert Package.objects.count() == 0


def test_what_is_cancelled_never_ships(
    api: APIClient, everything: Callable[[], Any], order: Order, items: list[OrderItem]
) -> None:
    package = PackageItemFactory(order_item=items[0], package__order=order).package
    PackageItem.objects.create(package=package, order_item=items[1], quantity=3)
    OrderItem.objects.filter(pk=items[1].pk).update(status=100)
    before = everything()

    response = api.patch(f"{URL}{package.pk}/", {"status": "600", "tracking_number": "T-1"})

    assert (response.status_code, response.json()) == (
        406,
        {
            "non_field_errors": f"Items {items[1].pk} are cancelled, or about to be, and may not be shipped.",
            "error_code": "order_700_7",
        },
    )
    assert everything() == before
    assert api.patch(f"{URL}{package.pk}/", {"status": "900"}).status_code == 200


def test_a_package_moves_along_its_table(api: APIClient, everything: Callable[[], Any]) -> None:
    package = PackageFactory(status=600)
    before = everything()

    response = api.patch(f"{URL}{package.pk}/", {"status": "packed"})

    assert (response.status_code, response.json()) == (
        406,
        {
            "non_field_errors": "A package that is 600 shipped may not become 500 packed; "
            "it may become 700 attempted_delivery, 800 delivered.",
            "error_code": "order_700_5",
        },
    )
    assert everything() == before


def test_tracking_of_a_package_reaches_items_and_order(
    split: Callable[..., Response],
    api: APIClient,
    django_assert_num_queries: DjangoAssertNumQueries,
    order: Order,
    items: list[OrderItem],
) -> None:
    split(order, (dict.fromkeys(items), {"extra_field": {"weight": 3}}))
    package = Package.objects.get()
    carrier = CargoCompanyFactory(shipping_company="ptt")

    with django_assert_num_queries(20):
        response = api.patch(
            f"{URL}{package.pk}/",
            {"tracking_number": "0012", "cargo_company": carrier.pk, "extra_field": {"boxes": 2}},
        )

    body = response.json()
    assert (body["shipping_company"], body["extra_field"]) == ("ptt", {"weight": 3, "boxes": 2})
    stored = Order.objects.get()
    assert (stored.tracking_number, stored.shipping_company, stored.cargo_company) == ("0012", "ptt", carrier)
    assert set(OrderItem.objects.values_list("tracking_number", "shipping_company")) == {("0012", "ptt")}
    moved = stored.modified_date
    api.patch(f"{URL}{package.pk}/", {"tracking_number": "0012"})
    assert Order.objects.get().modified_date == moved


def test_packages_are_listed_and_found(
    api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = PackageItemFactory(package__tracking_number="T-1", package__status=600).package
    PackageFactory.create_batch(2)

    with django_assert_num_queries(1):
        everyone = api.get(URL).json()
    assert everyone["count"] == 3
    for query in (
        f"order={first.order_id}",
        "status=shipped",
        "tracking_number=T-1",
        "search=T-1",
        f"search={first.order.number}",
    ):
        (found,) = api.get(f"{URL}?{query}").json()["results"]
        assert found["pk"] == first.pk
    body = api.get(f"{URL}{first.pk}/").json()
    item = first.packageitem_set.get()
    assert body["packageitem_set"] == [{"pk": item.pk, "order_item": item.order_item_id, "quantity": 1}]
    assert (body["status"], body["status_display"], body["order_number"]) == (
        "600",
        "shipped",
        first.order.number,
    )
    assert api.get(f"{URL}?weight=1").status_code == 400
    for verb in (api.post, api.put, api.delete):
        assert verb(f"{URL}{first.pk}/", {}).status_code == 405
    assert api.patch(f"{URL}{first.pk}/", {"number": "other"}).status_code == 400


def test_a_limited_user_reaches_packages_of_their_channels(api_of: Callable[..., APIClient]) -> None:
    mine, other = PackageFactory(), PackageFactory()
    client = api_of("orders.view_package", "orders.change_package", channels=[mine.order.channel])

    assert [row["pk"] for row in client.get(URL).json()["results"]] == [mine.pk]
    assert client.patch(f"{URL}{other.pk}/", {"status": "600"}).status_code == 404
    assert client.patch(f"{URL}{mine.pk}/", {"status": "600"}).status_code == 200
