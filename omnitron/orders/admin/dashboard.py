"""The first page of the admin: what waits for somebody, as far as the user may reach it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from omnitron.channels.enums import ParkedStatus
from omnitron.channels.models import ParkedOrder
from omnitron.core.admin_lists import capped_count
from omnitron.core.scope import visible_to
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus
from omnitron.orders.enums import CancellationRequestStatus, RefundStatus
from omnitron.orders.models import CancellationRequest, Order, OrderItem, Refund

COUNTED_UP_TO = 1_000
OPEN_STATUSES = [status for status in OrderStatus if OrderStatus.WAITING <= status < OrderStatus.SHIPPED]
NEEDS_A_HAND = [RefundStatus.MANUAL, RefundStatus.FAILED]
UNDECIDED = [CancelStatus.WAITING, CancelStatus.CONFIRMATION_WAITING]


@dataclass(frozen=True)
class Counter:
    """A pile of work: how it is called, which rows it holds, and the list that shows them."""

    title: str
    hint: str
    icon: str
    rows: Callable[[], QuerySet]
    shown_by: dict[str, str]

    @property
    def list_name(self) -> str:
        model = self.rows().model._meta
        return f"{model.app_label}_{model.model_name}"

    @property
    def permission(self) -> str:
        model = self.rows().model._meta
        return f"{model.app_label}.view_{model.model_name}"


COUNTERS = (
    Counter(
        "Waiting cancellations",
        "nobody has decided yet",
        "hourglass_top",
        lambda: Order.objects.filter(cancel_status__in=UNDECIDED),
        {"cancel_status__in": ",".join(UNDECIDED)},
    ),
    Counter(
        "Cancellation requests",
        "wait for approval",
        "assignment_return",
        lambda: CancellationRequest.objects.filter(status=CancellationRequestStatus.WAITING_APPROVAL),
        {"status__exact": CancellationRequestStatus.WAITING_APPROVAL.value},
    ),
    Counter(
        "Manual refunds",
        "money to send by hand",
        "payments",
        lambda: Refund.objects.filter(status__in=NEEDS_A_HAND),
        {"status__in": ",".join(NEEDS_A_HAND)},
    ),
    Counter(
        "Approved, not sent",
        "the ERP has not taken them over",
        "outbox",
        lambda: Order.objects.filter(status=OrderStatus.APPROVED, is_send=False),
        {"status__exact": str(OrderStatus.APPROVED.value), "is_send__exact": "0"},
    ),
    Counter(
        "Parked orders",
        "could not be taken in from their channel",
        "local_parking",
        lambda: ParkedOrder.objects.filter(status=ParkedStatus.PARKED),
        {"status__exact": ParkedStatus.PARKED.value},
    ),
    Counter(
        "Short of stock",
        "items that are not shipped yet",
        "production_quantity_limits",
        lambda: OrderItem.objects.filter(is_stock_short=True, status__in=OPEN_STATUSES),
        {"is_stock_short__exact": "1", "status__in": ",".join(str(status.value) for status in OPEN_STATUSES)},
    ),
)


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's DASHBOARD_CALLBACK. One cheap statement for each counter the user may look behind."""
    context["counters"] = [
        {
            "title": counter.title,
            "hint": counter.hint,
            "icon": counter.icon,
            "count": capped_count(visible_to(counter.rows(), request.user), limit=COUNTED_UP_TO),
            "link": f"{reverse(f'admin:{counter.list_name}_changelist')}?{urlencode(counter.shown_by)}",
        }
        for counter in COUNTERS
        if request.user.has_perm(counter.permission)
    ]
    return context
