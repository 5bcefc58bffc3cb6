from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.core.models import AuditLog
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.resources.item_serializers import ITEM_KEYS
from tests.factories.catalogs import ProductFactory, ProductStockFactory
from tests.factories.channels import DataSourceFactory
from tests.factories.orders import ApprovedOrderFactory, OrderItemFactory, ShippedOrderFactory

URL = "/api/v1/order_items/"


def test_flat_and_detailed_shapes(api: APIClient) -> None:
    item = OrderItemFactory(price="127.98", discount_amount="7.98", attributes={"colour": "red"})

    flat = api.get(f"{URL}?order={item.order_id}&sort=id").json()["results"][0]
    detailed = api.get(f"{URL}{item.pk}/").json()

    assert tuple(flat) == tuple(detailed) == ITEM_KEYS
    assert (flat["price"], flat["discount_amount"], flat["net_amount"]) == ("127.98", "7.98", "120.00")
    assert (flat["status"], flat["status_display"]) == ("200", "waiting")
    assert flat["order_number"] == item.order.number
    assert (flat["product"], detailed["product"]["sku"]) == (item.product_id, item.product.sku)
    assert flat["attributes"] == {"colour": "red"}


def test_a_status_moves_forward_and_the_order_follows_its_lowest_item(api: APIClient) -> None:
    order = ApprovedOrderFactory(items=2)
    first, second = order.orderitem_set.order_by("pk")
    before = order.modified_date

    response = api.patch(f"{URL}{first.pk}/", {"status": "550", "tracking_number": "T-1"})

    assert response.status_code == 200, response.content
    assert (response.json()["status"], response.json()["tracking_number"]) == ("550", "T-1")
    order.refresh_from_db()
    assert order.status == 400
    assert order.modified_date > before

    api.patch(f"{URL}{second.pk}/", {"status": "450"})

    order.refresh_from_db()
    assert order.status == 450
    events = list(AuditLog.objects.order_by("pk").values_list("event", "old__status", "new__status"))
    assert events == [
        ("orderitem.changed", None, None),
        ("orderitem.status.changed", 400, 550),
        ("orderitem.status.changed", 400, 450),
        ("order.status.changed", 400, 450),
    ]


@pytest.mark.parametrize(
    ("status", "code"),
    [("200", "order_200_1"), ("544", "order_200_1"), ("50", "order_200_2"), ("100", "order_200_2")],
)
def test_an_illegal_move_is_406_and_moves_nothing(api: APIClient, status: str, code: str) -> None:
    item = ShippedOrderFactory(items=1).orderitem_set.get()
    before = (Order.objects.values().get(), OrderItem.objects.values().get())

    response = api.patch(f"{URL}{item.pk}/", {"status": status, "tracking_number": "T-2"})

    assert (response.status_code, response.json()["error_code"]) == (406, code)
    assert isinstance(response.json()["non_field_errors"], str)
    assert (Order.objects.values().get(), OrderItem.objects.values().get()) == before
    assert AuditLog.objects.count() == 0


def test_extra_field_is_merged_and_attributes_are_replaced(api: APIClient) -> None:
    item = OrderItemFactory(
        extra_field={"id": "I-1", "a": 1}, attributes={"colour": "red"}, attributes_kwargs={"x": {}}
    )

    api.patch(
        f"{URL}{item.pk}/", {"extra_field": {"a": 2}, "attributes": {"size": "M"}, "attributes_kwargs": {}}
    )

    item.refresh_from_db()
    assert item.extra_field == {"id": "I-1", "a": 2}
    assert (item.attributes, item.attributes_kwargs) == ({"size": "M"}, {})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "1.00"),
        ("order", -1),
        ("product", -1),
        ("cancel_status", "undone"),
        ("discount_amount", "1.00"),
        ("attributes", {"quantity": 2}),
        ("colour", "red"),
        ("shipping_company", "pigeon"),
        ("invoice_date", "soon"),
    ],
)
def test_what_a_patch_may_not_change_is_400_and_named(api: APIClient, field: str, value: Any) -> None:
    item = OrderItemFactory()
    before = OrderItem.objects.values().get()

    response = api.patch(f"{URL}{item.pk}/", {"tracking_number": "T-1", field: value})

    assert (response.status_code, list(response.json())) == (400, [field]), response.content
    assert OrderItem.objects.values().get() == before


def test_a_channel_application_sends_the_order_number_along(api: APIClient) -> None:
    item = OrderItemFactory()

    response = api.patch(f"{URL}{item.pk}/", {"order_number": item.order.number, "invoice_number": "I-1"})

    assert (response.status_code, response.json()["invoice_number"]) == (200, "I-1")


def test_an_item_is_added_to_an_open_order(api: APIClient) -> None:
    order = ApprovedOrderFactory(items=1)
    stock = ProductStockFactory(stock=5)

    response = api.post(
        URL,
        {
            "order": order.pk,
            "product": stock.product_id,
            "stock_list": stock.stock_list_id,
            "status": "300",
            "price": "40.00",
            "tax_rate": "8.00",
        },
    )

    assert response.status_code == 201, response.content
    order.refresh_from_db()
    assert (order.status, order.total_difference) == (300, Decimal("-40.00"))
    stock.refresh_from_db()
    assert stock.sold_quantity_unreported == 1


def test_no_item_is_added_once_the_order_is_shipped(api: APIClient) -> None:
    order = ShippedOrderFactory(items=1)

    response = api.post(
        URL, {"order": order.pk, "product": ProductFactory().pk, "price": "40.00", "tax_rate": "8.00"}
    )

    assert (response.status_code, response.json()["error_code"]) == (406, "order_300_1")
    assert OrderItem.objects.count() == 1


def test_items_go_away_only_with_their_order(api: APIClient) -> None:
    item = OrderItemFactory()

    assert api.delete(f"{URL}{item.pk}/").status_code == 405
    assert OrderItem.objects.count() == 1


def test_a_body_may_repeat_what_is_stored(api: APIClient) -> None:
    item = OrderItemFactory(datasource=DataSourceFactory())
    body = api.get(f"{URL}?order={item.order_id}").json()["results"][0]

    response = api.put(f"{URL}{item.pk}/", {**body, "tracking_number": "T-9"})

    assert response.status_code == 200, response.content
    item.refresh_from_db()
    assert (item.tracking_number, item.datasource_id) == ("T-9", body["data_source"])
