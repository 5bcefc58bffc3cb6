from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.catalogs.models import ProductStock
from omnitron.core.models import AuditLog
from omnitron.orders.models import Order, OrderItem
from tests.factories.customers import CustomerFactory

URL = "/api/v1/orders/"


def test_an_order_is_placed_as_given(api: APIClient, new_order: dict[str, Any]) -> None:
    response = api.post(URL, new_order)

    assert response.status_code == 201, response.content
    order = Order.objects.get()
    body = response.json()
    assert body["pk"] == order.pk
    assert body["number"] == "1222078610011628"
    assert body["status"] == "200"
    assert body["date_placed"] == "2026-01-02T10:11:12.123456Z"
    assert (body["amount"], body["shipping_amount"], body["net_shipping_amount"]) == ("108.50", "8.50", 8.5)
    assert body["extra_field"] == {"id": "R-1"}
    assert body["client_type"] == "default"
    assert (body["is_send"], body["has_gift_box"]) == (False, False)
    assert api.get(f"{URL}?number__exact=1222078610011628").json()["results"] == [body]


def test_an_order_with_items_derives_status_and_reserves_stock(
    api: APIClient, new_order: dict[str, Any], new_item: dict[str, Any]
) -> None:
    new_order["orderitem_set"] = [new_item, {**new_item, "status": "450", "attributes": {"quantity": 3}}]
    new_order["amount"] = "208.50"

    response = api.post(URL, new_order)

    assert response.status_code == 201, response.content
    assert response.json()["status"] == "400"
    order = Order.objects.get()
    assert order.total_difference == Decimal("0.00")
    assert list(
        order.orderitem_set.order_by("pk").values_list("status", "reserved_units", "is_stock_short")
    ) == [
        (400, 1, False),
        (450, 3, False),
    ]
    assert ProductStock.objects.get().sold_quantity_unreported == 4


def test_too_little_stock_is_flagged_not_refused(
    api: APIClient, new_order: dict[str, Any], new_item: dict[str, Any]
) -> None:
    new_order["orderitem_set"] = [{**new_item, "attributes": {"quantity": "7"}}]

    assert api.post(URL, new_order).status_code == 201
    item = OrderItem.objects.get()
    assert (item.reserved_units, item.is_stock_short) == (7, True)


@pytest.mark.parametrize("status", ["100", "600"])
def test_what_was_cancelled_before_it_came_reserves_nothing(
    api: APIClient, new_order: dict[str, Any], new_item: dict[str, Any], status: str
) -> None:
    new_order["orderitem_set"] = [{**new_item, "status": status}]

    response = api.post(URL, new_order)

    assert response.json()["status"] == status
    assert OrderItem.objects.get().reserved_units == 0
    assert ProductStock.objects.get().sold_quantity_unreported == 0


def test_totals_that_do_not_add_up_are_kept_and_shown(
    api: APIClient, new_order: dict[str, Any], new_item: dict[str, Any]
) -> None:
    new_order["orderitem_set"] = [new_item]
    new_order["amount"] = "110.00"

    assert api.post(URL, new_order).status_code == 201
    assert Order.objects.get().total_difference == Decimal("1.50")


def test_placing_writes_one_audit_row_each(
    api: APIClient, new_order: dict[str, Any], new_item: dict[str, Any]
) -> None:
    new_order["orderitem_set"] = [new_item, new_item]

    api.post(URL, new_order, headers={"X-Request-ID": "req-1"})

    audit = AuditLog.objects.order_by("pk")
    assert [row.event for row in audit] == ["order.created", "orderitem.created", "orderitem.created"]
    assert {(row.actor.username, row.source, row.request_id) for row in audit} == {("ada", "api", "req-1")}
    assert audit[0].new["number"] == "1222078610011628"


