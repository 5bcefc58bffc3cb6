"""Orders that are here and changed at their channel: updated as people would, or not at all."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from omnitron.channels.integrations.dto import Intake
from omnitron.channels.models import ErrorReport, IntegrationAction, ParkedOrder, PulledOrder
from omnitron.channels.selectors import changed_since_told
from omnitron.core.models import AuditLog
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus
from omnitron.orders.models import CancellationPlan, Order, OrderItem, Refund
from omnitron.orders.service import OrderItemService, OrderService
from omnitron.payments.models import Transaction
from tests.channels.ingest.payloads import CONTEXT, LATER, NOON, House, a_line, an_address, an_order
from tests.factories.channels import IntegrationActionFactory
from tests.factories.orders import CancellationReasonFactory


def lines(first: dict[str, Any] | None = None, second: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The two lines of `an_order`, with changes."""
    return [a_line("L1", **(first or {})), a_line("L2", **{"sku": "CUP", "price": "50.00", **(second or {})})]


def later(hours: int = 1, **changes: Any) -> dict[str, Any]:
    """A later version of the order."""
    return an_order(modified=(LATER + timedelta(hours=hours)).isoformat(), **changes)


def statuses(house: House) -> list[int]:
    return list(house.order().orderitem_set.order_by("pk").values_list("status", flat=True))


def state(house: House) -> tuple[Any, ...]:
    """What must not move when a change is refused."""
    order = house.order()
    actions = list(IntegrationAction.objects.order_by("pk").values_list("version_date", "state"))
    plans, refunds, transactions = (
        model.objects.count() for model in (CancellationPlan, Refund, Transaction)
    )
    return (
        order.modified_date,
        order.amount,
        order.shipping_address,
        statuses(house),
        actions,
        plans,
        refunds,
        transactions,
    )


def waiting(house: House) -> list[Order]:
    """What the channel would be told of."""
    return list(changed_since_told(Order.objects.all(), channel_id=house.channel.pk))


def told(row: Order | OrderItem) -> dict[str, Any]:
    content_type = ContentType.objects.get_for_model(row)
    return IntegrationAction.objects.get(content_type=content_type, object_id=row.pk).state["told"]


@pytest.fixture
def taken_in(house: House) -> House:
    house.take_in(an_order())
    return house


def test_statuses_go_forward_with_how_it_travels(taken_in: House) -> None:
    changed = later(
        lines=lines({"status": 500, "tracking": "T-1", "carrier": "ups"}, {"status": 450, "invoice": "I-2"})
    )

    assert taken_in.take_in(changed) == Intake(seen=1, updated=1)

    first, second = taken_in.order().orderitem_set.order_by("pk")
    assert (first.status, first.tracking_number, first.shipping_company) == (500, "T-1", "ups")
    assert (second.status, second.invoice_number, taken_in.order().status) == (450, "I-2", 450)
    assert {"source": "channel", "event": "orderitem.status.changed"} in AuditLog.objects.values(
        "source", "event"
    )


def test_what_the_channel_reported_is_not_told_to_it_again(taken_in: House) -> None:
    assert waiting(taken_in) == []

    taken_in.take_in(later(lines=lines({"status": 500, "tracking": "T-1"}), notes="Hurry"))

    order = taken_in.order()
    assert waiting(taken_in) == []
    assert told(order.orderitem_set.earliest("pk")) == {"status": 500, "tracking_number": "T-1"}
    action = IntegrationAction.objects.get(content_type=ContentType.objects.get_for_model(order))
    assert action.version_date == order.modified_date


def test_what_was_changed_here_stays_and_still_waits_to_be_told(taken_in: House) -> None:
    first, second = taken_in.order().orderitem_set.order_by("pk")
    OrderItemService.update_order_item(first, tracking_number="OURS", audit_context=CONTEXT)
    OrderService.update_order(taken_in.order(), notes="Ours", audit_context=CONTEXT)

    taken_in.take_in(later(lines=lines(second={"status": 450})))

    first.refresh_from_db()
    assert (first.tracking_number, taken_in.order().notes, statuses(taken_in)) == ("OURS", "Ours", [400, 450])
    assert waiting(taken_in) == [taken_in.order()]
    assert told(first) == {"status": 400}


