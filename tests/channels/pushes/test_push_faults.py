"""A channel that chokes on an order is told of the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from omnitron.channels.exceptions import (
    ChannelBudgetException,
    ChannelUnreachableException,
    IntegrationUnauthorizedException,
)
from omnitron.channels.integrations.dto import ChangeAnswer
from omnitron.channels.integrations.sandbox.commands import SendUpdates
from omnitron.channels.models import PullState
from omnitron.channels.pushes.runs import PushRun, Telling
from omnitron.channels.service import ChannelService
from omnitron.orders.models import Order
from tests.channels.pulls.marketplaces import CONTEXT, Pulled
from tests.channels.pushes.telling import ship, there

AWAY = ChannelUnreachableException(channel="Sandbox", request="POST /orders/changes", reason="500")


@pytest.fixture
def shipped(pulled: Pulled) -> list[Order]:
    """All six orders, shipped here."""
    orders = list(Order.objects.filter(channel=pulled.channel).order_by("pk"))
    for order in orders:
        ship(order)
    return orders


def choke(monkeypatch: pytest.MonkeyPatch, orders: Sequence[Order], fault: Exception) -> list[int]:
    """The marketplace answers nothing usable wherever one of these is among the orders; how many were asked for."""
    send, numbers, asked = SendUpdates.send, {order.number for order in orders}, []

    def choking(self: SendUpdates, validated_data: dict[str, Any]) -> list[ChangeAnswer]:
        asked.append(len({change.order_number for change in self.objects}))
        if numbers & {change.order_number for change in self.objects}:
            raise fault
        return send(self, validated_data)

    monkeypatch.setattr(SendUpdates, "send", choking)
    return asked


def push(pulled: Pulled) -> PushRun:
    return ChannelService.push_updates(pulled.channel, clock=pulled.clock, audit_context=CONTEXT)


def shown(pulled: Pulled, orders: Sequence[Order]) -> list[str]:
    return [there(pulled, order)["status"] for order in orders]


@pytest.mark.parametrize("fault", [AWAY, KeyError("lines")], ids=["no answer", "an answer nobody foresaw"])
def test_an_order_that_is_choked_on_holds_up_no_other(
    pulled: Pulled, shipped: list[Order], monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    with monkeypatch.context() as patch:
        asked = choke(patch, shipped[:1], fault)
        run = push(pulled)
        assert (run.error, run.telling) == (None, Telling(told=5, postponed=1))
        assert asked == [6, 1, 1, 1, 1, 1, 1]
        assert shown(pulled, shipped[1:]) == ["Shipped"] * 5
        # It is left alone for a while.
        assert push(pulled).telling == Telling()

    pulled.clock.advance(timedelta(minutes=6))
    assert push(pulled).telling == Telling(told=1)
    assert shown(pulled, shipped) == ["Shipped"] * 6


def test_as_many_that_are_not_in_a_row_are_the_orders(
    pulled: Pulled, shipped: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    choke(monkeypatch, shipped[::2], AWAY)

    run = push(pulled)

    assert (run.error, run.telling) == (None, Telling(told=3, postponed=3))
    assert shown(pulled, shipped[1::2]) == ["Shipped"] * 3


def test_several_in_a_row_are_the_channel(
    pulled: Pulled, shipped: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = choke(monkeypatch, shipped, AWAY)

    run = push(pulled)

    assert (run.error, run.telling) == (AWAY, Telling(postponed=3))
    assert asked == [6, 1, 1, 1]
    # The next run does not begin with the same ones.
    run = push(pulled)
    assert (run.error, run.telling) == (AWAY, Telling(postponed=3))
    assert push(pulled).telling == Telling()


@pytest.mark.parametrize(
    "fault",
    [
        IntegrationUnauthorizedException(channel="Sandbox", reason="no"),
        ChannelBudgetException(channel="Sandbox", retries=600),
    ],
    ids=["credentials", "budget"],
)
def test_what_no_other_order_would_fare_better_with_ends_the_run(
    pulled: Pulled, shipped: list[Order], monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    asked = choke(monkeypatch, shipped[:1], fault)

    run = push(pulled)

    assert (run.error, run.telling, asked) == (fault, Telling(), [6])


def test_a_fault_of_ours_is_the_runs_error(
    pulled: Pulled, shipped: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("omnitron.channels.pushes.runs.note_told_versions", broken)

    run = push(pulled)

    assert run.error.code == "channels_300_6"
    monkeypatch.undo()
    assert push(pulled).telling == Telling(told=6)


def test_a_channel_whose_configuration_is_none_is_its_own_fault(pulled: Pulled, shipped: list[Order]) -> None:
    """Other channels get their turn."""
    conf = {"faults": {"nonsense": 1}}
    channel = ChannelService.update_channel(pulled.channel, conf=conf, audit_context=CONTEXT)

    told = ChannelService.push_updates(channel, clock=pulled.clock, audit_context=CONTEXT)
    assert (told.error.code, told.telling, told.requests) == ("channels_300_6", Telling(), 0)

    run = ChannelService.pull_orders(channel, clock=pulled.clock, audit_context=CONTEXT)
    assert (run.error.code, run.requests) == ("channels_300_6", 0)
    assert PullState.objects.get(channel=channel).failures == 1
