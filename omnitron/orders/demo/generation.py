"""Orders as a shop's books would hold them, drawn from one seed. Pure: no database, no clock."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from omnitron.omnicore.orders.enums import OrderStatus as S
from omnitron.orders.demo import money, tables
from omnitron.orders.demo.drafts import Buyer, Draft, Line, Payment
from omnitron.orders.demo.rows import Rows
from omnitron.orders.demo.stamps import DAY, HOUR, SECOND, stamp
from omnitron.orders.demo.stories import Story, stories_of
from omnitron.orders.demo.world import InstallmentPlan, Shop, World, deck
from omnitron.orders.enums import CancellationType

T = TypeVar("T")

YEARS_BACK = 3
# A shop grows: the density of orders rises towards today.
GROWTH = 1.5
ORDERS_A_CUSTOMER = 3
PAYMENT_WEIGHTS = {
    "credit_card": 66,
    "channel": 12,
    "pay_on_delivery": 9,
    "funds_transfer": 6,
    "bex": 3,
    "loyalty_money": 2,
    "cash_register": 2,
}
# What an order that waits for something waits for.
PAYMENT_OF_STATUS = {
    S.WAITING: "credit_card",
    S.PAYMENT_WAITING: "funds_transfer",
    S.CONFIRMATION_WAITING: "pay_on_delivery",
}
SHIPPING = {
    "try": (0, 0, 2990, 3990, 4990),
    "eur": (0, 490, 990),
    "usd": (0, 690, 1290),
    "gbp": (0, 450, 795),
}
DISCOUNT_PERCENTS = (5, 10, 10, 15, 20)
# How long after it was placed an order was last touched, at most, by how far it came.
DAYS_TO = {S.APPROVED: 0.1, S.PREPARING: 0.5, S.SHIPPED: 1.5, S.DELIVERED: 4.0}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What to generate: `orders` over the years before `now` (microseconds), each of so many items."""

    orders: int
    seed: int
    now: int
    items_min: int
    items_max: int


