"""Cancelling: a plan is opened, its figures are frozen, and nothing else moves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.orders import ApprovedOrderFactory

pytestmark = pytest.mark.django_db


def test_cancelling_one_item_opens_a_plan(cancel: Any) -> None:
    order = ApprovedOrderFactory(items=3, captured_by_card=True)
    first = order.orderitem_set.order_by("pk").first()

    shown = cancel(order, first.pk)

    assert (shown["status"], shown["cancel_status"]) == ("400", "waiting")
    assert [(item["status"], item["cancel_status"]) for item in shown["orderitem_set"]] == [
        ("50", "waiting"),
        ("400", None),
        ("400", None),
    ]
    (plan,) = shown["cancellationplan_set"]
    assert (plan["plan_type"], plan["status"], plan["refund_amount"]) == ("cancel", "waiting", "100.00")
    assert shown["refund_amount"] == "0.00"


def test_approve_then_all(cancel: Any, act: Any) -> None:
    order = ApprovedOrderFactory(items=2, captured_by_card=True)
    cancel(order)
    shown = act(order, "cancellation_approved_order")
    assert (shown["status"], shown["cancel_status"]) == ("100", "waiting_for_payment")
    assert shown["refund_amount"] == "200.00"


def test_reject(cancel: Any, act: Any) -> None:
    order = ApprovedOrderFactory(items=2, captured_by_card=True)
    cancel(order)
    shown = act(order, "cancellation_reject_order")
    assert (shown["status"], shown["cancel_status"]) == ("400", "rejected")


def test_preview(cancel: Any, act: Any, reason: Any) -> None:
    order = ApprovedOrderFactory(items=2, captured_by_card=True)
    items = list(order.orderitem_set.values_list("pk", flat=True))
    body = {"cancel_items": items[:1], "reasons": {str(items[0]): reason.pk}}
    shown = act(order, "cancel_preview", **body)
    print(shown)
    act(order, "cancel", digest=shown["digest"], **body)
