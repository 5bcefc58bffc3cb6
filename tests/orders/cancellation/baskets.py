"""Baskets of any make, and a way to cancel them in any sequence of parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import strategies as st

from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource
from omnitron.omnicore.money import ZERO, distribute
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.models import Order, OrderItem
from omnitron.payments.enums import TransactionStatus
from tests.factories.orders import (
    ApprovedOrderFactory,
    BenefitApplicantFactory,
    DiscountItemFactory,
    OrderItemFactory,
)
from tests.factories.payments import LoyaltyTransactionFactory, TransactionFactory

CONTEXT = AuditContext.system(AuditSource.CRON)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Basket:
    """An order as it was placed and paid, and the parts it is cancelled in: groups of positions, and whether each
    is first opened and rejected."""

    prices: tuple[Decimal, ...]
    discount: Decimal
    interest: Decimal
    shipping: Decimal
    shipping_interest: Decimal
    currency: str
    is_shipped: bool
    is_cargo_refund: bool
    loyalty_percent: int
    # Of what the card should have paid: all, half, none, or more than it should.
    card: str
    parts: tuple[tuple[tuple[int, ...], bool], ...]

    @property
    def total(self) -> Decimal:
        goods = sum(self.prices, ZERO) - self.discount + self.interest
        return goods + self.shipping + self.shipping_interest


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    amounts = st.integers(0, 100_000).map(lambda cents: cents * CENT)
    prices = tuple(draw(st.lists(amounts, min_size=1, max_size=4)))
    sequence = draw(st.permutations(range(len(prices))))
    return Basket(
        prices=prices,
        discount=draw(st.integers(0, int(sum(prices) / CENT))) * CENT,
        interest=draw(amounts),
        shipping=draw(amounts),
        shipping_interest=draw(amounts),
        currency=draw(st.sampled_from(["try", "eur", "iqd"])),
        is_shipped=draw(st.booleans()),
        is_cargo_refund=draw(st.booleans()),
        loyalty_percent=draw(st.sampled_from([0, 0, 30, 100])),
        card=draw(st.sampled_from(["all", "all", "half", "none", "more"])),
        parts=tuple(_parts(draw, sequence)),
    )


def _parts(draw: st.DrawFn, sequence: Sequence[int]) -> list[tuple[tuple[int, ...], bool]]:
    parts: list[list[int]] = [[]]
    for position in sequence:
        if parts[-1] and draw(st.booleans()):
            parts.append([])
        parts[-1].append(position)
    return [(tuple(part), draw(st.booleans())) for part in parts]


def place(basket: Basket) -> tuple[Order, list[OrderItem]]:
    """The order, its items with their frozen shares, and its payments."""
    order = ApprovedOrderFactory(
        items=0,
        currency=basket.currency,
        status=OrderStatus.DELIVERED if basket.is_shipped else OrderStatus.APPROVED,
        amount=basket.total,
        discount_amount=basket.discount,
        shipping_amount=basket.shipping,
        shipping_interest_amount=basket.shipping_interest,
        installment_interest_amount=basket.interest,
    )
    discounts = distribute(basket.discount, basket.prices, caps=basket.prices)
    interests = distribute(basket.interest, [Decimal(1)] * len(basket.prices))
    items = [
        OrderItemFactory(
            order=order, price=price, discount_amount=discount, installment_interest_amount=interest
        )
        for price, discount, interest in zip(basket.prices, discounts, interests, strict=True)
    ]
    if basket.discount:
        given = DiscountItemFactory(order=order, amount=basket.discount)
        for item in items:
            BenefitApplicantFactory(order_item=item, discount_item=given, amount=item.discount_amount)
    _pay(order, basket)
    return order, items


def _pay(order: Order, basket: Basket) -> None:
    loyalty = (basket.total * basket.loyalty_percent / 100).quantize(CENT)
    card = basket.total - loyalty
    paid = {"half": (card / 2).quantize(CENT), "more": card + 10}.get(basket.card, card)
    status = TransactionStatus.PENDING if basket.card == "none" else TransactionStatus.CONFIRMED
    TransactionFactory(order=order, amount=paid, status=status, currency=basket.currency)
    if loyalty:
        LoyaltyTransactionFactory(order=order, amount=loyalty, currency=basket.currency)
