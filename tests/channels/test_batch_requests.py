"""Batch requests: what a channel application says of them, and what becomes of the objects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from omnitron.channels.enums import BatchRequestStatus
from omnitron.channels.models import BatchRequest, Channel, IntegrationAction
from omnitron.channels.service import BatchRequestService
from omnitron.channels.tasks import expire_batch_requests
from omnitron.channels.use_cases.batch_objects import ACTION, KINDS
from omnitron.core.models import AuditLog
from omnitron.orders.models import Order
from tests.factories.catalogs import ProductFactory
from tests.factories.channels import BatchRequestFactory, IntegrationActionFactory
from tests.factories.orders import OrderFactory, OrderItemFactory

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
Send = Callable[..., Any]


@pytest.fixture
def order() -> Order:
    return OrderFactory()


@pytest.fixture
def channel(order: Order) -> Channel:
    return order.channel


@pytest.fixture
def send(api: APIClient, channel: Channel) -> Send:
    """PATCH a batch; `expect` is the status of the answer."""

    def patch(batch: int | BatchRequest, status: str, *, expect: int = 200, **body: Any) -> Any:
        pk = getattr(batch, "pk", batch)
        body = {"channel": str(channel.pk), "status": status, **body}
        answer = api.patch(f"/api/v1/channel/{channel.pk}/batch_requests/{pk}/", body, format="json")
        assert answer.status_code == expect, answer.content
        return answer.json()

    return patch


def begun(channel: Channel) -> BatchRequest:
    return BatchRequestFactory(channel=channel)


def told(row: Any, **values: Any) -> dict[str, Any]:
    version = row.modified_date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    known = {"pk": row.pk, "failed_reason_type": None, "remote_id": None, "version_date": version}
    return known | {"content_type": row._meta.model_name} | values


def action_of(row: Any) -> tuple[Any, ...] | None:
    actions = IntegrationAction.objects.filter(
        content_type=ContentType.objects.get_for_model(row), object_id=row.pk
    )
    return actions.values_list("status", "remote_id", "version_date", "state").first()


def known(order: Order, **values: Any) -> IntegrationAction:
    values = {"remote_id": "R-1", "version_date": LONG_AGO} | values
    return IntegrationActionFactory(channel=order.channel, about=order, **values)


def waiting(api: APIClient, channel: Channel) -> list[int]:
    answer = api.get(f"/api/v1/channel/{channel.pk}/orders/updates/", {"limit": 100})
    assert answer.status_code == 200, answer.content
    return [row["pk"] for row in answer.json()["results"]]


def test_a_batch_is_begun_with_all_that_clients_read(api: APIClient, channel: Channel) -> None:
    answer = api.post(
        f"/api/v1/channel/{channel.pk}/batch_requests/", {"channel": str(channel.pk)}, format="json"
    )

    batch = BatchRequest.objects.get()
    assert answer.status_code == 201
    shown = answer.json()
    assert {name: shown[name] for name in shown if not name.endswith("_date")} == {
        "pk": batch.pk,
        "channel": channel.pk,
        "local_batch_id": str(batch.local_batch_id),
        "remote_batch_id": None,
        "content_type": None,
        "status": "initialized",
        "objects": [],
    }


LEGAL = {
    "initialized": {"commit", "done", "fail"},
    "commit": {"commit", "sent_to_remote", "done", "fail"},
    "sent_to_remote": {"ongoing", "done", "fail"},
    "ongoing": {"ongoing", "done", "fail"},
    "done": set(),
    "fail": {"fail"},
}


@pytest.mark.parametrize("current", LEGAL)
def test_the_table_of_batch_statuses(api: APIClient, channel: Channel, send: Send, current: str) -> None:
    for target in BatchRequestStatus.values:
        batch = BatchRequestFactory(channel=channel, status=current)
        if target in LEGAL[current]:
            assert send(batch, target, objects=[])["status"] == target
            continue
        refused = send(batch, target, expect=406, objects=[])
        assert refused["error_code"] == "batch_request_status_100_1"
        batch.refresh_from_db()
        assert batch.status == current
    assert AuditLog.objects.filter(event="batchrequest.status.changed").count() == len(
        LEGAL[current] - {current}
    )


def test_a_commit_that_is_sent_again_changes_nothing(
    api: APIClient, channel: Channel, order: Order, send: Send
) -> None:
    """Its answer was lost; what the channel says of the order is still to come."""
    known(order)
    batch = begun(channel)
    commit = {"content_type": "order", "objects": [told(order)]}
    first = send(batch, "commit", **commit)

    again = send(batch, "commit", **commit)

    assert again["objects"] == first["objects"]
    assert action_of(order) == ("processing", "R-1", order.modified_date, {})
    send(batch, "fail", objects=None)
    assert action_of(order) == ("success", "R-1", LONG_AGO, {})


@pytest.mark.parametrize("result", ["commit", "done"])
def test_a_change_after_it_was_taken_is_offered_again_whatever_version_the_result_names(
    api: APIClient, channel: Channel, order: Order, send: Send, result: str
) -> None:
    """channel_app before 0.0.159 reads an order anew for its result, and names the version it finds then."""
    known(order)
    batch = begun(channel)
    taken = order.modified_date
    send(batch, "commit", content_type="order", objects=[told(order)])
    order.notes = "Changed meanwhile"
    order.save()

    send(batch, result, objects=[told(order, remote_id="R-1")])

    assert action_of(order) == ("success", "R-1", taken, {})
    assert waiting(api, channel) == [order.pk]


def test_an_order_that_changed_is_offered_taken_and_told(
    api: APIClient, channel: Channel, order: Order, send: Send
) -> None:
    known(order)
    before = order.modified_date
    assert waiting(api, channel) == [order.pk]
    batch = begun(channel)

    shown = send(batch, "commit", content_type="order", objects=[told(order)])
    assert (shown["content_type"], shown["objects"]) == ("order", [])
    assert action_of(order) == ("processing", "R-1", order.modified_date, {})
    assert waiting(api, channel) == []

    shown = send(batch, "done", objects=[told(order, remote_id="R-2")])
    assert action_of(order) == ("success", "R-2", order.modified_date, {})
    assert [(item["status"], item["remote_id"]) for item in shown["objects"]] == [("success", "R-2")]
    assert waiting(api, channel) == []
    order.refresh_from_db()
    assert order.modified_date == before
    order.save()
    assert waiting(api, channel) == [order.pk]


def test_what_changes_while_it_is_sent_is_offered_again(
    api: APIClient, channel: Channel, order: Order, send: Send
) -> None:
    known(order)
    batch = begun(channel)
    seen = told(order)
    send(batch, "commit", content_type="order", objects=[seen])
    order.save()
    send(batch, "done", objects=[seen])

    assert waiting(api, channel) == [order.pk]


def test_a_failed_batch_gives_back_what_it_took(
    api: APIClient, channel: Channel, order: Order, send: Send
) -> None:
    known(order)
    items = OrderItemFactory.create_batch(2, order=order)
    before = waiting(api, channel)
    batch = begun(channel)
    objects = [told(order), told(items[0]), told(items[1], remote_id="I-1")]
    send(batch, "commit", content_type="order", objects=objects)

    send(batch, "fail", objects=None)

    assert action_of(order) == ("success", "R-1", LONG_AGO, {})
    assert action_of(items[0]) is None
    assert action_of(items[1]) == ("error", "I-1", None, {})
    assert waiting(api, channel) == before == [order.pk]
    assert send(batch, "fail", objects=None)["status"] == "fail"
    assert action_of(order) == ("success", "R-1", LONG_AGO, {})


def test_a_null_remote_id_never_overwrites_one(channel: Channel, order: Order, send: Send) -> None:
    known(order)
    batch = begun(channel)
    send(batch, "commit", content_type="order", objects=[told(order)])
    send(batch, "done", objects=[told(order), told(order, remote_id=None)])

    assert action_of(order) == ("success", "R-1", order.modified_date, {})


def test_done_decides_all_that_was_committed(channel: Channel, send: Send) -> None:
    orders = OrderFactory.create_batch(3, channel=channel)
    batch = begun(channel)
    for number, order in enumerate(orders):
        send(batch, "commit", content_type="order", objects=[told(order, remote_id=f"R-{number}")])

    send(batch, "done", objects=[told(orders[2], failed_reason_type="remote")])

    assert [action_of(order)[:2] for order in orders] == [
        ("success", "R-0"),
        ("success", "R-1"),
        ("error", "R-2"),
    ]


def test_a_half_failed_batch_locks_nobody_out(api: APIClient, channel: Channel, send: Send) -> None:
    """The last word of `update_orders` where an order failed is a second commit (contract: B3)."""
    failed, good = OrderFactory.create_batch(2, channel=channel)
    for order in (failed, good):
        known(order)
    batch = begun(channel)
    send(batch, "commit", content_type="order", objects=[told(failed), told(good)])
    send(
        batch,
        "commit",
        content_type="order",
        objects=[told(failed, failed_reason_type="channel_app"), told(good, remote_id="R-9")],
    )

    results = [action_of(failed), action_of(good)]
    assert results[0][::3] == ("error", {"failed_reason_type": "channel_app"})
    assert results[1][:2] == ("success", "R-9")
    # Once more, for the answer was lost.
    send(
        batch,
        "commit",
        content_type="order",
        objects=[told(failed, failed_reason_type="channel_app"), told(good, remote_id="R-9")],
    )
    assert [action_of(failed), action_of(good)] == results
    other = OrderFactory(channel=channel)
    assert send(begun(channel), "commit", content_type="order", objects=[told(other)])["status"] == "commit"
    assert waiting(api, channel) == []
    failed.save()
    assert waiting(api, channel) == [failed.pk]


def test_one_batch_at_a_time_commits_a_kind_of_object(channel: Channel, order: Order, send: Send) -> None:
    item = OrderItemFactory(order=order)
    first, second = begun(channel), begun(channel)
    send(first, "commit", content_type="order", objects=[told(order)])

    refused = send(second, "commit", expect=406, content_type="order", objects=[told(order)])
    assert refused["error_code"] == "batch_request_status_100_2"
    taken = send(second, "commit", expect=406, content_type="product", objects=[told(order)])
    assert taken["error_code"] == "batch_request_status_100_3"
    second.refresh_from_db()
    assert (second.status, second.content_type) == ("initialized", None)
    assert send(second, "commit", content_type="order", objects=[])["status"] == "commit"
    assert (
        send(begun(channel), "commit", content_type="orderitem", objects=[told(item)])["status"] == "commit"
    )
    send(first, "done", objects=[])
    refused = send(second, "commit", expect=406, content_type="product", objects=[])
    assert refused["error_code"] == "batch_request_status_100_4"


def test_a_batch_whose_worker_died_is_given_up(
    api: APIClient, channel: Channel, order: Order, send: Send
) -> None:
    known(order)
    dead, recent = begun(channel), begun(channel)
    send(dead, "commit", content_type="order", objects=[told(order)])
    send(recent, "commit", content_type="product", objects=[])
    late = timezone.now() - timedelta(minutes=15)
    BatchRequest.objects.filter(pk=dead.pk).update(modified_date=late)

    after = begun(channel)
    send(after, "commit", content_type="order", objects=[told(order)])

    dead.refresh_from_db()
    assert (dead.status, action_of(order)[0]) == ("fail", "processing")
    refused = send(dead, "done", expect=406, objects=[])
    assert refused["error_code"] == "batch_request_status_100_1"
    BatchRequest.objects.filter(pk=after.pk).update(modified_date=late)
    expire_batch_requests()
    after.refresh_from_db()
    recent.refresh_from_db()
    assert (after.status, recent.status, action_of(order)) == (
        "fail",
        "commit",
        ("success", "R-1", LONG_AGO, {}),
    )


def test_batches_that_were_never_used_are_forgotten(channel: Channel) -> None:
    old, new = begun(channel), begun(channel)
    BatchRequest.objects.filter(pk=old.pk).update(modified_date=timezone.now() - timedelta(days=1))

    assert BatchRequestService.delete_unused_batch_requests(now=timezone.now()) == 1
    assert list(BatchRequest.objects.all()) == [new]


@pytest.mark.parametrize(
    ("objects", "expect"),
    [
        ([{"pk": 0, "content_type": "order"}], 400),
        ([{"pk": 10**18, "content_type": "order"}], 400),
        ([{"pk": 10**30, "content_type": "order"}], 400),
        ([{"pk": 1, "content_type": "user"}], 400),
        ([{"pk": 1, "content_type": "nonsense"}], 400),
        ([{"pk": 1, "content_type": "order", "failed_reason_type": "weather"}], 400),
        ([{"pk": 1, "content_type": "order", "colour": "red"}], 400),
        ([{"pk": 1}], 400),
        (["order"], 400),
        ([None], 400),
        ("order", 400),
        ([{"pk": 1, "content_type": "order", "version_date": "yesterday"}], 400),
    ],
)
def test_objects_that_are_none_are_refused(channel: Channel, send: Send, objects: Any, expect: int) -> None:
    batch = begun(channel)

    send(batch, "commit", expect=expect, content_type="order", objects=objects)

    batch.refresh_from_db()
    assert (batch.status, IntegrationAction.objects.count()) == ("initialized", 0)


def test_another_channels_objects_and_batches(
    api_of: Callable[..., APIClient], channel: Channel, order: Order, send: Send
) -> None:
    elsewhere = OrderFactory()
    batch, theirs = begun(channel), begun(elsewhere.channel)

    refused = send(batch, "commit", expect=400, content_type="order", objects=[told(order), told(elsewhere)])
    assert refused == {"objects": [f"Not there, or not of this channel: order {elsewhere.pk}."]}
    send(theirs, "done", expect=404, objects=[])
    send(batch, "done", expect=400, channel=str(elsewhere.channel_id), objects=[])
    limited = api_of("channels.view_batchrequest", channels=[channel])
    assert limited.get(f"/api/v1/channel/{channel.pk}/batch_requests/").status_code == 200
    assert limited.get(f"/api/v1/channel/{elsewhere.channel_id}/batch_requests/").status_code == 404
    assert limited.patch(f"/api/v1/channel/{channel.pk}/batch_requests/{batch.pk}/").status_code == 403
    batch.refresh_from_db()
    theirs.refresh_from_db()
    assert (batch.status, theirs.status, IntegrationAction.objects.count()) == (
        "initialized",
        "initialized",
        0,
    )


def test_batches_are_found_by_what_clients_ask(api: APIClient, channel: Channel) -> None:
    order_type = ContentType.objects.get_for_model(Order)
    wanted = [
        BatchRequestFactory(channel=channel, status=status, content_type=order_type)
        for status in ("sent_to_remote", "ongoing")
    ]
    BatchRequestFactory(channel=channel, status="done", content_type=order_type)
    BatchRequestFactory(channel=channel, status="ongoing")
    path = f"/api/v1/channel/{channel.pk}/batch_requests/"

    found = api.get(
        f"{path}?status=sent_to_remote&status=ongoing&content_type=order&channel={channel.pk}&page=1"
    )

    assert [row["pk"] for row in found.json()["results"]] == [batch.pk for batch in wanted]
    assert (found.json()["next"], found.json()["results"][0]["content_type"]) == (None, "order")
    assert api.get(f"{path}?weather=fine").status_code == 400


@pytest.mark.parametrize("status", ["commit", "done", "fail"])
def test_statements_do_not_grow_with_the_objects(channel: Channel, send: Send, status: str) -> None:
    def statements(count: int) -> int:
        orders = OrderFactory.create_batch(count, channel=channel)
        for order in orders[::2]:
            known(order)
        batch = begun(channel)
        objects = [told(order) for order in orders]
        if status != "commit":
            send(batch, "commit", content_type="order", objects=objects)
        with CaptureQueriesContext(connection) as captured:
            send(batch, status, **({"content_type": "order"} if status == "commit" else {}), objects=objects)
        if status == "commit":
            send(batch, "done", objects=[])
        return len(captured)

    assert statements(2) == statements(12)


def test_every_kind_of_object_is_one_model() -> None:
    names = [model._meta.model_name for model in apps.get_models()]

    assert {name: names.count(name) for name in {*KINDS, "batchrequest", "channel", ACTION}} == dict.fromkeys(
        {*KINDS, "batchrequest", "channel", ACTION}, 1
    )


def test_a_commit_sent_again_changes_nothing(channel: Channel, send: Send) -> None:
    """Whatever it holds: a reason, a remote id, neither."""
    plain, mapped, named = OrderFactory.create_batch(3, channel=channel)
    objects = [
        told(plain),
        told(mapped, failed_reason_type="mapping"),
        told(named, remote_id="R-1"),
    ]
    batch = begun(channel)
    send(batch, "commit", content_type="order", objects=objects)
    before = [action_of(row) for row in (plain, mapped, named)]

    send(batch, "commit", content_type="order", objects=objects)

    assert [action_of(row) for row in (plain, mapped, named)] == before
    assert [row[0] for row in before] == ["processing", "error", "processing"]
    send(batch, "fail", objects=None)
    assert [action_of(row) and action_of(row)[:2] for row in (plain, mapped, named)] == [
        None,
        ("error", None),
        ("error", "R-1"),
    ]


def test_an_object_that_is_gone_is_no_obstacle_to_the_others(channel: Channel, send: Send) -> None:
    gone, there = ProductFactory.create_batch(2)
    batch = begun(channel)
    objects = [told(gone, remote_id="P-1"), told(there, remote_id="P-2")]
    send(batch, "commit", content_type="product", objects=[told(gone), told(there)])
    gone.delete()

    send(batch, "done", objects=objects)

    assert action_of(there)[:2] == ("success", "P-2")


def test_what_was_refused_at_once_is_given_back_with_its_reason(
    api: APIClient, channel: Channel, order: Order, send: Send
) -> None:
    known(order)
    batch = begun(channel)
    send(batch, "commit", content_type="order", objects=[told(order, failed_reason_type="mapping")])
    assert waiting(api, channel) == []

    send(batch, "fail", objects=None)

    assert action_of(order) == ("success", "R-1", LONG_AGO, {"failed_reason_type": "mapping"})
    assert waiting(api, channel) == [order.pk]


@pytest.mark.parametrize("is_named", [False, True])
def test_a_version_that_was_not_named_is_the_objects(
    channel: Channel, order: Order, send: Send, is_named: bool
) -> None:
    batch = begun(channel)
    unversioned = told(order, version_date=None)
    send(batch, "commit", content_type="order", objects=[unversioned])

    send(batch, "done", objects=[unversioned] if is_named else [])

    assert action_of(order) == ("success", None, order.modified_date, {})


@pytest.mark.parametrize("status", ["sent_to_remote", "ongoing"])
def test_objects_are_not_named_while_the_channel_works(
    channel: Channel, order: Order, send: Send, status: str
) -> None:
    batch = BatchRequestFactory(channel=channel, status="ongoing" if status == "ongoing" else "commit")

    send(batch, status, expect=400, objects=[told(order)])
    send(begun(channel), "commit", expect=400, objects=[told(order)])

    assert IntegrationAction.objects.count() == 0
