"""Customers as channels look them up and write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from rest_framework.test import APIClient

from omnitron.customers.models import Customer
from tests.factories.channels import ChannelFactory
from tests.factories.customers import AddressFactory, CustomerFactory
from tests.factories.orders import OrderFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/customers/"
PERMISSIONS = tuple(f"customers.{verb}_customer" for verb in ("view", "add", "change", "delete"))


def pks(client: APIClient, **parameters: Any) -> list[int]:
    response = client.get(URL, {"sort": "id", **parameters})
    assert response.status_code == 200, response.content
    return [row["pk"] for row in response.json()["results"]]


def test_an_email_is_kept_and_compared_to_the_letter(api: APIClient) -> None:
    channel = ChannelFactory()
    body = {
        "channel": str(channel.pk),
        "email": "Ayse.Yilmaz@Example.COM",
        "phone_number": " 0 (555) 111-22 33 ",
        "first_name": " Ayşe",
        "last_name": "Yılmaz ",
        "extra_field": {},
        "channel_code": "C-1",
        "is_active": True,
    }

    created = api.post(URL, body).json()

    assert {name: created[name] for name in body} == body | {"channel": channel.pk}
    assert pks(api, email="Ayse.Yilmaz@Example.COM", channel=channel.pk) == [created["pk"]]
    assert pks(api, email="ayse.yilmaz@example.com", channel=channel.pk) == []
    assert pks(api, email__iexact="ayse.yilmaz@example.com") == [created["pk"]]
    assert pks(api, email="Ayse.Yilmaz@Example.COM", channel=channel.pk + 1) == []
    assert pks(api, phone_number=" 0 (555) 111-22 33 ") == [created["pk"]]


def test_a_customer_that_a_channel_application_sends_again_is_answered_not_doubled(api: APIClient) -> None:
    channel = ChannelFactory()
    url = f"/api/v1/channel/{channel.pk}/customers/"
    body = {"email": "ayse@example.com", "first_name": "Ayşe", "last_name": "Ak", "channel_code": "MP-78"}
    first = api.post(url, body)
    assert first.status_code == 201

    again = api.post(url, {**body, "first_name": "Ayşegül"})

    assert (again.status_code, again.json()) == (201, first.json())
    assert Customer.objects.count() == 1
    for other in ({"channel_code": "MP-79"}, {"email": "AYSE@example.com"}, {"channel_code": None}):
        assert api.post(url, {**body, **other}).status_code == 201
    elsewhere = ChannelFactory()
    assert api.post(f"/api/v1/channel/{elsewhere.pk}/customers/", body).status_code == 201
    assert Customer.objects.count() == 5


def test_search_looks_into_email_and_phone(api: APIClient) -> None:
    ayse = CustomerFactory(email="ayse@example.com", phone_number="05550000001")
    CustomerFactory(email="mehmet@example.com", phone_number="05440000002")

    assert pks(api, search="AYSE@") == [ayse.pk]
    assert pks(api, search="0555") == [ayse.pk]
    assert pks(api, search="%") == []
    assert len(pks(api, search="example.com")) == 2


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"first_name": "Ada"}, "a"),
        ({"first_name__startswith": "Ad", "last_name__icontains": "LOVE"}, "a"),
        ({"email__in": "a@example.com,c@example.com"}, "ac"),
        ({"is_active": "false"}, "c"),
        ({"gender": "female"}, "a"),
        ({"gender__isnull": "true"}, "bc"),
        ({"user_type__in": "guest,registered"}, "ab"),
        ({"date_of_birth__lt": "1900-01-01"}, "a"),
        ({"date_joined__gte": "2020-01-01T00:00:00Z"}, "bc"),
        ({"date_joined__gte": "2020-01-01 03:00:00+03:00"}, "bc"),
        ({"date_joined__date": "2020-01-01"}, "b"),
        ({"extra_field__tier": "gold"}, "b"),
        ({"extra_field__address__zip": "34710"}, "c"),
        ({"extra_field__points": "7"}, "bc"),
        ({"extra_field__vip": "true"}, "b"),
        ({"attributes__size": "M"}, "a"),
    ],
)
def test_filters(api: APIClient, parameters: dict[str, str], expected: str) -> None:
    rows = {
        "a": CustomerFactory(
            email="a@example.com",
            first_name="Ada",
            last_name="Lovelace",
            gender="female",
            user_type="guest",
            date_of_birth="1815-12-10",
            date_joined="2019-12-31T23:59:59.999999Z",
            attributes={"size": "M"},
        ),
        "b": CustomerFactory(
            email="b@example.com",
            user_type="registered",
            date_joined="2020-01-01T00:00:00Z",
            extra_field={"tier": "gold", "points": 7, "vip": True},
        ),
        "c": CustomerFactory(
            email="c@example.com",
            is_active=False,
            date_joined="2021-01-01T00:00:00Z",
            extra_field={"address": {"zip": 34710}, "points": "7", "vip": "false"},
        ),
    }

    assert pks(api, **parameters) == [rows[name].pk for name in expected]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("is_active", "yes"),
        ("gender", "other"),
        ("date_joined__gt", "yesterday"),
        ("date_of_birth", "31.12.2020"),
        ("channel", "web"),
        ("channel__in", "1,web"),
        ("channel", "9" * 30),
        ("gender__isnull", "maybe"),
        ("email", ""),
        ("email", "a\x00"),
        ("extra_field", "x"),
    ],
)
def test_a_value_that_is_none_is_refused_by_name(api: APIClient, name: str, value: str) -> None:
    CustomerFactory()

    response = api.get(URL, {name: value})

    assert (response.status_code, list(response.json())) == (400, [name])


def test_a_limited_user_reaches_the_customers_of_its_channels_only(api_of: Callable[..., APIClient]) -> None:
    mine = CustomerFactory(email="ayse@example.com")
    foreign = CustomerFactory(email="ayse@example.com")
    client = api_of(*PERMISSIONS, channels=[mine.channel])
    url = f"{URL}{foreign.pk}/"
    stored = Customer.objects.filter(pk=foreign.pk).values().get()

    listed = client.get(URL).json()
    assert (listed["count"], [row["pk"] for row in listed["results"]]) == (1, [mine.pk])
    for parameters in (
        {"search": "ayse"},
        {"email": "ayse@example.com"},
        {"pk__in": f"{mine.pk},{foreign.pk}"},
    ):
        assert pks(client, **parameters) == [mine.pk]
    assert pks(client, channel=foreign.channel_id) == []
    assert client.get(url).status_code == 404
    assert client.patch(url, {"first_name": "X"}).status_code == 404
    assert client.put(url, {}).status_code == 404
    assert client.delete(url).status_code == 404
    assert Customer.objects.filter(pk=foreign.pk).values().get() == stored


def test_a_limited_user_names_its_own_channels_only(api_of: Callable[..., APIClient]) -> None:
    mine = CustomerFactory()
    foreign = ChannelFactory()
    client = api_of(*PERMISSIONS, channels=[mine.channel])
    body = {"channel": foreign.pk, "email": "a@example.com", "first_name": "A", "last_name": "B"}
    unknown = {"channel": [f'Invalid pk "{foreign.pk}" - object does not exist.']}

    assert client.post(URL, body).json() == unknown
    assert client.patch(f"{URL}{mine.pk}/", {"channel": foreign.pk}).json() == unknown
    assert client.post(URL, body | {"channel": mine.channel_id}).status_code == 201
    assert set(Customer.objects.values_list("channel", flat=True)) == {mine.channel_id}


def test_a_user_limited_to_no_channel_sees_nobody(api_of: Callable[..., APIClient]) -> None:
    CustomerFactory()

    assert api_of(*PERMISSIONS, channels=[]).get(URL).json()["count"] == 0


@pytest.mark.parametrize("factory", [OrderFactory, AddressFactory])
def test_a_customer_somebody_refers_to_cannot_be_deleted(api: APIClient, factory: Any) -> None:
    customer = factory().customer

    response = api.delete(f"{URL}{customer.pk}/")

    assert (response.status_code, response.json()["error_code"]) == (406, "omnitron_100_2")
    assert Customer.objects.filter(pk=customer.pk).exists()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("email", "nobody", "Enter a valid email address."),
        ("email", f"{'a' * 250}@example.com", "Ensure this field has no more than 254 characters."),
        ("first_name", "", "This field may not be blank."),
        ("first_name", "a" * 256, "Ensure this field has no more than 255 characters."),
        ("channel", 2**70, f'Invalid pk "{2**70}" - object does not exist.'),
        ("channel", True, "Incorrect type. Expected pk value, received bool."),
        ("channel", None, "This field may not be null."),
        ("gender", "other", '"other" is not one of: female, male.'),
        ("date_joined", "9999-01-01T00:00:00Z", "The year must be between 1900 and 2199."),
        ("date_of_birth", "0001-01-01", "The year must be between 1900 and 2199."),
        ("extra_field", [], "Give a JSON object."),
        ("extra_field", None, "This field may not be null."),
        ("is_active", "perhaps", "Must be a valid boolean."),
    ],
)
def test_what_no_customer_can_be_is_refused_by_name(
    api: APIClient, field: str, value: Any, message: str
) -> None:
    customer = CustomerFactory()
    stored = Customer.objects.values().get()

    response = api.patch(f"{URL}{customer.pk}/", {field: value})

    assert (response.status_code, response.json()) == (400, {field: [message]})
    assert Customer.objects.values().get() == stored


def test_search_and_email_filters_can_use_the_trigram_indexes(db: None) -> None:
    """With millions of customers a scan of them all would take seconds."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for condition in (
        Q(email__icontains="ayse") | Q(phone_number__icontains="0555"),
        Q(email__icontains="ayse@example"),
        Q(phone_number__istartswith="0555"),
    ):
        plan = Customer.objects.filter(condition).explain()
        assert "trigrams" in plan, plan
        assert "Seq Scan" not in plan, plan
