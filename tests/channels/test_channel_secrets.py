"""Secrets of channels through the API: masked for everyone, told to those who may read them, never lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings
from rest_framework.test import APIClient

from omnitron.channels.models import Channel
from omnitron.channels.service import ChannelService
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditLog
from tests.factories.orders import OrderFactory

pytestmark = pytest.mark.django_db

MASK = "********"
CONF = {
    "server": "https://shop.example.com",
    "password": "hunter2",
    "API_KEY": "key-of-the-shop",
    "clientSecret": 9081726354,
    "auth_token": {"id": 7},
    "token_lifetime": 3600,
    "nested": {"token": "token-of-the-shop", "user": "ada"},
    "servers": [{"host": "a", "password": "password-of-a"}, {"host": "b", "password": "password-of-b"}],
}
MASKED = {
    "server": "https://shop.example.com",
    "password": MASK,
    "API_KEY": MASK,
    "clientSecret": MASK,
    "auth_token": MASK,
    "token_lifetime": 3600,
    "nested": {"token": MASK, "user": "ada"},
    "servers": [{"host": "a", "password": MASK}, {"host": "b", "password": MASK}],
}
SECRET_TEXTS = (
    "hunter2",
    "key-of-the-shop",
    "9081726354",
    '{"id": 7}',
    "token-of-the-shop",
    "password-of-a",
    "password-of-b",
)


@pytest.fixture
def channel(audit_context: AuditContext) -> Channel:
    return ChannelService.create_channel("Shop", "sales_channel", conf=CONF, audit_context=audit_context)


@pytest.fixture
def reader(api_of: Callable[..., APIClient]) -> APIClient:
    """May see and change channels, and read their secrets."""
    return api_of("channels.view_channel", "channels.change_channel", "channels.read_secrets")


@pytest.fixture
def clerk(api_of: Callable[..., APIClient]) -> APIClient:
    """May see and change channels, but not read their secrets."""
    return api_of("channels.view_channel", "channels.change_channel")


def url_of(channel: Channel) -> str:
    return f"/api/v1/channels/{channel.pk}/"


def secrets_of(channel: Channel, audit_context: AuditContext) -> dict[str, Any]:
    channel.refresh_from_db()
    return ChannelService.conf_with_secrets(channel, audit_context=audit_context)


def whole_database_text() -> str:
    """Every row that has to do with channels, and the audit log, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(t::text, ' ') FROM ("
            "SELECT row_to_json(c)::text AS t FROM channels_channel c "
            "UNION ALL SELECT row_to_json(a)::text FROM core_auditlog a) rows"
        )
        return cursor.fetchone()[0]


def test_no_secret_stands_anywhere_in_the_database(channel: Channel) -> None:
    channel.refresh_from_db()

    assert channel.conf == MASKED
    text = whole_database_text()
    assert [secret for secret in SECRET_TEXTS if secret in text] == []


def test_lists_rows_and_orders_show_masks(channel: Channel, clerk: APIClient, api: APIClient) -> None:
    order = OrderFactory(channel=channel)

    assert clerk.get(url_of(channel)).json()["conf"] == MASKED
    assert clerk.get("/api/v1/channels/").json()["results"][0]["conf"] == MASKED
    assert api.get("/api/v1/channels/").json()["results"][0]["conf"] == MASKED
    assert api.get(f"/api/v1/orders/{order.pk}/").json()["channel"]["conf"] == MASKED
    assert AuditLog.objects.filter(event="channel.secrets.read").count() == 0


def test_who_may_read_secrets_gets_them_from_the_row_and_every_reading_is_audited(
    channel: Channel, reader: APIClient
) -> None:
    first, second = reader.get(url_of(channel)), reader.get(url_of(channel))

    assert first.json() == second.json()
    assert first.json()["conf"] == CONF
    assert list(first.json()) == list(reader.get("/api/v1/channels/").json()["results"][0])
    readings = AuditLog.objects.filter(event="channel.secrets.read")
    assert [(row.object_id, row.actor.username, row.source, row.old, row.new) for row in readings] == [
        (channel.pk, "user-0", "api", None, None)
    ] * 2


