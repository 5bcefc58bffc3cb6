"""OrderService: what the marketplace cancels, what its customers ask for, and what became of that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from rest_framework.test import APIClient

from omnitron.channels.models import BatchRequest, Channel
from omnitron.channels.tasks import expire_batch_requests
from omnitron.orders.models import CancellationPlanOrderItem, CancellationRequest, Order, OrderItem
from tests.slow.clients.client import Client, Run, recorded
from tests.slow.clients.reading import batches, failures, known_to_channel, tell_everything, why

pytestmark = pytest.mark.slow

REQUESTS = "channel/1/cancellation_requests/"
UPDATES = "channel/1/cancellation_requests/updates/"


@pytest.fixture
def pulled(client: Client) -> None:
    """Orders N-1 (items I-1, I-2) and N-3 (twice I-4) came from the marketplace, and nothing waits for it."""
    orders = recorded("orders")
    answers = {"get_orders": [orders["two addresses"], orders["two units"]]}
    client.run("OrderService.fetch_and_create_order", answers=answers)
    tell_everything()
    BatchRequest.objects.all().delete()


def _configure(**conf: Any) -> None:
    channel = Channel.objects.get(pk=1)
    channel.conf = {**channel.conf, **conf}
    channel.save()


def _items(number: str) -> list[OrderItem]:
    return list(OrderItem.objects.filter(order__number=number).order_by("pk"))


def _planned(order: Order) -> list[tuple[int, int | None]]:
    """Item and reason of everything planned to be cancelled."""
    rows = CancellationPlanOrderItem.objects.filter(cancellation_plan__order=order).order_by("order_item")
    return [(row.order_item_id, row.reason_id) for row in rows]


def _cancel(client: Client, *rows: dict[str, Any]) -> Run:
    run = client.run("OrderService.fetch_and_create_cancel", answers={"get_cancelled_orders": rows})
    assert (run.raised, run.waited) == (None, [])
    return run


def test_one_item_is_cancelled_for_the_reason_the_marketplace_names(client: Client, pulled: None) -> None:
    _configure(reason_mapping={"OUT_OF_STOCK": 2})
    order = Order.objects.get(number="N-1")
    second = _items("N-1")[1]

    run = _cancel(client, {"order": "R-1", "cancel_items": ["I-2"], "reasons": {"I-2": "OUT_OF_STOCK"}})

    assert run.refused == []
    (cancel,) = run.to("POST", f"channel/1/orders/{order.pk}/cancel/")
    assert cancel.body == {
        "cancel_items": [second.pk],
        "order": order.pk,
        "reasons": {str(second.pk): 2},
        "forced_refund_amount": None,
    }
    assert _planned(order) == [(second.pk, 2)]
    # The client never finishes this batch; it is in nobody's way.
    assert batches() == [(None, "initialized")]
    assert failures() == []
    offered = client.run("OrderService.update_orders").to("GET", "channel/1/orders/updates/")
    assert [row["pk"] for row in offered[0].answer["results"]] == [order.pk]


def test_both_units_of_a_line_go_with_the_channels_own_reason(client: Client, pulled: None) -> None:
    order = Order.objects.get(number="N-3")
    items = _items("N-3")

    run = _cancel(client, {"order": "R-3", "cancel_items": ["I-4"], "reasons": {"I-4": "WHATEVER"}})

    assert run.refused == []
    # `cancellation_reason_id` of the demo channel is 1.
    assert _planned(order) == [(item.pk, 1) for item in items]
    assert failures() == []


def test_an_order_nobody_knows_is_reported_and_the_next_one_cancelled(client: Client, pulled: None) -> None:
    rows = [
        {"order": "R-404", "cancel_items": ["I-404"], "reasons": {"I-404": "X"}},
        {"order": "R-1", "cancel_items": ["I-1"], "reasons": {"I-1": "X"}},
    ]

    run = _cancel(client, *rows)

    assert failures() == ["Omnitron-CreateOrderCancel"]
    assert why("Omnitron-CreateOrderCancel").startswith("Order not found: number=R-404")
    assert _planned(Order.objects.get(number="N-1")) == [(_items("N-1")[0].pk, 1)]
    assert run.refused == []
    assert run.batch_steps == ["fail"]


def test_cancelling_once_more_is_refused_and_reported(client: Client, pulled: None) -> None:
    row = {"order": "R-1", "cancel_items": ["I-1"], "reasons": {"I-1": "X"}}
    _cancel(client, row)

    run = _cancel(client, row)

    assert [status for _, _, status in run.refused] == [406]
    assert failures() == ["Omnitron-CreateOrderCancel"]
    assert _planned(Order.objects.get(number="N-1")) == [(_items("N-1")[0].pk, 1)]


def _ask(client: Client, *rows: dict[str, Any]) -> Run:
    flow = "OrderService.fetch_and_create_cancellation_requests"
    run = client.run(flow, answers={"get_cancellation_requests": rows})
    assert (run.raised, run.waited) == (None, [])
    return run


def _wish(item: str, remote_id: str, **values: Any) -> dict[str, Any]:
    row = {"order_item": item, "remote_id": remote_id, "reason": "CHANGED_MIND", "description": "Beğenmedim"}
    return {**row, "cancellation_type": "cancel", **values}


def test_wishes_of_customers_are_all_known_to_the_channel(client: Client, pulled: None) -> None:
    _configure(reason_mapping={"CHANGED_MIND": 1})
    first, second = _items("N-1")

    run = _ask(client, _wish("I-1", "CR-A"), _wish("I-2", "CR-B"))

    assert run.refused == []
    assert run.batch_steps == ["commit", "commit", "done"]
    assert batches() == [("cancellationrequest", "done")]
    rows = CancellationRequest.objects.filter(order_item__in=[first, second]).order_by("order_item")
    assert [(row.order_item_id, row.reason_id, row.cancellation_type, row.status) for row in rows] == [
        (first.pk, 1, "cancel", "waiting_approval"),
        (second.pk, 1, "cancel", "waiting_approval"),
    ]
    assert [row.description for row in rows] == ["Beğenmedim", "Beğenmedim"]
    # The last PATCH names only the second: the first is finished by it as well.
    known = known_to_channel("cancellationrequest")
    assert [known[row.pk] for row in rows] == [("CR-A", "success"), ("CR-B", "success")]
    assert failures() == []


def test_a_wish_about_one_of_two_units_cannot_be_told_apart_by_the_client(
    client: Client, pulled: None
) -> None:
    run = _ask(client, _wish("I-4", "CR-C"), _wish("I-1", "CR-D", cancellation_type="cancel"))

    assert [status for _, _, status in run.refused] == []
    assert failures() == ["Omnitron-CreateCancellationRequest"]
    assert why("Omnitron-CreateCancellationRequest").startswith("Multiple records returned")
    assert "CR-D" in {remote_id for remote_id, _ in known_to_channel("cancellationrequest").values()}


def _tell(client: Client, *refused: str) -> Run:
    answers = {"update_cancellation_request": list(refused)}
    run = client.run("OrderService.update_cancellation_requests", answers=answers)
    assert (run.raised, run.waited, run.refused) == (None, [], [])
    return run


def _offered(run: Run) -> list[int]:
    return [row["id"] for each in run.to("GET", UPDATES) for row in each.answer["results"]]


def test_an_approved_wish_is_told_to_the_marketplace_once(
    client: Client, pulled: None, api: APIClient
) -> None:
    _ask(client, _wish("I-1", "CR-A"), _wish("I-2", "CR-B"))
    assert _offered(_tell(client)) == []
    wish = CancellationRequest.objects.get(order_item=_items("N-1")[0])
    answer = api.post(f"/api/v1/cancellation_requests/{wish.pk}/approve/", {}, format="json")
    assert answer.status_code == 200, answer.content

    run = _tell(client)

    assert _offered(run) == [wish.pk]
    assert run.batch_steps == ["commit", "done"]
    (sent,) = run.sent
    assert sent["objects"] == {
        "cancellation_type": "cancel",
        "status": "completed",
        "order_item": "I-1",
        "reason": "10",
        "description": "Beğenmedim",
        "remote_id": "CR-A",
    }
    assert known_to_channel("cancellationrequest")[wish.pk] == ("CR-A", "success")

    again = _tell(client)

    assert (_offered(again), again.sent) == ([], [])
    assert again.batch_steps == ["commit", "fail"]
    assert failures() == []


def test_a_wish_the_marketplace_does_not_take_is_marked(client: Client, pulled: None, api: APIClient) -> None:
    _ask(client, _wish("I-1", "CR-A"), _wish("I-2", "CR-B"))
    wishes = list(CancellationRequest.objects.filter(order_item__order__number="N-1").order_by("pk"))
    for wish in wishes:
        answer = api.post(f"/api/v1/cancellation_requests/{wish.pk}/reject/", {}, format="json")
        assert answer.status_code == 200, answer.content

    run = _tell(client, "CR-A")

    assert run.batch_steps == ["commit", "done"]
    known = known_to_channel("cancellationrequest")
    assert [known[wish.pk] for wish in wishes] == [("CR-A", "error"), ("CR-B", "success")]
    assert _offered(_tell(client)) == []


def test_wishes_the_marketplace_takes_none_of_are_offered_again(
    client: Client, pulled: None, api: APIClient
) -> None:
    _ask(client, _wish("I-1", "CR-A"))
    wish = CancellationRequest.objects.get(order_item=_items("N-1")[0])
    answer = api.post(f"/api/v1/cancellation_requests/{wish.pk}/reject/", {}, format="json")
    assert answer.status_code == 200, answer.content

    run = _tell(client, "CR-A")

    assert run.batch_steps == ["commit", "fail"]
    assert _offered(_tell(client)) == [wish.pk]
    assert _offered(_tell(client)) == []


def test_with_a_reason_mapping_the_client_trips_over_itself_and_its_batch_expires(
    client: Client, pulled: None, api: APIClient
) -> None:
    """It takes the mapping's keys for pairs, after its commit: nobody finishes that batch."""
    _ask(client, _wish("I-1", "CR-A"))
    wish = CancellationRequest.objects.get(order_item=_items("N-1")[0])
    api.post(f"/api/v1/cancellation_requests/{wish.pk}/reject/", {}, format="json")
    _configure(reason_mapping={"CHANGED_MIND": 1})

    run = client.run("OrderService.update_cancellation_requests")

    assert run.raised == "ValueError: too many values to unpack (expected 2)"
    assert run.batch_steps == ["commit"]
    assert known_to_channel("cancellationrequest")[wish.pk] == ("CR-A", "processing")

    _configure(reason_mapping={})
    assert _offered(_tell(client)) == []
    BatchRequest.objects.update(modified_date=F("modified_date") - timedelta(minutes=16))
    expire_batch_requests()

    assert _offered(_tell(client)) == [wish.pk]
    assert known_to_channel("cancellationrequest")[wish.pk] == ("CR-A", "success")
