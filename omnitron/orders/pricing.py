"""What the figures of an order add up to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Protocol

from omnitron.omnicore.money import ZERO, distribute


class PricedItem(Protocol):
    price: Decimal
    discount_amount: Decimal
    installment_interest_amount: Decimal


class PricedOrder(Protocol):
    amount: Decimal
    shipping_amount: Decimal
    shipping_interest_amount: Decimal
    shipping_refund_amount: Decimal


def item_total(item: PricedItem) -> Decimal:
    """What the customer pays for an item: price - discount share + interest share."""
    return item.price - item.discount_amount + item.installment_interest_amount


def shipping_left(order: PricedOrder) -> Decimal:
    """Shipping and its interest that no settled cancellation has given back yet."""
    return order.shipping_amount + order.shipping_interest_amount - order.shipping_refund_amount


def total_difference(order: PricedOrder, items: Iterable[PricedItem]) -> Decimal:
    """What the order's amount says beyond its parts; 0 where a channel's totals add up."""
    parts = sum((item_total(item) for item in items), ZERO)
    return order.amount - (parts + order.shipping_amount + order.shipping_interest_amount)


def shipping_shares(total: Decimal, items: Sequence[PricedItem]) -> list[Decimal]:
    """The share of each item in the order's shipping, by what the item costs."""
    return distribute(total, [item_total(item) for item in items])