def test_the_same_version_twice_changes_nothing(taken_in: House) -> None:
    changed = later(lines=lines({"status": 500}), notes="x")
    taken_in.take_in(changed)
    before = state(taken_in)

    assert taken_in.take_in(changed) == Intake(seen=1, unchanged=1)
    assert taken_in.take_in(an_order()) == Intake(seen=1, unchanged=1)
    assert state(taken_in) == before
    pulled = PulledOrder.objects.get()
    assert pulled.remote_modified_date == LATER + timedelta(hours=1)


def test_the_channel_may_be_behind_what_was_done_here(taken_in: House) -> None:
    OrderService.change_order_status(taken_in.order(), status=OrderStatus.SHIPPED, audit_context=CONTEXT)

    assert taken_in.take_in(later(lines=lines({"status": 450}, {"status": 450}))) == Intake(
        seen=1, unchanged=1
    )

    assert statuses(taken_in) == [500, 500]
    # It knows 450; that it is shipped is still to be told.
    assert waiting(taken_in) == [taken_in.order()]


@pytest.mark.parametrize(
    ("case", "before", "after", "code"),
    [
        ("backward", {"status": 450}, {"status": 400}, "order_200_1"),
        ("after the end", {"status": 100}, {"status": 400}, "order_200_1"),
        ("a wish to cancel", {}, {"status": 50}, "order_200_2"),
    ],
)
def test_an_illegal_move_is_reported_and_parked_and_nothing_of_it_is_done(
    case: str, before: dict[str, Any], after: dict[str, Any], code: str, taken_in: House
) -> None:
    if before:
        assert taken_in.take_in(later(lines=lines(before))) == Intake(seen=1, updated=1)
    was = state(taken_in)

    changed = later(2, lines=lines(after, {"status": 500}), notes="new", bill_to=an_address(line="Elsewhere"))
    assert taken_in.take_in(changed) == Intake(seen=1, parked=1)

    assert state(taken_in) == was
    report = ErrorReport.objects.get()
    assert (report.error_code, report.action_object_id, report.is_ok) == (code, taken_in.order().pk, False)
    parked = ParkedOrder.objects.get()
    assert (parked.cause, parked.subject, parked.pulled_order.order) == (
        "illegal_move",
        code,
        taken_in.order(),
    )
    assert taken_in.take_in(changed, to_order=None) == Intake(seen=1, unchanged=1)


def test_a_change_that_is_withdrawn_frees_what_was_parked(taken_in: House) -> None:
    taken_in.take_in(later(lines=lines({"status": 50})))

    assert taken_in.take_in(later(2)) == Intake(seen=1, unchanged=1)

    assert ParkedOrder.objects.get().status == "taken_in"


@pytest.mark.parametrize(
    ("case", "changes", "subject"),
    [
        ("price", {"lines": lines({"price": "90.00"}), "amount": "150.00"}, "amount, price"),
        ("shipping", {"shipping": "0.00", "amount": "150.00"}, "amount, shipping_amount"),
        (
            "a line more",
            {"lines": [*lines(), a_line("L3", price="1.00")], "amount": "161.00"},
            "amount, line added",
        ),
        ("a line less", {"lines": lines()[:1], "amount": "110.00"}, "amount, line gone"),
        ("units", {"lines": lines({"quantity": 2})}, "quantity"),
        ("a discount", {"discounts": [["Sorry", "5.00"]], "amount": "155.00"}, "amount, discount_amount"),
    ],
)
def test_changed_figures_are_parked_with_the_rest_of_the_change(
    case: str, changes: dict[str, Any], subject: str, taken_in: House
) -> None:
    before = state(taken_in)

    assert taken_in.take_in(later(**changes, notes="new")) == Intake(seen=1, parked=1)

    assert state(taken_in) == before
    parked = ParkedOrder.objects.get()
    assert (parked.cause, parked.subject) == ("figures_changed", subject)


