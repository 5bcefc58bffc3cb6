"""Cancelling, deciding and shipping at the same moment ends as if one had come after the other."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from omnitron.orders.models import CancellationPlan, CancellationReason, Order, OrderItem, Refund
from omnitron.orders.selectors import WholeOrder, read_whole_order
from omnitron.orders.service import OrderService
from omnitron.orders.use_cases import cancellation, settlement
from tests.factories.orders import ApprovedOrderFactory, CancellationReasonFactory
from tests.orders.cancellation.baskets import CONTEXT

pytestmark = pytest.mark.django_db(transaction=True)
AtOnce = Callable[..., list[Any]]
Request = Callable[[APIClient], Any]


@pytest.fixture
def reason() -> CancellationReason:
    return CancellationReasonFactory()


def action(order: Order, name: str, **body: Any) -> Request:
    return lambda client: client.post(f"/api/v1/orders/{order.pk}/{name}/", body, format="json")


def cancelling(order: Order, reason: CancellationReason, *positions: int) -> Request:
    pks = list(order.orderitem_set.order_by("pk").values_list("pk", flat=True))
    chosen = [pks[position] for position in positions] or pks
    reasons = {str(pk): reason.pk for pk in chosen}
    return action(order, "cancel", cancel_items=chosen, reasons=reasons)


def shipping(order: Order) -> Request:
    body = {"status": "500"}
    return lambda client: client.patch(f"/api/v1/orders/{order.pk}/change_order_status/", body, format="json")


def with_plan(order: Order, reason: CancellationReason, *, items: int | None = None) -> Order:
    pks = list(order.orderitem_set.order_by("pk").values_list("pk", flat=True))[:items]
    reasons = dict.fromkeys(pks, reason.pk)
    OrderService.cancel_order(order, reasons=reasons, cancel_items=pks, audit_context=CONTEXT)
    return order


def statuses(answers: list[Any]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


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
    barrier = threading.Barrier(2)

    def read_both(pk: int) -> WholeOrder:
        whole = read_whole_order(pk)
        barrier.wait()  # both have read before either writes: what the lock prevents
        return whole

    monkeypatch.setattr(settlement, "lock_whole_order", read_both)

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
    barrier = threading.Barrier(2)

    def read_both(pk: int) -> WholeOrder:
        whole = read_whole_order(pk)
        barrier.wait()
        return whole

    monkeypatch.setattr(cancellation, "lock_whole_order", read_both)
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


def test_sixteen_at_one_order_all_get_an_answer(at_once: AtOnce, reason: CancellationReason) -> None:
    order = ApprovedOrderFactory(items=2, captured_by_card=True)

    answers = at_once(*[cancelling(order, reason)] * 16)

    assert statuses(answers) == [200] + [406] * 15
    assert CancellationPlan.objects.count() == 1


def _most_waiting(work: Callable[[], Any]) -> tuple[Any, int]:
    """What `work` gives, and the most connections seen waiting for a lock meanwhile."""
    seen, done = [0], threading.Event()

    def watch() -> None:
        try:
            with connection.cursor() as cursor:
                while not done.is_set():
                    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
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


def _requests(order: Order, reason: CancellationReason) -> dict[str, Request]:
    items = list(order.orderitem_set.order_by("pk"))
    patch = {"status": "450"}
    return {
        "cancel one": cancelling(order, reason, 0),
        "cancel all": cancelling(order, reason),
        "approve": action(order, "cancellation_approved_order"),
        "reject": action(order, "cancellation_reject_order"),
        "confirm": action(
            order, "update_cancel_status", order_items=[items[0].pk], cancel_status="confirmed"
        ),
        "ship": shipping(order),
        "pack the second": lambda client: client.patch(
            f"/api/v1/order_items/{items[1].pk}/", patch, format="json"
        ),
        "split packages": action(
            order, "split_packages", packages=[{"order_items": [{"order_item": items[0].pk}]}]
        ),
        "share out": action(order, "set_distribute_interest_amount"),
        "not sent": action(order, "mark_as_not_sent"),
        "address": action(order, "change_shipping_address", address=order.shipping_address_id),
    }


def _state(order: Order) -> tuple[Any, ...]:
    order.refresh_from_db()
    items = OrderItem.objects.filter(order=order).order_by("pk")
    plans = CancellationPlan.objects.filter(order=order).order_by("pk")
    return (
        (order.status, order.cancel_status, order.refund_amount, order.shipping_refund_amount),
        [(item.status, item.cancel_status, item.discount_amount) for item in items],
        [(plan.plan_type, plan.status, plan.refund_amount) for plan in plans],
        sorted(Refund.objects.filter(order=order).values_list("instrument", "amount", "status")),
        order.package_set.count(),
    )


def _deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


@pytest.mark.slow
@pytest.mark.parametrize("has_plan", [False, True])
def test_every_pair_ends_as_if_one_had_come_after_the_other(
    at_once: AtOnce, reason: CancellationReason, has_plan: bool
) -> None:
    def order() -> Order:
        made = ApprovedOrderFactory(items=2, captured_by_card=True, shipping_amount=Decimal("9.00"))
        return with_plan(made, reason, items=1) if has_plan else made

    before = _deadlocks()
    names = list(_requests(order(), reason))
    for first, second in itertools.combinations_with_replacement(names, 2):
        in_turn = []
        for sequence in ((first, second), (second, first)):
            twin = order()
            for name in sequence:
                at_once(_requests(twin, reason)[name])
            in_turn.append(_state(twin))
        both = order()
        requests = _requests(both, reason)
        answers = at_once(requests[first], requests[second])
        assert {answer.status_code for answer in answers} <= {200, 406}, (first, second)
        assert _state(both) in in_turn, (first, second)
    assert _deadlocks() == before
