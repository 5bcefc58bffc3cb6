"""A promised refund reaches its gateway once, whatever happens on the way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource
from omnitron.orders import tasks
from omnitron.orders.models import CancellationPlan, Order, Refund
from omnitron.orders.service import OrderService, RefundService
from omnitron.orders.use_cases import refunds as sending
from omnitron.payments.gateways.demo import DemoGateway
from omnitron.payments.gateways.port import GatewayUnavailable
from omnitron.payments.models import Transaction
from tests.factories.orders import ApprovedOrderFactory, CancellationReasonFactory

pytestmark = pytest.mark.django_db
CONTEXT = AuditContext.system(AuditSource.CRON)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def promised(**extra_field: Any) -> Refund:
    """A pending refund of 200.00 on a card, of a cancellation that was approved."""
    order = ApprovedOrderFactory(items=2, captured_by_card=True)
    Transaction.objects.filter(order=order).update(reference=f"P-{order.pk}", extra_field=extra_field)
    reason = CancellationReasonFactory()
    reasons = {item.pk: reason.pk for item in order.orderitem_set.all()}
    OrderService.cancel_order(order, reasons=reasons, is_all=True, audit_context=CONTEXT)
    OrderService.approved_order_cancel(order, audit_context=CONTEXT)
    return Refund.objects.get(order=order)


def send(refund: Refund, *, now: datetime = NOW) -> bool:
    sent = RefundService.send_refund(refund.pk, now=now, audit_context=CONTEXT)
    refund.refresh_from_db()
    return sent


def state(refund: Refund) -> tuple[str, str, str, set[str | None]]:
    """Refund, plan, order and items."""
    order = Order.objects.get(pk=refund.order_id)
    items = set(order.orderitem_set.values_list("cancel_status", flat=True))
    plan = CancellationPlan.objects.get(pk=refund.cancellation_plan_id)
    return refund.status, plan.status, order.cancel_status, items


def test_a_refund_is_sent_booked_and_ends_its_plan() -> None:
    refund = promised()
    assert state(refund) == ("pending", "waiting_for_payment", "waiting_for_payment", {"waiting_for_payment"})

    assert send(refund)

    assert state(refund) == ("done", "completed", "completed", {"completed"})
    assert refund.gateway_reference == f"demo-refund-{refund.pk}"
    booked = Transaction.objects.get(order=refund.order, transaction_type="refund")
    assert (booked.amount, booked.status, booked.extra_field["refund"]) == (
        Decimal("200.00"),
        "confirmed",
        refund.pk,
    )
    assert not send(refund)
    assert Transaction.objects.filter(transaction_type="refund").count() == 1


def test_a_refusal_needs_a_hand_and_is_closed_with_a_proof(api: APIClient) -> None:
    refund = promised(demo_refuses="card expired")

    send(refund)

    assert state(refund) == ("failed", "manuel_refund_need", "manuel_refund_need", {"manuel_refund_need"})
    assert refund.failure_reason == "card expired"
    worklist = api.get("/api/v1/refunds/?status__in=manual,failed&sort=created_date").json()["results"]
    assert [(row["pk"], row["amount"], row["currency"]) for row in worklist] == [(refund.pk, "200.00", "try")]
    without = api.post(f"/api/v1/refunds/{refund.pk}/complete/", {"proof": " "})
    assert without.status_code == 400
    answer = api.post(f"/api/v1/refunds/{refund.pk}/complete/", {"proof": "EFT 4711"})
    assert (answer.status_code, answer.json()["status"], answer.json()["proof"]) == (200, "done", "EFT 4711")
    refund.refresh_from_db()
    assert state(refund) == ("done", "completed", "completed", {"completed"})
    again = api.post(f"/api/v1/refunds/{refund.pk}/complete/", {"proof": "EFT 4712"})
    assert (again.status_code, again.json()["error_code"]) == (406, "order_500_4")


def test_a_refused_refund_may_be_tried_again(api: APIClient) -> None:
    refund = promised(demo_refuses="blocked")
    send(refund)
    Transaction.objects.filter(order=refund.order_id).update(extra_field={})

    answer = api.post(f"/api/v1/refunds/{refund.pk}/retry/")

    assert (answer.status_code, answer.json()["status"]) == (200, "pending")
    send(refund)
    assert state(refund)[0:2] == ("done", "completed")


def test_without_an_answer_it_waits_longer_each_time_and_then_for_a_hand() -> None:
    refund = promised(demo_unavailable="time-out")
    now, pauses = NOW, []
    while refund.status == "pending":
        assert send(refund, now=now)
        assert not send(refund, now=now)
        if refund.status == "pending":
            pauses.append(refund.not_before - now)
            now = refund.not_before

    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert (max(pauses), len(pauses)) == (timedelta(hours=6), 15)
    assert state(refund)[0:2] == ("failed", "manuel_refund_need")
    assert refund.failure_reason == "no answer after 16 attempts: time-out"


def test_what_a_crash_left_behind_is_taken_up() -> None:
    refund = promised()

    tasks.send_pending_refunds()

    refund.refresh_from_db()
    assert refund.status == "done"


def test_a_worker_that_died_with_its_claim_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    refund = promised()

    def die(*_: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(sending, "_ask_gateway", die)
    with pytest.raises(SystemExit):
        send(refund)
    monkeypatch.undo()

    assert not send(refund, now=NOW + timedelta(minutes=4))
    assert send(refund, now=NOW + timedelta(minutes=5))
    assert refund.status == "done"


def test_a_late_refusal_does_not_undo_what_another_worker_did(monkeypatch: pytest.MonkeyPatch) -> None:
    refund = promised()
    real = sending._ask_gateway

    def overtaken(row: Refund) -> Any:
        monkeypatch.setattr(sending, "_ask_gateway", real)
        send(refund, now=NOW + sending.LEASE)
        return sending._Outcome(refusal="already refunded")

    monkeypatch.setattr(sending, "_ask_gateway", overtaken)
    send(refund)

    assert state(refund)[0:2] == ("done", "completed")
    assert (refund.failure_reason, refund.failed_attempts) == (None, 0)


def test_an_answer_that_was_lost_is_found_in_the_history(monkeypatch: pytest.MonkeyPatch) -> None:
    refund = promised()
    calls = []
    real = DemoGateway.refund

    def lose_the_answer(gateway: DemoGateway, reference: str, **asked: Any) -> str:
        calls.append(real(gateway, reference, **asked))
        purchase = Transaction.objects.get(reference=reference)
        Transaction.objects.create(
            order=purchase.order,
            transaction_type="refund",
            status="confirmed",
            amount=asked["amount"],
            reference="the gateway's own",
            extra_field={"refund": asked["refund_id"], "payment": purchase.pk},
        )
        raise GatewayUnavailable("connection reset")

    monkeypatch.setattr(DemoGateway, "refund", lose_the_answer)
    send(refund)
    send(refund, now=NOW + timedelta(minutes=1))

    assert (len(calls), refund.status, refund.gateway_reference) == (1, "done", "the gateway's own")


def test_the_claim_is_refused_to_a_hand_while_the_gateway_is_asked(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    refund = promised()
    answers = []

    def meanwhile(*_: Any) -> Any:
        body = {"cancel_status": "completed", "proof": "EFT 1"}
        answers.append(api.post(f"/api/v1/orders/{refund.order_id}/update_cancel_status/", body))
        raise SystemExit

    monkeypatch.setattr(sending, "_ask_gateway", meanwhile)
    with pytest.raises(SystemExit):
        RefundService.send_refund(refund.pk, now=datetime.now(UTC), audit_context=CONTEXT)

    assert [(a.status_code, a.json()["error_code"]) for a in answers] == [(406, "order_500_3")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("is_claimed", "calls"), [(True, 1), (False, 2)])
def test_two_workers_at_once_call_once(is_claimed: bool, calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without the claim both call."""
    refund = promised()
    asked, barrier, both = [], threading.Barrier(2), threading.Barrier(2)
    monkeypatch.setattr(
        DemoGateway, "refund", lambda gateway, reference, **_: asked.append(reference) or f"R-{len(asked)}"
    )
    if not is_claimed:
        real = sending._ask_gateway

        def both_at_once(row: Refund) -> Any:
            both.wait()
            return real(row)

        monkeypatch.setattr(sending, "_claim", lambda pk, now: Refund.objects.get(pk=pk))
        monkeypatch.setattr(sending, "_ask_gateway", both_at_once)

    def work() -> None:
        barrier.wait()
        try:
            RefundService.send_refund(refund.pk, now=NOW, audit_context=CONTEXT)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(work), pool.submit(work)]:
            future.result()

    refund.refresh_from_db()
    assert (len(asked), refund.status) == (calls, "done")
