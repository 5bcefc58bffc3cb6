"""How far orders have come, by their age: what a shop finds in its books."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from omnitron.omnicore.orders.enums import CancelStatus
from omnitron.omnicore.orders.enums import OrderStatus as S
from omnitron.orders.demo.world import deck
from omnitron.orders.enums import CancellationType


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A cancellation of the whole order or of its first item. `is_settled` is decided by the payment."""

    kind: CancellationType
    previous_status: S
    is_whole: bool
    decision: CancelStatus | None = None

    @property
    def is_settled(self) -> bool:
        return self.decision is None

    @property
    def item_status(self) -> S:
        """What the cancelled items are in."""
        if self.decision is CancelStatus.REJECTED:
            return self.previous_status
        if not self.is_settled:
            return S.CANCELLATION_WAITING
        return S.CANCELLED if self.kind is CancellationType.CANCEL else S.REFUNDED


@dataclass(frozen=True, slots=True)
class Story:
    """Status of the items, and what was cancelled of them."""

    status: S
    cancellation: Cancellation | None = None

    @property
    def furthest(self) -> S:
        """How far the order came before it was cancelled."""
        if self.cancellation is not None and self.cancellation.is_whole:
            return self.cancellation.previous_status
        return self.status


def _whole(kind: CancellationType, previous: S, decision: CancelStatus | None = None) -> Story:
    return Story(previous, Cancellation(kind, previous, is_whole=True, decision=decision))


def _partly(status: S, kind: CancellationType, previous: S, decision: CancelStatus | None = None) -> Story:
    return Story(status, Cancellation(kind, previous, is_whole=False, decision=decision))


_CANCEL, _REFUND = CancellationType.CANCEL, CancellationType.REFUND
_UNPAID = _whole(_CANCEL, S.PAYMENT_WAITING)
_CANCELLED = _whole(_CANCEL, S.APPROVED)
_REFUNDED = _whole(_REFUND, S.DELIVERED)
_ITEM_CANCELLED = _partly(S.DELIVERED, _CANCEL, S.APPROVED)
_ITEM_REFUNDED = _partly(S.DELIVERED, _REFUND, S.DELIVERED)
_REJECTED = _partly(S.DELIVERED, _REFUND, S.DELIVERED, CancelStatus.REJECTED)

# Stories by the age in days they are told up to; weights out of about a hundred.
BY_AGE: tuple[tuple[float, tuple[Story, ...]], ...] = (
    (
        1,
        deck(
            {
                Story(S.WAITING): 6,
                Story(S.PAYMENT_WAITING): 10,
                Story(S.CONFIRMATION_WAITING): 8,
                Story(S.APPROVED): 56,
                Story(S.PREPARING): 14,
                _UNPAID: 1,
                _CANCELLED: 3,
                _whole(_CANCEL, S.APPROVED, CancelStatus.WAITING): 2,
            }
        ),
    ),
    (
        4,
        deck(
            {
                Story(S.PAYMENT_WAITING): 3,
                Story(S.CONFIRMATION_WAITING): 1,
                Story(S.APPROVED): 15,
                Story(S.PREPARING): 24,
                Story(S.SHIPPED): 29,
                Story(S.SHIPPED_AND_INFORMED): 8,
                Story(S.DELIVERED): 6,
                _UNPAID: 3,
                _CANCELLED: 6,
                _partly(S.APPROVED, _CANCEL, S.APPROVED): 3,
                _whole(_CANCEL, S.APPROVED, CancelStatus.WAITING): 1,
                _partly(S.APPROVED, _CANCEL, S.APPROVED, CancelStatus.WAITING): 1,
            }
        ),
    ),
    (
        15,
        deck(
            {
                Story(S.SHIPPED): 8,
                Story(S.SHIPPED_AND_INFORMED): 8,
                Story(S.READY_FOR_PICKUP): 4,
                Story(S.ATTEMPTED_DELIVERY): 3,
                Story(S.REVIEW_STARTED): 1,
                Story(S.REVIEW_WAITING): 1,
                Story(S.DELIVERED): 56,
                _UNPAID: 3,
                _CANCELLED: 5,
                _whole(_REFUND, S.DELIVERED, CancelStatus.WAITING): 1,
                _whole(_REFUND, S.DELIVERED, CancelStatus.CONFIRMATION_WAITING): 1,
                _partly(S.DELIVERED, _REFUND, S.DELIVERED, CancelStatus.CONFIRMED): 1,
                _REFUNDED: 2,
                _ITEM_REFUNDED: 3,
                _ITEM_CANCELLED: 2,
                _REJECTED: 1,
            }
        ),
    ),
    (
        inf,
        deck(
            {
                Story(S.DELIVERED): 1620,
                _UNPAID: 60,
                _CANCELLED: 140,
                _REFUNDED: 80,
                _ITEM_REFUNDED: 60,
                _ITEM_CANCELLED: 30,
                _REJECTED: 10,
            }
        ),
    ),
)


def stories_of(age_days: float) -> tuple[Story, ...]:
    """What can have become of an order by now."""
    return next(stories for up_to, stories in BY_AGE if age_days < up_to)
