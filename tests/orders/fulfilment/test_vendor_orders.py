"""What a vendor ships: vendor orders come with their items, follow them, and learn of shipments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from pytest_django import DjangoAssertNumQueries
from rest_framework.response import Response
from rest_framework.test import APIClient

from omnitron.channels.models import DataSource, IntegrationAction
from omnitron.core.audit import AuditContext
from omnitron.orders.models import Order, OrderItem, VendorOrder, VendorOrderItem
from omnitron.orders.service import OrderItemService
from tests.factories.catalogs import ProductFactory
from tests.factories.channels import DataSourceFactory
from tests.factories.customers import AddressFactory
from tests.factories.orders import (
    ApprovedOrderFactory,
    OrderItemFactory,
    VendorOrderFactory,
    VendorOrderItemFactory,
)

URL = "/api/v1/orders/"
ITEMS = "/api/v1/order_items/"


@pytest.fixture
def vendors(db: None) -> list[DataSource]:
    return [DataSourceFactory(), DataSourceFactory()]


@pytest.fixture
def place(api: APIClient) -> Callable[..., Response]:
    """Place an order with one item for each given (data source, status)."""
    address = AddressFactory()
    products = [ProductFactory() for _ in range(4)]

    def post(*items: tuple[DataSource | None, str], number: str = "N") -> Response:
        body = {
            "number": number,
            "channel": address.customer.channel_id,
            "customer": address.customer_id,
            "shipping_address": address.pk,
            "billing_address": address.pk,
            "date_placed": "2026-01-02",
            "amount": "100.00",
            "orderitem_set": [
                {
                    "product": product.pk,
                    "status": status,
                    "price": "10.00",
                    "tax_rate": "20.00",
                    "data_source": vendor and vendor.pk,
                }
                for product, (vendor, status) in zip(products, items, strict=False)
            ],
        }
        return api.post(URL, body)

    return post


def vendor_orders() -> list[tuple[int, int, list[int]]]:
    """Vendor, status, and statuses of its items, of every vendor order."""
    return [
        (
            row.data_source_id,
            row.status,
            list(row.vendororderitem_set.order_by("pk").values_list("status", flat=True)),
        )
        for row in VendorOrder.objects.order_by("pk")
    ]


def test_each_vendor_gets_an_order_of_its_items(
    place: Callable[..., Response], vendors: list[DataSource]
) -> None:
    first, second = vendors

    response = place((second, "400"), (None, "400"), (first, "450"), (second, "350"))

    assert response.status_code == 201, response.content
    assert vendor_orders() == [(first.pk, 450, [450]), (second.pk, 350, [400, 350])]
    assert VendorOrder.objects.filter(order=response.json()["pk"]).count() == 2


def test_an_order_without_vendors_costs_nothing_more_and_vendors_cost_the_same_for_any_number(
    place: Callable[..., Response],
    vendors: list[DataSource],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    vendor = vendors[0]
    with django_assert_num_queries(17):
        place((None, "400"), (None, "400"), (None, "400"), number="N-2")
    # The vendor is looked up; then its orders, their items, and the audit.
    with django_assert_num_queries(22):
        place((vendor, "400"), (None, "400"), (None, "400"), number="N-3")
    with django_assert_num_queries(22):
        place((vendor, "400"), (vendor, "400"), (vendor, "400"), number="N-4")


def test_what_comes_into_being_canceled_is_no_vendors(
    place: Callable[..., Response], vendors: list[DataSource]
) -> None:
    place((vendors[0], "100"), (vendors[0], "400"))

    assert vendor_orders() == [(vendors[0].pk, 400, [400])]


def test_an_item_that_is_added_joins_its_vendors_order(
    place: Callable[..., Response], api: APIClient, vendors: list[DataSource]
) -> None:
    order = place((vendors[0], "450")).json()["pk"]
    body = {"order": order, "product": ProductFactory().pk, "price": "1.00", "tax_rate": "20.00"}

    for vendor in vendors:
        api.post(ITEMS, {**body, "status": "400", "data_source": vendor.pk})

    assert vendor_orders() == [(vendors[0].pk, 400, [450, 400]), (vendors[1].pk, 400, [400])]


def test_vendor_orders_follow_their_items(
    place: Callable[..., Response], api: APIClient, vendors: list[DataSource]
) -> None:
    order = place((vendors[0], "400"), (vendors[0], "400"), (vendors[1], "400")).json()["pk"]
    first, second, _ = OrderItem.objects.order_by("pk")

    api.patch(f"{ITEMS}{first.pk}/", {"status": "500"})
    assert vendor_orders() == [(vendors[0].pk, 400, [500, 400]), (vendors[1].pk, 400, [400])]

    OrderItem.objects.filter(pk=second.pk).update(status=100)
    api.patch(f"{URL}{order}/change_order_status/", {"status": "510"})
    assert vendor_orders() == [(vendors[0].pk, 510, [510, 100]), (vendors[1].pk, 510, [510])]


def test_pay_on_delivery_confirms_the_vendors_part_too(
    act: Callable[..., Response], vendors: list[DataSource]
) -> None:
    order = ApprovedOrderFactory(items=0, status=350, payment_option__payment_type="pay_on_delivery")
    item = OrderItemFactory(order=order, datasource=vendors[0])
    VendorOrderItemFactory(order_item=item, status=350, vendor_order__data_source=vendors[0])
    VendorOrder.objects.update(status=350)

    act(order, "confirm_pay_on_delivery")

    assert vendor_orders() == [(vendors[0].pk, 400, [400])]


def test_an_order_no_vendor_has_numbered_can_be_deleted(
    place: Callable[..., Response], api: APIClient, vendors: list[DataSource]
) -> None:
    order = place((vendors[0], "200")).json()["pk"]
    VendorOrder.objects.update(number="V-1")

    refused = api.delete(f"{URL}{order}/")

    assert refused.json()["non_field_errors"] == "Order N cannot be deleted: a vendor has taken it on."
    assert Order.objects.count() == VendorOrder.objects.count() == 1
    VendorOrder.objects.update(number=None)
    assert api.delete(f"{URL}{order}/").status_code == 204
    assert VendorOrder.objects.count() == 0


@pytest.fixture
def sold(vendors: list[DataSource]) -> OrderItem:
    """An item that a vendor ships."""
    item = OrderItemFactory(order__status=400, datasource=vendors[0])
    VendorOrderItemFactory(order_item=item, status=400, vendor_order__data_source=vendors[0])
    return item


def test_shipping_update_passes_carrier_and_number_on_as_a_row_to_be_sent(
    api: APIClient, sold: OrderItem
) -> None:
    shipment = {"shipping_company": "mng", "tracking_number": "T-1"}

    api.patch(f"{ITEMS}{sold.pk}/", shipment)
    assert VendorOrderItem.objects.get().tracking_number is None

    response = api.patch(f"{ITEMS}{sold.pk}/", {"shipping_update": True})

    assert response.status_code == 200, response.content
    assert "shipping_update" not in response.json()
    row = VendorOrderItem.objects.get()
    assert (row.shipping_company, row.tracking_number) == ("mng", "T-1")
    action = IntegrationAction.objects.get()
    assert action.content_type == ContentType.objects.get_for_model(VendorOrder)
    assert (action.channel_id, action.object_id) == (sold.order.channel_id, row.vendor_order_id)
    assert (action.status, action.state) == (
        "processing",
        {"shipments": [{"order_item": sold.pk, **shipment}]},
    )

    IntegrationAction.objects.update(status="success")
    api.patch(f"{ITEMS}{sold.pk}/", {"shipping_update": True})
    assert IntegrationAction.objects.get().status == "success"


def test_an_item_that_knows_nothing_takes_over_what_its_vendor_says(
    sold: OrderItem, audit_context: AuditContext
) -> None:
    VendorOrderItem.objects.update(shipping_company="ptt", tracking_number="V-1")
    before = Order.objects.get().modified_date
    other = OrderItemFactory()

    OrderItemService.send_shipping_info([sold, other], audit_context=audit_context)

    sold.refresh_from_db()
    assert (sold.shipping_company, sold.tracking_number) == ("ptt", "V-1")
    assert Order.objects.get(pk=sold.order_id).modified_date > before
    assert IntegrationAction.objects.count() == 0


@pytest.mark.parametrize("status", [550, 100, 600])
def test_the_shipment_of_a_closed_item_is_corrected_only_with_force(
    api: APIClient, everything: Callable[[], Any], status: int
) -> None:
    item = OrderItemFactory(order__status=status, tracking_number="T-1")
    url = f"{ITEMS}{item.pk}/"
    assert api.patch(url, {"shipping_company": "mng", "tracking_number": "T-1"}).status_code == 200
    before = everything()

    refused = api.patch(url, {"tracking_number": "T-2"})

    assert (refused.status_code, refused.json()["error_code"]) == (406, "order_700_8")
    assert everything() == before
    assert api.patch(url, {"tracking_number": "T-2", "force": True}).json()["tracking_number"] == "T-2"
    # No status is ever forced.
    assert api.patch(url, {"status": "400", "force": True}).status_code == 406


def test_vendor_orders_are_listed_with_their_items(
    api: APIClient, django_assert_num_queries: DjangoAssertNumQueries, sold: OrderItem
) -> None:
    VendorOrderFactory.create_batch(2)
    row = VendorOrderItem.objects.get()
    url = "/api/v1/vendor_orders/"

    with django_assert_num_queries(1):
        assert api.get(url).json()["count"] == 3
    (found,) = api.get(f"{url}?search={sold.order.number}").json()["results"]
    assert found == api.get(f"{url}{row.vendor_order_id}/").json()
    assert found["vendororderitem_set"] == [
        {
            "pk": row.pk,
            "order_item": sold.pk,
            "status": "400",
            "status_display": "approved",
            "shipping_company": None,
            "tracking_number": None,
        }
    ]
    assert api.post(url, {}).status_code == 405
