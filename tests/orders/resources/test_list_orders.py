from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from rest_framework.test import APIClient

from omnitron.channels.models import IntegrationAction
from omnitron.orders.models import Order
from omnitron.orders.resources.serializers import DETAIL_KEYS as STORED_KEYS
from omnitron.orders.resources.serializers import FLAT_KEYS
from tests.factories.channels import ChannelFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import ApprovedOrderFactory, OrderFactory, OrderItemFactory

DETAIL_KEYS = (*STORED_KEYS, "available_actions")

URL = "/api/v1/orders/"


def numbers(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["number"] for row in response.json()["results"]]


def test_shapes_are_key_by_key_the_documents(api: APIClient) -> None:
    order = ApprovedOrderFactory()

    assert tuple(api.get(URL).json()["results"][0]) == FLAT_KEYS
    assert tuple(api.get(f"{URL}{order.pk}/").json()) == DETAIL_KEYS


def test_newest_first_in_pages(api: APIClient) -> None:
    for number in "ABCDE":
        OrderFactory(number=number)

    first = api.get(f"{URL}?limit=2").json()
    assert (first["count"], [row["number"] for row in first["results"]]) == (5, ["E", "D"])
    assert first["previous"] is None
    assert first["next"] == "http://testserver/api/v1/orders/?limit=2&page=2"
    second = api.get(first["next"]).json()
    assert [row["number"] for row in second["results"]] == ["C", "B"]
    assert second["previous"] == "http://testserver/api/v1/orders/?limit=2"
    last = api.get(second["next"]).json()
    assert ([row["number"] for row in last["results"]], last["next"], last["count"]) == (["A"], None, 5)
    assert api.get(f"{URL}?limit=2&page=4").status_code == 404


def test_ten_a_page_and_never_more_than_500(api: APIClient) -> None:
    for _ in range(12):
        OrderFactory(items=0)

    assert len(api.get(URL).json()["results"]) == 10
    assert len(api.get(f"{URL}?limit=10000").json()["results"]) == 12


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-1", "limit=ten", "page=0", "page=1.5", "limit=", "page=²"]
)
def test_a_page_that_is_no_positive_number_is_400(api: APIClient, query: str) -> None:
    response = api.get(f"{URL}?{query}")
    assert (response.status_code, list(response.json())) == (400, [query.split("=")[0]])


@pytest.mark.parametrize("page", ["2", "999999999999", "9" * 19])
def test_a_page_past_the_end_is_404(api: APIClient, page: str) -> None:
    OrderFactory(items=0)
    assert api.get(f"{URL}?page={page}").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("number=8610", ["1222078610011628", "1186104634112903"]),
        ("number=abc", ["xAbCx"]),
        ("number__exact=1186104634112903", ["1186104634112903"]),
        ("number__exact=8610", []),
        ("number__in=xAbCx,8610", ["xAbCx"]),
        ("number__startswith=12", ["1222078610011628"]),
    ],
)
def test_number_finds_a_part_and_number_exact_the_whole(api: APIClient, query: str, found: list[str]) -> None:
    for number in ("xAbCx", "1186104634112903", "1222078610011628"):
        OrderFactory(number=number)

    assert numbers(api.get(f"{URL}?{query}")) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=400", ["A"]),
        ("status=approved", ["A"]),
        ("status__in=200,400", ["B", "A"]),
        ("status__gte=400", ["A"]),
        ("is_send=True", ["A"]),
        ("is_send=false", ["B"]),
        ("cancel_status__isnull=true", ["B", "A"]),
        ("cancel_status=waiting", []),
        ("currency=eur", ["B"]),
        ("amount__gt=150", ["A"]),
        ("amount__lte=100.00", ["B"]),
        ("tracking_number=T-1", ["A"]),
        ("tracking_number__isnull=true", ["B"]),
        ("invoice_number__exact=I-1", ["A"]),
        ("date_placed__lt=2026-01-01", ["B"]),
        ("date_placed__gte=2026-01-01T00:00:00Z", ["A"]),
        ("date_placed__date=2025-12-31", ["B"]),
        ("customer__email=a@example.com", ["A"]),
        ("customer__email=A@example.com", []),
        ("extra_field__id=R-1", ["A"]),
        ("extra_field__count=5", ["A"]),
        ("extra_field__deep__key=v", ["A"]),
        ("extra_field__id=nobody", []),
        ("remote_addr=10.0.0.1", ["A"]),
        ("pk__in=", []),
        ("status__in=", []),
    ],
)
def test_filters(api: APIClient, query: str, found: list[str]) -> None:
    ApprovedOrderFactory(
        number="A",
        is_send=True,
        tracking_number="T-1",
        invoice_number="I-1",
        remote_addr="10.0.0.1",
        date_placed="2026-01-01T00:00:00Z",
        customer__email="a@example.com",
        extra_field={"id": "R-1", "count": 5, "deep": {"key": "v"}},
    )
    OrderFactory(number="B", currency="eur", date_placed="2025-12-31T12:00:00Z")

    assert numbers(api.get(f"{URL}?{query}")) == found
    assert api.get(f"{URL}?{query}").json()["count"] == len(found)


