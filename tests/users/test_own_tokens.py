"""Logout, and the list of one's own tokens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditLog
from omnitron.users.models import ApiToken, User
from omnitron.users.use_cases import revoke_token
from tests.factories.users import ApiTokenFactory, UserFactory
from tests.users.clock import Clock

WHO_AM_I = "/api/v1/active_user/"
TOKENS = "/api/v1/auth/tokens/"

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], APIClient]


def test_logout_ends_the_login_it_was_sent_with_and_no_other(clock: Clock, client_of: ClientOf) -> None:
    user = UserFactory()
    here, elsewhere = client_of(user), client_of(user)
    token = ApiToken.objects.earliest("pk")

    response = here.post("/api/v1/auth/logout/")

    assert response.status_code == 200
    assert response.json() == {}
    assert here.get(WHO_AM_I).status_code == 401
    assert here.post("/api/v1/auth/logout/").status_code == 401
    assert elsewhere.get(WHO_AM_I).status_code == 200
    token.refresh_from_db()
    assert token.revoked_date == clock.now()
    entry = AuditLog.objects.get(event="user.token.revoked")
    assert (entry.object_id, entry.actor, entry.new) == (user.pk, user, {"tokens": [token.pk]})


def test_logout_all_ends_every_login_of_the_user_only(client_of: ClientOf) -> None:
    user = UserFactory()
    here, elsewhere, stranger = client_of(user), client_of(user), client_of(UserFactory())
    pks = sorted(ApiToken.objects.filter(user=user).values_list("pk", flat=True))

    response = here.post("/api/v1/auth/logout_all/")

    assert response.status_code == 200
    assert response.json() == {}
    assert [client.get(WHO_AM_I).status_code for client in (here, elsewhere, stranger)] == [401, 401, 200]
    assert AuditLog.objects.get(event="user.token.revoked").new == {"tokens": pks}


def test_logout_needs_a_token() -> None:
    client = APIClient()
    client.force_login(UserFactory())
    assert client.post("/api/v1/auth/logout/").status_code == 401
    assert APIClient().post("/api/v1/auth/logout_all/").status_code == 401


def test_the_list_shows_own_live_tokens_and_never_a_digest(clock: Clock, client_of: ClientOf) -> None:
    user = UserFactory()
    client = client_of(user)
    token = ApiToken.objects.get()
    ApiTokenFactory(user=user, revoked_date=clock.now())
    ApiTokenFactory(user=user, expires_date=clock.now())
    ApiTokenFactory()

    response = client.get(TOKENS)

    assert response.status_code == 200
    assert response.json() == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "pk": token.pk,
                "created_date": "2026-03-01T12:00:00.000000Z",
                "last_used_date": "2026-03-01T12:00:00.000000Z",
                "expires_date": "2026-03-31T12:00:00.000000Z",
                "remote_addr": "203.0.113.7",
                "user_agent": "test",
            }
        ],
    }


def test_the_list_costs_the_same_for_one_and_for_many(
    client_of: ClientOf, django_assert_num_queries: Callable
) -> None:
    user = UserFactory()
    client = client_of(user)
    client.get(TOKENS)
    with django_assert_num_queries(2):
        assert client.get(TOKENS).json()["count"] == 1
    ApiTokenFactory.create_batch(8, user=user)
    with django_assert_num_queries(2):
        assert client.get(TOKENS).json()["count"] == 9


def test_an_unknown_parameter_of_the_list_is_400(client_of: ClientOf) -> None:
    response = client_of(UserFactory()).get(TOKENS, {"user": "1"})
    assert response.status_code == 400
    assert response.json() == {"user": ["Unknown parameter."]}


def test_deleting_a_token_ends_that_login(clock: Clock, client_of: ClientOf) -> None:
    user = UserFactory()
    here = client_of(user)
    lost = client_of(user)
    token = ApiToken.objects.latest("pk")

    response = here.delete(f"{TOKENS}{token.pk}/")

    assert response.status_code == 204
    assert response.content == b""
    assert lost.get(WHO_AM_I).status_code == 401
    assert here.get(WHO_AM_I).status_code == 200
    assert here.delete(f"{TOKENS}{token.pk}/").status_code == 404
    assert AuditLog.objects.get(event="user.token.revoked").new == {"tokens": [token.pk]}


def test_the_token_of_somebody_else_is_404_and_lives_on(client_of: ClientOf) -> None:
    client = client_of(UserFactory(is_superuser=True))
    theirs = ApiTokenFactory()

    for pk in (theirs.pk, theirs.pk + 1, 10**30):
        assert client.get(f"{TOKENS}{pk}/").status_code == 404
        assert client.delete(f"{TOKENS}{pk}/").status_code == 404

    theirs.refresh_from_db()
    assert theirs.revoked_date is None
    assert AuditLog.objects.filter(event="user.token.revoked").count() == 0


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_token_cannot_be_changed(client_of: ClientOf, method: str) -> None:
    client = client_of(UserFactory(is_superuser=True))
    token = ApiToken.objects.get()
    body = {"expires_date": "2099-01-01T00:00:00Z"}
    assert getattr(client, method)(f"{TOKENS}{token.pk}/", body).status_code == 405
    assert client.post(TOKENS, body).status_code == 405
    assert ApiToken.objects.get().expires_date == token.expires_date


def test_revoking_twice_is_audited_once(audit_context: AuditContext) -> None:
    token = ApiTokenFactory()
    first = timezone.now()
    revoke_token(token, now=first, audit_context=audit_context)
    revoke_token(token, now=first + timedelta(minutes=1), audit_context=audit_context)
    token.refresh_from_db()
    assert token.revoked_date == first
    assert AuditLog.objects.count() == 1


def test_a_session_may_end_every_login(client_of: ClientOf) -> None:
    user = UserFactory()
    lost = client_of(user)
    browser = APIClient()
    browser.force_login(user)
    assert browser.post("/api/v1/auth/logout_all/").status_code == 200
    assert lost.get(WHO_AM_I).status_code == 401
    assert AuditLog.objects.get(event="user.token.revoked").actor == user
