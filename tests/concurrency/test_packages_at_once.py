"""The last two packages of an item leave at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from omnitron.orders.models import Order, Package
from omnitron.orders.use_cases import packages
from tests.factories.orders import ApprovedOrderFactory, OrderItemFactory, PackageItemFactory

pytestmark = pytest.mark.django_db(transaction=True)


def _ship_both(at_once: Callable[..., list[Any]]) -> Order:
    order = ApprovedOrderFactory(items=0)
    item = OrderItemFactory(order=order, attributes={"quantity": 2})
    pks = [PackageItemFactory(order_item=item, package__order=order).package_id for _ in range(2)]

    answers = at_once(
        *[lambda client, pk=pk: client.patch(f"/api/v1/packages/{pk}/", {"status": "600"}) for pk in pks]
    )

    assert [answer.status_code for answer in answers] == [200, 200]
    assert set(Package.objects.values_list("status", flat=True)) == {600}
    order.refresh_from_db()
    return order


def test_the_item_and_the_order_are_shipped(at_once: Callable[..., list[Any]]) -> None:
    order = _ship_both(at_once)

    assert list(order.orderitem_set.values_list("status", flat=True)) == [500]
    assert order.status == 500


def test_control_without_the_lock_neither_sees_the_other_leave(
    at_once: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier = threading.Barrier(2)

    def read_packages(order: Order) -> list[Package]:
        found = list(order.package_set.prefetch_related("packageitem_set").order_by("pk"))
        barrier.wait()  # both have read before either writes: what the lock prevents
        return found

    monkeypatch.setattr(packages, "lock_order", lambda pk: Order.objects.get(pk=pk))
    monkeypatch.setattr(packages, "lock_items", lambda order: list(order.orderitem_set.order_by("pk")))
    monkeypatch.setattr(packages, "_packages_of", read_packages)

    order = _ship_both(at_once)

    assert list(order.orderitem_set.values_list("status", flat=True)) == [400]
