"""Who clicks through the admin in these tests."""

from __future__ import annotations

import pytest
from django.test import Client

from omnitron.channels.models import Channel
from omnitron.users.models import User
from tests.factories.channels import ChannelFactory
from tests.factories.users import UserFactory


@pytest.fixture
def admin_client(admin_user: User) -> Client:
    """A superuser, logged in."""
    client = Client()
    client.force_login(admin_user)
    return client


@pytest.fixture
def own_channel(db: None) -> Channel:
    return ChannelFactory(name="Own channel")


@pytest.fixture
def other_channel(db: None) -> Channel:
    return ChannelFactory(name="Other channel")


@pytest.fixture
def limited_user(own_channel: Channel) -> User:
    """Has every right there is, but only on `own_channel`."""
    return UserFactory(username="limited", is_staff=True, is_superuser=True, channels=[own_channel])


@pytest.fixture
def limited_client(limited_user: User) -> Client:
    client = Client()
    client.force_login(limited_user)
    return client
