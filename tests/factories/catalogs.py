"""Factories of products, prices, stocks and what lists them."""

from __future__ import annotations

from decimal import Decimal

from factory import Sequence, SubFactory
from factory.django import DjangoModelFactory

from omnitron.catalogs.models import (
    Catalog,
    CategoryTree,
    PriceList,
    Product,
    ProductPrice,
    ProductStock,
    StockList,
)


class CategoryTreeFactory(DjangoModelFactory):
    class Meta:
        model = CategoryTree

    name = Sequence("Category tree {}".format)


class PriceListFactory(DjangoModelFactory):
    class Meta:
        model = PriceList

    name = Sequence("Price list {}".format)
    code = Sequence("price-list-{}".format)


class StockListFactory(DjangoModelFactory):
    class Meta:
        model = StockList

    name = Sequence("Stock list {}".format)
    code = Sequence("stock-list-{}".format)


class CatalogFactory(DjangoModelFactory):
    class Meta:
        model = Catalog

    name = Sequence("Catalog {}".format)
    price_list = SubFactory(PriceListFactory)
    stock_list = SubFactory(StockListFactory)


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = Product

    sku = Sequence("SKU-{:05d}".format)
    name = Sequence("Product {}".format)
    base_code = Sequence("BASE-{:05d}".format)


class ProductPriceFactory(DjangoModelFactory):
    class Meta:
        model = ProductPrice

    product = SubFactory(ProductFactory)
    price_list = SubFactory(PriceListFactory)
    price = Decimal("100.00")
    retail_price = Decimal("120.00")
    tax_rate = Decimal("20.00")


class ProductStockFactory(DjangoModelFactory):
    class Meta:
        model = ProductStock

    product = SubFactory(ProductFactory)
    stock_list = SubFactory(StockListFactory)
    stock = 100
