"""Authorization: Token <key>."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient

from omnitron.core.scope import channel_ids_of
from omnitron.users.models import ApiToken, User
from omnitron.users.use_cases import authenticate_token
from tests.factories.channels import ChannelFactory
from tests.factories.users import ApiTokenFactory, UserFactory, permission
from tests.users.clock import Clock

WHO_AM_I = "/api/v1/active_user/"

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], APIClient]


def ask(authorization: str | None) -> Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return APIClient(headers=headers).get(WHO_AM_I)


def assert_401(response: Response, detail: str) -> None:
    assert response.status_code == 401
    assert response.json() == {"detail": detail}
    assert response["WWW-Authenticate"] == "Token"
    assert not response.cookies


def test_a_live_token_is_its_user() -> None:
    token = ApiTokenFactory(key="abc")
    assert ask("Token abc").json()["pk"] == token.user.pk
    assert ask("token abc").json()["pk"] == token.user.pk


@pytest.mark.parametrize(
    "dead",
    [
        pytest.param({"key": "another"}, id="unknown"),
        pytest.param({"revoked_date": timezone.now()}, id="revoked"),
        pytest.param({"expires_date": timezone.now()}, id="expired"),
        pytest.param({"user__is_active": False}, id="inactive user"),
    ],
)
def test_a_dead_token_is_401_and_not_used(dead: dict[str, Any]) -> None:
    ApiTokenFactory(**{"key": "abc"} | dead)
    assert_401(ask("Token abc"), "Invalid or expired token.")
    assert ApiToken.objects.get().last_used_date is None


@pytest.mark.parametrize("header", ["Token", "Token ", "Token a b"])
def test_a_malformed_header_is_401(header: str) -> None:
    assert_401(ask(header), "Invalid token header. Send: Authorization: Token <key>")


@pytest.mark.parametrize("header", [None, "", "Basic YTpi", "Bearer abc", "abc"])
def test_no_token_is_401(header: str | None) -> None:
    ApiTokenFactory(key="abc")
    assert_401(ask(header), "Authentication credentials were not provided.")


@pytest.mark.parametrize("key", ["é", "\ud800", "x" * 10_000])
def test_a_strange_key_is_401(key: str) -> None:
    client = APIClient()
    assert_401(client.get(WHO_AM_I, HTTP_AUTHORIZATION=f"Token {key}"), "Invalid or expired token.")


def test_a_dead_token_is_401_even_beside_a_session() -> None:
    client = APIClient()
    client.force_login(UserFactory())
    assert_401(client.get(WHO_AM_I, HTTP_AUTHORIZATION="Token dead"), "Invalid or expired token.")


def test_a_token_dies_when_its_time_comes(clock: Clock) -> None:
    ApiTokenFactory(key="abc", expires_date=clock.now() + timedelta(hours=1))
    clock.advance(timedelta(hours=1, microseconds=-1))
    assert ask("Token abc").status_code == 200
    clock.advance(timedelta(microseconds=1))
    assert ask("Token abc").status_code == 401


def test_a_token_dies_with_its_user(client_of: ClientOf) -> None:
    user = UserFactory()
    client = client_of(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(WHO_AM_I).status_code == 401


def test_a_request_costs_one_statement_with_permissions_and_channels() -> None:
    user = UserFactory(permissions=["orders.view_order"], channels=[ChannelFactory()])
    ApiTokenFactory(key="abc", user=user, last_used_date=timezone.now())

    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = ask("Token abc")

    assert response.json()["permissions"] == ["orders.view_order"]
    assert response.json()["channels"] == [user.channels.get().pk]
    assert len(queries) == 1


def test_a_dead_token_costs_one_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        ask("Token dead")
    assert len(queries) == 1


def test_last_use_is_written_at_most_once_a_minute(clock: Clock) -> None:
    token = ApiTokenFactory(key="abc", expires_date=clock.now() + timedelta(hours=1))
    first = clock.now()
    writes = []
    for _ in range(5):  # at 0, 20, 40, 60 and 80 seconds
        with CaptureQueriesContext(connection) as queries:
            assert ask("Token abc").status_code == 200
        writes.append(len([query for query in queries if query["sql"].startswith("UPDATE")]))
        clock.advance(timedelta(seconds=20))

    assert writes == [1, 0, 0, 1, 0]
    token.refresh_from_db()
    assert token.last_used_date == first + timedelta(minutes=1)


def test_permissions_of_the_user_and_of_groups_reach_has_perm() -> None:
    user = UserFactory(permissions=["orders.view_order", "orders.add_order"])
    for name, granted in (("packers", "orders.view_order"), ("buyers", "channels.read_secrets")):
        group = Group.objects.create(name=name)
        group.permissions.add(permission(granted))
        user.groups.add(group)
    Group.objects.create(name="strangers").permissions.add(permission("orders.delete_order"))
    ApiTokenFactory(key="abc", user=user)
    holder = authenticate_token("abc", now=timezone.now()).user

    with CaptureQueriesContext(connection) as queries:
        assert holder.has_perms(["orders.view_order", "orders.add_order", "channels.read_secrets"])
        assert not holder.has_perm("orders.delete_order")
        assert not holder.has_perm("orders.change_order")
    assert len(queries) == 0
    assert holder.get_all_permissions() == User.objects.get(pk=user.pk).get_all_permissions()


def test_a_superuser_has_every_permission_without_a_look_at_them() -> None:
    ApiTokenFactory(key="abc", user__is_superuser=True)
    holder = authenticate_token("abc", now=timezone.now()).user
    with CaptureQueriesContext(connection) as queries:
        assert holder.has_perm("orders.delete_order")
    assert len(queries) == 0


def test_the_channels_of_a_limited_user_come_with_the_token() -> None:
    second, first = ChannelFactory(), ChannelFactory()
    ChannelFactory()
    ApiTokenFactory(key="limited", user=UserFactory(channels=[first, second]))
    ApiTokenFactory(key="nowhere", user=UserFactory(channels=[]))
    ApiTokenFactory(key="anywhere")
    holders = {
        key: authenticate_token(key, now=timezone.now()).user for key in ("limited", "nowhere", "anywhere")
    }

    with CaptureQueriesContext(connection) as queries:
        reached = {key: channel_ids_of(holder) for key, holder in holders.items()}

    assert reached == {"limited": [second.pk, first.pk], "nowhere": [], "anywhere": None}
    assert len(queries) == 0


def test_what_a_token_brings_equals_what_the_database_holds() -> None:
    user = UserFactory(
        username="ada", first_name="Ada", last_name="L", email="ada@example.com", is_staff=True, channels=[]
    )
    token = ApiTokenFactory(key="abc", user=user, last_used_date=timezone.now())

    held = authenticate_token("abc", now=timezone.now())

    for loaded, stored in ((held, token), (held.user, User.objects.get(pk=user.pk))):
        names = [f.attname for f in loaded._meta.concrete_fields if f.attname in loaded.__dict__]
        assert {n: getattr(loaded, n) for n in names} == {n: getattr(stored, n) for n in names}
    assert held.user.get_deferred_fields() == {"password", "last_login", "date_joined"}
