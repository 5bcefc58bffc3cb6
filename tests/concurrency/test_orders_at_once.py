"""Two at the same moment, on real connections. Each race has a control that shows it without the lock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from omnitron.catalogs.models import ProductStock
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.use_cases import item_updates
from tests.factories.catalogs import ProductStockFactory
from tests.factories.channels import ChannelFactory
from tests.factories.customers import AddressFactory, CustomerFactory
from tests.factories.orders import ApprovedOrderFactory

pytestmark = pytest.mark.django_db(transaction=True)

Request = Callable[[APIClient], Any]


def test_one_number_is_placed_once(at_once: Callable[..., list[Any]]) -> None:
    customer = CustomerFactory(channel=ChannelFactory())
    address = AddressFactory(customer=customer)
    body = {
        "number": "N-1",
        "channel": customer.channel_id,
        "date_placed": "2026-01-02T00:00:00Z",
        "customer": customer.pk,
        "shipping_address": address.pk,
        "billing_address": address.pk,
        "amount": "10.00",
    }

    answers = at_once(*[lambda client: client.post("/api/v1/orders/", body)] * 4)

    assert sorted(answer.status_code for answer in answers) == [201, 406, 406, 406]
    assert {answer.json().get("error_code") for answer in answers} == {None, "order_100_1"}
    assert Order.objects.count() == 1


def _move_both_items(at_once: Callable[..., list[Any]]) -> Order:
    order = ApprovedOrderFactory(items=2)
    requests = [
        lambda client, pk=item.pk: client.patch(f"/api/v1/order_items/{pk}/", {"status": "450"})
        for item in order.orderitem_set.all()
    ]

    answers = at_once(*requests)

    assert [answer.status_code for answer in answers] == [200, 200]
    order.refresh_from_db()
    return order


def test_the_order_follows_both_of_two_items_moved_at_once(at_once: Callable[..., list[Any]]) -> None:
    order = _move_both_items(at_once)

    assert list(order.orderitem_set.values_list("status", flat=True)) == [450, 450]
    assert order.status == 450


def test_control_without_the_lock_the_order_stays_behind(
    at_once: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier = threading.Barrier(2)

    def read_both(order: Order) -> list[OrderItem]:
        items = list(order.orderitem_set.order_by("pk"))
        barrier.wait()  # both have read before either writes: what the lock prevents
        return items

    monkeypatch.setattr(item_updates, "lock_order", lambda pk: Order.objects.get(pk=pk))
    monkeypatch.setattr(item_updates, "lock_items", read_both)

    order = _move_both_items(at_once)

    assert list(order.orderitem_set.values_list("status", flat=True)) == [450, 450]
    assert order.status == 400


def test_stock_reserved_at_once_adds_up_without_deadlock(at_once: Callable[..., list[Any]]) -> None:
    order = ApprovedOrderFactory(items=0)
    stocks = [ProductStockFactory(stock=100), ProductStockFactory(stock=100)]

    def place(number: int) -> Request:
        # Half name the products in one order, half in the other: locks taken as they come would cross.
        lines = [
            {
                "product": stock.product_id,
                "stock_list": stock.stock_list_id,
                "price": "1.00",
                "tax_rate": "20.00",
            }
            for stock in (stocks if number % 2 else stocks[::-1])
        ]
        body = {
            "number": f"S-{number}",
            "channel": order.channel_id,
            "date_placed": "2026-01-02T00:00:00Z",
            "customer": order.customer_id,
            "shipping_address": order.shipping_address_id,
            "billing_address": order.billing_address_id,
            "amount": "2.00",
            "orderitem_set": lines,
        }
        return lambda client: client.post("/api/v1/orders/", body)

    answers = at_once(*[place(number) for number in range(8)])

    assert [answer.status_code for answer in answers] == [201] * 8
    assert list(ProductStock.objects.values_list("sold_quantity_unreported", flat=True)) == [8, 8]


def test_a_lock_not_had_in_time_is_503(
    at_once: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = ApprovedOrderFactory()
    locked, done = threading.Event(), threading.Event()

    def hold(client: APIClient) -> str:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM orders_order WHERE id = %s FOR UPDATE", [order.pk])
            locked.set()
            done.wait(30)
            cursor.execute("ROLLBACK")
        return "held"

    def change(client: APIClient) -> Any:
        locked.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        try:
            return client.patch(f"/api/v1/orders/{order.pk}/", {"notes": "x"})
        finally:
            done.set()

    _, answer = at_once(hold, change)

    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert list(answer.json()) == ["detail"]
    assert Order.objects.get().notes is None
