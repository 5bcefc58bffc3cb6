"""How the clients log in, stay logged in and learn who they serve."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnitron.channels.models import Channel
from omnitron.users.models import ApiToken, User
from tests.slow.clients.client import USERNAME, Client
from tests.slow.clients.worker import Worker

pytestmark = pytest.mark.slow


def test_a_client_logs_in_once_and_keeps_its_token(client: Client) -> None:
    first = client.run("OrderService.get_order_batch_requests")
    second = client.run("OrderService.get_order_batch_requests")

    assert (first.raised, second.raised) == (None, None)
    assert (first.refused, second.refused) == ([], [])
    assert len(first.to("POST", "auth/login/")) == 1
    assert second.to("POST", "auth/login/") == []
    (channel,) = second.to("GET", "channels/1/")
    assert (channel.answer["is_active"], channel.answer["conf"]["cancellation_reason_id"]) == (True, 1)


def test_a_dead_token_is_401_and_the_client_logs_in_anew(client: Client) -> None:
    client.run("OrderService.get_order_batch_requests")
    ApiToken.objects.all().delete()

    run = client.run("OrderService.get_order_batch_requests")

    assert run.raised is None
    assert run.refused == [("GET", "channels/1/", 401)]
    assert len(run.to("POST", "auth/login/")) == 1
    assert [each.status for each in run.to("GET", "channel/1/batch_requests/")] == [200]


def test_a_wrong_password_is_told_at_once(client: Client, tmp_path: Path) -> None:
    environment = {**client.worker.environment, "OMNITRON_PASSWORD": "wrong horse"}
    stranger = Client(client.version, Worker(client.worker.python, environment), client.proxy, tmp_path)

    run = stranger.run("OrderService.get_order_batch_requests")

    assert run.raised is not None
    assert run.raised.startswith("ValidationError: ")
    assert run.refused == [("POST", "auth/login/", 400)]
    assert run.waited == []
    stranger.worker.stop()


def test_a_channel_switched_off_is_left_alone(client: Client) -> None:
    Channel.objects.filter(pk=1).update(is_active=False)

    run = client.run("OrderService.fetch_and_create_order")

    assert run.raised is None
    assert [(each.method, each.path) for each in run.exchanges] == [
        ("POST", "auth/login/"),
        ("GET", "channels/1/"),
    ]


def test_every_endpoint_of_the_sdk_answers(client: Client) -> None:
    """Lists, where there is one: some take single rows or writes only, and of catalog items nothing is known."""
    User.objects.filter(username=USERNAME).update(is_superuser=True)

    run = client.run("Sdk.list_everything")

    assert (run.raised, run.waited) == (None, [])
    asked = {each.path: each.status for each in run.exchanges if "limit" in each.query}
    # The newer one with the endpoint that is added to it.
    assert len(asked) == {"0.0.158": 51, "0.0.161": 52}[client.version]
    assert {path: status for path, status in asked.items() if status != 200} == {
        "catalog_items/": 404,
        "channel/1/create_orders/": 405,
        "channel/1/mapped_products/": 404,
        "channel/1/order_shipping_infos/": 405,
        "order_number/": 404,
    }
    # It checks a token it is given.
    assert [each.status for each in run.to("GET", "active_user/")] == [200, 200]
