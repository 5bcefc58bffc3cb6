"""The resources of products, their prices and stocks, and of what lists them."""

from __future__ import annotations

from omnitron.catalogs.models import (
    Catalog,
    PriceList,
    Product,
    ProductCategory,
    ProductImage,
    ProductPrice,
    ProductStock,
    StockList,
)
from omnitron.catalogs.resources.serializers import (
    CatalogSerializer,
    PriceListSerializer,
    ProductCategorySerializer,
    ProductImageSerializer,
    ProductPriceSerializer,
    ProductSerializer,
    ProductStockSerializer,
    StockListSerializer,
)
from omnitron.core.resources.filters import filterset_for
from omnitron.core.resources.viewsets import ResourceViewSet

_DATES = ("created_date", "modified_date")
_OF_PRODUCT = ("product", "product__pk", "product__sku", "product__attributes", "extra_field", *_DATES)


class CatalogViewSet(ResourceViewSet):
    queryset = Catalog.objects.all()
    serializer_class = CatalogSerializer
    filterset_class = filterset_for(
        Catalog, "name", "price_list", "stock_list", "category_tree", "priority_list", *_DATES
    )
    search_fields = ("name",)


class PriceListViewSet(ResourceViewSet):
    queryset = PriceList.objects.all()
    serializer_class = PriceListSerializer
    filterset_class = filterset_for(PriceList, "name", "code", "currency", "is_auto_sync", *_DATES)
    search_fields = ("name", "code")


class StockListViewSet(ResourceViewSet):
    queryset = StockList.objects.all()
    serializer_class = StockListSerializer
    filterset_class = filterset_for(StockList, "name", "code", "is_auto_sync", *_DATES)
    search_fields = ("name", "code")


class ProductViewSet(ResourceViewSet):
    queryset = Product.objects.all()
    serializer_class = ProductSerializer
    filterset_class = filterset_for(
        Product,
        "sku",
        "name",
        "base_code",
        "listing_code",
        "product_type",
        "data_source",
        "parent",
        "is_active",
        "attributes",
        "attributes_kwargs",
        "extra_field",
        *_DATES,
    )
    search_fields = ("sku", "name")


class ProductPriceViewSet(ResourceViewSet):
    queryset = ProductPrice.objects.all()
    serializer_class = ProductPriceSerializer
    filterset_class = filterset_for(
        ProductPrice,
        "price_list",
        "price",
        "retail_price",
        "tax_rate",
        "currency_type",
        "discount_percentage",
        "price_type",
        *_OF_PRODUCT,
    )
    search_fields = ("product__sku",)


class ProductStockViewSet(ResourceViewSet):
    queryset = ProductStock.objects.all()
    serializer_class = ProductStockSerializer
    filterset_class = filterset_for(
        ProductStock, "stock_list", "unit_type", "stock", "sold_quantity_unreported", *_OF_PRODUCT
    )
    search_fields = ("product__sku",)


class ProductImageViewSet(ResourceViewSet):
    queryset = ProductImage.objects.all()
    serializer_class = ProductImageSerializer
    filterset_class = filterset_for(
        ProductImage,
        "product",
        "product__pk",
        "product__sku",
        "image",
        "order",
        "source",
        "hash",
        "is_active",
        *_DATES,
    )
    search_fields = ("product__sku",)


class ProductCategoryViewSet(ResourceViewSet):
    queryset = ProductCategory.objects.all()
    serializer_class = ProductCategorySerializer
    filterset_class = filterset_for(
        ProductCategory,
        "product",
        "product__pk",
        "product__sku",
        "category",
        "category__name",
        "category__tree",
        *_DATES,
    )
    search_fields = ("product__sku",)
