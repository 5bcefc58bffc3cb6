"""Admin of cancellations: reasons to choose from, plans and requests to decide, returns and refunds to look at."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from omnitron.core.admin_base import OmnitronAdmin, ReadOnlyAdmin
from omnitron.core.admin_display import money, shortened, with_age
from omnitron.core.admin_filters import AmountRangeFilter, DayRangeFilter, ScopedRelatedFilter
from omnitron.orders.admin.action_pages import PlanActionPages, RefundActionPages, RequestActionPages
from omnitron.orders.admin.columns import CANCEL_COLOURS, REFUND_COLOURS, REQUEST_COLOURS, OrderLink
from omnitron.orders.admin.inlines import PlanDiscountInline, PlanItemInline, RefundInline
from omnitron.orders.models import (
    CancellationPlan,
    CancellationPlanOrderItem,
    CancellationReason,
    CancellationRequest,
    DiscountItemCancellationPlan,
    EasyReturn,
    Refund,
)


@admin.register(CancellationReason)
class CancellationReasonAdmin(OmnitronAdmin):
    """Deactivated, never deleted: plans and requests go on naming them."""

    list_display = ("id", "subject", "cancellation_type", "is_active", "send_to_remote", "order")
    list_display_links = ("id", "subject")
    list_filter = (("cancellation_type", ChoicesDropdownFilter), "is_active")
    search_fields = ("subject",)
    ordering = ("order", "pk")


@admin.register(CancellationPlan)
class CancellationPlanAdmin(PlanActionPages, OrderLink, ReadOnlyAdmin):
    change_form_outer_before_template = "core/admin/action_bar.html"
    list_display = (
        "id",
        "order_link",
        "plan_type",
        "status_label",
        "refund",
        "is_cargo_refund",
        "created_by",
        "created_date",
    )
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("plan_type", ChoicesDropdownFilter),
        ("order__channel", ScopedRelatedFilter),
        ("created_date", DayRangeFilter),
    )
    list_select_related = ("order", "created_by")
    detail_select_related = ("order", "created_by", "modified_by")
    search_fields = ("order__number__exact",)
    search_help_text = "The whole number of the order"
    inlines = (PlanItemInline, RefundInline, PlanDiscountInline)

    @display(description="status", ordering="status", label=CANCEL_COLOURS)
    def status_label(self, plan: CancellationPlan) -> tuple[str, str]:
        return plan.status, plan.get_status_display()

    @display(description="refund", ordering="refund_amount")
    def refund(self, plan: CancellationPlan) -> str:
        return money(plan.refund_amount, plan.order.currency)


@admin.register(CancellationPlanOrderItem)
class CancellationPlanOrderItemAdmin(OrderLink, ReadOnlyAdmin):
    order_path = ("cancellation_plan", "order")
    list_display = ("id", "order_link", "cancellation_plan", "order_item", "reason", "refund_amount")
    list_select_related = ("cancellation_plan__order", "order_item", "reason")
    detail_select_related = ("cancellation_plan", "order_item", "reason")
    search_fields = ("cancellation_plan__order__number__exact",)
    search_help_text = "The whole number of the order"


@admin.register(DiscountItemCancellationPlan)
class DiscountItemCancellationPlanAdmin(OrderLink, ReadOnlyAdmin):
    order_path = ("cancellation_plan", "order")
    list_display = ("id", "order_link", "cancellation_plan", "discount_item", "amount")
    list_select_related = ("cancellation_plan__order", "discount_item")
    detail_select_related = ("cancellation_plan", "discount_item")
    search_fields = ("cancellation_plan__order__number__exact",)
    search_help_text = "The whole number of the order"


@admin.register(CancellationRequest)
class CancellationRequestAdmin(RequestActionPages, OrderLink, ReadOnlyAdmin):
    change_form_outer_before_template = "core/admin/action_bar.html"
    order_path = ("order_item", "order")
    list_display = (
        "id",
        "order_link",
        "order_item",
        "cancellation_type",
        "status_label",
        "reason",
        "quantity",
        "created_date",
    )
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("cancellation_type", ChoicesDropdownFilter),
        ("order_item__order__channel", ScopedRelatedFilter),
        ("reason", ScopedRelatedFilter),
        ("created_date", DayRangeFilter),
    )
    list_select_related = ("order_item__order", "reason")
    detail_select_related = ("order_item", "reason", "cancellation_plan", "easy_return")
    search_fields = ("order_item__order__number__exact",)
    search_help_text = "The whole number of the order"

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        # The order's page leads here.
        return lookup == "order_item__order" or super().lookup_allowed(lookup, value, request)

    @display(description="status", ordering="status", label=REQUEST_COLOURS)
    def status_label(self, request_row: CancellationRequest) -> tuple[str, str]:
        return request_row.status, request_row.get_status_display()


@admin.register(EasyReturn)
class EasyReturnAdmin(ReadOnlyAdmin):
    """Return codes; those of requests that a limited user may reach."""

    channel_path = "cancellationrequest__order_item__order__channel"
    list_display = ("code", "shipping_company", "status", "max_count", "start_date", "end_date")
    list_filter = (("status", ChoicesDropdownFilter), ("shipping_company", ChoicesDropdownFilter))
    search_fields = ("code", "tracking_number")
    fields = (
        ("code", "status"),
        ("shipping_company", "max_count"),
        ("start_date", "end_date"),
        ("tracking_number", "tracking_url"),
        "pickup_date",
        "request_shown",
        "response_shown",
    )
    readonly_fields = ("request_shown", "response_shown")

    @display(description="request")
    def request_shown(self, easy_return: EasyReturn) -> str:
        return shortened(easy_return.raw_request)

    @display(description="response")
    def response_shown(self, easy_return: EasyReturn) -> str:
        return shortened(easy_return.raw_response)


@admin.register(Refund)
class RefundAdmin(RefundActionPages, OrderLink, ReadOnlyAdmin):
    change_form_outer_before_template = "core/admin/action_bar.html"
    list_display = (
        "id",
        "order_link",
        "instrument",
        "status_label",
        "shown_amount",
        "shown_age",
        "iban",
        "holder_name",
    )
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("instrument", ChoicesDropdownFilter),
        ("order__channel", ScopedRelatedFilter),
        ("created_date", DayRangeFilter),
        ("amount", AmountRangeFilter),
    )
    list_select_related = ("order",)
    detail_select_related = ("order", "cancellation_plan")
    search_fields = ("order__number__exact",)
    search_help_text = "The whole number of the order"

    @display(description="status", ordering="status", label=REFUND_COLOURS)
    def status_label(self, refund: Refund) -> tuple[str, str]:
        return refund.status, refund.get_status_display()

    @display(description="amount", ordering="amount")
    def shown_amount(self, refund: Refund) -> str:
        return money(refund.amount, refund.order.currency)

    @display(description="promised", ordering="created_date")
    def shown_age(self, refund: Refund) -> str:
        return with_age(refund.created_date)
