"""What the figures of an order add up to, and how they are spread over its items. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Protocol

from omnitron.core.exceptions import InvalidInput
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


def interest_shares(amount: Decimal, items: Sequence[PricedItem]) -> list[Decimal]:
    """The share of each item in the order's instalment interest, by what it costs after discounts."""
    return distribute(amount, [item.price - item.discount_amount for item in items])


def discount_shares(
    discounts: Sequence[tuple[Decimal, Collection[int]]],
    *,
    prices: Sequence[Decimal],
    rooms: Sequence[Decimal],
) -> list[dict[int, Decimal]]:
    """What of each discount falls on which item, by the item's place.

    A discount is an amount and the places of the items it was given for (none: all). It goes to those by their
    price; what they have no room for goes to the others. An item it was given for has a share, be it 0. `rooms` is
    what each item can still be reduced by. Raises InvalidInput when the discounts are higher than that.
    """
    if sum((amount for amount, _ in discounts), ZERO) > sum(rooms, ZERO):
        raise InvalidInput(discount_amount="The discounts are higher than the items.")
    left = list(rooms)
    shares = []
    for amount, favoured in discounts:
        of_discount = _shares_of(amount, favoured, prices, left)
        for place, share in of_discount.items():
            left[place] -= share
        shares.append(of_discount)
    return shares


def _shares_of(
    amount: Decimal, favoured: Collection[int], prices: Sequence[Decimal], left: Sequence[Decimal]
) -> dict[int, Decimal]:
    places = range(len(prices))
    chosen = [place for place in places if place in favoured] or list(places)
    within = min(amount, sum((left[place] for place in chosen), ZERO))
    shares = _by_price(within, chosen, prices, left)
    if amount > within:
        others = [place for place in places if place not in chosen]
        over = _by_price(amount - within, others, prices, left)
        shares |= {place: share for place, share in over.items() if share}
    return shares


def _by_price(
    amount: Decimal, places: Sequence[int], prices: Sequence[Decimal], left: Sequence[Decimal]
) -> dict[int, Decimal]:
    caps = [left[place] for place in places]
    return dict(zip(places, distribute(amount, [prices[place] for place in places], caps=caps), strict=True))
