"""A user limited to channels: no list, search, count, row or write reaches another channel's rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.channels.models import Channel
from omnitron.core.models import AuditLog
from tests.core.resource_table import PLAIN, WRITABLE, Resource
from tests.factories.channels import ChannelFactory
from tests.factories.customers import AddressFactory, CustomerFactory, RetailStoreFactory
from tests.factories.payments import PosFactory

pytestmark = pytest.mark.django_db

OF_CHANNELS = {
    "channels": lambda channel: channel,
    "customers": lambda channel: CustomerFactory(channel=channel),
    "addresses": lambda channel: AddressFactory(customer__channel=channel),
    "pos": lambda channel: PosFactory(channel=channel),
}
SCOPED = tuple(
    resource
    for resource in PLAIN
    if getattr(resource.factory._meta.get_model_class(), "channel_path", None) is not None
)


def row_in(resource: Resource, channel: Channel) -> Any:
    if resource.path in OF_CHANNELS:
        return OF_CHANNELS[resource.path](channel)
    return resource.factory(order__channel=channel)


def client_for(api_of: Callable[..., APIClient], resource: Resource, channel: Channel) -> APIClient:
    permissions = [resource.permission(verb) for verb in ("view", "add", "change", "delete")]
    return api_of(*permissions, channels=[channel])


def test_scoped_are_those_that_lead_to_a_channel() -> None:
    assert {resource.path for resource in SCOPED} == set(OF_CHANNELS) | {
        resource.path for resource in PLAIN if resource.path.endswith("transactions")
    }


@pytest.mark.parametrize("resource", SCOPED, ids=lambda resource: resource.path)
def test_rows_of_other_channels_do_not_exist(api_of: Callable[..., APIClient], resource: Resource) -> None:
    here, there = ChannelFactory(), ChannelFactory()
    mine, foreign = row_in(resource, here), row_in(resource, there)
    client = client_for(api_of, resource, here)
    model = type(foreign)
    stored = model.objects.filter(pk=foreign.pk).values().get()

    listed = client.get(resource.url).json()
    assert (listed["count"], [row["pk"] for row in listed["results"]]) == (1, [mine.pk])
    assert client.get(resource.url, {"pk__in": f"{mine.pk},{foreign.pk}"}).json()["count"] == 1
    assert client.get(resource.url, {"pk": foreign.pk}).json()["count"] == 0
    assert client.get(resource.url, {"page": 2, "limit": 1}).status_code == 404
    for method in ("get", "patch", "put", "delete"):
        response = getattr(client, method)(f"{resource.url}{foreign.pk}/", {})
        assert response.status_code == (404 if method == "get" or resource.body else 405)
    assert model.objects.filter(pk=foreign.pk).values().get() == stored
    assert AuditLog.objects.count() == 0


@pytest.mark.parametrize(
    "resource", [r for r in WRITABLE if r.path in {"channels", "pos"}], ids=lambda resource: resource.path
)
def test_a_row_of_no_channel_cannot_be_made(api_of: Callable[..., APIClient], resource: Resource) -> None:
    client = client_for(api_of, resource, ChannelFactory())
    model = resource.factory._meta.get_model_class()
    before = model.objects.count()

    response = client.post(resource.url, resource.body())

    assert response.status_code == 400
    assert list(response.json().values()) == [["A user limited to channels must name one of them here."]]
    assert model.objects.count() == before


def test_a_row_cannot_be_taken_out_of_its_channel(api_of: Callable[..., APIClient]) -> None:
    here, there = ChannelFactory(), ChannelFactory()
    pos = PosFactory(channel=here)
    address = AddressFactory(customer__channel=here, retail_store=RetailStoreFactory())
    client = api_of(
        "payments.view_pos",
        "payments.change_pos",
        "customers.view_address",
        "customers.change_address",
        channels=[here],
    )

    for url, field in (
        (f"/api/v1/pos/{pos.pk}/", "channel"),
        (f"/api/v1/addresses/{address.pk}/", "customer"),
    ):
        assert client.patch(url, {field: None}).json() == {
            field: ["A user limited to channels must name one of them here."]
        }
    assert client.patch(f"/api/v1/pos/{pos.pk}/", {"channel": there.pk}).json() == {
        "channel": [f'Invalid pk "{there.pk}" - object does not exist.']
    }
    pos.refresh_from_db()
    address.refresh_from_db()
    assert (pos.channel, address.customer.channel) == (here, here)


def test_what_belongs_to_no_channel_is_open_to_limited_users(api_of: Callable[..., APIClient]) -> None:
    open_to_all = [resource for resource in PLAIN if resource not in SCOPED]
    client = api_of(*(resource.permission("view") for resource in open_to_all), channels=[])

    for resource in open_to_all:
        row = resource.factory()
        assert client.get(f"{resource.url}{row.pk}/").json()["pk"] == row.pk
