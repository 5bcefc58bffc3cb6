"""Admin of orders: everything to see, descriptive fields to change, and the actions that move status and money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import (
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    MultipleChoicesDropdownFilter,
)
from unfold.decorators import display

from omnitron.core.admin_base import OmnitronAdmin
from omnitron.core.admin_display import NOTHING, money, two_lines, with_age
from omnitron.core.admin_filters import (
    AmountRangeFilter,
    DayRangeFilter,
    NarrowingFilter,
    ScopedRelatedFilter,
)
from omnitron.core.admin_lists import OmnitronChangeList
from omnitron.core.audit import AuditContext
from omnitron.orders.admin.action_pages import OrderActionPages
from omnitron.orders.admin.columns import StatusColumns
from omnitron.orders.admin.inlines import inlines_of
from omnitron.orders.admin.order_page import page_of
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.selectors import search_orders
from omnitron.orders.service import OrderService

SEARCH_HELP = "Number, tracking number, e-mail, phone, SKU (a part); remote id, invoice number (the whole)"
EDITABLE = (
    ("is_send", "external_status"),
    ("shipping_company", "carrier_shipping_code"),
    ("tracking_number", "tracking_url"),
    ("invoice_number", "e_archive_url"),
    "invoice_date",
    ("has_gift_box", "gift_box_note"),
    ("segment", "notes"),
)
EDITABLE_NAMES = frozenset(name for row in EDITABLE for name in ((row,) if isinstance(row, str) else row))


class DifferenceFilter(NarrowingFilter):
    title = "totals"
    parameter_name = "totals"
    choices_by_value = {
        "differ": ("do not add up", lambda orders: orders.exclude(total_difference=0)),
        "agree": ("add up", lambda orders: orders.filter(total_difference=0)),
    }


class ShortStockFilter(NarrowingFilter):
    title = "stock"
    parameter_name = "stock"
    choices_by_value = {
        "short": (
            "an item is short",
            lambda orders: orders.filter(
                Exists(OrderItem.objects.filter(order=OuterRef("pk"), is_stock_short=True))
            ),
        ),
    }


class OrderChangeList(OmnitronChangeList):
    """Says which orders of the page are short of stock.

    By a statement about these alone: as a part of the list's own, PostgreSQL may read all items of all orders.
    """

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        short = set(
            OrderItem.objects.filter(order__in=self.result_list, is_stock_short=True).values_list(
                "order_id", flat=True
            )
        )
        for order in self.result_list:
            order.has_short_stock = order.pk in short


@admin.register(Order)
class OrderAdmin(OrderActionPages, StatusColumns, OmnitronAdmin):
    """Orders are placed by channels and the API; here they are looked at, described further and moved on."""

    list_display = (
        "number",
        "channel",
        "placed",
        "customer",
        "total",
        "status_label",
        "cancel_label",
        "is_send",
        "alerts",
    )
    list_filter = (
        ("status", MultipleChoicesDropdownFilter),
        ("cancel_status", MultipleChoicesDropdownFilter),
        ("channel", ScopedRelatedFilter),
        ("payment_option", ScopedRelatedFilter),
        ("is_send", BooleanRadioFilter),
        ("currency", ChoicesDropdownFilter),
        ("delivery_type", ChoicesDropdownFilter),
        DifferenceFilter,
        ShortStockFilter,
        ("date_placed", DayRangeFilter),
        ("amount", AmountRangeFilter),
    )
    # Those with an index: sorting millions by anything else is no click's work.
    sortable_by = ("number", "placed")
    list_select_related = ("channel", "customer", "payment_option")
    detail_select_related = (
        "channel",
        "customer",
        "shipping_address",
        "billing_address",
        "payment_option",
        "installment",
        "cargo_company",
        "external_status",
    )
    date_hierarchy = "date_placed"
    search_fields = ("number",)
    search_help_text = SEARCH_HELP
    change_form_outer_before_template = "orders/admin/order_header.html"
    change_form_outer_after_template = "core/admin/timeline.html"
    fieldsets = (
        ("To change", {"fields": EDITABLE}),
        (
            "Order",
            {
                "fields": (
                    ("number", "channel"),
                    ("customer", "date_placed"),
                    ("shipping_address", "billing_address"),
                    ("payment_option", "installment"),
                    ("delivery_type", "delivery_range"),
                    ("cargo_company", "shipping_option_slug"),
                    ("client_type", "language_code"),
                    ("remote_addr", "checkout_provider_id"),
                    ("created_date", "modified_date"),
                ),
                "classes": ("tab",),
            },
        ),
        (
            "Amounts",
            {
                "fields": (
                    ("amount", "currency"),
                    ("discount_amount", "discount_refund_amount"),
                    ("shipping_amount", "net_shipping_amount"),
                    ("shipping_interest_amount", "shipping_tax_rate"),
                    ("shipping_refund_amount", "refund_amount"),
                    ("installment_count", "installment_interest_amount"),
                    ("bin_number", "total_difference"),
                ),
                "classes": ("tab",),
            },
        ),
        ("Integration", {"fields": ("extra_field", "cancellation_info"), "classes": ("tab",)}),
    )
    readonly_fields = tuple(
        field.name for field in Order._meta.concrete_fields if field.name not in EDITABLE_NAMES
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OrderChangeList]:
        return OrderChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        term = search_term.replace("\x00", "").strip()
        return (search_orders(queryset, term) if term else queryset), False

    @display(description="total, payment", ordering="amount")
    def total(self, order: Order) -> str:
        return two_lines(money(order.amount, order.currency), order.payment_option or NOTHING)

    @display(description="alerts", label={"alerts": "danger"})
    def alerts(self, order: Order) -> tuple[str, list[str]] | None:
        found = [
            *(["stock short"] if order.has_short_stock else []),
            *([f"differs by {order.total_difference:,.2f}"] if order.total_difference else []),
        ]
        return ("alerts", found) if found else None

    @display(description="placed", ordering="date_placed")
    def placed(self, order: Order) -> str:
        return with_age(order.date_placed)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_inlines(self, request: HttpRequest, obj: Order | None) -> tuple[type, ...]:
        return inlines_of(obj) if obj is not None else ()

    def update_row(self, row: Order, values: Mapping[str, Any], *, audit_context: AuditContext) -> Order:
        return OrderService.update_order(row, audit_context=audit_context, **values)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        return super().render_change_form(request, context | page_of(context["original"]), *args, **kwargs)