class Generator:
    """The orders of one run. Rows depend on the wishes, the world and the pks, not on the size of batches."""

    def __init__(self, world: World, wishes: Wishes, *, pks: Mapping[str, Callable[[], int]]) -> None:
        self._world = world
        self._wishes = wishes
        self._pks = pks
        self._random = random.Random(wishes.seed).random
        self._buyers: dict[tuple[int, str], list[Buyer]] = defaultdict(list)
        self._payments = deck({k: w for k, w in PAYMENT_WEIGHTS.items() if k in world.payment_options}) or (
            "channel",
        )
        self._sizes = _sizes(wishes.items_min, wishes.items_max)
        self._made = 0

    def rows(self, count: int) -> list[Rows]:
        """The rows of the next `count` orders, those of each shop apart: no row of one refers to another's."""
        parts = {shop.channel_id: Rows(self._random, self._world, self._pks) for shop in self._world.shops}
        for _ in range(count):
            shop = self._pick(self._world.shops)
            rows = parts[shop.channel_id]
            rows.add(self._draft(shop, rows))
            self._made += 1
        return list(parts.values())

    def _draft(self, shop: Shop, rows: Rows) -> Draft:
        now = self._wishes.now
        placed = now - self._age()
        created = min(placed + int((5 + 120 * self._random()) * SECOND), now)
        story = self._pick(stories_of((now - placed) / DAY))
        currency = self._pick(shop.currencies)
        lines = self._lines(shop, currency)
        story = _fitting(story, lines)
        modified = self._modified(created, story)
        draft = Draft(
            pk=self._pks[tables.ORDER](),
            shop=shop,
            buyer=self._buyer(rows, shop, currency, created),
            story=story,
            currency=currency,
            placed=placed,
            created=created,
            modified=modified,
            made=stamp(created),
            changed=stamp(modified),
            lines=lines,
            payment=self._payment(story),
            shipping=self._pick(SHIPPING[currency]),
            discount=self._discount(lines),
            cargo=self._pick(self._world.cargo_companies),
            chance=self._random(),
        )
        _add_interest(lines, draft.payment.plan)
        _cancel(draft)
        return draft

    def _pick(self, things: Sequence[T]) -> T:
        return things[int(self._random() * len(things))]

    def _age(self) -> int:
        """Ever smaller from order to order, so that the newest orders have the highest pks."""
        left = 1 - (self._made + self._random()) / self._wishes.orders
        return int(YEARS_BACK * 365 * DAY * left**GROWTH)

    def _modified(self, created: int, story: Story) -> int:
        furthest = story.furthest
        days = next((days for status, days in reversed(DAYS_TO.items()) if furthest >= status), 0.0)
        if story.cancellation is not None:
            days += 12 if story.cancellation.kind is CancellationType.REFUND else 1
        if not days:
            return created
        return max(created, min(created + int(days * DAY * (0.5 + self._random() / 2)), self._wishes.now))

    def _lines(self, shop: Shop, currency: str) -> list[Line]:
        offers = shop.offers[currency]
        take_pk = self._pks[tables.ITEM]
        lines = []
        for _ in range(self._pick(self._sizes)):
            offer = self._pick(offers)
            units = 2 + int(self._random() * 3) if self._random() < 0.05 else 1
            # Prices have changed since.
            price = money.part(offer.price, 80 + int(self._random() * 21), 100)
            lines.append(Line(take_pk(), offer, units, max(1, price) * units))
        return lines

    def _buyer(self, rows: Rows, shop: Shop, currency: str, moment: int) -> Buyer:
        known = self._buyers[shop.channel_id, currency]
        if known and self._random() * ORDERS_A_CUSTOMER >= 1:
            return self._pick(known)
        buyer = rows.add_buyer(shop, currency, moment - int(HOUR * self._random()))
        known.append(buyer)
        return buyer

    def _payment(self, story: Story) -> Payment:
        furthest = story.furthest
        kind = PAYMENT_OF_STATUS.get(furthest, "")
        if kind not in self._world.payment_options:
            kind = self._pick(self._payments)
        options = self._world.payment_options.get(kind, ((None, None),))
        option_id, slug = options[0] if self._random() < 0.9 else self._pick(options)
        plans = self._world.installment_plans
        table = tables.PAYMENTS.get(kind)
        return Payment(
            kind=kind,
            option_id=option_id,
            slug=slug,
            plan=self._pick(plans) if kind == "credit_card" and plans else None,
            is_captured=furthest >= (S.REVIEW_STARTED if kind == "pay_on_delivery" else S.APPROVED),
            table_pk=self._pks[table]() if table else None,
        )

    def _discount(self, lines: list[Line]) -> int:
        """Every fourth order has one; its shares are set on the lines."""
        if self._random() >= 0.25:
            return 0
        prices = [line.price for line in lines]
        amount = money.part(sum(prices), self._pick(DISCOUNT_PERCENTS), 100)
        for line, share in zip(lines, money.split(amount, prices), strict=True):
            line.discount = share
        return amount


def batches(orders: int, size: int) -> Iterator[int]:
    """The sizes of the batches that make up `orders`."""
    for start in range(0, orders, size):
        yield min(size, orders - start)


def _sizes(smallest: int, largest: int) -> tuple[int, ...]:
    """Numbers of items to draw from; between 1 and 5 the mean is 2.5."""
    weights = {1: 28, 2: 28, 3: 20, 4: 14, 5: 10}
    return deck({size: weights.get(size, 5) for size in range(smallest, largest + 1)})


def _fitting(story: Story, lines: list[Line]) -> Story:
    """An order of one item is never cancelled in part."""
    cancellation = story.cancellation
    if cancellation is not None and not cancellation.is_whole and len(lines) == 1:
        return Story(story.status)
    return story


def _add_interest(lines: list[Line], plan: InstallmentPlan | None) -> None:
    if plan is None or not plan.rate_hundredths:
        return
    nets = [line.price - line.discount for line in lines]
    interest = money.part(sum(nets), plan.rate_hundredths, 10_000)
    for line, share in zip(lines, money.split(interest, nets), strict=True):
        line.interest = share


def _cancel(draft: Draft) -> None:
    """Choose what is cancelled; of a whole order that never left, the shipping too."""
    cancellation = draft.cancellation
    if cancellation is None:
        return
    draft.cancelled = draft.lines if cancellation.is_whole else draft.lines[:1]
    for line in draft.cancelled:
        line.is_cancelled = True
    if cancellation.is_whole and cancellation.kind is CancellationType.CANCEL and draft.payment.is_captured:
        shares = money.split(draft.shipping, [line.price for line in draft.lines])
        for line, share in zip(draft.lines, shares, strict=True):
            line.shipping_share = share
