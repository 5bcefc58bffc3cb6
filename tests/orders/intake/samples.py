"""A plain order as a channel might hand it over, to be varied."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from omnitron.omnicore.orders.enums import ShippingCompany
from omnitron.orders.capture import PAYMENT_MODELS
from omnitron.orders.dto import IncomingDiscount, IncomingItem, IncomingOrder, IncomingPayment
from tests.orders.intake.generated import World


def customer(number: str = "1", **changes: Any) -> dict[str, Any]:
    return {
        "channel_code": f"C-{number}",
        "email": f"ada{number}@example.com",
        "first_name": "Ada",
        "last_name": "Yılmaz",
        **changes,
    }


def item(world: World, remote_id: str, *, place: int = 0, **changes: Any) -> IncomingItem:
    values = {
        "price": Decimal("100.00"),
        "tax_rate": Decimal("20.00"),
        "stock_list": world.stock_lists[place],
        **changes,
    }
    return IncomingItem(product=world.products[place], values=values, remote_id=remote_id)


def order(world: World, number: str, **changes: Any) -> IncomingOrder:
    """Two items of 100.00, shipping of 10.00, a new customer with one address. `changes` are of `values` where they
    are no field of IncomingOrder.
    """
    district = world.districts[0]
    address = {
        "first_name": "Ada",
        "last_name": "Yılmaz",
        "country": district.city.country,
        "city": district.city,
        "line": "Moda Cad. 1",
    }
    given: dict[str, Any] = {
        "remote_id": f"R-{number}",
        "customer": customer(number),
        "shipping_address": address,
        "billing_address": address,
        "items": [item(world, f"{number}-1"), item(world, f"{number}-2", place=1)],
    }
    values = {
        "date_placed": datetime(2026, 1, 2, tzinfo=UTC),
        "amount": Decimal("210.00"),
        "shipping_amount": Decimal("10.00"),
    }
    fields = set(IncomingOrder.__dataclass_fields__) - {"values"}
    given |= {name: value for name, value in changes.items() if name in fields}
    values |= {name: value for name, value in changes.items() if name not in fields}
    return IncomingOrder(number=number, values=values, **given)


def full_order(world: World, number: str) -> IncomingOrder:
    """An order that has a row in every table an order can have rows in."""
    return order(
        world,
        number,
        items=[
            item(world, f"{number}-1", datasource=world.vendors[0], shipping_company=ShippingCompany.ARAS),
            item(world, f"{number}-2", place=1),
        ],
        discounts=[IncomingDiscount(values={"name": "A", "amount": Decimal("10.00")})],
        payments=[
            IncomingPayment(instrument=instrument, values={"amount": Decimal("10.00")})
            for instrument in PAYMENT_MODELS
        ],
    )
