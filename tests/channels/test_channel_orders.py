"""Orders as a channel's application brings them, follows them and cancels them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from rest_framework.test import APIClient

from omnitron.catalogs.models import ProductStock
from omnitron.channels.models import IntegrationAction
from omnitron.core.models import AuditLog
from omnitron.orders.models import CancellationRequest, Order, OrderItem
from tests.factories.catalogs import ProductFactory
from tests.factories.channels import ChannelFactory
from tests.factories.customers import AddressFactory, CustomerFactory
from tests.factories.orders import (
    ApprovedOrderFactory,
    CancellationReasonFactory,
    CargoCompanyFactory,
    OrderFactory,
    OrderItemFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel() -> Any:
    return ChannelFactory()


@pytest.fixture
def body(channel: Any) -> dict[str, Any]:
    """What channel_app 0.0.161 sends for an order with a line of two units."""
    customer = CustomerFactory(channel=channel)
    product = ProductFactory()
    ProductStock.objects.create(product=product, stock_list=channel.catalog.stock_list, stock=5)
    item = {
        "product": product.pk,
        "status": "400",
        "price_currency": "try",
        "price": "57.50",
        "tax_rate": "20.00",
        "extra_field": {"id": "I-1"},
        "price_list": channel.catalog.price_list_id,
        "stock_list": channel.catalog.stock_list_id,
        "tracking_number": None,
        "carrier_shipping_code": "",
        "discount_amount": 0.0,
        "retail_price": "60.00",
        "attributes": {},
        "attributes_kwargs": {},
        "parent": None,
        "delivered_date": None,
        "estimated_delivery_date": None,
    }
    return {
        "order": {
            "number": "N-1",
            "status": "",
            "channel": str(channel.pk),
            "customer": customer.pk,
            "shipping_address": AddressFactory(customer=customer).pk,
            "billing_address": AddressFactory(customer=customer).pk,
            "currency": "try",
            "amount": "125.00",
            "shipping_amount": "10.00",
            "shipping_tax_rate": "20.00",
            "extra_field": {"note": "a", "id": "R-1"},
            "delivery_type": None,
            "cargo_company": CargoCompanyFactory().pk,
            "discount_amount": "0.00",
            "net_shipping_amount": "8.33",
            "tracking_number": "TR-A",
            "carrier_shipping_code": "",
            "remote_addr": None,
            "has_gift_box": False,
            "gift_box_note": "",
            "client_type": "default",
            "language_code": "",
            "notes": "",
            "delivery_range": None,
            "shipping_option_slug": "",
            "date_placed": "2026-01-02 10:11:12.123456",
        },
        "order_item": [item, copy.deepcopy(item)],
    }


def known_as(row: Any) -> list[tuple[Any, ...]]:
    actions = IntegrationAction.objects.filter(
        content_type=ContentType.objects.get_for_model(row), object_id=row.pk
    )
    return list(actions.values_list("channel", "remote_id", "version_date", "status"))


def counts() -> list[int]:
    return [model.objects.count() for model in (Order, OrderItem, IntegrationAction, AuditLog)]


def test_an_order_is_brought_with_what_the_channel_calls_it(
    api: APIClient, channel: Any, body: dict[str, Any]
) -> None:
    answer = api.post(f"/api/v1/channel/{channel.pk}/create_orders/", body, format="json")

    assert answer.status_code == 201, answer.content
    order = Order.objects.get()
    items = list(order.orderitem_set.order_by("pk"))
    shown = answer.json()
    moment = order.modified_date.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert [shown[name] for name in ("pk", "number", "status", "modified_date", "extra_field")] == [
        order.pk,
        "N-1",
        "400",
        moment,
        {"note": "a", "id": "R-1"},
    ]
    assert (shown["date_placed"], shown["net_shipping_amount"]) == ("2026-01-02T10:11:12.123456Z", 8.33)
    assert known_as(order) == [(channel.pk, "R-1", order.modified_date, "success")]
    assert [known_as(item) for item in items] == [
        [(channel.pk, "I-1", item.modified_date, "success")] for item in items
    ]
    assert ProductStock.objects.get().sold_quantity_unreported == 2
    rows = api.get(f"/api/v1/channel/{channel.pk}/order_items/", {"order": order.pk, "sort": "id"}).json()
    assert [(row["pk"], row["extra_field"]["id"], row["order"]) for row in rows["results"]] == [
        (item.pk, "I-1", order.pk) for item in items
    ]
    assert api.get(f"/api/v1/channel/{channel.pk}/orders/updates/").json()["results"] == []


def test_the_channel_may_be_left_out(api: APIClient, channel: Any, body: dict[str, Any]) -> None:
    body["order"].pop("channel")

    assert api.post(f"/api/v1/channel/{channel.pk}/create_orders/", body, format="json").status_code == 201
    assert Order.objects.get().channel == channel


def test_an_order_brought_twice_is_one(api: APIClient, channel: Any, body: dict[str, Any]) -> None:
    path = f"/api/v1/channel/{channel.pk}/create_orders/"
    api.post(path, body, format="json")
    before = counts()

    again = api.post(path, body, format="json")

    assert (again.status_code, again.json()["error_code"], counts()) == (406, "order_100_1", before)


@pytest.mark.parametrize(
    ("change", "expect"),
    [
        (lambda body: body["order"].pop("customer"), 400),
        (lambda body: body["order"].update(customer=10**9), 400),
        (lambda body: body["order"].update(customer=CustomerFactory().pk), 400),
        (lambda body: body["order"].update(channel=str(ChannelFactory().pk)), 400),
        (lambda body: body["order"].update(orderitem_set=[]), 400),
        (lambda body: body["order"].update(extra_field={"id": "x" * 256}), 400),
        (lambda body: body["order"].update(extra_field={"id": {"a": 1}}), 400),
        (lambda body: body["order_item"][1].update(parent=OrderItemFactory().pk), 400),
        (lambda body: body.pop("order_item"), 400),
        (lambda body: body["order_item"][1].update(product=10**9), 400),
        (lambda body: body["order_item"][1].update(price_currency="eur"), 400),
        (lambda body: body["order_item"][1].update(price="-1"), 400),
        (lambda body: body.update(order=None), 400),
        (lambda body: body.update(order_item={}), 400),
    ],
)
def test_a_bad_order_leaves_nothing(
    api: APIClient, channel: Any, body: dict[str, Any], change: Callable[[Any], Any], expect: int
) -> None:
    change(body)
    before = counts()

    answer = api.post(f"/api/v1/channel/{channel.pk}/create_orders/", body, format="json")

    assert (answer.status_code, counts()) == (expect, before), answer.content
    assert ProductStock.objects.get().sold_quantity_unreported == 0


def test_a_number_is_asked_for_as_a_whole(api: APIClient, channel: Any) -> None:
    order = OrderFactory(channel=channel, number="N-10")
    OrderFactory(number="N-1")
    path = f"/api/v1/channel/{channel.pk}/orders/"

    def found(**parameters: Any) -> list[int]:
        return [
            row["pk"]
            for row in api.get(path, {"channel_id": channel.pk, "page": 1, **parameters}).json()["results"]
        ]

    assert (found(number="N-1"), found(number="N-10"), found(pk__in=str(order.pk), limit=1)) == (
        [],
        [order.pk],
        [order.pk],
    )
    assert api.get(f"{path}{order.pk}/").json()["number"] == "N-10"
    assert found(search="N-1") == [order.pk]
    assert api.get(path, {"nummer": "N-1"}).status_code == 400


def test_an_item_moves_and_keeps_the_channels_id(api: APIClient, channel: Any) -> None:
    order = ApprovedOrderFactory(channel=channel, items=1)
    item = order.orderitem_set.get()
    OrderItem.objects.filter(pk=item.pk).update(extra_field={"id": "I-1"})
    path = f"/api/v1/channel/{channel.pk}/order_items/{item.pk}/"
    shown = api.get(path).json()
    assert {
        "order_number",
        "status",
        "invoice_number",
        "invoice_date",
        "tracking_number",
        "extra_field",
    } <= set(shown)
    body = {
        "status": "450",
        "order_number": "as the channel writes it",
        "tracking_number": "T-1",
        "extra_field": {"x": 1},
    }

    answer = api.patch(path, body, format="json")

    assert answer.status_code == 200, answer.content
    item.refresh_from_db()
    order.refresh_from_db()
    assert (item.status, item.tracking_number, item.extra_field, order.status) == (
        450,
        "T-1",
        {"id": "I-1", "x": 1},
        450,
    )
    assert order.number != "as the channel writes it"
    for method in ("post", "put", "delete"):
        assert getattr(api, method)(path, {}, format="json").status_code == 405


def test_a_cancellation_is_brought(api: APIClient, channel: Any) -> None:
    order = ApprovedOrderFactory(channel=channel, items=2, captured_by_card=True)
    first = order.orderitem_set.earliest("pk")
    body = {
        "cancel_items": [first.pk],
        "order": order.pk,
        "reasons": {str(first.pk): CancellationReasonFactory().pk},
        "forced_refund_amount": None,
    }

    answer = api.post(f"/api/v1/channel/{channel.pk}/orders/{order.pk}/cancel/", body, format="json")

    assert answer.status_code == 200, answer.content
    assert list(order.orderitem_set.order_by("pk").values_list("status", flat=True)) == [50, 400]
    elsewhere = ChannelFactory()
    assert (
        api.post(f"/api/v1/channel/{elsewhere.pk}/orders/{order.pk}/cancel/", body, format="json").status_code
        == 404
    )


def test_a_wish_to_cancel_is_brought_and_what_becomes_of_it_is_told(api: APIClient, channel: Any) -> None:
    order = ApprovedOrderFactory(channel=channel, items=1, captured_by_card=True)
    item = order.orderitem_set.get()
    path = f"/api/v1/channel/{channel.pk}/cancellation_requests/"
    body = {
        "order_item": item.pk,
        "reason": CancellationReasonFactory().pk,
        "remote_id": "CR-1",
        "description": "Too late",
        "cancellation_type": "cancel",
    }

    answer = api.post(path, body, format="json")

    assert answer.status_code == 201, answer.content
    request = CancellationRequest.objects.get()
    assert (answer.json()["id"], known_as(request)) == (
        request.pk,
        [(channel.pk, "CR-1", request.modified_date, "success")],
    )
    assert api.get(f"{path}updates/?limit=50").json()["results"] == []
    again = api.post(path, body, format="json")
    assert (again.status_code, CancellationRequest.objects.count()) == (406, 1)
    api.post(f"/api/v1/cancellation_requests/{request.pk}/approve/")
    told = api.get(f"{path}updates/?limit=50").json()["results"]
    assert [(row["id"], row["status"], row["order_item"]) for row in told] == [
        (request.pk, "approved", item.pk)
    ]
    elsewhere = ApprovedOrderFactory(items=1).orderitem_set.get()
    assert api.post(path, body | {"order_item": elsewhere.pk}, format="json").status_code == 400
    assert CancellationRequest.objects.count() == 1


def test_how_an_order_travels(api: APIClient, channel: Any) -> None:
    order, elsewhere = OrderFactory(channel=channel), OrderFactory()
    path = f"/api/v1/channel/{channel.pk}/order_shipping_infos/"
    cargo = CargoCompanyFactory()
    body = {"order": order.pk, "order_number": order.number, "shipping_company": cargo.pk, "is_send": True}

    assert api.post(path, body | {"tracking_number": "T-1"}, format="json").status_code == 201
    order.refresh_from_db()
    assert (order.shipping_company, order.tracking_number, order.is_send) == (
        cargo.shipping_company,
        "T-1",
        True,
    )
    assert api.post(path, body | {"order_number": "other"}, format="json").status_code == 400
    other = body | {"order": elsewhere.pk, "order_number": elsewhere.number}
    assert api.post(path, other, format="json").status_code == 400
    elsewhere.refresh_from_db()
    assert not elsewhere.is_send
