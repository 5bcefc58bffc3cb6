"""Rows of the catalogue as a channel is told of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from omnitron.catalogs.models import Product, ProductImage, ProductPrice, ProductStock
from omnitron.channels.models import Channel, IntegrationAction
from tests.factories.catalogs import (
    ProductFactory,
    ProductImageFactory,
    ProductPriceFactory,
    ProductStockFactory,
)
from tests.factories.channels import IntegrationActionFactory

START = datetime(2026, 1, 1, tzinfo=UTC)
PATHS = (
    "products",
    "product_prices",
    "product_stocks",
    "extra_product_prices",
    "extra_product_stocks",
    "product_images",
)


def sold(channel: Channel, **values: Any) -> Product:
    """A product with a price and a stock in the catalog's own lists."""
    product = ProductFactory(**values)
    ProductPriceFactory(product=product, price_list=channel.catalog.price_list)
    ProductStockFactory(product=product, stock_list=channel.catalog.stock_list)
    return product


def told(channel: Channel, row: Model, **values: Any) -> IntegrationAction:
    """The channel knows `row` as it is."""
    return IntegrationActionFactory(
        channel=channel, about=row, **{"version_date": row.modified_date, **values}
    )


def changed(row: Model, *, days: int = 0) -> None:
    """`row` was last written so many days after START, or now."""
    moment = START + timedelta(days=days) if days else datetime.now(UTC)
    type(row).objects.filter(pk=row.pk).update(modified_date=moment)


def row_of(path: str, channel: Channel, product: Product | None = None) -> Any:
    """A row that stands in `path`, of `product`."""
    if path == "products":
        return sold(channel)
    product = product or ProductFactory()
    catalog = channel.catalog
    if path == "product_images":
        return ProductImageFactory(product=product)
    if path.endswith("prices"):
        lists = catalog.extra_price_lists.get() if path.startswith("extra") else catalog.price_list
        return ProductPriceFactory(product=product, price_list=lists)
    lists = catalog.extra_stock_lists.get() if path.startswith("extra") else catalog.stock_list
    return ProductStockFactory(product=product, stock_list=lists)


def told_all(channel: Channel, rows: list[Any]) -> None:
    content_type = ContentType.objects.get_for_model(rows[0])
    IntegrationAction.objects.bulk_create(
        IntegrationAction(channel=channel, content_type=content_type, object_id=row.pk, version_date=START)
        for row in rows
    )


def new_rows(path: str, channel: Channel, *, count: int) -> list[Any]:
    """So many rows that are new to the channel, written at once."""
    products = Product.objects.bulk_create(ProductFactory.build_batch(count))
    catalog = channel.catalog
    price_list, stock_list = catalog.price_list, catalog.stock_list
    if path.startswith("extra"):
        price_list, stock_list = catalog.extra_price_lists.get(), catalog.extra_stock_lists.get()
    prices = [ProductPriceFactory.build(product=product, price_list=price_list) for product in products]
    stocks = [ProductStockFactory.build(product=product, stock_list=stock_list) for product in products]
    images = [ProductImageFactory.build(product=product) for product in products]
    rows = {"products": products, "product_images": images} | dict.fromkeys(PATHS[1:4:2], prices)
    rows |= dict.fromkeys(PATHS[2:5:2], stocks)
    for model, written in ((ProductPrice, prices), (ProductStock, stocks), (ProductImage, images)):
        model.objects.bulk_create(written)
    if path != "products":
        told_all(channel, products)
    return rows[path]
