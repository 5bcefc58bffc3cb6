"""What a channel's application is told of the catalogue: what is new to its channel, and what has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.catalogs.models import Product, ProductPrice, ProductStock
from omnitron.channels.models import Channel, IntegrationAction
from tests.catalogs.channel_rows import PATHS, START, changed, row_of, sold, told
from tests.factories.catalogs import (
    ProductFactory,
    ProductImageFactory,
    ProductPriceFactory,
    ProductStockFactory,
)
from tests.factories.channels import ChannelFactory

pytestmark = pytest.mark.django_db
every_path = pytest.mark.parametrize("path", PATHS)


Pks = Callable[..., list[int]]


@pytest.fixture
def pks(api: APIClient, channel: Channel) -> Pks:
    """The pks of a list below the channel, in its order."""

    def get(path: str, **parameters: Any) -> list[int]:
        response = api.get(f"/api/v1/channel/{channel.pk}/{path}/", parameters)
        assert response.status_code == 200, response.content
        return [row["pk"] for row in response.json()["results"]]

    return get


def test_a_product_is_new_once_it_can_be_sold_and_until_it_is_told(channel: Channel, pks: Pks) -> None:
    product = ProductFactory()
    assert pks("products/inserts") == []
    ProductPriceFactory(product=product, price_list=channel.catalog.price_list)
    assert pks("products/inserts") == []
    stock = ProductStockFactory(product=product, stock_list=channel.catalog.extra_stock_lists.get())
    assert pks("products/inserts") == []

    ProductStockFactory(product=product, stock_list=channel.catalog.stock_list)
    assert pks("products/inserts") == pks("products/inserts_or_updates") == [product.pk]
    assert pks("products/inserts", product_type=0, limit=100) == [product.pk]
    assert pks("products/inserts", product_type=1) == []

    told(ChannelFactory(), product)
    told(channel, stock)
    assert pks("products/inserts") == [product.pk]
    told(channel, product, status="processing")
    assert pks("products/inserts") == pks("products/updates") == pks("products/inserts_or_updates") == []


def test_a_product_that_is_not_active_is_neither_new_nor_changed(channel: Channel, pks: Pks) -> None:
    unknown, known = sold(channel, is_active=False), sold(channel, is_active=False)
    told(channel, known, version_date=START)

    assert pks("products/inserts") == pks("products/updates") == pks("products/inserts_or_updates") == []
    assert pks("products") == [known.pk, unknown.pk]


@every_path
def test_what_has_changed_is_told_again_unless_a_batch_works_on_it(
    channel: Channel, pks: Pks, path: str
) -> None:
    row = row_of(path, channel)
    assert pks(f"{path}/updates") == []
    action = told(channel, row)
    assert pks(f"{path}/updates") == []

    changed(row)
    assert pks(f"{path}/updates") == [row.pk]

    IntegrationAction.objects.filter(pk=action.pk).update(status="processing")
    assert pks(f"{path}/updates") == []
    IntegrationAction.objects.filter(pk=action.pk).update(status="error")
    assert pks(f"{path}/updates") == [row.pk]
    row.refresh_from_db()
    IntegrationAction.objects.filter(pk=action.pk).update(version_date=row.modified_date)
    assert pks(f"{path}/updates") == []


@every_path
def test_the_oldest_change_comes_first_and_ties_by_pk(channel: Channel, pks: Pks, path: str) -> None:
    rows = [row_of(path, channel) for _ in range(4)]
    for row, days in zip(rows, (2, 1, 3, 1), strict=True):
        changed(row, days=days)
    expected = [rows[1].pk, rows[3].pk, rows[0].pk, rows[2].pk]
    if path != "products":
        for row in rows:
            told(channel, row.product)

    assert pks(f"{path}/inserts") == expected

    for row in rows:
        told(channel, row, version_date=START)
    assert pks(f"{path}/updates") == expected
    assert pks(f"{path}/updates", limit=3) == expected[:3]
    assert pks(f"{path}/updates", limit=3, page=2) == expected[3:]


def test_new_and_changed_products_in_one_list(channel: Channel, pks: Pks) -> None:
    new, old, same, second = (sold(channel) for _ in range(4))
    for row, days in ((new, 2), (old, 1), (second, 3)):
        changed(row, days=days)
    told(channel, old, version_date=START)
    told(channel, same)
    unsold = ProductFactory()
    told(channel, unsold, version_date=START)

    assert pks("products/inserts") == [new.pk, second.pk]
    assert pks("products/updates") == [old.pk, unsold.pk]
    assert pks("products/inserts_or_updates", product_type=0) == [old.pk, new.pk, second.pk, unsold.pk]
    assert pks("products/inserts_or_updates", limit=2, page=2) == [second.pk, unsold.pk]


@pytest.mark.parametrize("path", PATHS[1:])
def test_rows_of_a_product_are_new_once_the_channel_has_the_product(
    channel: Channel, pks: Pks, path: str
) -> None:
    row = row_of(path, channel)
    told(ChannelFactory(), row.product)
    assert pks(f"{path}/inserts") == []
    action = told(channel, row.product, status="processing")
    for status in ("processing", "error"):
        IntegrationAction.objects.filter(pk=action.pk).update(status=status)
        assert pks(f"{path}/inserts") == []
    IntegrationAction.objects.filter(pk=action.pk).update(status="success")
    assert pks(f"{path}/inserts") == [row.pk]

    Product.objects.update(is_active=False)
    assert pks(f"{path}/inserts") == []
    Product.objects.update(is_active=True)
    told(channel, row, version_date=START)
    assert pks(f"{path}/inserts") == []
    assert pks(f"{path}/updates") == [row.pk]
    Product.objects.update(is_active=False)
    assert pks(f"{path}/updates") == []


@pytest.mark.parametrize("kind", ["price", "stock"])
def test_own_and_extra_lists_are_passed_on_apart_and_looked_up_together(
    channel: Channel, pks: Pks, kind: str
) -> None:
    product = ProductFactory()
    own = row_of(f"product_{kind}s", channel, product)
    extra = row_of(f"extra_product_{kind}s", channel, product)
    factory = ProductPriceFactory if kind == "price" else ProductStockFactory
    factory(product=product)
    column = f"{kind}_list"
    own_list, extra_list = getattr(own, f"{column}_id"), getattr(extra, f"{column}_id")
    told(channel, product)

    assert pks(f"product_{kind}s/inserts") == [own.pk]
    assert pks(f"extra_product_{kind}s/inserts") == [extra.pk]
    assert pks(f"extra_product_{kind}s/inserts", **{column: extra_list}) == [extra.pk]
    assert pks(f"extra_product_{kind}s/inserts", **{column: own_list}) == []

    for row in (own, extra):
        told(channel, row, version_date=START)
    assert pks(f"product_{kind}s/updates", limit=100) == [own.pk]
    assert pks(f"extra_product_{kind}s/updates", **{column: extra_list, "limit": 100}) == [extra.pk]

    for path in (f"product_{kind}s", f"extra_product_{kind}s"):
        named = {"product__pk__in": f"{product.pk},{product.pk + 1}"}
        assert pks(path, **named, **{column: own_list}) == [own.pk]
        assert pks(path, **named, **{column: extra_list}) == [extra.pk]
        assert pks(path, sort="id", pk__in=f"{own.pk},{extra.pk}", limit=2) == [own.pk, extra.pk]
        assert pks(path) == [extra.pk, own.pk]


def test_campaign_prices_are_not_told(channel: Channel, pks: Pks) -> None:
    price = row_of("product_prices", channel)
    campaign = ProductPriceFactory(product=price.product, price_list=price.price_list, price_type="campaign")
    told(channel, price.product)
    assert pks("product_prices/inserts") == pks("product_prices") == [price.pk]

    told(channel, campaign, version_date=START)
    assert pks("product_prices/updates") == []


def test_an_image_that_is_not_active_is_told_as_a_change_only(channel: Channel, pks: Pks) -> None:
    image = ProductImageFactory()
    told(channel, image.product)
    ProductImageFactory(product=image.product, is_active=False)

    assert pks("product_images/inserts", limit=100) == [image.pk]

    told(channel, image)
    image.is_active = False
    image.save()
    assert pks("product_images/inserts") == []
    assert pks("product_images/updates") == pks("product_images", id__in=f"{image.pk}") == [image.pk]


def test_products_are_those_of_the_catalogs_lists_and_those_the_channel_knows(
    channel: Channel, pks: Pks
) -> None:
    priced = row_of("extra_product_prices", channel).product
    stocked = row_of("product_stocks", channel).product
    known = told(channel, ProductFactory(is_active=False)).object_id
    foreign = sold(ChannelFactory())

    assert pks("products", sort="id") == [priced.pk, stocked.pk, known]
    assert pks("products", pk__in=f"{stocked.pk},{foreign.pk},{known}", limit=3) == [known, stocked.pk]
    assert pks("products", attributes__barcode="8690000010010") == []


def test_the_rows_are_those_of_the_resources(api: APIClient, channel: Channel) -> None:
    product = sold(channel, attributes={"barcode": "869"})
    image = ProductImageFactory(product=product, width=130)
    rows = {
        "products": product,
        "product_prices": ProductPrice.objects.get(),
        "product_stocks": ProductStock.objects.get(),
        "product_images": image,
    }

    for path, row in rows.items():
        shown = api.get(f"/api/v1/{path}/{row.pk}/").json()
        assert api.get(f"/api/v1/channel/{channel.pk}/{path}/{row.pk}/").json() == shown
        if path != "products":
            told(channel, row, version_date=START)
            (changed_row,) = api.get(f"/api/v1/channel/{channel.pk}/{path}/updates/").json()["results"]
            assert changed_row == shown
            assert changed_row["product"] == product.pk
    language = {"Accept-Language": "tr-tr"}
    (new,) = api.get(f"/api/v1/channel/{channel.pk}/products/inserts/", headers=language).json()["results"]
    assert (new["sku"], new["attributes"], new["listing_code"]) == (product.sku, {"barcode": "869"}, None)
