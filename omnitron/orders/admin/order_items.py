"""Admin of order items: to look at."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import (
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    MultipleChoicesDropdownFilter,
)
from unfold.decorators import display

from omnitron.core.admin_base import ReadOnlyAdmin
from omnitron.core.admin_display import money
from omnitron.core.admin_filters import AmountRangeFilter, ScopedRelatedFilter
from omnitron.orders.admin.columns import OrderLink, StatusColumns
from omnitron.orders.admin.orders import SEARCH_HELP
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.selectors import search_orders


@admin.register(OrderItem)
class OrderItemAdmin(OrderLink, StatusColumns, ReadOnlyAdmin):
    """Items go their way with their order. Searched as orders are."""

    list_display = (
        "id",
        "order_link",
        "product",
        "status_label",
        "cancel_label",
        "shown_price",
        "reserved_units",
        "stock_label",
        "tracking_number",
    )
    list_filter = (
        ("status", MultipleChoicesDropdownFilter),
        ("cancel_status", MultipleChoicesDropdownFilter),
        ("order__channel", ScopedRelatedFilter),
        ("is_stock_short", BooleanRadioFilter),
        ("shipping_company", ChoicesDropdownFilter),
        ("price", AmountRangeFilter),
    )
    sortable_by = ("id",)
    list_select_related = ("order", "product")
    detail_select_related = (
        "order",
        "product",
        "price_list",
        "stock_list",
        "parent",
        "external_status",
        "datasource",
        "reconciliation",
        "cancellation_reconciliation",
    )
    search_fields = ("order__number",)
    search_help_text = f"As for orders: {SEARCH_HELP}"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("order", "product"),
                    ("status", "cancel_status"),
                    ("price", "price_currency"),
                    ("retail_price", "tax_rate"),
                    ("discount_amount", "installment_interest_amount"),
                    ("price_list", "stock_list"),
                    ("reserved_units", "original_stock"),
                    ("is_stock_short", "forced_refund"),
                    ("parent", "datasource"),
                )
            },
        ),
        (
            "Shipping and invoice",
            {
                "fields": (
                    ("shipping_company", "tracking_number"),
                    ("shipment_code", "carrier_shipping_code"),
                    ("tracking_url", "external_status"),
                    ("shipped_date", "delivered_date"),
                    ("estimated_delivery_date", "shipping_option_group"),
                    ("invoice_number", "invoice_date"),
                    ("e_archive_url", "image"),
                    ("reconciliation", "cancellation_reconciliation"),
                )
            },
        ),
        (
            "Payments",
            {
                "fields": (
                    "transactions",
                    "funds_transactions",
                    "payondelivery_transactions",
                    "loyalty_transactions",
                    "cashregister_transactions",
                ),
                "classes": ("collapse",),
            },
        ),
        (
            "Attributes",
            {
                "fields": (
                    ("attributes", "attributes_kwargs"),
                    ("localized_attributes", "localized_attributes_kwargs"),
                    "extra_field",
                    ("created_date", "modified_date"),
                ),
                "classes": ("collapse",),
            },
        ),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        term = search_term.replace("\x00", "").strip()
        if not term:
            return queryset, False
        return queryset.filter(order__in=search_orders(Order.objects.order_by(), term)), False

    @display(description="price", ordering="price")
    def shown_price(self, item: OrderItem) -> str:
        return money(item.price, item.price_currency)

    @display(description="stock", label={"short": "danger"})
    def stock_label(self, item: OrderItem) -> str | None:
        return "short" if item.is_stock_short else None
