"""An order in the making: everything decided, nothing written. Money in cents, moments in microseconds."""

from __future__ import annotations

from dataclasses import dataclass, field

from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.demo.stories import Cancellation, Story
from omnitron.orders.demo.world import InstallmentPlan, Offer, Shop


@dataclass(frozen=True, slots=True)
class Buyer:
    customer_id: int
    shipping_address_id: int
    billing_address_id: int


@dataclass(frozen=True, slots=True)
class Payment:
    """How it is paid. `table_pk` is the payment row's, None where the channel was paid."""

    kind: str
    option_id: int | None
    slug: str | None
    plan: InstallmentPlan | None
    is_captured: bool
    table_pk: int | None


@dataclass(slots=True)
class Line:
    """An item: one unit, or `units` of them merged."""

    pk: int
    offer: Offer
    units: int
    price: int
    discount: int = 0
    interest: int = 0
    shipping_share: int = 0
    is_cancelled: bool = False

    @property
    def total(self) -> int:
        return self.price - self.discount + self.interest


@dataclass(slots=True)
class Draft:
    """`made` and `changed` are `created` and `modified` as text: most rows of an order carry them."""

    pk: int
    shop: Shop
    buyer: Buyer
    story: Story
    currency: str
    placed: int
    created: int
    modified: int
    made: str
    changed: str
    lines: list[Line]
    payment: Payment
    shipping: int
    discount: int
    cargo: tuple[int, str]
    chance: float
    cancelled: list[Line] = field(default_factory=list)

    @property
    def amount(self) -> int:
        return self.shipping + sum([line.total for line in self.lines])

    @property
    def cancellation(self) -> Cancellation | None:
        return self.story.cancellation

    @property
    def status(self) -> OrderStatus:
        """The lowest status of the active items; where all are cancelled, theirs."""
        cancellation = self.story.cancellation
        if cancellation is not None and cancellation.is_whole:
            return cancellation.item_status
        return self.story.status
