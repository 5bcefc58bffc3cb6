"""Pay on delivery, stores, the ERP: steps that move items or end a reservation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from pytest_django import DjangoAssertNumQueries
from rest_framework.response import Response
from rest_framework.test import APIClient

from omnitron.catalogs.models import ProductStock
from omnitron.channels.models import IntegrationAction, IntegrationMapping
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditLog
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.service import OrderItemService
from tests.factories.catalogs import ProductStockFactory
from tests.factories.orders import ApprovedOrderFactory, OrderFactory, OrderItemFactory
from tests.factories.payments import PaymentOptionFactory


def collected(*statuses: int, **values: Any) -> Order:
    """An order that is collected from a store, with an item in each status."""
    order = ApprovedOrderFactory(items=0, status=min(statuses), delivery_type="click_and_collect", **values)
    for status in statuses:
        OrderItemFactory(order=order, status=status)
    return order


def paid_on_delivery(*statuses: int) -> Order:
    option = PaymentOptionFactory(payment_type="pay_on_delivery")
    order = OrderFactory(items=0, status=min(statuses), payment_option=option)
    for status in statuses:
        OrderItemFactory(order=order, status=status)
    return order


def statuses(order: Order) -> list[int]:
    return list(order.orderitem_set.order_by("pk").values_list("status", flat=True))


@pytest.mark.parametrize(
    ("action", "prepare", "given", "items", "status"),
    [
        ("confirm_pay_on_delivery", paid_on_delivery, (350, 350), [400, 400], 400),
        ("confirm_pay_on_delivery", paid_on_delivery, (350, 300, 450, 100), [400, 300, 450, 100], 300),
        ("accept_in_store", collected, (400, 450), [520, 520], 520),
        ("accept_in_store", collected, (510, 500, 540, 100), [520, 520, 540, 100], 520),
        ("deliver_in_store", collected, (520, 520), [550, 550], 550),
        ("deliver_in_store", collected, (520, 400), [550, 400], 400),
    ],
)
def test_items_move_and_the_order_follows(
    act: Callable[..., Response],
    action: str,
    prepare: Callable[..., Order],
    given: tuple[int, ...],
    items: list[int],
    status: int,
) -> None:
    order = prepare(*given)

    response = act(order, action)

    assert response.status_code == 200, response.content
    assert response.json()["status"] == str(status)
    assert statuses(order) == items


@pytest.mark.parametrize(
    ("action", "prepare", "code"),
    [
        ("confirm_pay_on_delivery", lambda: OrderFactory(status=350), "order_700_1"),
        ("confirm_pay_on_delivery", lambda: paid_on_delivery(400, 300), "order_700_2"),
        ("accept_in_store", ApprovedOrderFactory, "order_700_3"),
        ("accept_in_store", lambda: collected(400, 300), "order_700_4"),
        ("accept_in_store", lambda: collected(520, 550), "order_700_2"),
        ("deliver_in_store", lambda: ApprovedOrderFactory(status=520), "order_700_3"),
        ("deliver_in_store", lambda: collected(400, 510), "order_700_2"),
        ("mark_as_not_sent", lambda: OrderFactory(status=350, is_send=True), "order_700_4"),
        ("mark_as_not_sent", lambda: OrderFactory(status=100, is_send=True), "order_200_5"),
        ("split_packages", lambda: OrderFactory(status=350), "order_700_4"),
    ],
)
def test_a_refusal_says_why_beforehand_and_changes_nothing(
    act: Callable[..., Response],
    api: APIClient,
    everything: Callable[[], Any],
    action: str,
    prepare: Callable[[], Order],
    code: str,
) -> None:
    order = prepare()
    item = order.orderitem_set.first().pk
    body = {"packages": [{"order_items": [{"order_item": item}]}]} if action == "split_packages" else {}
    (shown,) = [
        shown
        for shown in api.get(f"/api/v1/orders/{order.pk}/").json()["available_actions"]
        if shown["action"] == action
    ]
    before = everything()

    response = act(order, action, body)

    assert (response.status_code, response.json()["error_code"]) == (406, code)
    assert shown["allowed"] is False
    assert shown["because"][0] == {"code": code, "message": response.json()["non_field_errors"]}
    assert everything() == before


def test_an_approved_order_is_offered_to_the_erp_once_more(act: Callable[..., Response]) -> None:
    order = ApprovedOrderFactory(is_send=True)

    assert act(order, "mark_as_not_sent").json()["is_send"] is False
    assert act(order, "mark_as_not_sent").json()["is_send"] is False

    (row,) = AuditLog.objects.all()
    assert (row.event, row.old, row.new) == ("order.changed", {"is_send": True}, {"is_send": False})


def test_the_remote_id_is_the_one_of_the_orders_channel(api: APIClient) -> None:
    order, other = ApprovedOrderFactory(), ApprovedOrderFactory()
    url = f"/api/v1/orders/{order.pk}/get_remote_id/"
    order_type = ContentType.objects.get_for_model(Order)
    assert api.get(url).json() == {"remote_id": None}

    for channel, remote_id in ((other.channel, "elsewhere"), (order.channel, "R-7")):
        IntegrationAction.objects.create(
            channel=channel, content_type=order_type, object_id=order.pk, remote_id=remote_id
        )

    assert api.get(url).json() == {"remote_id": "R-7"}
    assert api.get("/api/v1/orders/0/get_remote_id/").status_code == 404


@pytest.fixture
def reserving(db: None) -> OrderItem:
    """An item that reserves 2 of 5 pieces, of which another order has 1."""
    item = OrderItemFactory(order__status=400, attributes={"quantity": 2}, reserved_units=2)
    ProductStockFactory(product=item.product, stock_list=item.stock_list, stock=5, sold_quantity_unreported=3)
    return item


def test_the_erps_line_id_is_kept_and_the_reservation_ends_once(
    api: APIClient, django_assert_num_queries: DjangoAssertNumQueries, reserving: OrderItem
) -> None:
    url = f"/api/i1/order_items/{reserving.pk}/create_mapping/"
    item_type = ContentType.objects.get_for_model(OrderItem)
    before = OrderItem.objects.get().modified_date

    response = api.post(url, {"code": "ERP-1", "update_stock": True})

    mapping = IntegrationMapping.objects.get()
    expected = {
        "pk": mapping.pk,
        "content_type": item_type.pk,
        "object_id": reserving.pk,
        "integration_type": "external_company",
        "code": "ERP-1",
    }
    assert (response.status_code, response.json()) == (201, expected)
    assert list(response.json()) == list(expected)
    assert ProductStock.objects.get().sold_quantity_unreported == 1
    item = OrderItem.objects.get()
    assert (item.reserved_units, item.modified_date) == (0, before)
    events = list(AuditLog.objects.order_by("pk").values_list("event", "new"))
    assert events == [
        ("orderitem.stock.released", {"reserved_units": 0}),
        ("orderitem.mapping.created", {"integration_type": "external_company", "code": "ERP-1"}),
    ]

    with django_assert_num_queries(6):
        again = api.post(url, {"code": "ERP-1"})

    assert (again.status_code, again.json()) == (200, expected)
    assert ProductStock.objects.get().sold_quantity_unreported == 1
    assert AuditLog.objects.count() == 2
    assert api.post(url, {"code": "ERP-2"}).status_code == 201


def test_without_update_stock_the_reservation_stays_until_it_is_reported(
    api: APIClient, reserving: OrderItem, audit_context: AuditContext
) -> None:
    url = f"/api/v1/order_items/{reserving.pk}/create_mapping/"

    api.post(url, {"code": "ERP-1", "update_stock": False, "integration_type": "hana"})

    assert IntegrationMapping.objects.get().integration_type == "hana"
    assert ProductStock.objects.get().sold_quantity_unreported == 3

    for _ in range(2):
        item = OrderItemService.update_order_item_send_stock(reserving, audit_context=audit_context)
        assert item.reserved_units == 0
        assert ProductStock.objects.get().sold_quantity_unreported == 1


def test_an_orders_mapping_ends_the_reservations_of_all_its_items(
    act: Callable[..., Response], reserving: OrderItem
) -> None:
    order = reserving.order
    other = OrderItemFactory(order=order, product=reserving.product, reserved_units=1)

    response = act(order, "create_mapping", {"code": "ERP-9"})

    assert response.status_code == 200, response.content
    assert response.json()["number"] == order.number
    mapping = IntegrationMapping.objects.get()
    assert (mapping.object_id, mapping.code) == (order.pk, "ERP-9")
    assert ProductStock.objects.get().sold_quantity_unreported == 0
    assert set(OrderItem.objects.filter(pk__in=[reserving.pk, other.pk]).values_list("reserved_units")) == {
        (0,)
    }


@pytest.mark.parametrize(
    "body",
    [{}, {"code": ""}, {"code": "x" * 256}, {"code": "1", "integration_type": "?"}, {"code": "1", "x": 1}],
)
def test_a_mapping_out_of_shape_is_400(api: APIClient, reserving: OrderItem, body: dict[str, Any]) -> None:
    for url in (f"order_items/{reserving.pk}", f"orders/{reserving.order_id}"):
        assert api.post(f"/api/v1/{url}/create_mapping/", body).status_code == 400
    assert IntegrationMapping.objects.count() == 0
    assert ProductStock.objects.get().sold_quantity_unreported == 3


def test_each_action_asks_for_its_permission(api_of: Callable[..., APIClient], reserving: OrderItem) -> None:
    onlooker = api_of(
        "orders.view_order", "orders.view_orderitem", "orders.add_order", "orders.add_orderitem"
    )
    for action in (
        "change_billing_address",
        "change_shipping_address",
        "confirm_pay_on_delivery",
        "accept_in_store",
        "deliver_in_store",
        "mark_as_not_sent",
        "create_mapping",
        "split_packages",
    ):
        assert onlooker.post(f"/api/v1/orders/{reserving.order_id}/{action}/", {}).status_code == 403, action
    assert onlooker.post(f"/api/v1/order_items/{reserving.pk}/create_mapping/", {}).status_code == 403
    assert onlooker.get(f"/api/v1/orders/{reserving.order_id}/get_remote_id/").status_code == 200
