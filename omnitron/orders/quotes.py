"""What a cancellation gives back, to the cent, and why: computed once, shown as a preview, frozen by a plan. Pure.

An item gives back price - discount share + interest share. Shipping comes with it in two cases: its frozen share
where `is_cargo_refund` asks for it, and all that is left where the cancellation leaves no active item in an order
of which nothing was ever shipped. More than was captured and is not promised yet never goes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any, Protocol

from omnitron.omnicore.money import ZERO, distribute, tax_part
from omnitron.orders.pricing import PricedItem, item_total


class CancellableItem(PricedItem, Protocol):
    pk: int
    tax_rate: Decimal
    shipping_share: Decimal | None


class RefundRoom(Protocol):
    instrument: str
    transaction_id: int | None
    left: Decimal


@dataclass(frozen=True)
class ItemQuote:
    """One item's figures. `shipping_share` is what it may claim, `refund_amount` what goes back for it in all."""

    order_item: int
    price: Decimal
    discount_share: Decimal
    interest_share: Decimal
    shipping_share: Decimal
    tax_amount: Decimal
    refund_amount: Decimal

    @property
    def claim(self) -> Decimal:
        """What the item gives back where enough was captured."""
        return self.price - self.discount_share + self.interest_share + self.shipping_share

    @property
    def shipping_refund(self) -> Decimal:
        """The part of `refund_amount` that is shipping: what exceeds the goods, up to the share."""
        return max(ZERO, min(self.shipping_share, self.refund_amount - (self.claim - self.shipping_share)))


@dataclass(frozen=True)
class InstrumentQuote:
    """What goes back on one payment."""

    instrument: str
    transaction: int | None
    refund_amount: Decimal


@dataclass(frozen=True)
class Quote:
    """The figures of a plan, item by item and payment by payment; each column sums to the plan's."""

    items: tuple[ItemQuote, ...]
    instruments: tuple[InstrumentQuote, ...]
    refund_amount: Decimal
    discount_refund_amount: Decimal
    shipping_refund_amount: Decimal

    def figures(self) -> dict[str, Any]:
        """As it is shown and signed: amounts as text."""
        return _texts(asdict(self))


def quote(
    items: Sequence[CancellableItem],
    *,
    shipping: Decimal,
    forced_refund_amount: Decimal | None,
    rooms: Sequence[RefundRoom],
    left: Decimal,
) -> Quote:
    """The figures for cancelling `items`, of which at most `left` goes back; `shipping` is spread over them by
    their shares, and stands alone where there are no items. A forced sum must not exceed `left`.
    """
    weights = [item.shipping_share or ZERO for item in items]
    shares = distribute(shipping, weights) if items else []
    claims = [
        ItemQuote(
            order_item=item.pk,
            price=item.price,
            discount_share=item.discount_amount,
            interest_share=item.installment_interest_amount,
            shipping_share=share,
            tax_amount=tax_part(item.price - item.discount_amount, rate=item.tax_rate),
            refund_amount=item_total(item) + share,
        )
        for item, share in zip(items, shares, strict=True)
    ]
    return requoted(
        claims, shipping=shipping, forced_refund_amount=forced_refund_amount, rooms=rooms, left=left
    )


def requoted(
    claims: Sequence[ItemQuote],
    *,
    shipping: Decimal,
    forced_refund_amount: Decimal | None,
    rooms: Sequence[RefundRoom],
    left: Decimal,
) -> Quote:
    """Frozen claims against what is left by now: a payment may have been captured since they were frozen."""
    if not claims:
        wanted = shipping if forced_refund_amount is None else forced_refund_amount
        total = min(wanted, max(ZERO, left))
        return _quote((), total, shipping_refund=min(total, shipping), rooms=rooms)
    if forced_refund_amount is not None:
        weights = [item.refund_amount for item in claims]
        refunds = distribute(min(forced_refund_amount, max(ZERO, left)), weights)
    else:
        weights = [item.claim for item in claims]
        refunds = distribute(min(sum(weights, ZERO), max(ZERO, left)), weights, caps=weights)
    items = [replace(item, refund_amount=refund) for item, refund in zip(claims, refunds, strict=True)]
    return _quote(
        tuple(items),
        sum(refunds, ZERO),
        shipping_refund=sum((item.shipping_refund for item in items), ZERO),
        rooms=rooms,
    )


def over_rooms(amount: Decimal, rooms: Iterable[RefundRoom]) -> tuple[InstrumentQuote, ...]:
    """`amount` over the payments in their order, each up to what it has left.

    Raises ValueError when they have less than `amount`.
    """
    parts = []
    for room in rooms:
        part = min(amount, room.left)
        if part > 0:
            parts.append(
                InstrumentQuote(
                    instrument=str(room.instrument), transaction=room.transaction_id, refund_amount=part
                )
            )
            amount -= part
    if amount > 0:
        raise ValueError(f"{amount} more than the payments have left")
    return tuple(parts)


def _quote(
    items: tuple[ItemQuote, ...], total: Decimal, *, shipping_refund: Decimal, rooms: Sequence[RefundRoom]
) -> Quote:
    return Quote(
        items=items,
        instruments=over_rooms(total, rooms),
        refund_amount=total,
        discount_refund_amount=sum((item.discount_share for item in items), ZERO),
        shipping_refund_amount=shipping_refund,
    )


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _texts(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(inner) for inner in value]
    return str(value) if isinstance(value, Decimal) else value
