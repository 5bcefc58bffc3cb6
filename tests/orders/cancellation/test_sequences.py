"""Whatever the basket: parts give back what the whole does, and no payment gives more than it took."""

from __future__ import annotations

import os
from collections.abc import Sequence
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from omnitron.omnicore.money import ZERO
from omnitron.orders.capture import rooms_of
from omnitron.orders.models import CancellationPlan, Order, OrderItem, Refund
from omnitron.orders.selectors import read_whole_order
from omnitron.orders.service import OrderService
from tests.factories.orders import CancellationReasonFactory
from tests.orders.cancellation.baskets import CONTEXT, Basket, baskets, place

pytestmark = pytest.mark.django_db
SUMS = ("refund_amount", "discount_refund_amount", "shipping_refund_amount")
Parts = Sequence[tuple[tuple[int, ...], bool]]


def _cancelled(basket: Basket, parts: Parts) -> Order:
    """Place the basket, cancel it in `parts`, check what must hold on the way, and undo everything."""
    with transaction.atomic():
        order, items = place(basket)
        for positions, is_rejected_first in parts:
            _cancel(order, basket, [items[position] for position in positions], twice=is_rejected_first)
        order.refresh_from_db()
        _check_sums(order)
        transaction.set_rollback(True)
    return order


def _cancel(order: Order, basket: Basket, items: Sequence[OrderItem], *, twice: bool) -> None:
    reason = CancellationReasonFactory()
    asked = {
        "reasons": {item.pk: reason.pk for item in items},
        "cancel_items": [item.pk for item in items],
        "is_cargo_refund": basket.is_cargo_refund,
    }
    if twice:
        OrderService.cancel_order(order, audit_context=CONTEXT, **asked)
        OrderService.reject_order_cancel(order, audit_context=CONTEXT)
        stored = OrderItem.objects.filter(pk__in=asked["cancel_items"]).order_by("pk")
        assert [item.status for item in stored] == [item.status for item in items]
    preview = OrderService.cancel_preview(order, **asked)
    plan = OrderService.cancel_order(order, audit_context=CONTEXT, digest=preview["digest"], **asked)
    OrderService.approved_order_cancel(order, audit_context=CONTEXT)
    plan.refresh_from_db()
    assert {name: str(getattr(plan, name)) for name in SUMS} == {name: preview[name] for name in SUMS}
    refunds = plan.refund_set.order_by("pk").values_list("instrument", "transaction_id", "amount")
    assert [(instrument, pk, str(amount)) for instrument, pk, amount in refunds] == [
        (part["instrument"], part["transaction"], part["refund_amount"]) for part in preview["instruments"]
    ]


def _check_sums(order: Order) -> None:
    plans = CancellationPlan.objects.filter(order=order).exclude(status="rejected")
    for name in SUMS:
        assert getattr(order, name) == sum((getattr(plan, name) for plan in plans), ZERO)
    for room in rooms_of(read_whole_order(order.pk)):
        refunds = Refund.objects.filter(
            order=order, instrument=room.instrument, transaction_id=room.transaction_id
        )
        given_back = sum((refund.amount for refund in refunds), ZERO)
        assert room.left == room.captured - given_back >= 0


def _given_back(order: Order, basket: Basket) -> tuple[Decimal | int, ...]:
    # Where less was captured than is claimed, which part of it was shipping depends on what came first.
    is_part_captured = basket.card == "half" or (basket.card == "none" and basket.loyalty_percent > 0)
    names = SUMS[:2] if is_part_captured else SUMS
    return (*(getattr(order, name) for name in names), order.status)


def _check(basket: Basket) -> None:
    everything = tuple(range(len(basket.prices)))

    at_once = _cancelled(basket, [(everything, False)])
    in_parts = _cancelled(basket, basket.parts)

    assert _given_back(in_parts, basket) == _given_back(at_once, basket)
    if basket.card in {"all", "more"} and not basket.is_shipped:
        assert at_once.refund_amount == basket.total


quietly = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=12, derandomize=True, **quietly)
@given(basket=baskets())
def test_parts_give_back_what_the_whole_does(db: None, basket: Basket) -> None:
    _check(basket)


@pytest.mark.soak
@settings(max_examples=100 * int(os.environ.get("OMNITRON_SOAK_MINUTES", "10")), **quietly)
@given(basket=baskets())
def test_parts_give_back_what_the_whole_does_for_long(db: None, basket: Basket) -> None:
    _check(basket)
