"""What tests of cancellations share: reasons, the actions by name, a picture of what a refusal must leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.catalogs.models import ProductStock
from omnitron.core.models import AuditLog
from omnitron.orders.models import (
    CancellationPlan,
    CancellationPlanOrderItem,
    CancellationReason,
    CancellationRequest,
    Order,
    OrderItem,
    Refund,
)
from tests.factories.orders import CancellationReasonFactory

Act = Callable[..., Any]
WATCHED = (
    Order,
    OrderItem,
    CancellationPlan,
    CancellationPlanOrderItem,
    CancellationRequest,
    Refund,
    ProductStock,
    AuditLog,
)


@pytest.fixture
def reason(db: None) -> CancellationReason:
    return CancellationReasonFactory()


@pytest.fixture
def act(api: APIClient) -> Act:
    """Call an action of an order by its name: `act(order, "cancel", is_all=True)`; 200 unless said otherwise."""

    def call(order: Order, name: str, /, *, expect: int = 200, **body: Any) -> Any:
        answer = api.post(f"/api/v1/orders/{order.pk}/{name}/", body, format="json")
        assert answer.status_code == expect, answer.json()
        return answer.json()

    return call


@pytest.fixture
def cancel(act: Act, reason: CancellationReason) -> Act:
    """Cancel items, or all, for the same reason."""

    def call(order: Order, *items: int, expect: int = 200, **body: Any) -> Any:
        reasons = {str(pk): reason.pk for pk in items or order.orderitem_set.values_list("pk", flat=True)}
        chosen = {"cancel_items": list(items)} if items else {"is_all": True}
        return act(order, "cancel", expect=expect, **{"reasons": reasons, **chosen, **body})

    return call


@pytest.fixture
def picture(db: None) -> Callable[[], list[Any]]:
    """Every row of what a cancellation touches."""
    return lambda: [list(model.objects.order_by("pk").values()) for model in WATCHED]
