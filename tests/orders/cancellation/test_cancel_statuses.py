"""Cancellations are moved along their table of statuses, whole or in parts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from omnitron.orders.models import CancellationPlan, Order
from tests.factories.orders import ApprovedOrderFactory, ShippedOrderFactory
from tests.factories.payments import (
    PaymentOptionFactory,
)

pytestmark = pytest.mark.django_db
Act = Callable[..., Any]


def refunds(order: Order) -> list[tuple[str, Decimal, str]]:
    rows = order.refund_set.order_by("pk")
    return [(row.instrument, row.amount, row.status) for row in rows]


def test_some_items_of_a_plan_go_on_in_one_of_their_own(cancel: Act, act: Act) -> None:
    order = ApprovedOrderFactory(items=3, captured_by_card=True, shipping_amount=Decimal("30.00"))
    first, second, third = order.orderitem_set.order_by("pk").values_list("pk", flat=True)
    before = cancel(order)["cancellationplan_set"][0]

    shown = act(order, "update_cancel_status", order_items=[second], cancel_status="approved")

    old, new = shown["cancellationplan_set"]
    assert [(row["order_item"], row["refund_amount"]) for row in old["cancellationplanorderitem_set"]] == [
        (first, "110.00"),
        (third, "110.00"),
    ]
    moved = {**new["cancellationplanorderitem_set"][0]}
    assert moved == next(
        row for row in before["cancellationplanorderitem_set"] if row["order_item"] == second
    )
    assert (old["status"], old["refund_amount"], old["shipping_refund_amount"]) == (
        "waiting",
        "220.00",
        "20.00",
    )
    assert (new["status"], new["refund_amount"]) == ("waiting_for_payment", "110.00")
    assert (shown["cancel_status"], shown["refund_amount"]) == ("waiting", "110.00")
    shown = act(order, "update_cancel_status", order_items=[first], cancel_status="rejected")
    assert [item["status"] for item in shown["orderitem_set"]] == ["400", "100", "50"]


@pytest.mark.parametrize(
    ("opened", "target", "expect"),
    [
        ("waiting", "confirmation_waiting", "confirmation_waiting"),
        ("waiting", "confirmed", "confirmed"),
        ("waiting", "waiting_for_payment", "waiting_for_payment"),
        ("waiting", "manuel_refund_need", "manuel_refund_need"),
        ("confirmation_waiting", "waiting", 406),
        ("confirmation_waiting", "completed", 406),
        ("confirmed", "rejected", "rejected"),
        ("approved", "confirmed", 406),
        ("approved", "rejected", "rejected"),
        ("waiting_for_payment", "waiting", 406),
        ("waiting_for_payment", "approved", 406),
        ("waiting_for_payment", "rejected", 406),
        ("waiting_for_payment", "manuel_refund_need", "manuel_refund_need"),
        ("manuel_refund_need", "waiting_for_payment", "waiting_for_payment"),
        ("manuel_refund_need", "rejected", 406),
    ],
)
def test_the_table_of_cancel_statuses(
    cancel: Act, act: Act, picture: Callable[[], Any], opened: str, target: str, expect: Any
) -> None:
    order = ApprovedOrderFactory(captured_by_card=True)
    items = list(order.orderitem_set.values_list("pk", flat=True))
    if opened == "waiting_for_payment":
        cancel(order)
        act(order, "cancellation_approved_order")
    else:
        cancel(order, next_status=opened)
    before = picture()

    body = {"order": order.pk, "order_items": items, "cancel_status": target}
    shown = act(order, "update_cancel_status", expect=expect if expect == 406 else 200, **body)

    if expect == 406:
        assert shown["error_code"] == "order_400_5"
        assert picture() == before
    else:
        assert (shown["cancel_status"], shown["cancellationplan_set"][0]["status"]) == (expect, expect)
        assert {item["cancel_status"] for item in shown["orderitem_set"]} == {expect}


def test_completed_by_hand_needs_a_proof(cancel: Act, act: Act, picture: Callable[[], Any]) -> None:
    order = ApprovedOrderFactory(captured_by_card=True)
    cancel(order)
    before = picture()

    refused = act(order, "update_cancel_status", expect=406, cancel_status="completed")
    assert (refused["error_code"], picture()) == ("order_500_1", before)
    shown = act(order, "update_cancel_status", cancel_status="completed", proof="EFT 1")

    assert (shown["cancel_status"], shown["status"]) == ("completed", "100")
    assert refunds(order) == [("card", Decimal("200.00"), "done")]


def test_items_without_a_cancellation(act: Act, reason: Any, picture: Callable[[], Any]) -> None:
    order = ApprovedOrderFactory(items=3, captured_by_card=True)
    first, second, third = order.orderitem_set.order_by("pk").values_list("pk", flat=True)
    before = picture()
    for target in ("approved", "confirmed", "rejected", "completed", "waiting_for_payment"):
        refused = act(order, "update_cancel_status", expect=406, order_items=[first], cancel_status=target)
        assert refused["error_code"] == "order_400_5"
    missing = act(order, "update_cancel_status", expect=406, order_items=[first], cancel_status="waiting")
    assert (missing["error_code"], picture()) == ("order_400_3", before)

    reasons = {str(pk): reason.pk for pk in (first, second)}
    by_hand = {"cancel_status": "manuel_refund_need", "reasons": reasons}
    shown = act(order, "update_cancel_status", order_items=[first], **by_hand)
    assert [(item["status"], item["cancel_status"]) for item in shown["orderitem_set"]] == [
        ("100", "manuel_refund_need"),
        ("400", None),
        ("400", None),
    ]
    shown = act(order, "update_cancel_status", order_items=[second], cancel_status="waiting", reasons=reasons)
    assert shown["cancel_status"] == "waiting"
    mixed = act(
        order, "update_cancel_status", expect=406, order_items=[second, third], cancel_status="approved"
    )
    assert mixed["error_code"] == "order_400_13"
    assert "waiting" in {plan.status for plan in CancellationPlan.objects.all()}


def test_the_documents_sample_changes_nothing_that_is_there(act: Act, demo_data: None) -> None:
    order = Order.objects.get(pk=111)

    shown = act(
        order, "update_cancel_status", order=111, order_items=[221], cancel_status="manuel_refund_need"
    )

    assert (shown["status"], shown["cancel_status"]) == ("400", "manuel_refund_need")
    assert (shown["orderitem_set"][0]["status"], shown["orderitem_set"][0]["cancel_status"]) == (
        "400",
        "manuel_refund_need",
    )


def test_an_items_cancel_status_by_patch_goes_the_same_way(api: APIClient, cancel: Act) -> None:
    order = ApprovedOrderFactory(captured_by_card=True)
    cancel(order)
    item = order.orderitem_set.first()

    answer = api.patch(f"/api/v1/order_items/{item.pk}/", {"cancel_status": "rejected"})

    assert (answer.status_code, answer.json()["status"], answer.json()["cancel_status"]) == (
        200,
        "400",
        "rejected",
    )
    assert api.patch(f"/api/v1/order_items/{item.pk}/", {"cancel_status": None}).status_code == 400


def test_news_of_an_item_whose_cancellation_is_open(api: APIClient, cancel: Act, act: Act) -> None:
    """A refund's item remembers it; a cancellation's may not leave the house."""
    shipped = ShippedOrderFactory(items=1, captured_by_card=True)
    waiting = ApprovedOrderFactory(items=1, captured_by_card=True)
    for order in (shipped, waiting):
        cancel(order)
    item = shipped.orderitem_set.get()

    assert api.patch(f"/api/v1/order_items/{item.pk}/", {"status": "550"}).json()["status"] == "50"
    assert act(shipped, "cancellation_reject_order")["orderitem_set"][0]["status"] == "550"
    url = f"/api/v1/order_items/{waiting.orderitem_set.get().pk}/"
    refused = api.patch(url, {"status": "500"})
    assert (refused.status_code, refused.json()["error_code"]) == (406, "order_200_4")
    assert api.patch(url, {"status": "450"}).status_code == 200
    assert act(waiting, "cancellation_reject_order")["status"] == "450"


def test_plans_of_a_kind_of_payment_are_moved_together(cancel: Act, capsys: Any) -> None:
    option = PaymentOptionFactory(payment_type="funds_transfer")
    orders = [ApprovedOrderFactory(payment_option=option, captured_by_card=True) for _ in range(2)]
    other = ApprovedOrderFactory(
        captured_by_card=True, payment_option=PaymentOptionFactory(payment_type="bex")
    )
    for order in (*orders, other):
        cancel(order)

    call_command("progress_cancel_status", payment_type="funds_transfer", to="confirmed")

    assert "2 moved, 0 refused" in capsys.readouterr().out
    assert [Order.objects.get(pk=order.pk).cancel_status for order in (*orders, other)] == [
        "confirmed",
        "confirmed",
        "waiting",
    ]
