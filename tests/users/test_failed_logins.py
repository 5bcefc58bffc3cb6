"""The limit on wrong guesses: per user name and address, in the database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings
from rest_framework.test import APIClient

from omnitron.users import use_cases
from omnitron.users.models import ApiToken, FailedLogin
from tests.factories.users import PASSWORD, FailedLoginFactory, UserFactory
from tests.users.clock import Clock

LOGIN = "/api/v1/auth/login/"
GUESSES = 6

pytestmark = pytest.mark.django_db


def guess(
    username: str = "ada", password: str = "wrong", *, remote_addr: str = "203.0.113.7", **extra: Any
) -> int:
    body = {"username": username, "password": password}
    return APIClient().post(LOGIN, body, REMOTE_ADDR=remote_addr, **extra).status_code


@pytest.mark.parametrize("username", ["ada", "nobody"])
def test_ten_guesses_are_answered_and_the_eleventh_is_429(clock: Clock, username: str) -> None:
    UserFactory(username="ada")
    assert [guess(username) for _ in range(10)] == [400] * 10

    body = {"username": username, "password": PASSWORD}
    response = APIClient().post(LOGIN, body, REMOTE_ADDR="203.0.113.7")

    assert response.status_code == 429
    assert response.json() == {"detail": "Too many failed logins. Expected available in 300 seconds."}
    assert response["Retry-After"] == "300"
    assert not response.cookies
    assert FailedLogin.objects.count() == 10
    assert ApiToken.objects.count() == 0


def test_the_limit_holds_until_the_oldest_guess_leaves_the_window(clock: Clock) -> None:
    UserFactory(username="ada")
    guess()
    clock.advance(timedelta(minutes=2))
    assert {guess() for _ in range(9)} == {400}

    clock.advance(timedelta(minutes=3, seconds=-1))
    assert guess(password=PASSWORD) == 429
    clock.advance(timedelta(seconds=1))
    assert guess(password=PASSWORD) == 200


def test_only_guesses_of_this_name_from_this_address_count(settings: Settings) -> None:
    settings.FAILED_LOGIN_LIMIT = 2
    UserFactory(username="ada")
    UserFactory(username="bob")
    FailedLoginFactory.create_batch(2, username="ada", remote_addr="203.0.113.7")

    assert guess("ada", PASSWORD, remote_addr="203.0.113.7") == 429
    assert guess("ada", PASSWORD, remote_addr="203.0.113.8") == 200
    assert guess("bob", PASSWORD, remote_addr="203.0.113.7") == 200


def test_an_unknown_address_counts_as_one_address(settings: Settings) -> None:
    settings.FAILED_LOGIN_LIMIT = 2
    UserFactory(username="ada")
    assert [guess(remote_addr=""), guess(remote_addr=""), guess(remote_addr="")] == [400, 400, 429]


def test_successful_logins_never_count(settings: Settings) -> None:
    settings.FAILED_LOGIN_LIMIT = 2
    UserFactory(username="ada")
    assert guess() == 400
    assert [guess(password=PASSWORD) for _ in range(5)] == [200] * 5
    assert [guess(), guess()] == [400, 429]


def test_a_forged_forwarding_header_starts_no_new_count(settings: Settings) -> None:
    settings.FAILED_LOGIN_LIMIT = 2
    UserFactory(username="ada")
    answers = [guess(HTTP_X_FORWARDED_FOR=f"198.51.100.{number}") for number in range(3)]
    assert answers == [400, 400, 429]


def test_a_declared_proxy_names_the_address_that_counts(settings: Settings) -> None:
    settings.FAILED_LOGIN_LIMIT = 2
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    UserFactory(username="ada")
    # The client writes the first entry, the proxy appends the last.
    answers = [guess(HTTP_X_FORWARDED_FOR=f"10.0.0.{number}, 198.51.100.1") for number in range(3)]
    assert answers == [400, 400, 429]
    assert guess(password=PASSWORD, HTTP_X_FORWARDED_FOR="198.51.100.1, 198.51.100.2") == 200
    assert ApiToken.objects.get().remote_addr == "198.51.100.2"
    assert guess(password=PASSWORD, HTTP_X_FORWARDED_FOR="nonsense") == 200
    assert ApiToken.objects.latest("pk").remote_addr == "203.0.113.7"


def guess_at_once() -> list[int]:
    """The answers to GUESSES wrong guesses sent by as many threads, sorted."""
    answers = []

    def run() -> None:
        try:
            answers.append(guess())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(GUESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def meeting(first: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """A function that waits until every guesser has called it, and then does what `first` does."""
    barrier = threading.Barrier(GUESSES, timeout=30)

    def meet(*args: Any, **kwargs: Any) -> Any:
        barrier.wait()
        return None if first is None else first(*args, **kwargs)

    return meet


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_cannot_slip_past_the_limit(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FAILED_LOGIN_LIMIT = 2
    # All of them have passed the check that decides nothing before the first one takes the lock.
    monkeypatch.setattr(use_cases, "_lock_guesses", meeting(use_cases._lock_guesses))

    assert guess_at_once() == [400, 400, 429, 429, 429, 429]
    assert FailedLogin.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_every_parallel_guess_is_answered(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FAILED_LOGIN_LIMIT = 2
    monkeypatch.setattr(use_cases, "_lock_guesses", meeting())
    monkeypatch.setattr(FailedLogin.objects, "create", meeting(FailedLogin.objects.create))

    assert guess_at_once() == [400] * GUESSES
    assert FailedLogin.objects.count() == GUESSES
