"""What happened to an order, in words; and the order as it was at any moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from rest_framework.test import APIClient

from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditLog, AuditSource
from omnitron.orders.models import Refund
from omnitron.orders.service import RefundService
from tests.factories.orders import ApprovedOrderFactory, CancellationReasonFactory, OrderItemFactory

pytestmark = pytest.mark.django_db
CONTEXT = AuditContext.system(AuditSource.CRON)
Step = Callable[[], Any]


def told(api: APIClient, demo_data: None) -> tuple[int, list[Step]]:
    """A story of demo order 310 with a merged item, and the steps it is told in."""
    pk, item = 310, 419
    order = f"/api/v1/orders/{pk}/"
    second = {}

    def ok(answer: Any) -> Any:
        assert answer.status_code in {200, 201}, answer.json()
        return answer.json()

    def split() -> None:
        second["pk"] = ok(api.post(f"/api/v1/order_items/{item}/split/", {"quantity": 1}))["pk"]

    def cancel(*pks: int) -> None:
        ok(api.post(f"{order}cancel/", {"cancel_items": pks, "reasons": {str(pk): 1 for pk in pks}}))

    def send_refunds() -> None:
        for refund in Refund.objects.filter(order=pk, status="pending"):
            RefundService.send_refund(refund.pk, now=timezone.now(), audit_context=CONTEXT)

    address = api.get(order).json()["billing_address"]["pk"]
    return pk, [
        lambda: ok(api.patch(order, {"notes": "ring twice", "extra_field": {"a": 1}})),
        split,
        lambda: ok(api.patch(f"/api/v1/order_items/{item}/", {"status": "450", "invoice_number": "I-1"})),
        lambda: cancel(item, second["pk"]),
        lambda: ok(
            api.post(f"{order}update_cancel_status/", {"order_items": [item], "cancel_status": "confirmed"})
        ),
        lambda: ok(api.post(f"{order}cancellation_reject_order/")),
        lambda: cancel(second["pk"]),
        lambda: ok(api.post(f"{order}cancellation_approved_order/", {"invoice_number": "R-1"})),
        send_refunds,
        lambda: ok(api.post(f"{order}change_billing_address/", {"address": address})),
        lambda: ok(api.patch(f"{order}change_order_status/", {"status": "550"})),
    ]


def _without_dates(value: Any) -> Any:
    if isinstance(value, dict):
        left_out = {"modified_date", "available_actions"}
        return {name: _without_dates(inner) for name, inner in value.items() if name not in left_out}
    if isinstance(value, list):
        return [_without_dates(inner) for inner in value]
    return value


def test_an_order_as_it_was_after_every_step(api: APIClient, demo_data: None) -> None:
    pk, steps = told(api, demo_data)
    seen = []
    for step in [lambda: None, *steps]:
        step()
        seen.append((timezone.now().isoformat(), api.get(f"/api/v1/orders/{pk}/").json()))

    for number, (moment, live) in enumerate(seen):
        answer = api.get(f"/api/v1/orders/{pk}/", {"as_of": moment})
        assert list(answer.json()) == list(live), number
        assert _without_dates(answer.json()) == _without_dates(live), number
        assert answer.json()["available_actions"] == []
        assert answer.json()["modified_date"] <= moment.replace("+00:00", "Z")
    assert [row["modified_date"] for row in answer.json()["orderitem_set"]] == [
        row["modified_date"] for row in live["orderitem_set"]
    ]


def test_before_it_was_placed_there_is_no_order(api: APIClient) -> None:
    order = ApprovedOrderFactory()
    before = (order.created_date - timedelta(seconds=1)).isoformat()

    assert api.get(f"/api/v1/orders/{order.pk}/", {"as_of": before}).status_code == 404
    assert api.get(f"/api/v1/orders/{order.pk}/", {"as_of": "yesterday"}).json().keys() == {"as_of"}


def test_the_history_says_who_did_what_in_words(api: APIClient) -> None:
    order = ApprovedOrderFactory(items=1, captured_by_card=True)
    item, reason = order.orderitem_set.get(), CancellationReasonFactory()
    api.patch(f"/api/v1/order_items/{item.pk}/", {"status": "450"}, HTTP_X_REQUEST_ID="r-1")
    api.post(f"/api/v1/orders/{order.pk}/cancel/", {"is_all": True, "reasons": {str(item.pk): reason.pk}})

    body = api.get(f"/api/v1/orders/{order.pk}/history/?limit=100").json()

    texts = [entry["text"] for entry in body["results"]]
    assert body["count"] == len(texts) == AuditLog.objects.count()
    assert f"order item {item.pk}: status approved → preparing" in texts
    assert f"order {order.pk}: status approved → preparing" in texts
    moved = body["results"][-1]
    assert (moved["actor"], moved["source"], moved["request_id"], moved["subject"]) == (
        "ada",
        "API",
        "r-1",
        f"order item {item.pk}",
    )
    assert moved["changes"] == [{"field": "status", "old": "approved", "new": "preparing"}]
    waiting = [text for text in texts if "cancel_status – → waiting" in text]
    assert len(waiting) == 2


def test_the_history_comes_in_pages_at_the_same_cost(
    api: APIClient, django_assert_num_queries: Callable[..., Any]
) -> None:
    orders = [ApprovedOrderFactory(items=0), ApprovedOrderFactory(items=0)]
    for order, items in zip(orders, (1, 20), strict=True):
        for item in OrderItemFactory.create_batch(items, order=order):
            api.patch(f"/api/v1/order_items/{item.pk}/", {"invoice_number": "I"})
    api.get(f"/api/v1/orders/{orders[0].pk}/history/")  # content types are read once a process
    for order in orders:
        with django_assert_num_queries(3):
            page = api.get(f"/api/v1/orders/{order.pk}/history/?limit=5").json()
    assert (page["count"], len(page["results"]), page["previous"]) == (20, 5, None)
    assert "page=2" in page["next"]
    assert api.get(f"/api/v1/orders/{order.pk}/history/?page=9").status_code == 404
    assert api.get(f"/api/v1/orders/{order.pk}/history/?event=x").status_code == 400


def test_audit_orders_finds_nothing_wrong_with_the_demo_data(demo_data: None, capsys: Any) -> None:
    call_command("audit_orders")

    assert "orders hold" in capsys.readouterr().out
