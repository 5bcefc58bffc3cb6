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
from tests.factories.channels import BatchRequestFactory
from tests.factories.orders import OrderFactory

pytestmark = pytest.mark.django_db(transaction=True)
AtOnce = Callable[..., list[Any]]


def moving(batch: BatchRequest, status: str, *orders: Order) -> Callable[[APIClient], Any]:
    objects = [
        {"pk": order.pk, "content_type": "order", "version_date": order.modified_date.isoformat()}
        for order in orders
    ]
    body = {"status": status, "content_type": "order", "objects": objects}
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
