"""An action costs the same statements whatever the number of items. docs/performance.md says how many."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from rest_framework.test import APIClient

from omnitron.orders.models import CancellationPlan, CancellationPlanOrderItem, Order, OrderItem, Refund
from tests.factories.orders import ApprovedOrderFactory
from tests.orders.cancellation.samples import for_all, pks

pytestmark = pytest.mark.django_db
Act = Callable[..., Any]


@pytest.mark.parametrize("count", [1, 30])
def test_statements_do_not_grow_with_the_items(
    api: APIClient, act: Act, reason: Any, django_assert_num_queries: Callable[..., Any], count: int
) -> None:
    """The first cancellation of an order also gives its items their shares of the shipping."""
    # Read once in the life of a process.
    ContentType.objects.get_for_models(Order, OrderItem, CancellationPlan, CancellationPlanOrderItem, Refund)
    order = ApprovedOrderFactory(items=count, captured_by_card=True, shipping_amount=Decimal("30.00"))
    everything = {"is_all": True, "reasons": for_all(order, reason.pk)}
    for statements, name, body in (
        (7, "cancel_preview", everything),
        (21, "cancel", everything),
        (18, "cancellation_reject_order", {}),
        (20, "cancel", everything),
        (15, "update_cancel_status", {"order_items": pks(order), "cancel_status": "confirmed"}),
        (21, "cancellation_approved_order", {}),
    ):
        with django_assert_num_queries(statements, info=name):
            act(order, name, **body)
    other = ApprovedOrderFactory(items=count)
    with django_assert_num_queries(11, info="change_order_status"):
        assert (
            api.patch(f"/api/v1/orders/{other.pk}/change_order_status/", {"status": "450"}).status_code == 200
        )
