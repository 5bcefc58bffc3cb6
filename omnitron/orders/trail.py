"""Every audit row of an order: its own, and those of all that hangs on it."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet

from omnitron.core.models import AuditLog
from omnitron.orders.capture import PAYMENT_MODELS
from omnitron.orders.models import (
    BenefitApplicant,
    CancellationPlan,
    CancellationPlanOrderItem,
    CancellationRequest,
    DiscountItem,
    Order,
    OrderItem,
    Package,
    Refund,
    VendorOrder,
    VendorOrderItem,
)

# How each kind of row leads to its order. A row that is gone by now is not found: it is nobody's any more.
PATHS: dict[type[Model], str] = {
    Order: "pk",
    OrderItem: "order",
    DiscountItem: "order",
    BenefitApplicant: "discount_item__order",
    CancellationPlan: "order",
    CancellationPlanOrderItem: "cancellation_plan__order",
    CancellationRequest: "order_item__order",
    Refund: "order",
    Package: "order",
    VendorOrder: "order",
    VendorOrderItem: "vendor_order__order",
    **dict.fromkeys(PAYMENT_MODELS.values(), "order"),
}


def audit_trails(order_pk: int) -> list[QuerySet[AuditLog]]:
    """The audit rows of the order, of its items, plans, refunds, payments …: one queryset for each kind."""
    return list(_trails(order_pk))


def _trails(order_pk: int) -> Iterator[QuerySet[AuditLog]]:
    for model, path in PATHS.items():
        pks = model.objects.filter(**{path: order_pk}).order_by().values("pk")
        yield AuditLog.objects.filter(
            content_type=ContentType.objects.get_for_model(model), object_id__in=pks
        )
