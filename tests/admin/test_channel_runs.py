"""Pulling a channel now, from its page in the admin."""

from __future__ import annotations

import pytest
from django.test import Client

from omnitron.channels.models import Channel
from omnitron.core.models import AuditLog
from tests.factories.channels import ChannelFactory
from tests.factories.users import UserFactory

NAMES = {"request_pull": "pull_orders", "request_push": "push_updates"}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, int]]]:
    tasks: list[tuple[str, dict[str, int]]] = []
    monkeypatch.setattr(
        "omnitron.channels.use_cases.run_requests.run_on_commit",
        lambda task, **ids: tasks.append((task, ids)),
    )
    return tasks


def page_of(channel: Channel, name: str) -> str:
    return f"/admin/channels/channel/{channel.pk}/do/{name}/"


@pytest.mark.parametrize("name", NAMES)
def test_a_worker_is_sent_once_somebody_confirms(
    admin_client: Client, sent: list[tuple[str, dict[str, int]]], name: str
) -> None:
    channel = ChannelFactory(channel_type="sandbox")

    assert admin_client.get(page_of(channel, name)).status_code == 200
    assert sent == []

    assert admin_client.post(page_of(channel, name)).status_code == 302
    assert sent == [(f"omnitron.channels.tasks.{NAMES[name]}", {"channel_id": channel.pk})]
    event = AuditLog.objects.get(object_id=channel.pk, event__startswith="channel.pu")
    assert (event.event, event.actor.username) == (
        f"channel.{name.removeprefix('request_')}.requested",
        "ada",
    )


def test_a_channel_without_an_integration_says_why_it_cannot(admin_client: Client) -> None:
    channel = ChannelFactory(channel_type="web")

    page = admin_client.get(f"/admin/channels/channel/{channel.pk}/change/").content.decode()

    assert "Channels of the type web are served by an application, not from here." in page


def test_who_may_only_look_cannot_send_a_worker(db: None, sent: list[tuple[str, dict[str, int]]]) -> None:
    client = Client()
    client.force_login(UserFactory(is_staff=True, permissions=["channels.view_channel"]))

    assert client.post(page_of(ChannelFactory(channel_type="sandbox"), "request_pull")).status_code == 403
    assert sent == []
