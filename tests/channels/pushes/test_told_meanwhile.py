"""Pulls and pushes of one channel go on at the same time: neither undoes what the other has noted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from omnitron.channels.enums import IntegrationStatus
from omnitron.channels.integrations import known_versions
from omnitron.channels.integrations.sandbox.commands import SendUpdates
from omnitron.channels.models import ErrorReport, IntegrationAction
from omnitron.channels.pushes import runs
from omnitron.channels.pushes.runs import Telling
from omnitron.channels.selectors import actions_of
from omnitron.channels.use_cases.told_versions import ToldVersion, note_told_versions
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.service import OrderService
from omnitron.orders.told import TOLD
from tests.channels.pulls.marketplaces import CONTEXT, Pulled
from tests.channels.pushes.telling import push


def actions(pulled: Pulled, order: Order) -> list[IntegrationAction]:
    """The order's action, then its items'."""
    of_items = actions_of(OrderItem, channel_id=pulled.channel.pk).filter(
        object_id__in=order.orderitem_set.values("pk")
    )
    of_order = actions_of(Order, channel_id=pulled.channel.pk).filter(object_id=order.pk)
    return [*of_order, *of_items.order_by("object_id")]


def once(act: Callable[[], Any], then: Callable[..., Any]) -> Callable[..., Any]:
    """`then`, the first time after `act`."""
    acts = [act]

    def both(*args: Any, **kwargs: Any) -> Any:
        if acts:
            acts.pop()()
        return then(*args, **kwargs)

    return both


def test_what_is_pulled_while_changes_are_sent_stays_known(
    pulled: Pulled, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    OrderService.update_order(order, invoice_number="INV-1", audit_context=CONTEXT)

    def delivered() -> None:
        pulled.clock.advance(timedelta(days=3))
        assert pulled.pull().intake.updated > 0

    monkeypatch.setattr(SendUpdates, "send", once(delivered, SendUpdates.send))

    assert push(pulled) == Telling(told=1)

    order.refresh_from_db()
    assert order.status > OrderStatus.APPROVED
    own, *of_items = actions(pulled, order)
    assert own.state[TOLD]["invoice_number"] == "INV-1"
    for item, action in zip(order.orderitem_set.order_by("pk"), of_items, strict=True):
        assert action.state[TOLD]["status"] == item.status
        assert action.version_date == item.modified_date
    assert push(pulled) == Telling(unchanged=1)
    assert not ErrorReport.objects.exists()


def test_what_was_told_while_a_report_is_written_stays_known(
    pulled: Pulled, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pull has read what the channel knows and writes its report; a run that tells notes at that moment."""
    OrderService.update_order(order, invoice_number="INV-1", audit_context=CONTEXT)
    own, *_ = actions(pulled, order)
    told = ToldVersion(own.pk, None, IntegrationStatus.SUCCESS, {TOLD: {"invoice_number": "INV-1"}})
    note = once(lambda: note_told_versions([told]), known_versions.Versions.note)
    monkeypatch.setattr(known_versions.Versions, "note", note)
    pulled.clock.advance(timedelta(days=3))

    assert pulled.pull().intake.updated > 0

    own.refresh_from_db()
    assert own.state[TOLD]["invoice_number"] == "INV-1"
    assert push(pulled) == Telling()


def test_an_order_deleted_before_its_turn_is_passed_over(
    pulled: Pulled, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Order.objects.filter(channel=pulled.channel).order_by("pk")[1]
    for number, one in enumerate((order, other)):
        OrderService.update_order(one, invoice_number=f"INV-{number}", audit_context=CONTEXT)

    def with_one_that_is_gone(*args: Any, **options: Any) -> list[int]:
        return [2**31 - 1, *waiting_pks(*args, **options)]

    waiting_pks = runs.waiting_pks
    monkeypatch.setattr(runs, "waiting_pks", with_one_that_is_gone)

    assert push(pulled) == Telling(told=2)


def test_what_the_marketplace_has_no_word_for_counts_as_told(pulled: Pulled, order: Order) -> None:
    for item in order.orderitem_set.all():
        action = actions_of(OrderItem, channel_id=pulled.channel.pk).get(object_id=item.pk)
        action.state = {TOLD: {"status": OrderStatus.CONFIRMATION_WAITING.value}}
        action.save()

    assert push(pulled, force=True) == Telling(told=1, unchanged=5)

    assert push(pulled, force=True) == Telling(unchanged=6)
    assert not ErrorReport.objects.exists()