def test_filters_by_id(api: APIClient) -> None:
    order, other = OrderFactory(), OrderFactory()

    assert numbers(api.get(f"{URL}?pk__in={order.pk},{other.pk}&sort=id")) == [order.number, other.number]
    assert numbers(api.get(f"{URL}?channel={order.channel_id}")) == [order.number]
    assert numbers(api.get(f"{URL}?channel_id={order.channel_id}&number={order.number}")) == [order.number]
    assert numbers(api.get(f"{URL}?customer={other.customer_id}")) == [other.number]
    assert numbers(api.get(f"{URL}?id__gt={order.pk}")) == [other.number]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=red", "colour"),
        ("number__like=5", "number__like"),
        ("status=401", "status"),
        ("status=", "status"),
        ("number=", "number"),
        ("number=1&number=2", "number"),
        ("number=%00", "number"),
        ("is_send=maybe", "is_send"),
        ("channel=one", "channel"),
        ("channel=99999999999999999999", "channel"),
        ("pk__in=1,x", "pk__in"),
        ("pk__in=1,", "pk__in"),
        ("amount__gt=NaN", "amount__gt"),
        ("amount__gt=1e1000000", "amount__gt"),
        ("date_placed__gte=soon", "date_placed__gte"),
        ("remote_addr=300.1.1.1", "remote_addr"),
        ("sort=colour", "sort"),
        ("sort=extra_field", "sort"),
        ("search=", "search"),
        ("channel__name=x", "channel__name"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_400_and_named(api: APIClient, query: str, field: str) -> None:
    response = api.get(f"{URL}?{query}")
    assert (response.status_code, list(response.json())) == (400, [field]), response.content


def test_sort_breaks_ties_by_pk(api: APIClient) -> None:
    for number, currency in (("A", "usd"), ("B", "eur"), ("C", "usd")):
        OrderFactory(number=number, currency=currency)

    assert numbers(api.get(f"{URL}?sort=currency")) == ["B", "A", "C"]
    assert numbers(api.get(f"{URL}?sort=-currency")) == ["C", "A", "B"]
    assert numbers(api.get(f"{URL}?sort=pk")) == ["A", "B", "C"]


@pytest.mark.parametrize(
    "term",
    ["0461", "TRK-77", "77", "fatma@shop", "5551234", "SKU-RED", "REMOTE-1", "ITEM-9", "INV-3", "sku-red"],
)
def test_search_finds_an_order_by_whatever_is_at_hand(api: APIClient, term: str) -> None:
    order = ApprovedOrderFactory(
        number="1186104612",
        tracking_number="TRK-77",
        invoice_number="INV-3",
        customer__email="fatma@shop.example",
        customer__phone_number="+905551234567",
        items=0,
    )
    item = OrderItemFactory(order=order, product__sku="X-SKU-RED-1")
    for row, remote_id in ((order, "REMOTE-1"), (item, "ITEM-9")):
        IntegrationAction.objects.create(
            channel=order.channel,
            content_type=ContentType.objects.get_for_model(row),
            object_id=row.pk,
            remote_id=remote_id,
        )
    # Nothing of it is a counter's: one of those contains "77" some day.
    OrderFactory(
        number="999",
        customer__email="other@shop.example",
        customer__phone_number="+900000000000",
        items=0,
    )

    response = api.get(f"{URL}?search={term.replace('+', '%2B')}")

    assert numbers(response) == ["1186104612"]


@pytest.mark.parametrize("path", ["", "?number=0", "?search=0000", "?status__gte=100"])
def test_a_list_costs_the_same_for_1_and_100_orders(
    api: APIClient, django_assert_num_queries: Callable[..., Any], path: str
) -> None:
    channel = ChannelFactory()
    customer = CustomerFactory(channel=channel)
    OrderFactory(channel=channel, customer=customer)
    api.get(f"{URL}{path}")  # content types are looked up once a process
    with django_assert_num_queries(1):
        assert len(api.get(f"{URL}{path}").json()["results"]) == 1

    for _ in range(99):
        OrderFactory(channel=channel, customer=customer)

    separator = "&" if path else "?"
    with django_assert_num_queries(2):  # a full page asks for the count
        assert len(api.get(f"{URL}{path}{separator}limit=100").json()["results"]) == 100


def test_one_order_costs_two_queries_however_many_items(
    api: APIClient, django_assert_num_queries: Callable[..., Any]
) -> None:
    small, large = ApprovedOrderFactory(items=1), ApprovedOrderFactory(items=30)
    for order, items in ((small, 1), (large, 30)):
        with django_assert_num_queries(2):
            assert len(api.get(f"{URL}{order.pk}/").json()["orderitem_set"]) == items


def test_the_kept_count_follows_every_write(api: APIClient) -> None:
    orders = [OrderFactory(items=0) for _ in range(3)]
    assert api.get(f"{URL}?limit=1").json()["count"] == 3

    orders[0].delete()

    assert api.get(f"{URL}?limit=1").json()["count"] == 2


def test_a_limited_user_reaches_no_other_channel(
    api_of: Callable[..., APIClient], new_order: dict[str, Any]
) -> None:
    mine, theirs = ApprovedOrderFactory(number="M-1"), ApprovedOrderFactory(number="T-1")
    client = api_of(
        "orders.view_order",
        "orders.view_orderitem",
        "orders.add_order",
        "orders.change_order",
        "orders.delete_order",
        channels=[mine.channel],
    )

    listed = client.get(f"{URL}?limit=1").json()
    assert (listed["count"], [row["number"] for row in listed["results"]], listed["next"]) == (
        1,
        ["M-1"],
        None,
    )
    assert numbers(client.get(f"{URL}?search=T-1")) == []
    assert numbers(client.get(f"{URL}?channel={theirs.channel_id}")) == []
    assert client.get("/api/v1/order_items/").json()["count"] == 2
    for method in (client.get, client.delete):
        assert method(f"{URL}{theirs.pk}/").status_code == 404
    assert client.patch(f"{URL}{theirs.pk}/", {"notes": "x"}).status_code == 404
    assert client.get("/api/i1/orders/T-1/").status_code == 404
    assert client.get("/api/v1/order_number/T-1/").status_code == 404
    assert client.get(f"/api/v1/orders_integration/{theirs.pk}/detailed_integration/").status_code == 404
    refused = client.post(URL, new_order)
    assert (refused.status_code, sorted(refused.json())) == (
        400,
        ["billing_address", "channel", "customer", "shipping_address"],
    )
    assert Order.objects.count() == 2
    assert Order.objects.get(pk=theirs.pk).notes is None


def test_permissions_are_asked_for_each_verb(api_of: Callable[..., APIClient]) -> None:
    order = OrderFactory()
    reader, nobody = api_of("orders.view_order"), api_of()

    assert reader.get(URL).status_code == 200
    assert reader.post(URL, {}).status_code == 403
    assert reader.patch(f"{URL}{order.pk}/", {}).status_code == 403
    assert reader.delete(f"{URL}{order.pk}/").status_code == 403
    assert nobody.get(URL).status_code == 403
    assert APIClient().get(URL).status_code == 401
    assert Order.objects.count() == 1