def test_a_channel_without_secrets_is_read_without_an_audit_row(
    reader: APIClient, audit_context: AuditContext
) -> None:
    channel = ChannelService.create_channel("Shop", "web", conf={"a": 1}, audit_context=audit_context)

    assert reader.get(url_of(channel)).json()["conf"] == {"a": 1}
    assert AuditLog.objects.filter(event="channel.secrets.read").count() == 0


def test_a_limited_reader_gets_the_secrets_of_its_own_channel_only(
    channel: Channel, api_of: Callable[..., APIClient], audit_context: AuditContext
) -> None:
    other = ChannelService.create_channel("Other", "web", conf=CONF, audit_context=audit_context)
    application = api_of("channels.view_channel", "channels.read_secrets", channels=[channel])

    assert application.get(url_of(channel)).json()["conf"] == CONF
    assert application.get(url_of(other)).status_code == 404
    assert AuditLog.objects.filter(event="channel.secrets.read", object_id=other.pk).count() == 0


def test_answers_to_writes_are_masked_even_for_readers(channel: Channel, reader: APIClient) -> None:
    response = reader.patch(url_of(channel), {"conf": CONF | {"password": "new"}})

    assert response.json()["conf"] == MASKED
    assert reader.get(url_of(channel)).json()["conf"] == CONF | {"password": "new"}


def test_masks_written_back_keep_what_is_stored(
    channel: Channel, clerk: APIClient, audit_context: AuditContext
) -> None:
    body = clerk.get(url_of(channel)).json()["conf"] | {"server": "https://new.example.com"}

    response = clerk.patch(url_of(channel), {"conf": body})

    assert response.status_code == 200
    assert secrets_of(channel, audit_context) == CONF | {"server": "https://new.example.com"}
    change = AuditLog.objects.get(event="channel.changed")
    assert change.old == {"conf": MASKED}
    assert change.new == {"conf": MASKED | {"server": "https://new.example.com"}}


def test_repeating_everything_unmasked_changes_nothing(channel: Channel, reader: APIClient) -> None:
    stored = reader.get(url_of(channel)).json()
    token = Channel.objects.get().conf_secrets

    response = reader.patch(url_of(channel), {"conf": stored["conf"], "name": stored["name"]})

    assert response.json()["modified_date"] == stored["modified_date"]
    assert Channel.objects.get().conf_secrets == token
    assert AuditLog.objects.filter(event="channel.changed").count() == 0


def test_a_new_secret_replaces_the_stored_one_and_the_audit_row_says_only_that(
    channel: Channel, clerk: APIClient, audit_context: AuditContext
) -> None:
    clerk.patch(url_of(channel), {"conf": MASKED | {"password": "correct horse"}})

    assert secrets_of(channel, audit_context) == CONF | {"password": "correct horse"}
    change = AuditLog.objects.get(event="channel.changed")
    assert (change.old, change.new) == ({}, {"conf_secrets": {"/password": "changed"}})
    assert "correct horse" not in whole_database_text()


def test_a_key_left_out_forgets_its_secret(
    channel: Channel, clerk: APIClient, audit_context: AuditContext
) -> None:
    conf = {name: value for name, value in MASKED.items() if name not in {"password", "nested"}}

    clerk.patch(url_of(channel), {"conf": conf})

    expected = {name: value for name, value in CONF.items() if name not in {"password", "nested"}}
    assert secrets_of(channel, audit_context) == expected
    change = AuditLog.objects.get(event="channel.changed")
    assert change.new["conf_secrets"] == {"/password": "forgotten", "/nested/token": "forgotten"}
    assert clerk.patch(url_of(channel), {"conf": conf | {"password": MASK}}).json() == {
        "conf": ["There is no secret at /password that this mask could stand for."]
    }


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_value_is_no_secret(
    channel: Channel, clerk: APIClient, audit_context: AuditContext, empty: str | None
) -> None:
    response = clerk.patch(url_of(channel), {"conf": MASKED | {"password": empty}})

    assert response.json()["conf"] == MASKED | {"password": empty}
    assert secrets_of(channel, audit_context) == CONF | {"password": empty}


