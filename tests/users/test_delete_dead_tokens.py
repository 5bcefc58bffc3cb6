"""The periodic task that forgets dead tokens and old failures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as configured
from pytest_django import Settings

from omnitron.users.models import ApiToken, FailedLogin
from omnitron.users.tasks import delete_dead_tokens
from tests.factories.users import ApiTokenFactory, FailedLoginFactory
from tests.users.clock import Clock

pytestmark = pytest.mark.django_db

A_MOMENT = timedelta(microseconds=1)


def test_what_has_been_dead_for_a_week_is_deleted(clock: Clock) -> None:
    week_ago = clock.now() - timedelta(days=7)
    later = clock.now() + timedelta(days=1)
    kept = [
        ApiTokenFactory(expires_date=later),
        ApiTokenFactory(expires_date=week_ago),
        ApiTokenFactory(expires_date=later, revoked_date=week_ago),
    ]
    ApiTokenFactory(expires_date=week_ago - A_MOMENT)
    ApiTokenFactory(expires_date=later, revoked_date=week_ago - A_MOMENT)

    for _ in range(2):  # safe to run twice
        delete_dead_tokens()
        assert list(ApiToken.objects.order_by("pk")) == kept


def test_failed_logins_older_than_a_day_are_deleted(clock: Clock) -> None:
    day_ago = clock.now() - timedelta(days=1)
    kept = FailedLoginFactory(created_date=day_ago)
    FailedLoginFactory(created_date=day_ago - A_MOMENT)
    delete_dead_tokens()
    assert list(FailedLogin.objects.all()) == [kept]


def test_failed_logins_that_still_count_are_kept(clock: Clock, settings: Settings) -> None:
    settings.FAILED_LOGIN_WINDOW = timedelta(days=2)
    FailedLoginFactory(created_date=clock.now() - timedelta(days=2))
    delete_dead_tokens()
    assert FailedLogin.objects.count() == 1


def test_the_task_is_scheduled_by_its_name() -> None:
    assert delete_dead_tokens.name in {entry["task"] for entry in configured.CELERY_BEAT_SCHEDULE.values()}
