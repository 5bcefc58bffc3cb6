"""Factories of products, prices, stocks and what lists them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import F
from factory import LazyAttribute, SelfAttribute, Sequence, SubFactory, post_generation
from factory.django import DjangoModelFactory

from omnitron.catalogs.models import (
    Catalog,
    CategoryNode,
    CategoryTree,
    PriceList,
    Product,
    ProductCategory,
    ProductImage,
    ProductPrice,
    ProductStock,
    StockList,
)


class CategoryTreeFactory(DjangoModelFactory):
    class Meta:
        model = CategoryTree
        skip_postgeneration_save = True

    name = Sequence("Category tree {}".format)

    @post_generation
    def root(tree, create: bool, extracted: Any, **kwargs: Any) -> None:
        """As the use case makes it."""
        root = CategoryNode.objects.create(tree=tree, name=tree.name, path="")
        CategoryNode.objects.filter(pk=root.pk).update(path=f"/{root.pk}/")


class CategoryNodeFactory(DjangoModelFactory):
    """A category below `parent`, or below the root of a new tree."""

    class Meta:
        model = CategoryNode
        skip_postgeneration_save = True

    parent = LazyAttribute(lambda node: CategoryTreeFactory().categorynode_set.get())
    tree = SelfAttribute("parent.tree")
    depth = LazyAttribute(lambda node: node.parent.depth + 1)
    name = Sequence("Category {}".format)
    path = ""

    @post_generation
    def below(node, create: bool, extracted: Any, **kwargs: Any) -> None:
        node.path = f"{node.parent.path}{node.pk}/"
        CategoryNode.objects.filter(pk=node.pk).update(path=node.path)
        CategoryNode.objects.filter(pk=node.parent_id).update(numchild=F("numchild") + 1)


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


class ProductImageFactory(DjangoModelFactory):
    class Meta:
        model = ProductImage

    product = SubFactory(ProductFactory)
    image = Sequence("https://images.example.com/{}.jpg".format)


class ProductCategoryFactory(DjangoModelFactory):
    class Meta:
        model = ProductCategory

    product = SubFactory(ProductFactory)
    category = SubFactory(CategoryNodeFactory)
