from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from omnitron.core.models import AuditLog
from omnitron.orders.models import Order, OrderItem
from tests.factories.catalogs import ProductFactory, ProductStockFactory
from tests.factories.channels import ChannelFactory
from tests.factories.customers import AddressFactory, CustomerFactory


@pytest.fixture
def new_order(db: None) -> dict[str, Any]:
    """A body that places an order without items."""
    customer = CustomerFactory(channel=ChannelFactory())
    address = AddressFactory(customer=customer)
    return {
        "number": "1222078610011628",
        "channel": customer.channel_id,
        "status": "200",
        "date_placed": "2026-01-02 10:11:12.123456",
        "customer": customer.pk,
        "shipping_address": address.pk,
        "billing_address": address.pk,
        "currency": "try",
        "amount": "108.50",
        "shipping_amount": "8.50",
        "extra_field": {"id": "R-1"},
    }


@pytest.fixture
def new_item(db: None) -> dict[str, Any]:
    """An element of `orderitem_set`, of a product with 5 pieces in stock."""
    stock = ProductStockFactory(product=ProductFactory(), stock=5)
    return {
        "product": stock.product_id,
        "stock_list": stock.stock_list_id,
        "status": "400",
        "price_currency": "try",
        "price": "110.00",
        "discount_amount": "10.00",
        "tax_rate": "20.00",
    }


@pytest.fixture
def rows() -> Callable[[], tuple[int, int, int]]:
    """How many orders, items and audit rows there are: a refusal leaves them as they were."""
    return lambda: (Order.objects.count(), OrderItem.objects.count(), AuditLog.objects.count())
