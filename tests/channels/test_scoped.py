"""Below a channel only what is the channel's can be written."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.customers.models import Address
from tests.factories.channels import ChannelFactory
from tests.factories.customers import AddressFactory, CustomerFactory, RetailStoreFactory

pytestmark = pytest.mark.django_db


def test_an_address_of_another_channels_customer_is_neither_made_nor_changed(api: APIClient) -> None:
    known = AddressFactory()
    channel, elsewhere = known.customer.channel, CustomerFactory()
    places = {"country": known.country_id, "city": known.city_id}
    body = {"first_name": "A", "last_name": "B", "line": "Street 1", **places}
    path = f"/api/v1/channel/{channel.pk}/addresses/"
    owners: list[dict[str, Any]] = [
        {"customer": elsewhere.pk},
        {"retail_store": RetailStoreFactory().pk},
    ]

    for owner in owners:
        assert api.post(path, body | owner, format="json").status_code == 400
    assert api.patch(f"{path}{known.pk}/", {"customer": elsewhere.pk}, format="json").status_code == 400
    assert api.get(f"/api/v1/channel/{ChannelFactory().pk}/addresses/{known.pk}/").status_code == 404

    known.refresh_from_db()
    assert (Address.objects.count(), known.customer.channel) == (1, channel)
    assert api.post(path, body | {"customer": known.customer_id}, format="json").status_code == 201