@pytest.mark.parametrize("secret", [0, False, 1.5, [], {}, [1, "x"], {"a": {"b": None}}, "0"])
def test_a_secret_need_not_be_text(
    channel: Channel, clerk: APIClient, audit_context: AuditContext, secret: Any
) -> None:
    response = clerk.patch(url_of(channel), {"conf": {"password": secret}})

    assert response.json()["conf"] == {"password": MASK}
    assert secrets_of(channel, audit_context) == {"password": secret}


def test_the_schema_decides_before_the_name_does(clerk: APIClient, channel: Channel) -> None:
    schema = {
        "pin": {"secret": True},
        "public_key": {"secret": False},
        "pool": {"properties": {"dsn": {"secret": True}, "key": {"secret": False}}},
        "servers": {"items": {"properties": {"user": {"secret": True}}}},
    }
    conf = {
        "pin": "1",
        "public_key": "2",
        "token": "3",
        "pool": {"dsn": "4", "key": "5", "password": "6"},
        "servers": [{"user": "7", "host": "8"}],
    }
    masked = {
        "pin": MASK,
        "public_key": "2",
        "token": MASK,
        "pool": {"dsn": MASK, "key": "5", "password": MASK},
        "servers": [{"user": MASK, "host": "8"}],
    }

    assert clerk.patch(url_of(channel), {"conf": conf, "schema": schema}).json()["conf"] == masked
    as_json_schema = {"type": "object", "properties": schema}
    response = clerk.patch(url_of(channel), {"conf": conf, "schema": as_json_schema})
    assert response.json()["conf"] == masked


def test_a_key_the_schema_newly_marks_is_sealed(
    channel: Channel, clerk: APIClient, audit_context: AuditContext
) -> None:
    response = clerk.patch(
        url_of(channel), {"schema": {"server": {"secret": True}, "nested": {"secret": True}}}
    )

    assert response.json()["conf"] == MASKED | {"server": MASK, "nested": MASK}
    assert secrets_of(channel, audit_context) == CONF
    assert "shop.example.com" not in Channel.objects.get().conf_secrets
    change = AuditLog.objects.get(event="channel.changed")
    assert change.new["conf_secrets"] == {
        "/nested": "changed",
        "/nested/token": "forgotten",
        "/server": "changed",
    }


def test_a_key_the_schema_unmarks_stays_secret_until_it_is_written_anew(
    channel: Channel, clerk: APIClient, audit_context: AuditContext
) -> None:
    schema = {"password": {"secret": False}}

    assert clerk.patch(url_of(channel), {"schema": schema}).json()["conf"] == MASKED
    assert clerk.patch(url_of(channel), {"conf": MASKED}).json()["conf"] == MASKED
    assert secrets_of(channel, audit_context) == CONF

    response = clerk.patch(url_of(channel), {"conf": MASKED | {"password": "public"}})

    assert response.json()["conf"] == MASKED | {"password": "public"}
    assert secrets_of(channel, audit_context) == CONF | {"password": "public"}


@pytest.mark.parametrize(
    ("case", "servers", "expected"),
    [
        (
            "reversed",
            [1, 0],
            [{"host": "b", "password": "password-of-b"}, {"host": "a", "password": "password-of-a"}],
        ),
        ("first gone", [1], [{"host": "b", "password": "password-of-b"}]),
        ("last gone", [0], [{"host": "a", "password": "password-of-a"}]),
    ],
)
def test_elements_of_a_list_keep_their_own_secrets(
    channel: Channel,
    clerk: APIClient,
    audit_context: AuditContext,
    case: str,
    servers: list[int],
    expected: list[dict[str, str]],
) -> None:
    masked = [MASKED["servers"][index] for index in servers]

    assert clerk.patch(url_of(channel), {"conf": MASKED | {"servers": masked}}).status_code == 200

    assert secrets_of(channel, audit_context)["servers"] == expected


