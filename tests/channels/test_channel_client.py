"""Requests to a channel: tried again with patience, by a clock that takes no time, and within a budget."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from omnitron.channels.exceptions import (
    ChannelBudgetException,
    ChannelRefusedException,
    ChannelUnreachableException,
)
from omnitron.channels.integrations.client import ChannelClient
from omnitron.channels.models import CredentialBudget
from omnitron.channels.use_cases.credential_budgets import CredentialRetryBudget, fingerprint_of
from omnitron.core.clock import SimulatedClock
from tests.channels.scripted_server import Reply, ScriptedServer, scripted_server

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FINGERPRINT = fingerprint_of("https://shop.example", {"username": "u", "password": "p"})
FINE = Reply(body={"is": "fine"})


def client_of(server: ScriptedServer, clock: SimulatedClock, **values: object) -> ChannelClient:
    budget = CredentialRetryBudget(FINGERPRINT, channel="Shop", clock=clock)
    return ChannelClient(channel="Shop", base_url=server.url, clock=clock, budget=budget, **values)


def asked(
    replies: Sequence[Reply], method: str = "GET", **values: object
) -> tuple[ScriptedServer, float, object]:
    """The server, the seconds waited, and the answer or the error."""
    clock = SimulatedClock(NOON)
    with scripted_server(replies) as server:
        client = client_of(server, clock)
        try:
            result = client.request(method, "orders", **values)
        except (ChannelRefusedException, ChannelUnreachableException, ChannelBudgetException) as error:
            result = error
        finally:
            client.close()
    assert client.requests_made == len(server.asked)
    return server, (clock.now() - NOON).total_seconds(), result


@pytest.mark.parametrize(
    ("case", "faults", "seconds"),
    [
        ("no fault", [], 0),
        ("twice as long each time", [Reply(500), Reply(502), Reply(503)], 1 + 2 + 4),
        ("as long as the channel asks", [Reply(429, headers={"Retry-After": "17"})], 17),
        ("an HTML page", [Reply(200, body=b"<html>busy</html>")], 1),
        ("truncated JSON", [Reply(200, body=b'{"is": "fi')], 1),
        ("a connection that is cut", [Reply(is_cut=True)], 1),
    ],
)
def test_what_passes_is_waited_for(case: str, faults: list[Reply], seconds: int) -> None:
    server, waited, answer = asked([*faults, FINE])

    assert answer.data == {"is": "fine"}, case
    assert (len(server.asked), waited) == (len(faults) + 1, seconds)


def test_retry_after_may_be_a_date_by_the_channels_own_clock() -> None:
    # Its clock is ten minutes ahead of ours.
    its_now = NOON + timedelta(minutes=10)
    headers = {
        "Date": format_datetime(its_now, usegmt=True),
        "Retry-After": format_datetime(its_now + timedelta(seconds=30), usegmt=True),
    }

    _, waited, answer = asked([Reply(503, headers=headers), FINE])

    assert (waited, answer.data) == (30, {"is": "fine"})


def test_after_six_tries_the_channel_counts_as_unreachable() -> None:
    server, waited, error = asked([Reply(500)])

    assert isinstance(error, ChannelUnreachableException)
    assert str(error) == "Channel Shop gives no usable answer to GET orders: 500."
    assert (len(server.asked), waited) == (6, 1 + 2 + 4 + 8 + 16)


def test_a_refusal_is_not_repeated() -> None:
    server, waited, error = asked([Reply(400, body={"message": "window too long"})])

    assert isinstance(error, ChannelRefusedException)
    assert str(error) == 'Channel Shop refuses GET orders with 400: {"message": "window too long"}.'
    assert (len(server.asked), waited) == (1, 0)


def test_a_change_whose_answer_was_lost_is_not_sent_again_unless_it_may_be() -> None:
    server, _, error = asked([Reply(is_cut=True), FINE], "POST", body={"a": 1})
    assert isinstance(error, ChannelUnreachableException)
    assert len(server.asked) == 1

    server, _, answer = asked([Reply(is_cut=True), FINE], "POST", body={"a": 1}, is_repeatable=True)
    assert answer.data == {"is": "fine"}
    assert [request.body for request in server.asked] == [{"a": 1}, {"a": 1}]


def test_a_change_that_broke_the_channel_is_neither_refused_nor_sent_again() -> None:
    server, waited, error = asked([Reply(502), FINE], "POST", body={"a": 1})

    assert isinstance(error, ChannelUnreachableException)
    assert str(error) == "Channel Shop gives no usable answer to POST orders: 502."
    assert (len(server.asked), waited) == (1, 0)


def test_a_change_the_channel_has_not_begun_is_sent_again() -> None:
    server, waited, answer = asked([Reply(429, headers={"Retry-After": "3"}), FINE], "POST", body={"a": 1})

    assert (len(server.asked), waited, answer.data) == (2, 3, {"is": "fine"})


def test_who_shares_the_credentials_keeps_off_as_well() -> None:
    clock = SimulatedClock(NOON)
    with scripted_server([Reply(429, headers={"Retry-After": "40"}), FINE]) as server:
        CredentialRetryBudget(FINGERPRINT, channel="Other", clock=clock).hold_off(
            NOON + timedelta(seconds=25)
        )
        client_of(server, clock).request("GET", "orders")

    assert clock.now() == NOON + timedelta(seconds=25 + 40)


def test_too_long_a_pause_is_left_to_another_run() -> None:
    server, waited, error = asked([Reply(429, headers={"Retry-After": "3600"}), FINE])
    assert isinstance(error, ChannelUnreachableException)
    assert (len(server.asked), waited) == (1, 0)

    # And the next run does not even ask.
    clock = SimulatedClock(NOON + timedelta(seconds=60))
    with scripted_server([FINE]) as server, pytest.raises(ChannelUnreachableException):
        client_of(server, clock).request("GET", "orders")
    assert server.asked == []
    assert clock.now() == NOON + timedelta(seconds=60)


def test_retries_have_a_budget_an_hour(settings: object) -> None:
    settings.CHANNEL_RETRIES_AN_HOUR = 3

    server, _, error = asked([Reply(500)])
    assert isinstance(error, ChannelBudgetException)
    assert len(server.asked) == 4
    assert CredentialBudget.objects.get().retries == 3

    clock = SimulatedClock(NOON + timedelta(hours=1))
    with scripted_server([Reply(500), FINE]) as server:
        client_of(server, clock).request("GET", "orders")
    assert CredentialBudget.objects.get().retries == 1


def test_the_credentials_go_to_nobody_else() -> None:
    clock = SimulatedClock(NOON)
    with scripted_server([FINE]) as server, scripted_server([FINE]) as other:
        client = client_of(server, clock, auth=("u", "p"))
        client.request("GET", f"{server.url}/orders?page=2")
        client.request("GET", f"{other.url}/orders?page=3")
        client.close()

    assert other.asked == []
    assert [request.path for request in server.asked] == ["/orders", f"/{other.url}/orders"]


def test_the_fingerprint_does_not_tell_the_credentials() -> None:
    assert len(FINGERPRINT) == 64
    assert fingerprint_of("https://shop.example", {"username": "u", "password": "q"}) != FINGERPRINT


def test_a_refusal_does_not_repeat_what_is_secret() -> None:
    said = b"No: Bearer t0ken-99, t0ken-99, hunter22, key-7777, Bearer token unknown, TR-100"
    with scripted_server([Reply(403, body=said)]) as server:
        client = client_of(
            server,
            SimulatedClock(NOON),
            headers={"Authorization": "Bearer t0ken-99"},
            auth=("seller", "key-7777"),
        )
        with pytest.raises(ChannelRefusedException) as refused:
            client.request("POST", "login", body={"user": {"password": "hunter22"}, "tracking": "TR-100"})
        client.close()

    assert refused.value.params["reason"] == (
        "No: ********, ********, ********, ********, Bearer token unknown, TR-100"
    )
