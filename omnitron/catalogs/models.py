"""What is sold, at which price and from which stock.

Django looks for models here, so those of the other files are named here too.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper

from omnitron.catalogs.category_models import CategoryNode, CategoryTree, ProductCategory
from omnitron.catalogs.enums import PriceType, ProductType, UnitType
from omnitron.omnicore.catalogs.enums import CurrencyType
from omnitron.omnicore.models import (
    JSONObjectField,
    MoneyField,
    RateField,
    TimeStampedModel,
    not_negative,
    one_of,
)

__all__ = [
    "Catalog",
    "CategoryNode",
    "CategoryTree",
    "PriceList",
    "Product",
    "ProductCategory",
    "ProductImage",
    "ProductPrice",
    "ProductStock",
    "StockList",
]


class PriceList(TimeStampedModel):
    """A list of prices in one currency."""

    name = models.CharField(max_length=255)
    code = models.CharField(max_length=64, null=True, blank=True, unique=True)
    currency = models.CharField(max_length=3, choices=CurrencyType, default=CurrencyType.TR)
    is_auto_sync = models.BooleanField(default=False)

    class Meta:
        constraints = [one_of("currency", CurrencyType)]

    def __str__(self) -> str:
        return self.name


class StockList(TimeStampedModel):
    """A list of stock levels, one warehouse or a sum of several."""

    name = models.CharField(max_length=255)
    code = models.CharField(max_length=64, null=True, blank=True, unique=True)
    is_auto_sync = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Catalog(TimeStampedModel):
    """The price list and the stock list a channel sells from, and the extra ones beside them."""

    name = models.CharField(max_length=255)
    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT)
    stock_list = models.ForeignKey(StockList, on_delete=models.PROTECT)
    category_tree = models.ForeignKey(CategoryTree, null=True, blank=True, on_delete=models.PROTECT)
    extra_price_lists = models.ManyToManyField(PriceList, blank=True, related_name="extra_catalogs")
    extra_stock_lists = models.ManyToManyField(StockList, blank=True, related_name="extra_catalogs")
    priority_list = models.ForeignKey(
        StockList, null=True, blank=True, on_delete=models.PROTECT, related_name="priority_catalogs"
    )

    def __str__(self) -> str:
        return self.name


class Product(TimeStampedModel):
    """A thing that is sold, known by its SKU. A vendor's product names its `data_source`."""

    sku = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=512)
    base_code = models.CharField(max_length=255, blank=True)
    listing_code = models.CharField(max_length=255, null=True, blank=True)
    product_type = models.PositiveSmallIntegerField(choices=ProductType, default=ProductType.SIMPLE)
    data_source = models.ForeignKey("channels.DataSource", null=True, blank=True, on_delete=models.PROTECT)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    attributes = JSONObjectField()
    attributes_kwargs = JSONObjectField()
    localized_attributes = JSONObjectField()
    localized_attributes_kwargs = JSONObjectField()
    extra_field = JSONObjectField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [one_of("product_type", ProductType)]
        indexes = [
            GinIndex(OpClass(Upper("sku"), name="gin_trgm_ops"), name="product_sku_trigrams"),
            models.Index(fields=["modified_date", "id"], name="product_by_modified_date"),
        ]

    def __str__(self) -> str:
        return self.sku


class ProductPrice(TimeStampedModel):
    """The price of a product in a price list, tax included."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT)
    price = MoneyField()
    retail_price = MoneyField(null=True, blank=True)
    tax_rate = RateField()
    currency_type = models.CharField(max_length=3, choices=CurrencyType, default=CurrencyType.TR)
    discount_percentage = RateField(null=True, blank=True)
    price_type = models.CharField(max_length=32, choices=PriceType, default=PriceType.DEFAULT)
    extra_field = JSONObjectField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "price_list", "price_type"], name="product_price_once_a_list"
            ),
            one_of("currency_type", CurrencyType),
            one_of("price_type", PriceType),
            *not_negative("price", "retail_price", "tax_rate", "discount_percentage"),
        ]

    def __str__(self) -> str:
        return f"{self.price} {self.currency_type}"


class ProductStock(TimeStampedModel):
    """The stock of a product in a stock list.

    `sold_quantity_unreported` counts the units sold but not yet known to the ERP: the reservation that an
    order takes and that the ERP's confirmation or a cancellation gives back.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    stock_list = models.ForeignKey(StockList, on_delete=models.PROTECT)
    unit_type = models.CharField(max_length=16, choices=UnitType, default=UnitType.QUANTITY)
    stock = models.IntegerField(default=0)
    sold_quantity_unreported = models.IntegerField(default=0)
    extra_field = JSONObjectField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "stock_list"], name="product_stock_once_a_list"),
            one_of("unit_type", UnitType),
            *not_negative("stock", "sold_quantity_unreported"),
        ]

    def __str__(self) -> str:
        return f"{self.stock} {self.unit_type}"


class ProductImage(TimeStampedModel):
    """A picture of a product: a URL, or a path below the host that serves them. `order` 0 is shown first.

    `width` and `height` are pixels; `hash` tells whether two files hold the same picture.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    image = models.CharField(max_length=512)
    order = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=255, null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    hash = models.CharField(max_length=128, null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "image"], name="product_image_once_a_product"),
        ]

    def __str__(self) -> str:
        return self.image