@pytest.mark.parametrize(("shipped", "ends_at", "plan_type"), [(False, 100, "cancel"), (True, 600, "refund")])
def test_a_cancellation_or_return_of_one_line_opens_and_settles_a_plan(
    shipped: bool, ends_at: int, plan_type: str, taken_in: House
) -> None:
    if shipped:
        taken_in.take_in(later(lines=lines({"status": 550}, {"status": 550})))
    other = 550 if shipped else 400

    reported = later(2, lines=lines({"status": ends_at}, {"status": other}))
    assert taken_in.take_in(reported) == Intake(seen=1, updated=1)

    plan, refund = CancellationPlan.objects.get(), Refund.objects.get()
    order = taken_in.order()
    assert statuses(taken_in) == [ends_at, other]
    assert (plan.plan_type, plan.status, plan.refund_amount) == (plan_type, "completed", Decimal("100.00"))
    assert (refund.instrument, refund.status, refund.proof[:20]) == (
        "channel",
        "done",
        "Reported by Bazaar, ",
    )
    assert (order.refund_amount, order.cancel_status) == (Decimal("100.00"), "completed")
    assert set(plan.cancellationplanorderitem_set.values_list("reason", flat=True)) == {taken_in.reason.pk}
    assert waiting(taken_in) == []


def test_the_whole_order_cancelled_gives_shipping_back_and_frees_the_stock(taken_in: House) -> None:
    taken_in.take_in(later(lines=lines({"status": 100}, {"status": 100})))

    order = taken_in.order()
    assert (order.status, order.refund_amount, order.shipping_refund_amount) == (
        100,
        Decimal("160.00"),
        Decimal("10.00"),
    )
    assert set(OrderItem.objects.values_list("reserved_units", flat=True)) == {0}
    assert CancellationPlan.objects.count() == 1


def test_what_is_returned_though_it_was_never_seen_shipped_was_delivered(taken_in: House) -> None:
    taken_in.take_in(later(lines=lines({"status": 600}, {"status": 100})))

    assert statuses(taken_in) == [600, 100]
    plans = CancellationPlan.objects.order_by("plan_type").values_list("plan_type", "status")
    assert list(plans) == [("cancel", "completed"), ("refund", "completed")]


def test_a_card_is_not_paid_back_twice(house: House) -> None:
    """The channel gave the money back itself: nothing is left to be sent to the gateway."""
    payment = {"by": "card", "amount": "160.00", "status": "confirmed", "reference": "P-1"}
    house.take_in(an_order(payments=[payment]))

    house.take_in(later(payments=[payment], lines=lines({"status": 100})))

    refund = Refund.objects.get()
    assert (refund.instrument, refund.status, refund.amount) == ("card", "done", Decimal("100.00"))
    assert refund.transaction_id == Transaction.objects.get().pk


def test_the_reason_is_the_one_the_channels_code_is_mapped_to_and_no_other(taken_in: House) -> None:
    mapped = CancellationReasonFactory()
    taken_in.channel.conf = {**taken_in.channel.conf, "reason_mapping": {"7": mapped.pk}}
    before = state(taken_in)

    assert taken_in.take_in(later(lines=lines({"status": 100}), reason="8")) == Intake(seen=1, parked=1)
    parked = ParkedOrder.objects.get()
    assert (parked.cause, parked.subject, state(taken_in)) == ("unknown_reason", "8", before)

    assert taken_in.take_in(later(2, lines=lines({"status": 100}), reason="7")) == Intake(seen=1, updated=1)
    (row,) = CancellationPlan.objects.get().cancellationplanorderitem_set.all()
    assert row.reason == mapped


@pytest.mark.parametrize(
    "opened_at", [None, CancelStatus.CONFIRMATION_WAITING, CancelStatus.CONFIRMED, CancelStatus.APPROVED]
)
def test_the_channel_decides_its_part_of_a_cancellation_that_is_open_here(
    opened_at: CancelStatus | None, taken_in: House
) -> None:
    order = taken_in.order()
    first, second = order.orderitem_set.order_by("pk")
    reasons = dict.fromkeys([first.pk, second.pk], taken_in.reason.pk)
    OrderService.cancel_order(
        order, reasons=reasons, is_all=True, next_status=opened_at, audit_context=CONTEXT
    )

    assert taken_in.take_in(later(lines=lines({"status": 100}))) == Intake(seen=1, updated=1)

    assert statuses(taken_in) == [100, 50]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.cancel_status, second.cancel_status) == ("completed", opened_at or "waiting")


