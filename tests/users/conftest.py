"""A clock that tests move, and clients that hold a token."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource
from omnitron.users.models import User
from omnitron.users.use_cases import issue_token
from tests.factories.users import PASSWORD
from tests.users.clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock.now)
    return clock


@pytest.fixture
def client_of() -> Callable[[User], APIClient]:
    """A client that has logged in as this user; its token is `client.key`."""

    def logged_in(user: User) -> APIClient:
        client = APIClient()
        client.key = issue_token(
            user.username,
            password=PASSWORD,
            remote_addr="203.0.113.7",
            user_agent="test",
            now=timezone.now(),
            audit_context=AuditContext(actor=None, source=AuditSource.API),
        )
        client.credentials(HTTP_AUTHORIZATION=f"Token {client.key}")
        return client

    return logged_in
