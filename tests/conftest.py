"""What tests of every application share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker, Settings
from rest_framework.test import APIClient

from omnitron.channels.models import Channel
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource
from omnitron.orders.management.commands import load_demo_data
from omnitron.users.models import User


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """Hashing a password is slow on purpose; what is tested is never the hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def admin_user(db: None) -> User:
    return User.objects.create_superuser("ada", email="ada@example.com", password="correct horse")


@pytest.fixture
def api(admin_user: User) -> APIClient:
    """A client that may do everything. How tokens are checked is tested in tests/users."""
    client = APIClient()
    client.force_authenticate(admin_user)
    return client


@pytest.fixture
def api_of(db: None) -> Callable[..., APIClient]:
    """A client of a user with only these permissions ("orders.view_order"), limited to `channels` if given."""

    def client_of(*permissions: str, channels: list[Channel] | None = None) -> APIClient:
        user = User.objects.create_user(f"user-{User.objects.count()}")
        for name in permissions:
            app_label, codename = name.split(".")
            user.user_permissions.add(
                Permission.objects.get(content_type__app_label=app_label, codename=codename)
            )
        if channels is not None:
            user.is_limited_to_channels = True
            user.save()
            user.channels.set(channels)
        client = APIClient()
        client.force_authenticate(user)
        return client

    return client_of


@pytest.fixture
def audit_context() -> AuditContext:
    return AuditContext.system(AuditSource.CRON)


@pytest.fixture
def demo_data(db: None) -> None:
    """The demo data of a fresh installation."""
    call_command("load_demo_data", verbosity=0)


@pytest.fixture(scope="module")
def shared_demo_data(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo data, loaded once for a module of which every test wants it. What a test writes is undone after it.

    Not beside tests that commit: the data stands in a transaction around the tests' own.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo_data", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo_catalogue(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the demo data what orders refer to: places, channels, products, payment options, carriers and reasons."""
    files = ("places.json", "channels.json", "catalog.json", "payments.json", "reasons_and_carriers.json")
    monkeypatch.setattr(load_demo_data, "FILES", files)
    call_command("load_demo_data", verbosity=0)
