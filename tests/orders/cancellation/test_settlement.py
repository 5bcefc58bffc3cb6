"""Cancellations decided: approved on every kind of payment, or rejected."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from omnitron.catalogs.models import ProductStock
from omnitron.core.models import AuditLog
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.models import Order, OrderItem
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
from tests.orders.cancellation.samples import discounted, pks

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


def test_discounts_and_sums_grow_by_each_part_and_the_amount_stays(cancel: Act, act: Act) -> None:
    order = discounted()
    first, second, third = pks(order)
    discount = order.discountitem_set.get()

    cancel(order, first)
    before = AuditLog.objects.latest("id").pk
    act(order, "cancellation_approved_order")
    discount.refresh_from_db()
    assert discount.cancel_amount == Decimal("10.00")
    told = AuditLog.objects.filter(id__gt=before, event__in=["discountitem.changed", "order.refund.added"])
    assert [(row.event, row.old, row.new) for row in told.order_by("id")] == [
        ("discountitem.changed", {"cancel_amount": "0.00"}, {"cancel_amount": "10.00"}),
        (
            "order.refund.added",
            {"refund_amount": "0.00", "discount_refund_amount": "0.00"},
            {"refund_amount": "92.00", "discount_refund_amount": "10.00"},
        ),
    ]
    moved = AuditLog.objects.get(id__gt=before, event="orderitem.status.changed")
    assert (moved.object_id, moved.old["status"], moved.new["status"]) == (first, 50, 100)

    cancel(order, second, third)
    shown = act(order, "cancellation_approved_order")
    discount.refresh_from_db()
    assert discount.cancel_amount == Decimal("30.00")
    sums = ("amount", "refund_amount", "discount_refund_amount", "shipping_refund_amount")
    assert [shown[name] for name in sums] == ["306.00", "306.00", "30.00", "30.00"]


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