def test_an_element_that_cannot_be_told_apart_is_refused_rather_than_guessed(
    channel: Channel, clerk: APIClient, audit_context: AuditContext
) -> None:
    renamed = clerk.patch(
        url_of(channel),
        {"conf": MASKED | {"servers": [{"host": "c", "password": MASK}, MASKED["servers"][1]]}},
    )
    assert renamed.status_code == 200
    assert secrets_of(channel, audit_context)["servers"][0] == {"host": "c", "password": "password-of-a"}

    stored = Channel.objects.get().conf
    response = clerk.patch(url_of(channel), {"conf": MASKED | {"servers": [{"host": "x", "password": MASK}]}})

    assert response.json() == {
        "conf": ["There is no secret at /servers/0/password that this mask could stand for."]
    }
    assert Channel.objects.get().conf == stored


def test_a_mask_without_a_secret_is_refused_on_creation(api: APIClient) -> None:
    response = api.post(
        "/api/v1/channels/", {"name": "X", "channel_type": "web", "conf": {"a": {"token": MASK}}}
    )

    assert response.status_code == 400
    assert response.json() == {"conf": ["There is no secret at /a/token that this mask could stand for."]}
    assert Channel.objects.count() == 0


def test_a_configuration_nested_too_deeply_is_refused(api: APIClient) -> None:
    conf: Any = {}
    for _ in range(400):
        conf = {"a": conf}

    response = api.post("/api/v1/channels/", {"name": "X", "channel_type": "web", "conf": conf})

    assert response.json() == {"conf": ["Nested deeper than 32 levels."]}


def test_odd_names_are_kept_apart(clerk: APIClient, channel: Channel, audit_context: AuditContext) -> None:
    conf = {"a/key": "1", "a": {"key": "2"}, "~key": "3", "~0key": "4", "": {"KEY": "5"}}

    clerk.patch(url_of(channel), {"conf": conf})
    clerk.patch(url_of(channel), {"conf": clerk.get(url_of(channel)).json()["conf"] | {"x": 1}})

    assert secrets_of(channel, audit_context) == conf | {"x": 1}


def test_older_keys_still_read_and_a_rotation_retires_them(
    settings: Settings, channel: Channel, audit_context: AuditContext
) -> None:
    settings.ENCRYPTION_KEYS = ["second"]
    assert secrets_of(channel, audit_context) == CONF

    call_command("rotate_channel_secrets", verbosity=0)
    settings.SECRET_KEY = "another"
    assert secrets_of(channel, audit_context) == CONF

    settings.ENCRYPTION_KEYS = ["third", "second"]
    ChannelService.update_channel(channel, conf=MASKED | {"password": "new"}, audit_context=audit_context)
    settings.ENCRYPTION_KEYS = ["third"]
    assert secrets_of(channel, audit_context) == CONF | {"password": "new"}
    assert AuditLog.objects.filter(event="channel.secrets.rotated").count() == 1


def test_secrets_no_key_opens_are_refused_and_can_be_written_anew(
    settings: Settings, channel: Channel, reader: APIClient
) -> None:
    settings.SECRET_KEY = "another"

    refused = reader.get(url_of(channel))
    assert (refused.status_code, refused.json()["error_code"]) == (406, "channels_100_1")
    assert reader.patch(url_of(channel), {"conf": MASKED | {"server": "x"}}).status_code == 406
    assert reader.patch(url_of(channel), {"is_active": False}).json()["is_active"] is False
    assert reader.patch(url_of(channel), {"conf": CONF}).status_code == 200
    assert reader.get(url_of(channel)).json()["conf"] == CONF


def test_a_deleted_channel_leaves_no_secret_behind(channel: Channel, api: APIClient) -> None:
    token = Channel.objects.get().conf_secrets

    assert api.delete(url_of(channel)).status_code == 204

    deletion = AuditLog.objects.get(event="channel.deleted")
    assert (deletion.old["conf"], deletion.old["conf_secrets"]) == (MASKED, "")
    assert token not in json.dumps(deletion.old)


def test_a_channel_with_orders_cannot_be_deleted_and_keeps_its_secrets(
    channel: Channel, api: APIClient, audit_context: AuditContext
) -> None:
    OrderFactory(channel=channel)

    response = api.delete(url_of(channel))

    assert response.status_code == 406
    assert response.json()["error_code"] == "omnitron_100_2"
    assert secrets_of(channel, audit_context) == CONF
