"""What is done here reaches the marketplace: `push_updates`, over HTTP to the sandbox."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from omnitron.channels.enums import IntegrationStatus
from omnitron.channels.exceptions import ChannelBreakerOpenException
from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.models import ErrorReport, IntegrationAction, PullState
from omnitron.channels.pushes.runs import Telling
from omnitron.channels.service import ChannelService
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.models import Order
from omnitron.orders.service import OrderItemService, OrderService
from tests.channels.pulls.marketplaces import CONTEXT, Pulled
from tests.channels.pushes.telling import cancel, push, ship, there


def test_nothing_is_told_of_what_was_just_pulled(pulled: Pulled) -> None:
    assert push(pulled) == Telling()


def test_shipping_reaches_the_marketplace_with_its_tracking_number_once(pulled: Pulled, order: Order) -> None:
    ship(order)

    assert push(pulled) == Telling(told=1)

    shown = there(pulled, order)
    assert (shown["status"], shown["tracking_number"]) == ("Shipped", "TR-77")
    assert {line["status"] for line in shown["lines"]} == {"Shipped"}
    assert push(pulled) == Telling()


def test_what_came_back_with_the_next_pull_is_not_told_again(pulled: Pulled, order: Order) -> None:
    ship(order)
    push(pulled)
    pulled.clock.advance(timedelta(minutes=5))

    run = pulled.pull()

    assert (run.intake.created, run.intake.parked) == (0, 0)
    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED
    assert push(pulled) == Telling()


def test_a_cancellation_reaches_the_marketplace(pulled: Pulled, order: Order) -> None:
    cancel(order, is_all=True)

    assert push(pulled) == Telling(told=1)
    assert there(pulled, order)["status"] == "Cancelled"


def test_one_line_of_several_is_cancelled_there_too(pulled: Pulled) -> None:
    order = next(o for o in Order.objects.filter(channel=pulled.channel) if o.orderitem_set.count() > 1)
    first = order.orderitem_set.order_by("pk")[0]
    cancel(order, cancel_items=[first.pk])

    assert push(pulled) == Telling(told=1)

    cancelled = [line["sku"] for line in there(pulled, order)["lines"] if line["status"] == "Cancelled"]
    assert cancelled == [first.product.sku]


def test_an_invoice_reaches_the_marketplace(pulled: Pulled, order: Order) -> None:
    OrderService.update_order(order, invoice_number="INV-1", audit_context=CONTEXT)

    assert push(pulled) == Telling(told=1)
    assert there(pulled, order)["invoice_number"] == "INV-1"


def test_what_the_channel_need_not_know_is_not_sent(pulled: Pulled, order: Order) -> None:
    OrderService.update_order(order, notes="bring a ladder", audit_context=CONTEXT)

    assert push(pulled) == Telling(unchanged=1)
    assert push(pulled) == Telling()


def test_a_change_made_while_another_is_being_sent_is_sent_next_time(pulled: Pulled, order: Order) -> None:
    ship(order)
    # The marketplace says once that it is not finished; meanwhile somebody corrects the number.
    pulled.marketplace.behave(FaultPlan(unfinished_batch=1))
    pulled.clock.act = lambda: correct(order)

    assert push(pulled) == Telling(told=1)
    assert there(pulled, order)["tracking_number"] == "TR-77"

    assert push(pulled) == Telling(told=1)
    assert there(pulled, order)["tracking_number"] == "TR-78"
    assert push(pulled) == Telling()


def correct(order: Order) -> None:
    for item in order.orderitem_set.all():
        OrderItemService.update_order_item(item, tracking_number="TR-78", audit_context=CONTEXT)


def test_what_the_marketplace_does_not_take_this_time_is_told_after_a_pause(
    pulled: Pulled, order: Order
) -> None:
    ship(order)
    pulled.marketplace.behave(FaultPlan(refused_change=1))
    assert push(pulled) == Telling(postponed=1)
    assert there(pulled, order)["status"] == "Created"

    pulled.marketplace.calm()
    assert push(pulled) == Telling()
    pulled.clock.advance(timedelta(minutes=5))
    assert push(pulled) == Telling(told=1)
    assert there(pulled, order)["status"] == "Shipped"
    assert not ErrorReport.objects.exists()


def test_a_refusal_for_good_is_reported_and_not_repeated(pulled: Pulled, order: Order) -> None:
    action = IntegrationAction.objects.get(
        channel=pulled.channel, content_type__model="order", object_id=order.pk
    )
    action.remote_id = "nobody-knows-this"
    action.save()
    OrderService.update_order(order, invoice_number="INV-1", audit_context=CONTEXT)

    assert push(pulled) == Telling(refused=1)

    report = ErrorReport.objects.get(target_object_id=str(order.pk))
    assert (report.error_code, report.action_object_id, report.is_ok) == ("invoice", action.pk, False)
    action.refresh_from_db()
    assert action.status == IntegrationStatus.ERROR
    assert push(pulled) == Telling()


def test_a_marketplace_that_misbehaves_is_told_everything_once_in_the_end(pulled: Pulled) -> None:
    pulled.marketplace.behave(FaultPlan.seeded(9).without("refused_change"))
    orders = list(Order.objects.filter(channel=pulled.channel))
    for order in orders:
        ship(order)

    told = Telling()
    for _ in range(5):
        told += push(pulled)
        pulled.clock.advance(timedelta(minutes=20))

    assert told.told == len(orders)
    assert {there(pulled, order)["status"] for order in orders} == {"Shipped"}


def test_the_command_tells_what_became_of_it(pulled: Pulled, order: Order) -> None:
    ship(order)
    stdout = io.StringIO()
    call_command("push_updates", "--channel", str(pulled.channel.pk), stdout=stdout)

    result = json.loads(stdout.getvalue())
    counts = {name: result[name] for name in ("told", "unchanged", "refused", "postponed", "error")}
    assert counts == {"told": 1, "unchanged": 0, "refused": 0, "postponed": 0, "error": None}
    assert result["requests"] == 3


def test_a_channel_that_is_not_told_of_changes_is_left_alone(
    pulled: Pulled, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship(order)
    actions = "omnitron.channels.integrations.sandbox.integration.CommandIntegration.serializer_class"
    monkeypatch.setattr(actions, {})

    assert push(pulled) == Telling()
    assert there(pulled, order)["status"] == "Created"


def test_a_channel_that_is_left_in_peace_is_told_later(pulled: Pulled, order: Order) -> None:
    ship(order)
    state = PullState.objects.get(channel=pulled.channel)
    state.failures, state.open_until = 3, pulled.clock.now() + timedelta(minutes=10)
    state.save()

    run = ChannelService.push_updates(pulled.channel, clock=pulled.clock, audit_context=CONTEXT)

    assert isinstance(run.error, ChannelBreakerOpenException)
    assert (run.telling, run.requests) == (Telling(), 0)
    assert there(pulled, order)["status"] == "Created"
    pulled.clock.advance(timedelta(minutes=10))
    assert push(pulled) == Telling(told=1)
