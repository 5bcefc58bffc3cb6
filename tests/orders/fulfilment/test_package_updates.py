"""`PATCH packages/{pk}/`: a package goes its way, and items and order with it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from pytest_django import DjangoAssertNumQueries
from rest_framework.response import Response
from rest_framework.test import APIClient

from omnitron.orders.enums import PackageStatus as P
from omnitron.orders.models import Order, OrderItem, Package, PackageItem
from omnitron.orders.package_states import PACKAGE_STATUS
from tests.factories.orders import (
    CargoCompanyFactory,
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


def test_the_package_status_table_is_this_matrix() -> None:
    header, *rows = [line.split() for line in MATRIX.strip().splitlines()]
    expected = {
        (P(int(row[0])), P(int(target)))
        for row in rows
        for target, mark in zip(header, row[1:], strict=True)
        if mark == "x"
    }

    assert {(a, b) for a, b in itertools.product(P, P) if PACKAGE_STATUS.allows(a, b)} == expected


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


def test_units_in_no_package_keep_their_item_behind(
    split: Callable[..., Response], api: APIClient, order: Order, items: list[OrderItem]
) -> None:
    split(order, ({items[1]: 2}, {}), ({items[0]: 1}, {}))
    first, _, rest = Package.objects.order_by("pk")

    api.patch(f"{URL}{rest.pk}/", {"status": "900"})
    api.patch(f"{URL}{first.pk}/", {"status": "600"})

    assert list(OrderItem.objects.order_by("pk").values_list("status", flat=True)) == [400, 400]


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
