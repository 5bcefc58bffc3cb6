"""The demo orders go their way; every rule of orders holds after each step."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.orders.models import Order, OrderItem, Package, VendorOrder
from tests.demo.invariants import broken

pytestmark = [pytest.mark.usefixtures("shared_demo_data"), pytest.mark.django_db]


def test_demo_orders_go_their_way(api: APIClient) -> None:
    def act(path: str, body: dict[str, Any] | None = None, *, status: int = 200, verb: str = "post") -> Any:
        response = getattr(api, verb)(f"/api/v1/{path}/", body or {})
        assert response.status_code == status, (path, response.content)
        assert broken() == {}, path
        return response.json()

    # A merged line of four units: one goes alone, two go in one package, the last in another.
    single = act("order_items/419/split", {"quantity": 1}, status=201)
    assert (single["price"], single["attributes"]) == ("289.90", {"quantity": 1})
    order = act(
        "orders/310/split_packages",
        {
            "packages": [
                {
                    "order_items": [{"order_item": 419, "quantity": 2}],
                    "tracking_number": "T-1",
                    "status": "600",
                },
                {"order_items": [{"order_item": single["pk"]}], "tracking_number": "T-2"},
            ]
        },
    )
    assert (order["status"], order["tracking_number"]) == ("400", "T-1")
    for package in Package.objects.filter(order=310).exclude(tracking_number="T-1"):
        act(f"packages/{package.pk}", {"status": "delivered"}, verb="patch")
    assert OrderItem.objects.get(pk=419).status == 500
    assert OrderItem.objects.get(pk=single["pk"]).status == 550

    # A vendor ships one of two items.
    act("order_items/421", {"status": "500", "tracking_number": "T-9", "shipping_update": True}, verb="patch")
    vendor_order = VendorOrder.objects.get(order=311)
    assert (vendor_order.status, vendor_order.vendororderitem_set.get().tracking_number) == (500, "T-9")

    # Collected from a store; paid at the door.
    assert act("orders/312/accept_in_store")["status"] == "520"
    assert act("orders/312/deliver_in_store")["status"] == "550"
    assert act("orders/319/deliver_in_store")["status"] == "550"
    assert act("orders/345/deliver_in_store", status=406)["error_code"] == "order_700_2"
    assert act("orders/304/confirm_pay_on_delivery")["status"] == "400"
    assert act("orders/310/confirm_pay_on_delivery", status=406)["error_code"] == "order_700_1"

    # A package is being made up: another address needs a word; the ERP takes the items over.
    address = Order.objects.get(pk=301).shipping_address_id
    assert act("orders/314/change_shipping_address", {"address": address}, status=406)["error_code"] == (
        "order_600_2"
    )
    assert act("orders/316/change_shipping_address", {"address": address}, status=406)["error_code"] == (
        "order_600_1"
    )
    assert act("order_items/419/create_mapping", {"code": "ERP-419"}, status=201)["object_id"] == 419
    act("orders/306/create_mapping", {"code": "ERP-306"})
    assert set(OrderItem.objects.filter(order=306).values_list("reserved_units", flat=True)) == {0}
    assert api.get("/api/v1/orders/310/get_remote_id/").json() == {"remote_id": "R-7310"}
