"""Any two actions on one order, at the same moment, end as if one had come after the other."""

from __future__ import annotations

import itertools
import os
import random
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from omnitron.orders.invariants import broken
from omnitron.orders.models import CancellationPlan, CancellationReason, Order, OrderItem, Refund
from tests.concurrency.order_requests import (
    Request,
    action,
    cancelling,
    moving_second,
    sending_refund,
    settling,
    shipping,
    with_plan,
)
from tests.factories.customers import AddressFactory
from tests.factories.orders import ApprovedOrderFactory

pytestmark = pytest.mark.django_db(transaction=True)
AtOnce = Callable[..., list[Any]]
Pair = tuple[str, str]


def _open(reason: CancellationReason) -> Order:
    """Two items, the first of two units; nothing cancelled yet."""
    order = ApprovedOrderFactory(items=2, captured_by_card=True, shipping_amount=Decimal("9.00"))
    first = order.orderitem_set.earliest("pk")
    OrderItem.objects.filter(pk=first.pk).update(attributes={"quantity": 2})
    return order


KINDS: dict[str, Callable[[CancellationReason], Order]] = {
    "open": _open,
    "waiting": lambda reason: with_plan(_open(reason), reason, items=1),
    "settling": lambda reason: settling(_open(reason), reason),
}


def _requests(order: Order, reason: CancellationReason) -> dict[str, Request]:
    first = order.orderitem_set.earliest("pk").pk
    elsewhere = AddressFactory(customer=order.customer)
    requests = {
        "cancel one": cancelling(order, reason, 0),
        "cancel the other": cancelling(order, reason, 1),
        "cancel all": cancelling(order, reason),
        "approve": action(order, "cancellation_approved_order"),
        "reject": action(order, "cancellation_reject_order"),
        "confirm": action(order, "update_cancel_status", order_items=[first], cancel_status="confirmed"),
        "ship": shipping(order),
        "pack the other": moving_second(order, 450),
        "split packages": action(
            order, "split_packages", packages=[{"order_items": [{"order_item": first}]}]
        ),
        "split the line": lambda client: client.post(
            f"/api/v1/order_items/{first}/split/", {"quantity": 1}, format="json"
        ),
        "share out": action(order, "set_distribute_interest_amount"),
        "map": action(order, "create_mapping", code=f"ERP-{order.pk}"),
        "address": action(order, "change_shipping_address", address=elsewhere.pk),
    }
    for refund in Refund.objects.filter(order=order):
        requests |= {
            "send": sending_refund(order),
            "by hand": action(order, "update_cancel_status", cancel_status="manuel_refund_need"),
            "paid": action(order, "update_cancel_status", cancel_status="completed", proof="EFT 1"),
            "to the gateway": action(order, "update_cancel_status", cancel_status="waiting_for_payment"),
            "close": lambda client, pk=refund.pk: client.post(
                f"/api/v1/refunds/{pk}/complete/", {"proof": "EFT 2"}, format="json"
            ),
        }
    return requests


def _state(order: Order) -> tuple[Any, ...]:
    """All that the actions change, without pks and moments."""
    order.refresh_from_db()
    items = OrderItem.objects.filter(order=order).order_by("pk")
    plans = CancellationPlan.objects.filter(order=order).order_by("pk")
    moved_address = order.shipping_address_id != order.billing_address_id
    return (
        (order.status, order.cancel_status, order.refund_amount, order.shipping_refund_amount, moved_address),
        [
            (i.status, i.cancel_status, i.price, i.discount_amount, i.attributes, i.reserved_units)
            for i in items
        ],
        [(plan.plan_type, plan.status, plan.refund_amount) for plan in plans],
        sorted(Refund.objects.filter(order=order).values_list("instrument", "amount", "status")),
        sorted(order.package_set.values_list("status", "packageitem__quantity")),
    )


def _check(
    at_once: AtOnce, reason: CancellationReason, make: Callable[[CancellationReason], Order], pair: Pair
) -> None:
    both = make(reason)
    requests = _requests(both, reason)
    answers = at_once(*[requests[name] for name in pair])
    assert {answer.status_code for answer in answers} <= {200, 201, 406}, pair
    state = _state(both)
    assert list(broken(first=both.pk, last=both.pk)) == [], pair
    # A twin for each sequence; the second only if the first does not explain what was seen.
    assert any(state == _in_turn(at_once, reason, make(reason), names) for names in (pair, pair[::-1])), pair


def _in_turn(
    at_once: AtOnce, reason: CancellationReason, order: Order, names: Sequence[str]
) -> tuple[Any, ...]:
    requests = _requests(order, reason)
    for name in names:
        at_once(requests[name])
    return _state(order)


def _deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def test_some_pairs(at_once: AtOnce, reason: CancellationReason) -> None:
    _check(at_once, reason, KINDS["open"], ("split the line", "cancel all"))
    _check(at_once, reason, KINDS["open"], ("address", "ship"))
    _check(at_once, reason, KINDS["open"], ("split packages", "cancel one"))
    _check(at_once, reason, KINDS["settling"], ("send", "by hand"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_pair(at_once: AtOnce, reason: CancellationReason, kind: str) -> None:
    before = _deadlocks()
    names = list(_requests(KINDS[kind](reason), reason))
    for pair in itertools.combinations_with_replacement(names, 2):
        _check(at_once, reason, KINDS[kind], pair)
    assert _deadlocks() == before


@pytest.mark.soak
def test_several_at_once_break_nothing_for_long(at_once: AtOnce, reason: CancellationReason) -> None:
    seed = int(os.environ.get("OMNITRON_SOAK_SEED", time.time()))
    choose = random.Random(seed)
    end = time.monotonic() + 60 * float(os.environ.get("OMNITRON_SOAK_MINUTES", "10"))
    before = _deadlocks()
    while time.monotonic() < end:
        order = KINDS[choose.choice(list(KINDS))](reason)
        for _ in range(4):
            requests = _requests(order, reason)
            names = choose.choices(list(requests), k=4)
            answers = at_once(*[requests[name] for name in names])
            assert {answer.status_code for answer in answers} <= {200, 201, 406}, (seed, names)
            assert list(broken(first=order.pk, last=order.pk)) == [], (seed, names)
    assert _deadlocks() == before
