"""The shapes of products, their prices and stocks, and of what lists them."""

from __future__ import annotations

from omnitron.catalogs.models import (
    Catalog,
    CategoryNode,
    PriceList,
    Product,
    ProductCategory,
    ProductImage,
    ProductPrice,
    ProductStock,
    StockList,
)
from omnitron.core.resources.serializers import ResourceSerializer


class PriceListSerializer(ResourceSerializer):
    class Meta:
        model = PriceList
        fields = ["pk", "name", "code", "currency", "is_auto_sync", "created_date", "modified_date"]


class StockListSerializer(ResourceSerializer):
    class Meta:
        model = StockList
        fields = ["pk", "name", "code", "is_auto_sync", "created_date", "modified_date"]


class CatalogSerializer(ResourceSerializer):
    class Meta:
        model = Catalog
        fields = [
            "pk",
            "name",
            "stock_list",
            "price_list",
            "category_tree",
            "priority_list",
            "extra_stock_lists",
            "extra_price_lists",
            "created_date",
            "modified_date",
        ]


class ProductSerializer(ResourceSerializer):
    class Meta:
        model = Product
        fields = [
            "pk",
            "sku",
            "name",
            "base_code",
            "listing_code",
            "product_type",
            "data_source",
            "parent",
            "attributes",
            "attributes_kwargs",
            "localized_attributes",
            "localized_attributes_kwargs",
            "extra_field",
            "is_active",
            "created_date",
            "modified_date",
        ]


class ProductPriceSerializer(ResourceSerializer):
    class Meta:
        model = ProductPrice
        fields = [
            "pk",
            "product",
            "price_list",
            "price",
            "retail_price",
            "tax_rate",
            "currency_type",
            "discount_percentage",
            "price_type",
            "extra_field",
            "created_date",
            "modified_date",
        ]


class ProductStockSerializer(ResourceSerializer):
    read_only_hints = {
        "sold_quantity_unreported": "Orders reserve it; create_mapping and cancellations give it back."
    }

    class Meta:
        model = ProductStock
        fields = [
            "pk",
            "product",
            "stock_list",
            "unit_type",
            "stock",
            "sold_quantity_unreported",
            "extra_field",
            "created_date",
            "modified_date",
        ]
        read_only_fields = ["sold_quantity_unreported"]
        extra_kwargs = {"stock": {"min_value": 0}}


class ProductImageSerializer(ResourceSerializer):
    class Meta:
        model = ProductImage
        fields = [
            "pk",
            "product",
            "image",
            "order",
            "source",
            "width",
            "height",
            "hash",
            "is_active",
            "created_date",
            "modified_date",
        ]


class ProductCategorySerializer(ResourceSerializer):
    class Meta:
        model = ProductCategory
        fields = ["pk", "product", "category", "created_date", "modified_date"]


class CategoryOfProductSerializer(ResourceSerializer):
    """A category as a product names it."""

    class Meta:
        model = CategoryNode
        fields = ["pk", "name", "path"]


class ProductCategoryDetailSerializer(ProductCategorySerializer):
    category = CategoryOfProductSerializer()

    class Meta(ProductCategorySerializer.Meta):
        pass