def test_goods_that_are_to_be_stopped_may_not_be_reported_as_shipped(taken_in: House) -> None:
    order = taken_in.order()
    first = order.orderitem_set.earliest("pk")
    reasons = {first.pk: taken_in.reason.pk}
    OrderService.cancel_order(order, reasons=reasons, cancel_items=[first.pk], audit_context=CONTEXT)
    before = state(taken_in)

    assert taken_in.take_in(later(lines=lines({"status": 500}))) == Intake(seen=1, parked=1)

    assert (state(taken_in), ParkedOrder.objects.get().subject) == (before, "order_200_4")


def test_an_address_follows_until_it_is_shipped(taken_in: House) -> None:
    moved = later(address=an_address(line="Elsewhere 2"), bill_to=an_address())

    assert taken_in.take_in(moved) == Intake(seen=1, updated=1)
    order = taken_in.order()
    assert (order.shipping_address.line, order.billing_address.line) == ("Elsewhere 2", "Moda Cad. 1")

    shipped = lines({"status": 500}, {"status": 500})
    taken_in.take_in(later(2, address=an_address(line="Elsewhere 2"), bill_to=an_address(), lines=shipped))
    before = state(taken_in)
    again = later(3, address=an_address(line="Nowhere"), bill_to=an_address(), lines=shipped)
    assert taken_in.take_in(again) == Intake(seen=1, parked=1)
    assert (state(taken_in), ParkedOrder.objects.get().subject) == (before, "order_600_1")


def test_an_address_of_an_order_of_which_nothing_is_left_stays(taken_in: House) -> None:
    cancelled = lines({"status": 100}, {"status": 100})
    taken_in.take_in(later(lines=cancelled))

    moved = later(2, lines=cancelled, address=an_address(line="Elsewhere 2"), bill_to=an_address())

    assert taken_in.take_in(moved) == Intake(seen=1, unchanged=1)
    assert taken_in.order().shipping_address.line == "Moda Cad. 1"
    assert not ParkedOrder.objects.exists()


def test_payments_are_added_and_updated_by_their_reference(taken_in: House) -> None:
    pending = {"by": "card", "amount": "160.00", "status": "pending", "reference": "P-1"}

    assert taken_in.take_in(later(payments=[pending])).updated == 1
    assert taken_in.take_in(later(2, payments=[{**pending, "status": "confirmed"}])).updated == 1

    assert (Transaction.objects.get().status, Transaction.objects.get().amount) == (
        "confirmed",
        Decimal("160.00"),
    )


def test_an_order_that_came_another_way_is_linked_and_compared(house: House) -> None:
    """As a channel's application brings it: known by its number, its lines by their products."""
    house.take_in(an_order())
    order = house.order()
    PulledOrder.objects.all().delete()
    IntegrationAction.objects.all().delete()
    IntegrationActionFactory(channel=house.channel, about=order, remote_id=None)

    assert house.take_in(later(lines=lines({"status": 450}))) == Intake(seen=1, updated=1)

    assert (Order.objects.count(), PulledOrder.objects.get().order, statuses(house)) == (1, order, [450, 400])
    assert set(IntegrationAction.objects.values_list("remote_id", flat=True)) == {"R-N-1", "L1", "L2"}
    assert house.take_in(later(2, lines=lines({"status": 500}, {"status": 500}))) == Intake(seen=1, updated=1)
    assert waiting(house) == []


def test_an_order_that_was_deleted_here_is_taken_in_anew(house: House) -> None:
    waiting_payment = an_order(lines=lines({"status": 200}, {"status": 200}))
    house.take_in(waiting_payment)
    OrderService.delete_order(house.order(), audit_context=CONTEXT)

    assert house.take_in(waiting_payment) == Intake(seen=1, created=1)
    assert PulledOrder.objects.get().order == house.order()


