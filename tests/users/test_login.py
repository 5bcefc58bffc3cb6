"""POST auth/login/."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from pytest_django import Settings
from rest_framework.response import Response
from rest_framework.test import APIClient

from omnitron.core.models import AuditLog
from omnitron.users.models import ApiToken, FailedLogin
from omnitron.users.use_cases import digest_of
from tests.factories.users import PASSWORD, UserFactory
from tests.users.clock import Clock

LOGIN = "/api/v1/auth/login/"
REFUSED = {"non_field_errors": ["Unable to log in with provided credentials."]}

pytestmark = pytest.mark.django_db


def log_in(username: str, password: str = PASSWORD, **extra: str) -> Response:
    return APIClient().post(LOGIN, {"username": username, "password": password}, **extra)


def test_login_answers_with_a_token_that_authenticates() -> None:
    user = UserFactory(username="ada")

    response = log_in("ada")

    assert response.status_code == 200
    assert list(response.json()) == ["key"]
    assert len(response.json()["key"]) == 43
    client = APIClient(headers={"Authorization": f"Token {response.json()['key']}"})
    assert client.get("/api/v1/active_user/").json()["pk"] == user.pk


def test_login_under_the_other_prefix() -> None:
    UserFactory(username="ada")
    response = APIClient().post("/api/i1/auth/login/", {"username": "ada", "password": PASSWORD})
    assert response.status_code == 200


def test_login_sets_no_cookie() -> None:
    UserFactory(username="ada")
    assert not log_in("ada").cookies


def test_login_works_with_a_session_and_a_dead_token_at_hand() -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(UserFactory(username="ada"))
    body = {"username": "ada", "password": PASSWORD}
    assert client.post(LOGIN, body, HTTP_AUTHORIZATION="Token dead").status_code == 200


def test_a_token_is_stored_hashed_with_where_it_was_issued_and_until_when(
    clock: Clock, settings: Settings
) -> None:
    settings.API_TOKEN_LIFETIME = timedelta(days=30)
    user = UserFactory(username="ada")

    key = log_in("ada", REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="erp\x00" + "x" * 300).json()["key"]

    row = ApiToken.objects.values().get()
    del row["id"], row["modified_date"]
    assert row == {
        "user_id": user.pk,
        "digest": digest_of(key),
        "created_date": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "expires_date": datetime(2026, 3, 31, 12, tzinfo=UTC),
        "last_used_date": None,
        "revoked_date": None,
        "remote_addr": "203.0.113.7",
        "user_agent": "erp" + "x" * 252,
    }
    assert key not in str(row)


def test_each_login_issues_its_own_token() -> None:
    UserFactory(username="ada")
    assert log_in("ada").json()["key"] != log_in("ada").json()["key"]
    assert ApiToken.objects.count() == 2


def test_login_is_audited_and_remembered(clock: Clock) -> None:
    user = UserFactory(username="ada")

    log_in("ada", REMOTE_ADDR="203.0.113.7", HTTP_X_REQUEST_ID="abc")

    entry = AuditLog.objects.get()
    assert (entry.event, entry.object_id, entry.actor, entry.source, entry.request_id) == (
        "user.token.issued",
        user.pk,
        user,
        "api",
        "abc",
    )
    assert entry.new["token"] == ApiToken.objects.get().pk
    assert entry.new["remote_addr"] == "203.0.113.7"
    user.refresh_from_db()
    assert user.last_login == clock.now()


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param("ada", "wrong", id="wrong password"),
        pytest.param("nobody", PASSWORD, id="unknown user"),
        pytest.param("gone", PASSWORD, id="inactive user"),
        pytest.param("ADA", PASSWORD, id="other case"),
    ],
)
def test_bad_credentials_are_400_and_issue_nothing(clock: Clock, username: str, password: str) -> None:
    UserFactory(username="ada")
    UserFactory(username="gone", is_active=False)

    response = log_in(username, password, REMOTE_ADDR="203.0.113.7")

    assert response.status_code == 400
    assert response.json() == REFUSED
    assert not response.cookies
    assert ApiToken.objects.count() == 0
    assert AuditLog.objects.count() == 0
    assert list(FailedLogin.objects.values_list("username", "remote_addr", "created_date")) == [
        (username, "203.0.113.7", clock.now())
    ]


@pytest.mark.parametrize("username", ["ada", "nobody", "gone"])
def test_a_refusal_hashes_once_whether_or_not_the_user_exists(
    username: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    UserFactory(username="ada")
    UserFactory(username="gone", is_active=False)
    hashed = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    assert log_in(username, "wrong").status_code == 400
    assert hashed == ["wrong"]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        pytest.param(
            {"username": "ada", "password": PASSWORD, "remember": True},
            {"remember": ["Unknown field."]},
            id="unknown field",
        ),
        pytest.param({"username": "ada"}, {"password": ["This field is required."]}, id="password missing"),
        pytest.param(
            {"username": 1, "password": PASSWORD}, {"username": ["Not a valid string."]}, id="number"
        ),
        pytest.param(
            {"username": "ada", "password": ["a"]}, {"password": ["Not a valid string."]}, id="list"
        ),
        pytest.param(
            {"username": "ada", "password": None}, {"password": ["This field may not be null."]}, id="null"
        ),
        pytest.param(
            {"username": "a" * 151, "password": PASSWORD},
            {"username": ["Ensure this field has no more than 150 characters."]},
            id="too long",
        ),
        pytest.param(
            {"username": "a\x00", "password": PASSWORD},
            {"username": ["Text must not contain NUL characters or lone surrogates."]},
            id="NUL",
        ),
        pytest.param(
            ["ada", PASSWORD],
            {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]},
            id="no object",
        ),
    ],
)
def test_an_unusable_body_is_400_and_counts_as_no_guess(body: Any, errors: dict[str, list[str]]) -> None:
    UserFactory(username="ada")

    response = APIClient().post(LOGIN, body)

    assert response.status_code == 400
    assert response.json() == errors
    assert FailedLogin.objects.count() == 0
    assert ApiToken.objects.count() == 0


def test_blanks_of_a_password_are_part_of_it() -> None:
    UserFactory(username="ada", password=make_password(" pass phrase "))
    assert log_in("ada", "pass phrase").status_code == 400
    assert log_in("ada", " pass phrase ").status_code == 200
