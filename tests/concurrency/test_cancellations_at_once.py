"""Cancelling, deciding and shipping at the same moment ends as if one had come after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from omnitron.orders.models import CancellationPlan, CancellationReason, Order, OrderItem, Refund
from omnitron.orders.selectors import WholeOrder, read_whole_order
from omnitron.orders.use_cases import cancellation, item_updates, plan_moves, refunds, settlement, status
from tests.concurrency.order_requests import (
    action,
    cancelling,
    moving_second,
    sending_refund,
    settling,
    shipping,
    with_plan,
)
from tests.factories.orders import ApprovedOrderFactory

pytestmark = pytest.mark.django_db(transaction=True)
AtOnce = Callable[..., list[Any]]


def statuses(answers: list[Any]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


class WithoutLock:
    """Stands in for the locks: both requests have read before either writes. `in_turn` then one commits before the
    other writes, so that two that write in another sequence do not deadlock, which is what the lock prevents, too.
    """

    def __init__(self, *, in_turn: bool = True) -> None:
        self._in_turn = in_turn
        self._both_read = threading.Barrier(2)
        self._one_committed = threading.Event()

    def whole_order(self, pk: int) -> WholeOrder:
        """For `lock_whole_order`."""
        whole = read_whole_order(pk)
        self._take_turns()
        return whole

    def instead_of_locks(self, monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
        """For a use case that locks order and items one after the other."""
        monkeypatch.setattr(module, "lock_order", lambda pk: Order.objects.get(pk=pk))
        monkeypatch.setattr(module, "lock_items", self._items)

    def _items(self, order: Order) -> list[OrderItem]:
        items = list(order.orderitem_set.order_by("pk"))
        self._take_turns()
        return items

    def _take_turns(self) -> None:
        is_first = self._both_read.wait() == 0
        if not self._in_turn:
            return
        if is_first:
            transaction.on_commit(self._one_committed.set)
        else:
            assert self._one_committed.wait(timeout=30)


def _approve_twice(at_once: AtOnce, reason: CancellationReason) -> list[Any]:
    order = with_plan(ApprovedOrderFactory(captured_by_card=True), reason)
    return at_once(*[action(order, "cancellation_approved_order")] * 2)


def test_two_operators_approve_the_same_plan(at_once: AtOnce, reason: CancellationReason) -> None:
    answers = _approve_twice(at_once, reason)

    assert statuses(answers) == [200, 406]
    assert {answer.json().get("error_code") for answer in answers} == {None, "order_400_9"}
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal("200.00")]
    assert Order.objects.get().refund_amount == Decimal("200.00")


def test_control_without_the_lock_both_pay(
    at_once: AtOnce, reason: CancellationReason, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settlement, "lock_whole_order", WithoutLock(in_turn=False).whole_order)

    assert statuses(_approve_twice(at_once, reason)) == [200, 200]
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal("200.00")] * 2


def test_two_cancellations_at_once_open_one_plan(at_once: AtOnce, reason: CancellationReason) -> None:
    order = ApprovedOrderFactory(items=2, captured_by_card=True)

    answers = at_once(cancelling(order, reason, 0), cancelling(order, reason, 1))

    assert statuses(answers) == [200, 406]
    assert {answer.json().get("error_code") for answer in answers} == {None, "order_400_1"}
    assert CancellationPlan.objects.count() == 1


def test_control_without_the_lock_two_plans_are_open(
    at_once: AtOnce, reason: CancellationReason, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cancellation, "lock_whole_order", WithoutLock().whole_order)
    order = ApprovedOrderFactory(items=2, captured_by_card=True)

    answers = at_once(cancelling(order, reason, 0), cancelling(order, reason, 1))

    assert statuses(answers) == [200, 200]
    assert CancellationPlan.objects.filter(status="waiting").count() == 2


def test_what_is_cancelled_does_not_ship(at_once: AtOnce, reason: CancellationReason) -> None:
    for _ in range(4):
        order = ApprovedOrderFactory(items=2, captured_by_card=True)

        cancelled, shipped = at_once(cancelling(order, reason), shipping(order))

        plan = CancellationPlan.objects.get(order=order)
        assert cancelled.status_code == 200
        if plan.plan_type == "refund":
            assert shipped.status_code == 200
        else:
            assert (shipped.status_code, shipped.json()["error_code"]) == (406, "order_200_5")
        assert set(order.orderitem_set.values_list("status", flat=True)) == {50}


def test_control_without_the_lock_what_is_cancelled_ships(
    at_once: AtOnce, reason: CancellationReason, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = WithoutLock()
    monkeypatch.setattr(cancellation, "lock_whole_order", without.whole_order)
    without.instead_of_locks(monkeypatch, status)
    order = ApprovedOrderFactory(items=2, captured_by_card=True)

    answers = at_once(cancelling(order, reason), shipping(order))

    assert statuses(answers) == [200, 200]
    assert CancellationPlan.objects.get().plan_type == "cancel"


def test_approved_or_rejected_never_both(at_once: AtOnce, reason: CancellationReason) -> None:
    for _ in range(4):
        order = with_plan(ApprovedOrderFactory(captured_by_card=True), reason)

        answers = at_once(
            action(order, "cancellation_approved_order"), action(order, "cancellation_reject_order")
        )

        assert statuses(answers) == [200, 406]
        is_approved = answers[0].status_code == 200
        assert Refund.objects.filter(order=order).count() == int(is_approved)
        assert set(order.orderitem_set.values_list("status", flat=True)) == {100 if is_approved else 400}


def test_control_without_the_lock_it_is_approved_and_rejected(
    at_once: AtOnce, reason: CancellationReason, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settlement, "lock_whole_order", WithoutLock().whole_order)
    order = with_plan(ApprovedOrderFactory(captured_by_card=True), reason)

    answers = at_once(
        action(order, "cancellation_approved_order"), action(order, "cancellation_reject_order")
    )

    assert statuses(answers) == [200, 200]


def _refund_while_the_channel_reports(at_once: AtOnce, reason: CancellationReason) -> Order:
    order = settling(ApprovedOrderFactory(items=2, captured_by_card=True), reason)

    answers = at_once(sending_refund(order), moving_second(order, 450))

    assert statuses(answers) == [200, 200]
    assert Refund.objects.get().status == "done"
    assert list(order.orderitem_set.order_by("pk").values_list("status", flat=True)) == [100, 450]
    order.refresh_from_db()
    return order


def test_a_channel_reports_while_a_refund_is_recorded(at_once: AtOnce, reason: CancellationReason) -> None:
    order = _refund_while_the_channel_reports(at_once, reason)

    assert (order.status, order.cancel_status) == (450, "completed")


def test_control_without_the_lock_the_order_forgets_one_of_them(
    at_once: AtOnce, reason: CancellationReason, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = WithoutLock()
    monkeypatch.setattr(refunds, "lock_order", lambda pk: Order.objects.get(pk=pk))
    monkeypatch.setattr(plan_moves, "lock_whole_order", without.whole_order)
    without.instead_of_locks(monkeypatch, item_updates)

    order = _refund_while_the_channel_reports(at_once, reason)

    assert (order.status, order.cancel_status) in {(400, "completed"), (450, "waiting_for_payment")}


def test_sixteen_at_one_order_all_get_an_answer(at_once: AtOnce, reason: CancellationReason) -> None:
    order = ApprovedOrderFactory(items=2, captured_by_card=True)

    answers = at_once(*[cancelling(order, reason)] * 16)

    assert statuses(answers) == [200] + [406] * 15
    assert CancellationPlan.objects.count() == 1


def _most_waiting(work: Callable[[], Any]) -> tuple[Any, int]:
    """What `work` gives, and the most connections seen waiting for a lock meanwhile. Only of this database (tests
    that run beside this one have their own on the same server), and not for a file to grow by a page ("extend"),
    which is no transaction's lock.
    """
    seen, done = [0], threading.Event()

    def watch() -> None:
        try:
            with connection.cursor() as cursor:
                while not done.is_set():
                    cursor.execute(
                        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
                        "WHERE NOT granted AND locktype <> 'extend' AND datname = current_database()"
                    )
                    seen.append(cursor.fetchone()[0])
        finally:
            connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        return work(), max(seen)
    finally:
        done.set()
        watcher.join()


def test_sixteen_at_sixteen_orders_never_wait_for_each_other(
    at_once: AtOnce, reason: CancellationReason
) -> None:
    orders = [ApprovedOrderFactory(items=2, captured_by_card=True) for _ in range(16)]

    answers, waiting = _most_waiting(lambda: at_once(*[cancelling(order, reason) for order in orders]))

    assert statuses(answers) == [200] * 16
    assert waiting == 0


def test_control_sixteen_at_one_order_are_seen_waiting(at_once: AtOnce, reason: CancellationReason) -> None:
    order = ApprovedOrderFactory(items=2, captured_by_card=True)

    _, waiting = _most_waiting(lambda: at_once(*[cancelling(order, reason)] * 16))

    assert waiting > 0
