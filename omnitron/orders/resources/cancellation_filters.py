"""What cancellation plans, requests and easy returns can be asked by."""

from __future__ import annotations

import django_filters

from omnitron.core.resources.filters import EnumFilter, IdFilter, filterset_for, in_filter
from omnitron.omnicore.orders.enums import CancelStatus
from omnitron.orders.models import CancellationPlan, CancellationRequest, EasyReturn

CancellationPlanFilterSet = filterset_for(
    CancellationPlan,
    "order",
    "order__number",
    "order__channel",
    "order__channel__channel_type",
    "plan_type",
    "status",
    "refund_amount",
    "created_by",
    "modified_by",
    "created_date",
    "modified_date",
    # The documented names of what stands above.
    extra={
        "cancellation_plan_status": EnumFilter(field_name="status", choices=CancelStatus.choices),
        "order_id": IdFilter(field_name="order"),
        "order_number": django_filters.CharFilter(field_name="order__number"),
        "channel_type": django_filters.CharFilter(field_name="order__channel__channel_type"),
        "channel_id": IdFilter(field_name="order__channel"),
        "channel_id__in": in_filter(IdFilter)(field_name="order__channel", lookup_expr="in"),
        "invoice_number": django_filters.CharFilter(field_name="refund_invoice_number"),
        # Staff and shops are known here by user name and ERP code.
        "staff_remote_id": django_filters.CharFilter(field_name="created_by__username"),
        "retail_store_remote_id": django_filters.CharFilter(
            field_name="order__shipping_address__retail_store__erp_code"
        ),
    },
)

CancellationRequestFilterSet = filterset_for(
    CancellationRequest,
    "order_item",
    "order_item__order",
    "order_item__order__number",
    "order_item__order__channel",
    "reason",
    "cancellation_type",
    "status",
    "cancellation_plan",
    "uuid",
    "created_date",
    "modified_date",
)

EasyReturnFilterSet = filterset_for(
    EasyReturn,
    "code",
    "shipping_company",
    "status",
    "tracking_number",
    "uuid",
    "created_date",
    "modified_date",
)
