"""Two workers of one channel at the same moment: one commits, the other is told so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.channels.models import BatchRequest, Channel, IntegrationAction
from omnitron.channels.use_cases import batch_requests
from omnitron.orders.models import Order
from tests.factories.catalogs import ProductStockFactory
from tests.factories.channels import BatchRequestFactory, IntegrationActionFactory
from tests.factories.orders import OrderFactory

pytestmark = pytest.mark.django_db(transaction=True)
AtOnce = Callable[..., list[Any]]


def moving(batch: BatchRequest, status: str, *rows: Any) -> Callable[[APIClient], Any]:
    objects = [
        {
            "pk": row.pk,
            "content_type": row._meta.model_name,
            "version_date": row.modified_date.isoformat(),
        }
        for row in rows
    ]
    kind = rows[0]._meta.model_name if rows else None
    body = {"status": status, "content_type": kind, "objects": objects}
    path = f"/api/v1/channel/{batch.channel_id}/batch_requests/{batch.pk}/"
    return lambda client: client.patch(path, body, format="json")


def _both_commit(at_once: AtOnce) -> list[Any]:
    order = OrderFactory()
    other = OrderFactory(channel=order.channel)
    batches = BatchRequestFactory.create_batch(2, channel=order.channel)
    return at_once(moving(batches[0], "commit", order), moving(batches[1], "commit", other))


def test_one_of_two_workers_commits(at_once: AtOnce) -> None:
    for _ in range(3):
        answers = _both_commit(at_once)

        assert sorted(answer.status_code for answer in answers) == [200, 406]
        refused = next(answer for answer in answers if answer.status_code == 406)
        assert refused.json()["error_code"] == "batch_request_status_100_2"
    assert (
        sorted(BatchRequest.objects.values_list("status", flat=True)) == ["commit"] * 3 + ["initialized"] * 3
    )
    assert IntegrationAction.objects.filter(status="processing").count() == 3


def test_control_without_the_channels_lock_both_commit(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_checked = threading.Barrier(2)
    check = batch_requests._check_commits_alone

    def checked(*args: Any) -> None:
        check(*args)
        both_checked.wait()

    monkeypatch.setattr(batch_requests, "_check_commits_alone", checked)
    monkeypatch.setattr(batch_requests, "lock_channel", lambda pk: Channel.objects.get(pk=pk))

    assert [answer.status_code for answer in _both_commit(at_once)] == [200, 200]


def test_orders_change_while_a_batch_takes_them(at_once: AtOnce) -> None:
    """Whoever is first: what the batch did not see is offered again, and nobody waits for ever."""
    order = OrderFactory()
    orders = [order, *OrderFactory.create_batch(5, channel=order.channel)]
    batch = BatchRequestFactory(channel=order.channel)

    def changing(row: Order) -> Callable[[APIClient], Any]:
        return lambda client: client.patch(f"/api/v1/orders/{row.pk}/", {"notes": "changed"}, format="json")

    answers = at_once(moving(batch, "commit", *orders), *[changing(row) for row in reversed(orders)])
    at_once(moving(batch, "done"))

    assert {answer.status_code for answer in answers} == {200}
    for row in orders:
        row.refresh_from_db()
    followed = dict(IntegrationAction.objects.values_list("object_id", "object_modified_date"))
    assert followed == {row.pk: row.modified_date for row in orders}


def test_done_and_fail_at_once(at_once: AtOnce) -> None:
    order = OrderFactory()
    batch = BatchRequestFactory(channel=order.channel)
    at_once(moving(batch, "commit", order))

    answers = at_once(moving(batch, "done"), moving(batch, "fail"))

    assert sorted(answer.status_code for answer in answers) == [200, 406]
    batch.refresh_from_db()
    assert IntegrationAction.objects.count() == int(batch.status == "done")


def test_an_order_is_placed_while_a_batch_takes_its_stocks(at_once: AtOnce) -> None:
    """Some known to the channel, some not: the batch holds the objects before any action, as everybody does."""
    order = OrderFactory()
    channel, stock_list = order.channel, order.channel.catalog.stock_list
    stocks = [ProductStockFactory(stock_list=stock_list, stock=100) for _ in range(6)]
    items = [
        {"product": row.product_id, "stock_list": stock_list.pk, "price": "1.00", "tax_rate": "0"}
        for row in stocks
    ]

    def placing(number: str) -> Callable[[APIClient], Any]:
        body = {
            "order": {
                "number": number,
                "customer": order.customer_id,
                "shipping_address": order.shipping_address_id,
                "billing_address": order.billing_address_id,
                "amount": "6.00",
                "date_placed": "2026-01-02T10:11:12Z",
            },
            "order_item": items,
        }
        return lambda client: client.post(f"/api/v1/channel/{channel.pk}/create_orders/", body, format="json")

    for number in range(4):
        IntegrationAction.objects.all().delete()
        for row in stocks[::2]:
            IntegrationActionFactory(channel=channel, about=row)
        batch = BatchRequestFactory(channel=channel)
        taken = moving(batch, "commit", *stocks[::-1])
        answers = at_once(taken, placing(f"A-{number}"), placing(f"B-{number}"))
        assert [answer.status_code for answer in answers] == [200, 201, 201]
        ends = at_once(moving(batch, "fail"), placing(f"C-{number}"))
        assert [answer.status_code for answer in ends] == [200, 201]