def test_an_order_of_a_page_that_is_refused_takes_no_other_with_it(house: House) -> None:
    house.take_in(*(an_order(f"N-{number}") for number in range(1, 4)))
    page = [
        an_order(f"N-{number}", modified=LATER.isoformat(), lines=lines({"status": 450}))
        for number in range(1, 5)
    ]
    page[1]["lines"][0]["status"] = 50

    assert house.take_in(*page) == Intake(seen=4, created=1, updated=2, parked=1)

    found = dict(OrderItem.objects.filter(product=house.kettle).values_list("order__number", "status"))
    assert found == {"N-1": 450, "N-2": 400, "N-3": 450, "N-4": 450}


def test_changed_orders_cost_the_same_number_of_statements_for_2_and_for_50(house: House) -> None:
    house.take_in(*(an_order(f"N-{number}") for number in range(55)))

    def statements(first: int, last: int) -> int:
        changes = {"modified": LATER.isoformat(), "notes": "new"}
        changes["lines"] = lines({"status": 450, "tracking": "T-1"}, {"status": 450})
        page = [an_order(f"N-{number}", **changes) for number in range(first, last)]
        with CaptureQueriesContext(connection) as captured:
            assert house.take_in(*page).updated == last - first
        return len(captured)

    statements(0, 2)
    assert statements(2, 4) == statements(5, 55)


def test_an_older_version_is_believed_unless_the_newer_one_was_seen_in_this_run(taken_in: House) -> None:
    restored = an_order(modified=(NOON - timedelta(hours=5)).isoformat(), notes="restored")
    this_run = timezone.now()

    assert taken_in.take_in(later(notes="newer"), run_started=this_run).updated == 1
    assert taken_in.take_in(restored, run_started=this_run) == Intake(seen=1, unchanged=1)
    assert taken_in.order().notes == "newer"

    next_run = timezone.now()
    assert taken_in.take_in(restored, run_started=next_run) == Intake(seen=1, updated=1)
    assert taken_in.order().notes == "restored"
    pulled = PulledOrder.objects.get()
    assert (pulled.remote_modified_date, pulled.previous_modified_date) == (
        NOON - timedelta(hours=5),
        LATER + timedelta(hours=1),
    )
    assert taken_in.take_in(restored, run_started=timezone.now()) == Intake(seen=1, unchanged=1)


def test_an_older_version_is_not_believed_where_no_run_is_known(taken_in: House) -> None:
    taken_in.take_in(later(notes="newer"))

    assert taken_in.take_in(an_order(notes="old")) == Intake(seen=1, unchanged=1)

    assert taken_in.order().notes == "newer"


@pytest.mark.parametrize("status", [450, 500])
def test_of_a_line_of_which_a_part_was_cancelled_here_the_rest_goes_on(house: House, status: int) -> None:
    house.take_in(an_order(lines=lines({"quantity": 2})))
    pot = house.order().orderitem_set.order_by("pk")[0]
    kept, gone = OrderItemService.split_order_item(pot, quantity=1, audit_context=CONTEXT)
    OrderService.cancel_order(
        house.order(), reasons={gone.pk: house.reason.pk}, cancel_items=[gone.pk], audit_context=CONTEXT
    )
    OrderService.approved_order_cancel(house.order(), audit_context=CONTEXT)

    shown = later(lines=lines({"quantity": 2, "status": status}, {"status": status}))
    assert house.take_in(shown) == Intake(seen=1, updated=1)

    now = dict(house.order().orderitem_set.values_list("pk", "status"))
    assert (now.pop(gone.pk), set(now.values())) == (OrderStatus.CANCELLED, {status})
    assert len(now) == 2
    assert not ParkedOrder.objects.exists()


def test_of_a_line_that_is_cancelled_here_as_a_whole_nothing_goes_on(house: House) -> None:
    house.take_in(an_order(lines=lines()))
    cup = house.order().orderitem_set.order_by("pk")[1]
    OrderService.cancel_order(
        house.order(), reasons={cup.pk: house.reason.pk}, cancel_items=[cup.pk], audit_context=CONTEXT
    )
    OrderService.approved_order_cancel(house.order(), audit_context=CONTEXT)
    before = state(house)

    assert house.take_in(later(lines=lines({}, {"status": 500}))) == Intake(seen=1, parked=1)

    assert ParkedOrder.objects.get().cause == "illegal_move"
    assert state(house) == before
