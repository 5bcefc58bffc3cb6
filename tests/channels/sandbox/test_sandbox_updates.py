"""The sandbox is told of changes: in batches, each change once, whatever becomes of the answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from omnitron.channels.exceptions import ChannelUnreachableException
from omnitron.channels.integrations.dto import ChangeAnswer, OrderChange
from omnitron.channels.integrations.sandbox.integration import CommandIntegration
from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.integrations.sandbox.marketplace.marketplace import Marketplace
from omnitron.core.clock import SimulatedClock
from omnitron.omnicore.orders.enums import OrderStatus
from tests.channels.sandbox.visits import DAY, NOW

pytestmark = pytest.mark.django_db

Open = Callable[..., CommandIntegration]


@pytest.fixture
def marketplace() -> Marketplace:
    """Its last orders were placed just now, the first ones are shipped."""
    return Marketplace(7, orders=150, clock=SimulatedClock(NOW), faults=FaultPlan.none(), span=3 * DAY)


def change(
    marketplace: Marketplace, place: int, kind: str, values: dict[str, Any], *, lines: list[int] | None = None
) -> OrderChange:
    """Of the order at this place among those that can be seen."""
    order = list(marketplace.truth.orders_now.values())[place]
    return OrderChange(
        key=f"{place}/{kind}/{values}",
        kind=kind,
        order_number=order["number"],
        order_remote_id=str(order["id"]),
        values=values,
        item_remote_ids=[str(order["lines"][line]["id"]) for line in lines or ()],
    )


@pytest.fixture
def integration(marketplace: Marketplace, open_integration: Open) -> CommandIntegration:
    return open_integration(marketplace, reason_mapping={"stok": 4})


def test_what_changed_reaches_the_marketplace(
    marketplace: Marketplace, integration: CommandIntegration
) -> None:
    changes = [
        change(marketplace, -1, "invoice", {"invoice_number": "F-1", "e_archive_url": "https://x.example"}),
        change(marketplace, -1, "tracking", {"tracking_number": "T-1", "shipping_company": "yurtici"}),
        change(marketplace, -1, "status", {"status": OrderStatus.SHIPPED_AND_INFORMED.value}),
        change(marketplace, -2, "cancel", {"reason": 4}),
        change(marketplace, -3, "cancel", {"reason": 9}, lines=[0]),
    ]

    answers = integration.send_updates(changes)

    assert answers == [ChangeAnswer(change.key, is_accepted=True) for change in changes]
    *_, partly, cancelled, shipped = marketplace.truth.orders_now.values()
    assert (shipped["status"], shipped["invoice_number"]) == ("Shipped", "F-1")
    assert (shipped["tracking_number"], shipped["shipping_provider"]) == ("T-1", "Yurtiçi Kargo")
    assert (cancelled["status"], cancelled["cancellation_reason"]) == ("Cancelled", "stok")
    assert partly["lines"][0]["status"] == "Cancelled"


def test_what_it_refuses_and_what_it_has_no_word_for(
    marketplace: Marketplace, integration: CommandIntegration
) -> None:
    before = marketplace.truth.orders
    changes = [
        change(marketplace, 0, "status", {"status": OrderStatus.PREPARING.value}),
        change(marketplace, -1, "status", {"status": OrderStatus.REVIEW_STARTED.value}),
        change(marketplace, -1, "invoice", {"e_archive_url": "https://x.example"}),
        change(marketplace, -1, "tracking", {"shipping_company": "aras"}),
    ]

    answers = {answer.key: answer for answer in integration.send_updates(changes)}

    assert [
        (answers[c.key].is_accepted, answers[c.key].is_final, answers[c.key].reason) for c in changes
    ] == [
        (False, True, "illegal_move"),
        (True, True, "The sandbox has no word for this."),
        (True, True, "The sandbox has no word for this."),
        (True, True, "The sandbox has no word for this."),
    ]
    assert marketplace.truth.orders == before


def test_more_changes_than_a_batch_takes(marketplace: Marketplace, integration: CommandIntegration) -> None:
    count = len(marketplace.truth.orders_now)
    changes = [change(marketplace, n, "invoice", {"invoice_number": f"F-{n}"}) for n in range(count)]

    made = integration.client.requests_made
    answers = integration.send_updates(changes)

    assert count == 150
    assert answers == [ChangeAnswer(change.key, is_accepted=True) for change in changes]
    assert integration.client.requests_made - made == 4


def test_a_change_is_made_once_whatever_becomes_of_the_answer(
    marketplace: Marketplace, integration: CommandIntegration
) -> None:
    changes = [change(marketplace, -1, "invoice", {"invoice_number": "F-1"})]
    marketplace.behave(FaultPlan(reset=1, in_a_row=3))

    assert integration.send_updates(changes) == [ChangeAnswer(changes[0].key, is_accepted=True)]
    stamp = list(marketplace.truth.orders_now.values())[-1]["modified"]
    assert integration.send_updates(changes) == [ChangeAnswer(changes[0].key, is_accepted=True)]

    assert list(marketplace.truth.orders_now.values())[-1]["modified"] == stamp
    assert marketplace.truth.injected["reset"] == 12


def test_a_batch_that_takes_its_time(marketplace: Marketplace, integration: CommandIntegration) -> None:
    marketplace.behave(FaultPlan(unfinished_batch=1))
    before = integration.clock.now()

    answers = integration.send_updates([change(marketplace, -1, "invoice", {"invoice_number": "F-1"})])

    assert [answer.is_accepted for answer in answers] == [True]
    assert (integration.clock.now() - before).total_seconds() == 2


def test_what_is_refused_for_no_reason_may_be_sent_again(
    marketplace: Marketplace, integration: CommandIntegration
) -> None:
    changes = [change(marketplace, -1, "invoice", {"invoice_number": "F-1"})]
    marketplace.behave(FaultPlan(refused_change=1))
    (answer,) = integration.send_updates(changes)
    assert (answer.is_accepted, answer.is_final) == (False, False)

    marketplace.calm()
    assert integration.send_updates(changes) == [ChangeAnswer(changes[0].key, is_accepted=True)]


def test_a_marketplace_that_is_down(marketplace: Marketplace, integration: CommandIntegration) -> None:
    marketplace.behave(FaultPlan(unavailable=1, in_a_row=100))
    before = marketplace.truth.orders

    with pytest.raises(ChannelUnreachableException):
        integration.send_updates([change(marketplace, -1, "invoice", {"invoice_number": "F-1"})])

    assert marketplace.truth.orders == before
