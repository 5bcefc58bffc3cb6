"""An order is split into packages; items and order follow them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.response import Response

from omnitron.core.models import AuditLog
from omnitron.orders.models import Order, OrderItem, Package
from tests.factories.orders import (
    ApprovedOrderFactory,
    CargoCompanyFactory,
    OrderItemFactory,
)

URL = "/api/v1/packages/"


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
