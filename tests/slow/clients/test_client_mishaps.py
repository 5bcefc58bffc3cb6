"""Answers that get lost, two workers at once, and more than a page: the clients' data come through."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from omnitron.channels.models import BatchRequest, Channel, IntegrationAction
from omnitron.customers.models import Customer
from omnitron.orders.models import CancellationRequest, Order
from tests.factories.channels import IntegrationActionFactory
from tests.factories.orders import OrderFactory
from tests.slow.clients.client import Client, Run, recorded
from tests.slow.clients.reading import batches, failures, known_to_channel, tell_everything
from tests.slow.clients.worker import Worker

pytestmark = pytest.mark.slow

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
UPDATES = "channel/1/orders/updates/"


def _pull(client: Client, *rows: dict[str, Any]) -> Run:
    run = client.run("OrderService.fetch_and_create_order", answers={"get_orders": rows})
    assert run.raised is None
    return run


def test_an_order_whose_answer_was_lost_is_there_once_and_known(client: Client) -> None:
    """The client sends it again, is refused, and finds it at its next pull."""
    row = recorded("orders")["two addresses"]
    client.proxy.lose_answer("POST", "channel/1/create_orders/")

    run = _pull(client, row)

    assert [each.status for each in run.to("POST", "channel/1/create_orders/")] == [201, 406]
    assert run.waited[0] == 10
    order = Order.objects.get(number="N-1")
    assert known_to_channel("order")[order.pk] == ("R-1", "success")
    assert [known_to_channel("orderitem")[item.pk] for item in order.orderitem_set.order_by("pk")] == [
        ("I-1", "success"),
        ("I-2", "success"),
    ]
    assert failures() == ["Omnitron-CreateOrders"]

    again = _pull(client, row)

    assert again.to("POST", "channel/1/create_orders/") == []
    assert Order.objects.filter(number="N-1").count() == 1


def test_a_customer_whose_answer_was_lost_is_there_once(client: Client) -> None:
    row = recorded("orders")["two addresses"]
    client.proxy.lose_answer("POST", "channel/1/customers/")

    run = _pull(client, row)

    assert len(run.to("POST", "channel/1/customers/")) == 2
    assert (run.refused, run.batch_steps, failures()) == ([], ["commit", "done"], [])
    assert Customer.objects.filter(email="Yeni.Musteri@Example.com").count() == 1
    assert Order.objects.filter(number="N-1").count() == 1


def test_a_wish_whose_answer_was_lost_is_there_once_and_known(client: Client) -> None:
    _pull(client, recorded("orders")["two addresses"])
    client.proxy.lose_answer("POST", "channel/1/cancellation_requests/")
    wish = {
        "order_item": "I-1",
        "remote_id": "CR-A",
        "reason": "X",
        "description": "No",
        "cancellation_type": "cancel",
    }

    flow = "OrderService.fetch_and_create_cancellation_requests"
    run = client.run(flow, answers={"get_cancellation_requests": [wish]})

    assert run.raised is None
    assert [each.status for each in run.to("POST", "channel/1/cancellation_requests/")] == [201, 406]
    (row,) = CancellationRequest.objects.filter(order_item__order__number="N-1")
    assert known_to_channel("cancellationrequest")[row.pk] == ("CR-A", "success")


def test_a_commit_whose_answer_was_lost_is_done_once(client: Client) -> None:
    tell_everything()
    IntegrationAction.objects.filter(remote_id="R-7318").update(version_date=LONG_AGO)

    def lose_it() -> None:
        batch = BatchRequest.objects.latest("pk")
        client.proxy.lose_answer("PATCH", f"channel/1/batch_requests/{batch.pk}/")
        connection.close()

    client.proxy.before("GET", UPDATES, lose_it)
    result = {"number": "R-7318", "remote_id": "R-7318", "status": "SUCCESS", "message": ""}

    run = client.run("OrderService.update_orders", answers={"send_updated_orders": [result]})

    assert (run.raised, run.refused) == (None, [])
    # The first twice, the results, and the end.
    assert run.batch_steps == ["commit", "commit", "commit", "done"]
    assert known_to_channel("order")[318] == ("R-7318", "success")
    assert batches() == [("order", "done")]


def test_of_two_workers_with_the_same_orders_one_tells_them(client: Client, tmp_path: Path) -> None:
    """The second comes between what the first is offered and its commit."""
    other = Client(
        client.version, Worker(client.worker.python, client.worker.environment), client.proxy, tmp_path
    )
    results = [
        {"number": f"R-7{pk}", "remote_id": f"R-7{pk}", "status": "SUCCESS", "message": ""}
        for pk in (316, 318)
    ]
    told: list[list[int]] = []

    def second_worker() -> None:
        second = other.run("OrderService.update_orders", answers={"send_updated_orders": results})
        told.append([order["pk"] for each in second.sent for order in each["objects"]])

    def wait_for_commit() -> None:
        batch = BatchRequest.objects.latest("pk")
        client.proxy.before("PATCH", f"channel/1/batch_requests/{batch.pk}/", second_worker)
        connection.close()

    client.proxy.before("GET", UPDATES, wait_for_commit)

    first = client.run("OrderService.update_orders", answers={"send_updated_orders": results})

    other.worker.stop()
    assert first.raised is None
    assert told == [[318, 316]]
    assert batches() == [("order", "done"), ("order", "done")]
    assert {known_to_channel("order")[pk][1] for pk in (316, 318)} == {"success"}


def test_more_than_a_page_is_told_page_by_page(client: Client) -> None:
    tell_everything()
    channel = Channel.objects.get(pk=1)
    orders = [OrderFactory(channel=channel) for _ in range(120)]
    for order in orders:
        IntegrationActionFactory(
            channel=channel, about=order, remote_id=f"R-{order.pk}", version_date=LONG_AGO
        )
    results = [
        {"number": f"R-{order.pk}", "remote_id": f"R-{order.pk}", "status": "SUCCESS", "message": ""}
        for order in orders
    ]

    first = client.run("OrderService.update_orders", answers={"send_updated_orders": results})
    second = client.run("OrderService.update_orders", answers={"send_updated_orders": results})

    assert (first.raised, first.refused, second.raised, second.refused) == (None, [], None, [])
    told = [order["pk"] for run in (first, second) for order in run.sent[0]["objects"]]
    assert told == [order.pk for order in orders]
    pages = [each.query["page"] for each in first.to("GET", "channel/1/integration_actions/")]
    assert pages == [["1"], ["2"]]
    assert batches() == [("order", "done"), ("order", "done")]
    known = known_to_channel("order")
    assert {known[order.pk] for order in orders} == {(f"R-{order.pk}", "success") for order in orders}


def test_an_order_of_many_items_arrives_whole(client: Client) -> None:
    row = copy.deepcopy(recorded("orders")["one address"])
    (item,) = row["order_items"]
    row["order_items"] = [
        {**item, "remote_id": f"I-{number}", "product": f"PROD-{number % 20 + 1}"} for number in range(60)
    ]

    run = _pull(client, row)

    order = Order.objects.get(number="N-2")
    items = list(order.orderitem_set.order_by("pk"))
    known = known_to_channel("orderitem")
    assert [known[each.pk] for each in items] == [(f"I-{number}", "success") for number in range(60)]
    committed = next(each.body["objects"] for each in run.exchanges if each.body and "objects" in each.body)
    assert len(committed) == 61
    assert failures() == []
