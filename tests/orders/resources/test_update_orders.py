"""Many orders changed at once are what they would be one by one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput
from omnitron.core.models import AuditLog
from omnitron.orders.dto import OrderChanges
from omnitron.orders.exceptions import OrderStatusException
from omnitron.orders.models import Order, OrderItem, VendorOrder, VendorOrderItem
from omnitron.orders.service import OrderItemService, OrderService
from tests.factories.channels import DataSourceFactory
from tests.factories.orders import ApprovedOrderFactory

pytestmark = pytest.mark.django_db
# What depends on when, and which pk came next.
BLURRED = {"id", "modified_date", "created_date", "shipped_date", "delivered_date", "request_id"}


def picture() -> list[Any]:
    """All rows the changes write, but for what is not theirs."""
    rows = [
        {name: value for name, value in row.items() if name not in BLURRED}
        for model in (Order, OrderItem, VendorOrder, VendorOrderItem)
        for row in model.objects.order_by("pk").values()
    ]
    rows_audited = AuditLog.objects.order_by("content_type", "object_id", "event")
    audited = rows_audited.values_list("object_id", "event", "old", "new")
    return [rows, [(pk, event, *map(without_moments, values)) for pk, event, *values in audited]]


def without_moments(values: dict[str, Any] | None) -> dict[str, Any] | None:
    return values and {name: value for name, value in values.items() if name not in BLURRED}


@pytest.fixture
def changes() -> dict[int, OrderChanges]:
    """Of three orders, one with a vendor's item: notes, tracking, statuses, an item that stays; and one of
    nothing new.
    """
    first, second, third = ApprovedOrderFactory.create_batch(3, extra_field={"kept": 1})
    by_vendor = first.orderitem_set.earliest("pk")
    by_vendor.datasource = DataSourceFactory()
    by_vendor.save()
    vendor_order = VendorOrder.objects.create(order=first, data_source=by_vendor.datasource, status=400)
    VendorOrderItem.objects.create(vendor_order=vendor_order, order_item=by_vendor, status=400)
    items = {order.pk: list(order.orderitem_set.order_by("pk")) for order in (first, second, third)}
    shipped = {"status": 500, "tracking_number": "T-1", "shipping_company": "ups", "extra_field": {"more": 2}}
    return {
        first.pk: OrderChanges(
            {"notes": "new", "extra_field": {"more": 2}},
            {items[first.pk][0].pk: shipped, items[first.pk][1].pk: {"status": 450}},
        ),
        second.pk: OrderChanges({}, {items[second.pk][0].pk: {"tracking_number": "T-2"}}),
        third.pk: OrderChanges({"notes": third.notes}, {items[third.pk][0].pk: {"status": 400}}),
    }


def one_by_one(changes: dict[int, OrderChanges], audit_context: AuditContext) -> None:
    for pk, change in changes.items():
        OrderService.update_order(Order(pk=pk), audit_context=audit_context, **change.values)
        for item, values in change.items.items():
            OrderItemService.update_order_item(
                OrderItem.objects.get(pk=item),
                force=True,
                shipping_update=True,
                audit_context=audit_context,
                **values,
            )


def test_the_same_rows_as_one_by_one(changes: dict[int, OrderChanges], audit_context: AuditContext) -> None:
    with transaction.atomic():
        one_by_one(changes, audit_context)
        expected = picture()
        transaction.set_rollback(True)

    touched = OrderService.update_orders(changes, audit_context=audit_context)

    assert picture() == expected
    assert touched == set(list(changes)[:2])


@pytest.mark.parametrize(
    ("case", "change", "refusal"),
    [
        ("an illegal move", {"status": 200}, OrderStatusException),
        ("units", {"attributes": {"quantity": 3}}, InvalidInput),
        ("money", {"price": "1.00"}, InvalidInput),
    ],
)
def test_one_that_is_refused_takes_all_back(
    case: str,
    change: dict[str, Any],
    refusal: type[Exception],
    changes: dict[int, OrderChanges],
    audit_context: AuditContext,
) -> None:
    last = list(changes)[-1]
    changes[last].items[next(iter(changes[last].items))] = change
    before = picture()

    with pytest.raises(refusal):
        OrderService.update_orders(changes, audit_context=audit_context)

    assert picture() == before
