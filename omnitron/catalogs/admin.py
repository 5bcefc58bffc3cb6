"""Admin of products, their prices and stocks, and of what lists them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Field
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

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
from omnitron.catalogs.use_cases import categories
from omnitron.core.admin_base import OmnitronAdmin
from omnitron.core.admin_display import money
from omnitron.core.admin_filters import ScopedRelatedFilter
from omnitron.core.admin_inlines import ReadOnlyInline
from omnitron.core.audit import AuditContext


class ProductPriceInline(ReadOnlyInline):
    model = ProductPrice
    fields = ("price_list", "price_type", "price", "retail_price", "tax_rate", "currency_type")
    select_related = ("price_list",)


class ProductStockInline(ReadOnlyInline):
    model = ProductStock
    fields = ("stock_list", "unit_type", "stock", "sold_quantity_unreported")
    select_related = ("stock_list",)


class ProductImageInline(ReadOnlyInline):
    model = ProductImage
    fields = ("image", "order", "is_active")


@admin.register(CategoryTree)
class CategoryTreeAdmin(OmnitronAdmin):
    list_display = ("name", "modified_date")
    search_fields = ("name",)
    is_deletable = True

    def create_row(
        self, row: CategoryTree, values: Mapping[str, Any], *, audit_context: AuditContext
    ) -> CategoryTree:
        return categories.create_tree(audit_context=audit_context, **values)


@admin.register(CategoryNode)
class CategoryNodeAdmin(OmnitronAdmin):
    """A category stays where it was made: only its name and its place among its siblings change."""

    list_display = ("name", "tree", "parent", "depth", "numchild", "modified_date")
    list_filter = (("tree", ScopedRelatedFilter),)
    list_select_related = ("tree", "parent")
    detail_select_related = list_select_related
    search_fields = ("name",)
    autocomplete_fields = ("parent",)
    fields = ("parent", "name", "sort", "path", "depth", "numchild")
    readonly_fields = ("path", "depth", "numchild")

    def formfield_for_foreignkey(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        # A root is made with its tree: whatever is added here stands below something.
        return super().formfield_for_foreignkey(db_field, request, required=True, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: CategoryNode | None = None) -> tuple[str, ...]:
        fields = super().get_readonly_fields(request, obj)
        return fields if obj is None else (*fields, "parent")

    def create_row(
        self, row: CategoryNode, values: Mapping[str, Any], *, audit_context: AuditContext
    ) -> CategoryNode:
        return categories.create_node(audit_context=audit_context, **values)

    def update_row(
        self, row: CategoryNode, values: Mapping[str, Any], *, audit_context: AuditContext
    ) -> CategoryNode:
        return categories.update_node(row, values, audit_context=audit_context)


@admin.register(ProductCategory)
class ProductCategoryAdmin(OmnitronAdmin):
    list_display = ("product", "category", "modified_date")
    list_select_related = ("product", "category")
    detail_select_related = list_select_related
    search_fields = ("product__sku",)
    search_help_text = "A part of the product's SKU"
    autocomplete_fields = ("product", "category")
    is_deletable = True


@admin.register(PriceList)
class PriceListAdmin(OmnitronAdmin):
    list_display = ("name", "code", "currency", "is_auto_sync", "modified_date")
    list_filter = ("is_auto_sync", ("currency", ChoicesDropdownFilter))
    search_fields = ("name", "code")
    is_deletable = True


@admin.register(StockList)
class StockListAdmin(OmnitronAdmin):
    list_display = ("name", "code", "is_auto_sync", "modified_date")
    list_filter = ("is_auto_sync",)
    search_fields = ("name", "code")
    is_deletable = True


@admin.register(Catalog)
class CatalogAdmin(OmnitronAdmin):
    list_display = ("name", "price_list", "stock_list", "category_tree", "modified_date")
    list_filter = (("price_list", ScopedRelatedFilter), ("stock_list", ScopedRelatedFilter))
    list_select_related = ("price_list", "stock_list", "category_tree")
    search_fields = ("name",)
    autocomplete_fields = (
        "price_list",
        "stock_list",
        "category_tree",
        "priority_list",
        "extra_price_lists",
        "extra_stock_lists",
    )
    is_deletable = True


@admin.register(Product)
class ProductAdmin(OmnitronAdmin):
    list_display = ("sku", "name", "base_code", "product_type", "data_source", "is_active", "modified_date")
    list_filter = ("is_active", ("product_type", ChoicesDropdownFilter), ("data_source", ScopedRelatedFilter))
    list_select_related = ("data_source",)
    detail_select_related = ("data_source", "parent")
    search_fields = ("sku",)
    search_help_text = "A part of the SKU"
    autocomplete_fields = ("parent", "data_source")
    inlines = (ProductPriceInline, ProductStockInline, ProductImageInline)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("sku", "name"),
                    ("base_code", "listing_code"),
                    ("product_type", "is_active"),
                    ("data_source", "parent"),
                )
            },
        ),
        (
            "Attributes",
            {
                "fields": (
                    ("attributes", "attributes_kwargs"),
                    ("localized_attributes", "localized_attributes_kwargs"),
                    "extra_field",
                ),
                "classes": ("collapse",),
            },
        ),
    )
    is_deletable = True


@admin.register(ProductPrice)
class ProductPriceAdmin(OmnitronAdmin):
    list_display = ("product", "price_list", "price_type", "shown_price", "tax_rate", "modified_date")
    list_filter = (("price_list", ScopedRelatedFilter), ("price_type", ChoicesDropdownFilter))
    list_select_related = ("product", "price_list")
    detail_select_related = list_select_related
    search_fields = ("product__sku",)
    search_help_text = "A part of the product's SKU"
    autocomplete_fields = ("product", "price_list")
    is_deletable = True

    @display(description="price", ordering="price")
    def shown_price(self, price: ProductPrice) -> str:
        return money(price.price, price.currency_type)


@admin.register(ProductStock)
class ProductStockAdmin(OmnitronAdmin):
    """What orders have reserved is written by orders alone."""

    list_display = (
        "product",
        "stock_list",
        "stock",
        "sold_quantity_unreported",
        "unit_type",
        "modified_date",
    )
    list_filter = (("stock_list", ScopedRelatedFilter),)
    list_select_related = ("product", "stock_list")
    detail_select_related = list_select_related
    search_fields = ("product__sku",)
    search_help_text = "A part of the product's SKU"
    autocomplete_fields = ("product", "stock_list")
    readonly_fields = ("sold_quantity_unreported",)
    is_deletable = True


@admin.register(ProductImage)
class ProductImageAdmin(OmnitronAdmin):
    list_display = ("product", "image", "order", "is_active", "modified_date")
    list_filter = ("is_active",)
    list_select_related = ("product",)
    detail_select_related = list_select_related
    search_fields = ("product__sku",)
    search_help_text = "A part of the product's SKU"
    autocomplete_fields = ("product",)
    is_deletable = True
