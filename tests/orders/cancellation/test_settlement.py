"""Cancellations decided: approved on every kind of payment, rejected, divided, moved along the table."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from omnitron.catalogs.models import ProductStock
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.models import CancellationPlan, Order, OrderItem
from omnitron.payments.models import LoyaltyTransaction, Transaction
from tests.factories.catalogs import ProductStockFactory
from tests.factories.orders import ApprovedOrderFactory, OrderFactory, OrderItemFactory, ShippedOrderFactory
from tests.factories.payments import (
    FundsTransferTransactionFactory,
    LoyaltyTransactionFactory,
    PaymentOptionFactory,
    PayOnDeliveryTransactionFactory,
    TransactionFactory,
)

pytestmark = pytest.mark.django_db
Act = Callable[..., Any]


def refunds(order: Order) -> list[tuple[str, Decimal, str]]:
    rows = order.refund_set.order_by("pk")
    return [(row.instrument, row.amount, row.status) for row in rows]


def settled(act: Act, order: Order) -> tuple[str, str, str]:
    shown = act(order, "cancellation_approved_order")
    return shown["status"], shown["cancel_status"], shown["refund_amount"]


def test_several_payments_give_back_in_the_order_of_the_table(cancel: Act, act: Act) -> None:
    order = ApprovedOrderFactory(items=2)
    LoyaltyTransactionFactory(order=order, amount=Decimal("50.00"))
    TransactionFactory(order=order, amount=Decimal("30.00"))
    FundsTransferTransactionFactory(
        order=order, amount=Decimal("120.00"), iban="TR330006100519786457841326", holder_name="Ayşe Yılmaz"
    )
    cancel(order)

    assert settled(act, order) == ("100", "manuel_refund_need", "200.00")

    assert refunds(order) == [
        ("card", Decimal("30.00"), "pending"),
        ("loyalty", Decimal("50.00"), "done"),
        ("funds_transfer", Decimal("120.00"), "manual"),
    ]
    assert order.refund_set.get(instrument="funds_transfer").iban == "TR330006100519786457841326"
    assert LoyaltyTransaction.objects.get(transaction_type="refund").amount == Decimal("50.00")


def test_what_was_never_captured_is_not_given_back(cancel: Act, act: Act) -> None:
    order = ApprovedOrderFactory()
    TransactionFactory(order=order, status="pending")
    cancel(order)

    assert settled(act, order) == ("100", "completed", "0.00")
    assert refunds(order) == []


def test_what_is_captured_before_the_approval_is_given_back(cancel: Act, act: Act) -> None:
    order = ApprovedOrderFactory()
    payment = TransactionFactory(order=order, status="pending")
    (plan,) = cancel(order)["cancellationplan_set"]
    assert plan["refund_amount"] == "0.00"
    Transaction.objects.filter(pk=payment.pk).update(status="confirmed")

    assert settled(act, order) == ("100", "waiting_for_payment", "200.00")
    assert refunds(order) == [("card", Decimal("200.00"), "pending")]


@pytest.mark.parametrize(
    ("status", "expected"),
    [("400", ("100", "completed", "0.00")), ("550", ("600", "manuel_refund_need", "200.00"))],
)
def test_pay_on_delivery_is_captured_by_delivery(
    cancel: Act, act: Act, status: str, expected: tuple[str, str, str]
) -> None:
    order = ApprovedOrderFactory(status=int(status))
    PayOnDeliveryTransactionFactory(order=order)
    cancel(order)

    assert settled(act, order) == expected


def test_an_order_without_payments_was_paid_at_its_channel(cancel: Act, act: Act) -> None:
    order = ApprovedOrderFactory(payment_option=PaymentOptionFactory(payment_type="channel"))
    cancel(order)

    assert settled(act, order) == ("100", "completed", "200.00")
    assert refunds(order) == [("channel", Decimal("200.00"), "done")]


def test_an_order_that_waits_for_its_payment_owes_nothing(cancel: Act, act: Act) -> None:
    order = OrderFactory(status=OrderStatus.PAYMENT_WAITING)
    cancel(order)

    assert settled(act, order) == ("100", "completed", "0.00")


def test_what_was_refunded_elsewhere_is_not_given_back_again(cancel: Act, act: Act) -> None:
    order = ApprovedOrderFactory(captured_by_card=True)
    TransactionFactory(order=order, transaction_type="refund", amount=Decimal("150.00"), reference="X-1")
    cancel(order)

    assert settled(act, order) == ("100", "waiting_for_payment", "50.00")


def test_approval_frees_the_stock_once_and_refunds_do_not(cancel: Act, act: Act) -> None:
    stock = ProductStockFactory(stock=10, sold_quantity_unreported=3)
    for factory, left in ((ApprovedOrderFactory, 1), (ShippedOrderFactory, 1)):
        order = factory(items=0, amount=Decimal("100.00"))
        OrderItemFactory(order=order, product=stock.product, stock_list=stock.stock_list, reserved_units=2)
        TransactionFactory(order=order)
        cancel(order)
        act(order, "cancellation_approved_order")
        assert ProductStock.objects.get().sold_quantity_unreported == left


def test_a_rejection_puts_each_item_back_where_it_was(cancel: Act, act: Act) -> None:
    order = ApprovedOrderFactory(items=2, captured_by_card=True)
    first, second = order.orderitem_set.order_by("pk")
    OrderItem.objects.filter(pk=second.pk).update(status=450)
    cancel(order)

    shown = act(order, "cancellation_reject_order")

    assert [(item["status"], item["cancel_status"]) for item in shown["orderitem_set"]] == [
        ("400", "rejected"),
        ("450", "rejected"),
    ]
    assert (shown["status"], shown["cancel_status"], shown["refund_amount"]) == ("400", "rejected", "0.00")
    assert act(order, "cancellation_reject_order", expect=406)["error_code"] == "order_400_9"
    assert cancel(order, first.pk)["cancel_status"] == "waiting"


def test_a_rejection_takes_a_forced_refund_back_too(cancel: Act, act: Act) -> None:
    order = ApprovedOrderFactory(captured_by_card=True)

    shown = cancel(order, forced_refund_amount="10.00")
    assert {item["forced_refund"] for item in shown["orderitem_set"]} == {True}

    shown = act(order, "cancellation_reject_order")
    assert {item["forced_refund"] for item in shown["orderitem_set"]} == {False}
    assert cancel(order)["cancellationplan_set"][-1]["refund_amount"] == "200.00"


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
