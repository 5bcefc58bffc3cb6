"""Cancelling: a plan is opened with frozen figures, or refused by name with nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from rest_framework.test import APIClient

from omnitron.core.models import AuditLog
from omnitron.orders.models import CancellationPlan, CancellationPlanOrderItem, Order, OrderItem, Refund
from tests.factories.orders import (
    ApprovedOrderFactory,
    BenefitApplicantFactory,
    DiscountItemFactory,
    OrderItemFactory,
    ShippedOrderFactory,
)
from tests.factories.payments import PaymentOptionFactory, TransactionFactory

pytestmark = pytest.mark.django_db
Act = Callable[..., Any]
Picture = Callable[[], list[Any]]


def pks(order: Order) -> list[int]:
    return list(order.orderitem_set.order_by("pk").values_list("pk", flat=True))


def for_all(order: Order, reason: int) -> dict[str, int]:
    return dict.fromkeys(map(str, pks(order)), reason)


def discounted() -> Order:
    """Three items of 100.00, each with 10.00 off and 2.00 interest, 30.00 shipping: 306.00 in all, paid by card."""
    order = ApprovedOrderFactory(items=3, item_discount=Decimal("10.00"), shipping_amount=Decimal("30.00"))
    discount = DiscountItemFactory(order=order, amount=Decimal("30.00"))
    for item in order.orderitem_set.all():
        BenefitApplicantFactory(order_item=item, discount_item=discount, amount=Decimal("10.00"))
    order.orderitem_set.update(installment_interest_amount=Decimal("2.00"))
    Order.objects.filter(pk=order.pk).update(amount=Decimal("306.00"))
    order.refresh_from_db()
    TransactionFactory(order=order)
    return order


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


def refusals() -> dict[str, tuple[Callable[[Order, int], dict[str, Any]], int, str]]:
    """By case: the body, the status, and the code or the field."""
    foreign = lambda: OrderItemFactory().pk  # noqa: E731
    return {
        "items and is_all": (
            lambda o, r: {"is_all": True, "cancel_items": pks(o)[:1], "reasons": {}},
            406,
            "order_400_2",
        ),
        "an item of another order": (
            lambda o, r: {"cancel_items": [pks(o)[0], foreign()], "reasons": {}},
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
            lambda o, r: {
                "is_all": True,
                "reasons": for_all(o, r),
                "forced_refund_amount": "306.01",
            },
            406,
            "order_400_10",
        ),
        "a status no plan opens in": (
            lambda o, r: {
                "is_all": True,
                "reasons": for_all(o, r),
                "next_status": "completed",
            },
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


def test_statements_do_not_grow_with_the_items(
    cancel: Act, act: Act, reason: Any, django_assert_num_queries: Callable[..., Any]
) -> None:
    """The first cancellation of an order also gives its items their shares of the shipping."""
    costs = {"cancel_preview": 7, "cancel": 21, "cancellation_reject_order": 18}
    # Read once in the life of a process.
    ContentType.objects.get_for_models(Order, OrderItem, CancellationPlan, CancellationPlanOrderItem, Refund)
    for count in (1, 20):
        shipping = {"shipping_amount": Decimal("30.00")}
        order = ApprovedOrderFactory(items=count, captured_by_card=True, **shipping)
        body = {"is_all": True, "reasons": for_all(order, reason.pk)}
        for name, given in (
            ("cancel_preview", body),
            ("cancel", body),
            ("cancellation_reject_order", {}),
        ):
            with django_assert_num_queries(costs[name], info=name):
                act(order, name, **given)
        with django_assert_num_queries(20, info="cancel again"):
            act(order, "cancel", **body)
        with django_assert_num_queries(21, info="approve"):
            act(order, "cancellation_approved_order")
