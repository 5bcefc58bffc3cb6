"""Taking orders in at once leaves, row for row, what taking them in one by one leaves."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from omnitron.core.audit import AuditContext
from omnitron.orders.models import BenefitApplicant, Order, OrderItem, VendorOrder
from omnitron.orders.service import OrderService
from tests.orders.intake.generated import World, incoming_orders
from tests.orders.intake.one_by_one import OneByOne
from tests.orders.intake.pictures import Before

ORDERS = 14


@pytest.mark.parametrize("seed", range(4))
def test_the_same_rows_as_one_by_one(seed: int, world: World, audit_context: AuditContext) -> None:
    check_same_rows(seed, world, audit_context)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1040))
def test_the_same_rows_as_one_by_one_from_many_seeds(
    seed: int, world: World, audit_context: AuditContext
) -> None:
    check_same_rows(seed, world, audit_context)


def check_same_rows(seed: int, world: World, audit_context: AuditContext) -> None:
    orders = incoming_orders(seed, ORDERS, world)
    before = Before(since=timezone.now())
    one_by_one = OneByOne(world.channel, audit_context)
    with transaction.atomic():
        for order in orders:
            one_by_one.take_in(order)
        expected = before.picture()
        transaction.set_rollback(True)

    taken = OrderService.take_in_orders(world.channel, orders, audit_context=audit_context)

    picture = before.picture()
    assert set(picture) == set(expected)
    for table, rows in expected.items():
        assert picture[table] == rows, table
    assert len(taken) == Order.objects.count() == ORDERS
    pks = dict(Order.objects.values_list("number", "pk"))
    assert [(one.number, one.remote_id, one.pk) for one in taken] == [
        (order.number, order.remote_id, pks[order.number]) for order in orders
    ]


def test_the_shapes_are_there(world: World, audit_context: AuditContext) -> None:
    """What is generated reaches what is to be compared."""
    orders = incoming_orders(1, 60, world)

    OrderService.take_in_orders(world.channel, orders, audit_context=audit_context)

    assert {200, 400, 600} <= set(Order.objects.values_list("status", flat=True))
    assert {100, 400, 600} <= set(OrderItem.objects.values_list("status", flat=True))
    assert OrderItem.objects.filter(is_stock_short=True).count() > 5
    assert OrderItem.objects.filter(reserved_units__gt=1).count() > 5
    assert OrderItem.objects.filter(status__in=(100, 600), shipping_share__gt=0).count() > 5
    assert VendorOrder.objects.count() > 5
    assert BenefitApplicant.objects.filter(amount__gt=0).count() > 20
