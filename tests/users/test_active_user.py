"""GET active_user/."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from omnitron.users.models import User
from tests.factories.channels import ChannelFactory
from tests.factories.users import UserFactory

WHO_AM_I = "/api/v1/active_user/"

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], APIClient]


def test_the_active_user_is_shown_with_channels_and_permissions(client_of: ClientOf) -> None:
    first, second = ChannelFactory(), ChannelFactory()
    user = UserFactory(
        username="ada",
        email="ada@example.com",
        first_name="Ada",
        last_name="Lovelace",
        is_staff=True,
        permissions=["orders.view_order", "channels.view_channel"],
        channels=[second, first],
    )

    response = client_of(user).get(WHO_AM_I)

    assert response.status_code == 200
    assert list(response.json().items()) == [
        ("pk", user.pk),
        ("username", "ada"),
        ("email", "ada@example.com"),
        ("first_name", "Ada"),
        ("last_name", "Lovelace"),
        ("is_staff", True),
        ("is_superuser", False),
        ("is_limited_to_channels", True),
        ("channels", [first.pk, second.pk]),
        ("permissions", ["channels.view_channel", "orders.view_order"]),
    ]


def test_a_superuser_has_every_permission_and_no_list_of_channels(client_of: ClientOf) -> None:
    shown = client_of(UserFactory(is_superuser=True)).get(WHO_AM_I).json()
    assert len(shown["permissions"]) == Permission.objects.count()
    assert shown["permissions"] == sorted(shown["permissions"])
    assert (shown["is_limited_to_channels"], shown["channels"]) == (False, [])


def test_a_session_shows_the_same_user() -> None:
    channel = ChannelFactory()
    user = UserFactory(permissions=["orders.view_order"], channels=[channel])
    client = APIClient()
    client.force_login(user)
    shown = client.get(WHO_AM_I).json()
    assert (shown["pk"], shown["channels"], shown["permissions"]) == (
        user.pk,
        [channel.pk],
        ["orders.view_order"],
    )
