"""What all lists of the catalogue below a channel have in common: cost, refusals, reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from rest_framework.test import APIClient

from omnitron.catalogs.models import ProductImage, ProductPrice
from omnitron.catalogs.selectors import of_products_taken_over
from omnitron.channels.models import Channel
from omnitron.channels.selectors import unknown_to_channel
from tests.catalogs.channel_rows import PATHS, new_rows, row_of, sold, told, told_all
from tests.factories.channels import ChannelFactory

pytestmark = pytest.mark.django_db
every_path = pytest.mark.parametrize("path", PATHS)


def test_what_is_new_is_looked_up_row_by_row(channel: Channel) -> None:
    """Planned as a join while nothing was known of the tables, 20,000 products took more than nine seconds."""
    for rows in (ProductPrice.objects.all(), ProductImage.objects.all()):
        new = unknown_to_channel(of_products_taken_over(rows, channel=channel), channel_id=channel.pk)
        plan = new.order_by().explain()
        assert ("SubPlan" in plan, "Join" in plan, "Nested Loop" in plan) == (True, False, False), plan


@every_path
def test_what_is_told_costs_the_same_for_one_row_and_for_a_hundred(
    api: APIClient, channel: Channel, path: str, django_assert_num_queries: Any
) -> None:
    def found(queries: int, listed: str, limit: int = 500) -> tuple[int, int]:
        with django_assert_num_queries(queries):
            page = api.get(f"/api/v1/channel/{channel.pk}/{path}/{listed}", {"limit": limit}).json()
        return page["count"], len(page["results"])

    rows = new_rows(path, channel, count=1)
    # A process looks a content type up once.
    ContentType.objects.get_for_model(rows[0])
    assert found(2, "inserts/") == found(2, "") == (1, 1)
    rows += new_rows(path, channel, count=99)
    assert found(2, "inserts/") == found(2, "") == (100, 100)
    assert found(3, "inserts/", limit=20) == (100, 20)

    told_all(channel, rows)
    assert found(2, "updates/") == (100, 100)
    assert found(3, "updates/", limit=100) == (100, 100)
    assert found(2, "inserts/") == (0, 0)


@every_path
@pytest.mark.parametrize("listed", ["inserts/", "updates/", ""])
def test_what_no_list_knows_is_refused_by_name(
    api: APIClient, channel: Channel, path: str, listed: str
) -> None:
    url = f"/api/v1/channel/{channel.pk}/{path}/{listed}"

    assert api.get(url, {"colour": "red"}).json() == {"colour": ["Unknown parameter."]}
    assert api.get(url, {"pk__in": "1,x"}).status_code == 400
    if listed:
        assert api.get(url, {"sort": "id"}).json() == {"sort": ["Here the oldest change always comes first."]}
    assert api.get(url, {"page": 2}).status_code == 404


@every_path
def test_nothing_is_written_from_here(api: APIClient, channel: Channel, path: str) -> None:
    row = row_of(path, channel)
    told(channel, row)
    stored = type(row).objects.values().get()
    url = f"/api/v1/channel/{channel.pk}/{path}/"

    assert api.post(url, {}).status_code == api.post(f"{url}inserts/", {}).status_code == 405
    assert api.patch(f"{url}{row.pk}/", {"is_active": False}).status_code == 405
    assert api.delete(f"{url}{row.pk}/").status_code == 405
    assert type(row).objects.values().get() == stored


@every_path
def test_another_channel_is_not_found(
    api: APIClient, api_of: Callable[..., APIClient], channel: Channel, path: str
) -> None:
    row, foreign = row_of(path, channel), ChannelFactory()
    told(channel, row)
    client = api_of(f"catalogs.view_{type(row)._meta.model_name}", channels=[channel])

    for listed in ("inserts/", "updates/", ""):
        assert client.get(f"/api/v1/channel/{channel.pk}/{path}/{listed}").status_code == 200
        assert client.get(f"/api/v1/channel/{foreign.pk}/{path}/{listed}").status_code == 404
        assert api.get(f"/api/v1/channel/{foreign.pk + 1}/{path}/{listed}").status_code == 404
        assert api_of().get(f"/api/v1/channel/{channel.pk}/{path}/{listed}").status_code == 403
    if path != "product_images":
        assert api.get(f"/api/v1/channel/{foreign.pk}/{path}/{row.pk}/").status_code == 404


def test_a_channel_without_a_catalog_is_told_of_no_price_and_no_stock(api: APIClient) -> None:
    bare = ChannelFactory(catalog=None)
    product = sold(ChannelFactory())
    told(bare, product)

    for path in PATHS[:-1]:
        for listed in ("inserts/", "updates/"):
            assert api.get(f"/api/v1/channel/{bare.pk}/{path}/{listed}").json()["results"] == []
