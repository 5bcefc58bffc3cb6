"""What cannot be cancelled, or not by this user, is refused by name, and nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.orders.models import Order, OrderItem
from tests.factories.orders import ApprovedOrderFactory, OrderItemFactory
from tests.factories.payments import PaymentOptionFactory
from tests.orders.cancellation.samples import discounted, for_all, pks

pytestmark = pytest.mark.django_db
Act = Callable[..., Any]
Picture = Callable[[], list[Any]]


def refusals() -> dict[str, tuple[Callable[[Order, int], dict[str, Any]], int, str]]:
    """By case: the body, the status, and the code or the field."""
    return {
        "items and is_all": (
            lambda o, r: {"is_all": True, "cancel_items": pks(o)[:1], "reasons": {}},
            406,
            "order_400_2",
        ),
        "an item of another order": (
            lambda o, r: {"cancel_items": [pks(o)[0], OrderItemFactory().pk], "reasons": {}},
            406,
            "order_300_2",
        ),
        "an item that is nowhere": (
            lambda o, r: {"cancel_items": [2**62], "reasons": {}},
            406,
            "order_300_2",
        ),
        "no reason for one": (
            lambda o, r: {"cancel_items": pks(o)[:2], "reasons": {str(pks(o)[0]): r}},
            406,
            "order_400_3",
        ),
        "a null for a reason": (
            lambda o, r: {"cancel_items": pks(o)[:1], "reasons": {str(pks(o)[0]): None}},
            406,
            "order_400_3",
        ),
        "no reasons": (lambda o, r: {"is_all": True}, 406, "order_400_3"),
        "a reason that is nowhere": (
            lambda o, r: {"cancel_items": pks(o)[:1], "reasons": {str(pks(o)[0]): 2**40}},
            406,
            "order_400_11",
        ),
        "more than was paid": (
            lambda o, r: {"is_all": True, "reasons": for_all(o, r), "forced_refund_amount": "306.01"},
            406,
            "order_400_10",
        ),
        "a status no plan opens in": (
            lambda o, r: {"is_all": True, "reasons": for_all(o, r), "next_status": "completed"},
            406,
            "order_400_5",
        ),
        "true for a sum": (
            lambda o, r: {"is_all": True, "forced_refund_amount": True},
            400,
            "forced_refund_amount",
        ),
        "a sum below nothing": (lambda o, r: {"forced_refund_amount": "-1.00"}, 400, "forced_refund_amount"),
        "nothing named": (lambda o, r: {"reasons": {}}, 400, "cancel_items"),
        "another order": (lambda o, r: {"order": o.pk + 1, "is_all": True}, 400, "order"),
        "an unknown field": (lambda o, r: {"is_all": True, "why": "x"}, 400, "why"),
        "no IBAN": (lambda o, r: {"is_all": True, "ibans": ["12"]}, 400, "ibans"),
        "a reason for no item": (lambda o, r: {"reasons": {"x": 1}}, 400, "reasons"),
        "an unknown digest": (
            lambda o, r: {"is_all": True, "reasons": for_all(o, r), "digest": "x:y"},
            412,
            "difference",
        ),
    }


@pytest.mark.parametrize("case", refusals())
def test_what_cannot_be_cancelled_is_refused_by_name(
    act: Act, reason: Any, picture: Picture, case: str
) -> None:
    order = discounted()
    body, status, name = refusals()[case]
    given = body(order, reason.pk)
    before = picture()

    answer = act(order, "cancel", expect=status, **given)

    assert answer["error_code"] == name if status == 406 else name in answer
    assert picture() == before
    if status == 406:
        assert act(order, "cancel_preview", expect=406, **given)["error_code"] == name


def test_shipped_and_unshipped_items_go_separate_ways(cancel: Act, picture: Picture) -> None:
    order = discounted()
    first, second, _ = pks(order)
    OrderItem.objects.filter(pk=first).update(status=500)
    before = picture()

    refused = cancel(order, first, second, expect=406)

    assert refused["error_code"] == "order_400_8"
    assert str(first) in refused["non_field_errors"]
    assert picture() == before
    assert cancel(order, first)["cancellationplan_set"][0]["plan_type"] == "refund"


def test_one_undecided_plan_at_a_time(cancel: Act, act: Act, picture: Picture) -> None:
    order = discounted()
    first, second, third = pks(order)
    cancel(order, first)
    before = picture()

    assert cancel(order, second, expect=406)["error_code"] == "order_400_1"
    assert picture() == before
    act(order, "cancellation_approved_order")
    assert cancel(order, first, expect=406)["error_code"] == "order_400_7"
    assert cancel(order, second)["cancel_status"] == "waiting"
    act(order, "cancellation_reject_order")
    assert cancel(order, second, second, third)["cancellationplan_set"][-1]["refund_amount"] == "214.00"


def test_a_card_order_needs_its_purchase(cancel: Act, picture: Picture) -> None:
    order = ApprovedOrderFactory()
    order.payment_option = PaymentOptionFactory(payment_type="credit_card")
    order.save()
    before = picture()

    assert cancel(order, expect=406)["error_code"] == "order_400_4"
    assert picture() == before


@pytest.mark.parametrize(
    ("name", "permission"),
    [
        ("cancel", "orders.cancel_order"),
        ("cancellation_approved_order", "orders.decide_cancellation"),
        ("cancellation_reject_order", "orders.decide_cancellation"),
        ("update_cancel_status", "orders.decide_cancellation"),
    ],
)
def test_each_action_asks_for_its_permission(
    api_of: Callable[..., APIClient], name: str, permission: str
) -> None:
    order = ApprovedOrderFactory()
    url = f"/api/v1/orders/{order.pk}/{name}/"

    assert api_of("orders.view_order", "orders.change_order", "orders.add_order").post(url).status_code == 403
    assert api_of(permission).post(url).status_code in {400, 406}
    assert api_of(permission, channels=[]).post(url).status_code == 404


def test_of_an_order_that_is_over_nothing_moves(cancel: Act, act: Act, picture: Picture) -> None:
    order = ApprovedOrderFactory(captured_by_card=True)
    cancel(order, next_status="manuel_refund_need")
    act(order, "update_cancel_status", cancel_status="completed", proof="EFT 1")
    before = picture()

    for status in ("waiting", "rejected", "manuel_refund_need"):
        body = {"order_items": pks(order), "cancel_status": status}
        refused = act(order, "update_cancel_status", expect=406, **body)
        assert refused["error_code"] == "order_400_6"
    assert picture() == before


def test_by_hand_needs_items_where_no_cancellation_is_open(act: Act, picture: Picture) -> None:
    order = ApprovedOrderFactory(captured_by_card=True)
    before = picture()

    refused = act(order, "update_cancel_status", expect=406, cancel_status="manuel_refund_need")

    assert (refused["error_code"], picture()) == ("order_400_9", before)
