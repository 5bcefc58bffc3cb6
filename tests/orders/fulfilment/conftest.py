from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from rest_framework.response import Response
from rest_framework.test import APIClient

from omnitron.core.models import AuditLog
from omnitron.orders.models import Order, OrderItem, Package, PackageItem, VendorOrder, VendorOrderItem
from tests.factories.orders import ApprovedOrderFactory, OrderItemFactory


@pytest.fixture(autouse=True)
def _content_types_known(db: None) -> None:
    """A process looks each up once; counts of statements must not depend on which test comes first."""
    ContentType.objects.get_for_models(Order, OrderItem, Package, VendorOrder)


@pytest.fixture
def act(api: APIClient) -> Callable[..., Response]:
    """POST an action on an order."""

    def post(order: Order, action: str, body: dict[str, Any] | None = None) -> Response:
        return api.post(f"/api/v1/orders/{order.pk}/{action}/", body or {})

    return post


@pytest.fixture
def everything() -> Callable[[], list[Any]]:
    """All that an action of fulfilment could change: a refusal leaves it as it was."""
    models = (Order, OrderItem, Package, PackageItem, VendorOrder, VendorOrderItem)
    return lambda: (
        [list(model.objects.order_by("pk").values()) for model in models] + [AuditLog.objects.count()]
    )


@pytest.fixture
def order(db: None) -> Order:
    """Two approved items, the second of three units."""
    order = ApprovedOrderFactory(items=1, number="N", amount="200.00")
    OrderItemFactory(order=order, attributes={"quantity": 3})
    return order


@pytest.fixture
def items(order: Order) -> list[OrderItem]:
    return list(order.orderitem_set.order_by("pk"))


@pytest.fixture
def split(act: Callable[..., Response]) -> Callable[..., Response]:
    """Split an order into packages, each given by its contents (units by item, None for all) and its columns."""

    def post(order: Order, *packages: tuple[dict[OrderItem, int | None], dict[str, Any]]) -> Response:
        bodies = [
            {
                "order_items": [
                    {"order_item": item.pk} | ({"quantity": quantity} if quantity else {})
                    for item, quantity in content.items()
                ],
                **values,
            }
            for content, values in packages
        ]
        return act(order, "split_packages", {"packages": bodies})

    return post
