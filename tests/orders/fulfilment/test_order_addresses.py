"""Another address for an order: freely, for a reason, or no more, by how far the order is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.response import Response
from rest_framework.test import APIClient

from omnitron.core.models import AuditLog
from omnitron.customers.models import Address
from omnitron.orders.models import Order, Package
from tests.factories.customers import AddressFactory, RetailStoreFactory
from tests.factories.orders import ApprovedOrderFactory, OrderFactory, PackageFactory

SHIPPING, BILLING = "change_shipping_address", "change_billing_address"
REASON = {"reason": "He moved", "note_to_carrier": "Ring twice"}


@pytest.fixture
def order(db: None) -> Order:
    return ApprovedOrderFactory(items=1, extra_field={"id": "R-1"})


@pytest.fixture
def address(order: Order) -> Address:
    return AddressFactory(customer=order.customer, line="Elsewhere 1")


def caution(response: Response, action: str) -> list[dict[str, str]]:
    (found,) = [a["because"] for a in response.json()["available_actions"] if a["action"] == action]
    return found


@pytest.mark.parametrize(("action", "column"), [(SHIPPING, "shipping_address"), (BILLING, "billing_address")])
def test_before_packing_it_changes_freely(
    act: Callable[..., Response],
    django_assert_num_queries: DjangoAssertNumQueries,
    order: Order,
    address: Address,
    action: str,
    column: str,
) -> None:
    old, before = getattr(order, column).pk, order.modified_date
    act(order, action, {"address": old})

    with django_assert_num_queries(14):
        response = act(order, action, {"address": address.pk})

    assert response.status_code == 200, response.content
    body = response.json()
    assert body[column]["pk"] == address.pk
    assert body["extra_field"] == {"id": "R-1"}
    assert caution(response, action) == []
    assert Order.objects.get().modified_date > before
    (row,) = AuditLog.objects.all()
    assert (row.event, row.old, row.new) == ("order.changed", {column: old}, {column: address.pk})


@pytest.mark.parametrize("prepare", ["preparing", "packed"])
def test_once_packed_shipping_asks_for_a_reason_and_a_note_and_keeps_them(
    act: Callable[..., Response],
    api: APIClient,
    everything: Callable[[], Any],
    order: Order,
    address: Address,
    prepare: str,
) -> None:
    if prepare == "preparing":
        api.patch(f"/api/v1/orders/{order.pk}/change_order_status/", {"status": "450"})
    package = PackageFactory(order=order, status=500, extra_field={"id": 1})
    PackageFactory(order=order, status=900)
    refusal = {
        "code": "order_600_2",
        "message": f"Order {order.number} is being packed: a new shipping address needs a reason and a "
        "note_to_carrier.",
    }
    before = everything()

    for given in ({}, {"reason": "He moved"}, {"note_to_carrier": "Ring"}, {**REASON, "reason": ""}):
        response = act(order, SHIPPING, {"address": address.pk, **given})
        assert (response.status_code, response.json()) == (
            406,
            {"non_field_errors": refusal["message"], "error_code": refusal["code"]},
        )
    assert everything() == before
    assert caution(api.get(f"/api/v1/orders/{order.pk}/"), SHIPPING) == [refusal]

    response = act(order, SHIPPING, {"address": address.pk, **REASON})

    assert response.status_code == 200, response.content
    assert response.json()["shipping_address"]["pk"] == address.pk
    assert response.json()["extra_field"] == {"id": "R-1", "shipping_address_change": REASON}
    packages = list(Package.objects.order_by("pk").values_list("extra_field", flat=True))
    assert packages == [{"id": 1, "note_to_carrier": "Ring twice"}, {}]
    rows = AuditLog.objects.filter(note="He moved").order_by("pk").values_list("event", "object_id")
    assert list(rows) == [("order.changed", order.pk), ("package.changed", package.pk)]


def test_once_invoiced_billing_asks_for_a_reason(
    act: Callable[..., Response], everything: Callable[[], Any], order: Order, address: Address
) -> None:
    Order.objects.update(invoice_number="I-1")
    before = everything()

    refused = act(order, BILLING, {"address": address.pk})

    assert (refused.status_code, refused.json()) == (
        406,
        {
            "non_field_errors": f"Order {order.number} has invoice I-1: a new billing address needs a reason.",
            "error_code": "order_600_3",
        },
    )
    assert everything() == before
    # The goods may go elsewhere without a word.
    assert act(order, SHIPPING, {"address": address.pk}).status_code == 200

    response = act(order, BILLING, {"address": address.pk, "reason": "The company pays"})

    assert response.json()["billing_address"]["pk"] == address.pk
    assert response.json()["extra_field"]["billing_address_change"] == {"reason": "The company pays"}
    assert AuditLog.objects.latest("pk").note == "The company pays"


def shipped_item(order: Order) -> None:
    order.orderitem_set.update(status=500)
    Order.objects.update(status=500)


def shipped_package(order: Order) -> None:
    PackageFactory(order=order, status=600)


def canceled(order: Order) -> None:
    order.orderitem_set.update(status=100)
    Order.objects.update(status=100)


@pytest.mark.parametrize("action", [SHIPPING, BILLING])
@pytest.mark.parametrize(
    ("prepare", "code"),
    [(shipped_item, "order_600_1"), (shipped_package, "order_600_1"), (canceled, "order_200_5")],
)
def test_what_is_shipped_or_closed_stays(
    act: Callable[..., Response],
    everything: Callable[[], Any],
    order: Order,
    address: Address,
    action: str,
    prepare: Callable[[Order], None],
    code: str,
) -> None:
    prepare(order)
    before = everything()
    given = REASON if action == SHIPPING else {"reason": "He moved"}

    response = act(order, action, {"address": address.pk, **given})

    assert (response.status_code, response.json()["error_code"]) == (406, code)
    assert everything() == before


def test_an_order_without_items_goes_by_its_own_status(act: Callable[..., Response]) -> None:
    waiting = OrderFactory(items=0, amount="1.00")
    address = AddressFactory(customer=waiting.customer, line="Elsewhere 1")

    assert act(waiting, SHIPPING, {"address": address.pk}).status_code == 200
    Order.objects.update(status=500)
    assert act(waiting, SHIPPING, {"address": address.pk}).json()["error_code"] == "order_600_1"


@pytest.mark.parametrize(
    ("case", "values", "reason"),
    [
        ("somebody else's", {}, "it belongs to somebody else"),
        ("replaced by another", {"is_active": False}, "it is not active"),
        (
            "a store's",
            {"customer": None, "first_name": "Shop", "last_name": "Keeper"},
            "it belongs to somebody else",
        ),
    ],
)
def test_an_address_that_does_not_suit_is_named(
    act: Callable[..., Response],
    everything: Callable[[], Any],
    order: Order,
    case: str,
    values: dict[str, Any],
    reason: str,
) -> None:
    if case == "a store's":
        values = {**values, "retail_store": RetailStoreFactory()}
    elif case == "replaced by another":
        values = {**values, "customer": order.customer}
    other = AddressFactory(line="Elsewhere 2", **values)
    before = everything()

    for action in (SHIPPING, BILLING):
        response = act(order, action, {"address": other.pk})
        assert (response.status_code, response.json()) == (
            406,
            {
                "non_field_errors": f"Address {other.pk} cannot be used for order {order.number}: {reason}.",
                "error_code": "order_600_4",
            },
        )
    assert everything() == before


def test_what_is_collected_may_go_to_a_store(act: Callable[..., Response], order: Order) -> None:
    Order.objects.update(delivery_type="click_and_collect")
    store = AddressFactory(
        customer=None, retail_store=RetailStoreFactory(), first_name="Shop", last_name="Keeper"
    )

    assert act(order, SHIPPING, {"address": store.pk}).json()["shipping_address"]["pk"] == store.pk
    # A store is billed nothing.
    assert act(order, BILLING, {"address": store.pk}).json()["error_code"] == "order_600_4"


@pytest.mark.parametrize(
    "body", [{}, {"address": 0}, {"address": "x"}, {"address": None}, {"address": 1, "note": "x"}]
)
def test_a_body_out_of_shape_is_400(act: Callable[..., Response], order: Order, body: dict[str, Any]) -> None:
    assert act(order, SHIPPING, body).status_code == 400
