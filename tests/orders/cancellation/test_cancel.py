"""Cancelling: a plan is opened with frozen figures, or refused by name with nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from omnitron.core.models import AuditLog
from omnitron.orders.models import CancellationPlan, OrderItem
from tests.factories.orders import (
    ShippedOrderFactory,
)
from tests.orders.cancellation.samples import discounted, pks

pytestmark = pytest.mark.django_db
Act = Callable[..., Any]
Picture = Callable[[], list[Any]]


def test_a_plan_freezes_what_each_item_gives_back(cancel: Act, reason: Any) -> None:
    order = discounted()
    first, second, third = pks(order)

    shown = cancel(order, first, second, is_cargo_refund=True, diagnose="torn box")

    (plan,) = shown["cancellationplan_set"]
    figures = ("plan_type", "status", "refund_amount", "discount_refund_amount", "shipping_refund_amount")
    assert [plan[name] for name in figures] == ["cancel", "waiting", "204.00", "20.00", "20.00"]
    row = plan["cancellationplanorderitem_set"][0]
    assert row == {
        "pk": row["pk"],
        "order_item": first,
        "reason": reason.pk,
        "previous_status": "400",
        "price": "100.00",
        "discount_share": "10.00",
        "interest_share": "2.00",
        "shipping_share": "10.00",
        "tax_amount": "15.00",
        "refund_amount": "102.00",
    }
    assert (shown["status"], shown["cancel_status"], shown["refund_amount"]) == ("400", "waiting", "0.00")
    items = {item["pk"]: (item["status"], item["cancel_status"]) for item in shown["orderitem_set"]}
    assert items == {first: ("50", "waiting"), second: ("50", "waiting"), third: ("400", None)}
    opened = CancellationPlan.objects.get()
    assert list(opened.discountitemcancellationplan_set.values_list("amount", flat=True)) == [
        Decimal("20.00")
    ]
    events = AuditLog.objects.exclude(event__startswith="orderitem.shipping").order_by("id")
    assert list(events.values_list("event", flat=True)) == [
        "cancellationplan.created",
        "cancellationplanorderitem.created",
        "cancellationplanorderitem.created",
        "orderitem.status.changed",
        "orderitem.status.changed",
        "order.status.changed",
    ]


@pytest.mark.parametrize(
    ("_case", "body", "refund", "shipping"),
    [
        ("the last items bring all the shipping", {}, "306.00", "30.00"),
        ("a forced sum replaces the figures", {"forced_refund_amount": "100.00"}, "100.00", "0.00"),
        ("a number is read as money", {"forced_refund_amount": 99.9}, "99.90", "0.00"),
        ("null is not given", {"forced_refund_amount": None}, "306.00", "30.00"),
        ("false is not given", {"forced_refund_amount": False}, "306.00", "30.00"),
    ],
)
def test_the_whole_order(cancel: Act, _case: str, body: dict[str, Any], refund: str, shipping: str) -> None:
    order = discounted()

    (plan,) = cancel(order, **body)["cancellationplan_set"]

    assert (plan["refund_amount"], plan["shipping_refund_amount"]) == (refund, shipping)
    rows = plan["cancellationplanorderitem_set"]
    assert sum(Decimal(row["refund_amount"]) for row in rows) == Decimal(refund)


def test_shipping_alone(act: Act) -> None:
    order = discounted()

    shown = act(order, "cancel", is_cargo_refund=True)

    (plan,) = shown["cancellationplan_set"]
    assert (plan["refund_amount"], plan["shipping_refund_amount"]) == ("30.00", "30.00")
    assert (plan["cancellationplanorderitem_set"], shown["status"]) == ([], "400")
    assert act(order, "cancellation_approved_order")["refund_amount"] == "30.00"
    assert act(order, "cancel", expect=406, is_cargo_refund=True)["error_code"] == "order_400_12"


@pytest.mark.parametrize(
    ("next_status", "plan", "item"),
    [
        (None, "waiting", "50"),
        ("confirmation_waiting", "confirmation_waiting", "50"),
        ("confirmed", "confirmed", "50"),
        ("approved", "approved", "50"),
        ("manuel_refund_need", "manuel_refund_need", "100"),
    ],
)
def test_a_plan_may_be_opened_further_on(
    cancel: Act, act: Act, next_status: str | None, plan: str, item: str
) -> None:
    order = discounted()

    shown = cancel(order, next_status=next_status, ibans=["TR32 0010 0099 9990 1234 5678 90"])

    assert (shown["cancel_status"], shown["cancellationplan_set"][0]["status"]) == (plan, plan)
    assert {row["status"] for row in shown["orderitem_set"]} == {item}
    if plan == "approved":
        assert act(order, "cancellation_approved_order")["cancel_status"] == "waiting_for_payment"
    if plan == "manuel_refund_need":
        refund = order.refund_set.get()
        assert (refund.status, refund.amount, refund.iban) == (
            "manual",
            Decimal("306.00"),
            "TR320010009999901234567890",
        )


def test_a_shipped_order_is_refunded_without_its_shipping(cancel: Act, act: Act) -> None:
    order = ShippedOrderFactory(items=2, shipping_amount=Decimal("30.00"), captured_by_card=True)

    cancel(order)
    shown = act(order, "cancellation_approved_order")

    assert (shown["status"], shown["refund_amount"]) == ("600", "200.00")
    assert {item["status"] for item in shown["orderitem_set"]} == {"600"}


def test_a_digest_binds_the_cancellation_to_what_was_shown(act: Act, reason: Any, picture: Picture) -> None:
    order = discounted()
    body = {"cancel_items": pks(order)[:1], "reasons": {str(pks(order)[0]): reason.pk}}
    before = picture()
    shown = act(order, "cancel_preview", **body)
    assert picture() == before
    assert (shown["refund_amount"], shown["left"], shown["captured"]) == ("92.00", "306.00", "306.00")
    assert shown["instruments"][0]["refund_amount"] == "92.00"
    OrderItem.objects.filter(pk=pks(order)[0]).update(installment_interest_amount=Decimal("3.00"))
    before = picture()

    outdated = act(order, "cancel", expect=412, digest=shown["digest"], **body)

    assert {"at": "refund_amount", "then": "92.00", "now": "93.00"} in outdated["difference"]
    assert picture() == before
    again = act(order, "cancel_preview", **body)
    done = act(order, "cancel", digest=again["digest"], **body)
    assert done["cancellationplan_set"][0]["refund_amount"] == "93.00"