@pytest.mark.parametrize(
    ("given", "stored"), [(10, "10.00"), (19.995, "20.00"), (0.1, "0.10"), ("7.5", "7.50"), (1e3, "1000.00")]
)
def test_amounts_are_read_by_their_shortest_form(
    api: APIClient, new_order: dict[str, Any], given: Any, stored: str
) -> None:
    response = api.post(URL, {**new_order, "amount": given, "shipping_amount": "0"})
    assert response.json()["amount"] == stored


def test_net_shipping_amount_is_what_the_channel_gave(api: APIClient, new_order: dict[str, Any]) -> None:
    assert api.post(URL, {**new_order, "net_shipping_amount": "7.08"}).json()["net_shipping_amount"] == 7.08


@pytest.mark.parametrize("status", ["", None])
def test_an_empty_status_is_not_given(api: APIClient, new_order: dict[str, Any], status: Any) -> None:
    assert api.post(URL, {**new_order, "status": status}).json()["status"] == "200"


@pytest.mark.parametrize(("given", "stored"), [("approved", "400"), (400, "400"), ("400", "400")])
def test_a_status_is_read_as_code_or_name(
    api: APIClient, new_order: dict[str, Any], given: Any, stored: str
) -> None:
    assert api.post(URL, {**new_order, "status": given}).json()["status"] == stored


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", ""),
        ("number", "x" * 129),
        ("number", "1\x002"),
        ("number", {"a": 1}),
        ("channel", 10**30),
        ("channel", "9" * 5000),
        ("channel", True),
        ("channel", "one"),
        ("channel", -1),
        ("status", "401"),
        ("status", "nope"),
        ("status", True),
        ("currency", "xyz"),
        ("amount", "-0.01"),
        ("amount", "10000000000.00"),
        ("amount", "1.005"),
        ("amount", "NaN"),
        ("amount", "1e400"),
        ("amount", []),
        ("amount", True),
        ("amount", None),
        ("shipping_tax_rate", "101"),
        ("installment_count", -1),
        ("installment_count", 2**31),
        ("date_placed", "9999-12-31T23:59:59Z"),
        ("date_placed", "0001-01-01T00:00:00+14:00"),
        ("date_placed", "yesterday"),
        ("date_placed", 5),
        ("delivery_range", {"lower": "2026-01-02T00:00:00Z", "upper": "2026-01-01T00:00:00Z"}),
        ("delivery_range", "tomorrow"),
        ("delivery_range", {"lower": "2026-01-02T00:00:00Z", "high": 1}),
        ("remote_addr", "300.1.1.1"),
        ("extra_field", []),
        ("extra_field", {"a": {"b": ["\x00"]}}),
        ("client_type", "toaster"),
        ("is_send", "maybe"),
        ("e_archive_url", "not a url"),
        ("refund_amount", "108.51"),
        ("shipping_refund_amount", "8.51"),
        ("discount_refund_amount", "0.01"),
        ("pk", 5),
        ("cancel_status", "waiting"),
        ("colour", "red"),
        ("orderitem_set", {}),
        ("orderitem_set", [5]),
    ],
)
def test_bad_input_is_400_and_named(
    api: APIClient,
    new_order: dict[str, Any],
    rows: Callable[[], tuple[int, int, int]],
    field: str,
    value: Any,
) -> None:
    before = rows()

    response = api.post(URL, {**new_order, field: value})

    assert response.status_code == 400, response.content
    assert list(response.json()) == [field]
    assert rows() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("product", None),
        ("product", -1),
        ("price", "-1"),
        ("discount_amount", "110.01"),
        ("tax_rate", "twenty"),
        ("attributes", {"quantity": 0}),
        ("attributes", {"quantity": "many"}),
        ("attributes", {"quantity": True}),
        ("status", "nope"),
        ("price_currency", "usd"),
    ],
)
def test_one_bad_item_places_nothing(
    api: APIClient,
    new_order: dict[str, Any],
    new_item: dict[str, Any],
    rows: Callable[[], tuple[int, int, int]],
    field: str,
    value: Any,
) -> None:
    before = rows()

    response = api.post(URL, {**new_order, "orderitem_set": [new_item, {**new_item, field: value}]})

    assert response.status_code == 400, response.content
    assert field in response.content.decode()
    assert rows() == before
    assert ProductStock.objects.get().sold_quantity_unreported == 0


@pytest.mark.parametrize(
    "field", ["number", "channel", "customer", "shipping_address", "amount", "date_placed"]
)
def test_an_absent_field_is_400(api: APIClient, new_order: dict[str, Any], field: str) -> None:
    del new_order[field]

    response = api.post(URL, new_order)

    assert (response.status_code, response.json()) == (400, {field: ["This field is required."]})
    assert Order.objects.count() == 0


def test_a_number_is_taken_once_a_channel(
    api: APIClient, new_order: dict[str, Any], rows: Callable[[], tuple[int, int, int]]
) -> None:
    api.post(URL, new_order)
    before = rows()

    response = api.post(URL, new_order)

    assert response.status_code == 406
    assert response.json() == {
        "non_field_errors": f"Channel {new_order['channel']} has an order 1222078610011628 already.",
        "error_code": "order_100_1",
    }
    assert rows() == before


def test_status_50_is_opened_by_cancel(api: APIClient, new_order: dict[str, Any]) -> None:
    response = api.post(URL, {**new_order, "status": "50"})

    assert (response.status_code, response.json()["error_code"]) == (406, "order_200_2")
    assert Order.objects.count() == 0


def test_a_customer_of_another_channel_is_refused(api: APIClient, new_order: dict[str, Any]) -> None:
    stranger = CustomerFactory()

    response = api.post(URL, {**new_order, "customer": stranger.pk})

    assert (response.status_code, list(response.json())) == (400, ["customer"])
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("_case", "body"),
    [
        ("broken", b'{"number": '),
        ("not an object", b"[1]"),
        ("not UTF-8", b'{"number": "\xff"}'),
        ("not JSON numbers", b'{"amount": NaN}'),
        ("nested too deeply", b'{"extra_field": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        ("empty", b""),
    ],
)
def test_a_body_that_is_no_json_object_is_400(api: APIClient, _case: str, body: bytes) -> None:
    response = api.post(URL, body, content_type="application/json")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/json"
    assert response.json()
    assert Order.objects.count() == 0


@pytest.mark.parametrize("text", [r"\u0000", r"\ud800", r"\uDFFF x"])
def test_text_no_column_can_hold_is_400_and_named(
    api: APIClient, new_order: dict[str, Any], text: str
) -> None:
    body = json.dumps({**new_order, "extra_field": {"deep": ["TEXT"]}}).replace("TEXT", text)

    response = api.post(URL, body, content_type="application/json")

    assert (response.status_code, list(response.json())) == (400, ["extra_field"])
    assert Order.objects.count() == 0


def test_a_body_of_10_mb_is_413(api: APIClient) -> None:
    response = api.post(URL, b'{"notes": "' + b"x" * 10_000_000 + b'"}', content_type="application/json")

    assert response.status_code == 413
    assert response.json()["detail"].startswith("The body has 100000")


def test_another_content_type_is_415(api: APIClient) -> None:
    assert api.post(URL, "number=1", content_type="application/x-www-form-urlencoded").status_code == 415


def test_an_order_costs_the_same_however_often_a_row_is_named(
    api: APIClient,
    new_order: dict[str, Any],
    new_item: dict[str, Any],
    django_assert_num_queries: Callable[..., Any],
) -> None:
    """Three items of one product cost what one costs: rows are looked up once, items written together."""
    api.post(
        URL, {**new_order, "number": "A-0", "orderitem_set": [new_item]}
    )  # content types are looked up once a process
    for number, items in (("A-1", [new_item]), ("A-3", [new_item] * 3)):
        with django_assert_num_queries(18):
            response = api.post(URL, {**new_order, "number": number, "orderitem_set": items})
        assert response.status_code == 201, response.content
