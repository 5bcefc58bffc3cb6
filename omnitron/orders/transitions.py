"""The table of item statuses, and the order's status as a function of its items'."""

from __future__ import annotations

from collections.abc import Iterable

from omnitron.omnicore.orders.enums import OrderStatus as S
from omnitron.omnicore.state_machine import Transitions

# Forward along this path any jump is legal: a marketplace may report delivered right after approved.
PATH = (
    S.WAITING,
    S.PAYMENT_WAITING,
    S.CONFIRMATION_WAITING,
    S.APPROVED,
    S.PREPARING,
    S.SHIPPED,
    S.SHIPPED_AND_INFORMED,
    S.READY_FOR_PICKUP,
    S.ATTEMPTED_DELIVERY,
    S.DELIVERED,
)

# Items in these take no part in the order's status: they are being, or have been, taken out of it.
INACTIVE = frozenset({S.CANCELLATION_WAITING, S.CANCELLED, S.REFUNDED})

SIDE_EDGES = {
    # A second try at the door.
    S.ATTEMPTED_DELIVERY: {S.SHIPPED, S.SHIPPED_AND_INFORMED, S.READY_FOR_PICKUP},
    S.DELIVERED: {S.REVIEW_STARTED},
    S.REVIEW_STARTED: {S.REVIEW_WAITING},
    S.REVIEW_WAITING: {S.DELIVERED},
    # Where to exactly is remembered by the cancellation plan; a refused one goes back to where it was.
    S.CANCELLATION_WAITING: (set(S) - {S.CANCELLATION_WAITING}),
    S.CANCELLED: set(),
    S.REFUNDED: set(),
}


def _edges() -> dict[S, frozenset[S]]:
    edges = {}
    for status in S:
        forward = set(PATH[PATH.index(status) + 1 :]) if status in PATH else set()
        cancellable = set() if status in INACTIVE else {S.CANCELLATION_WAITING}
        edges[status] = frozenset(forward | SIDE_EDGES.get(status, set()) | cancellable)
    return edges


# Items may be created anywhere but in 50: a cancellation is opened by `cancel`, with a plan.
ITEM_STATUS: Transitions[S] = Transitions(
    states=tuple(S), edges=_edges(), initial=frozenset(set(S) - {S.CANCELLATION_WAITING})
)


def order_status_of(item_statuses: Iterable[int], *, without_items: int) -> S:
    """The lowest status among the active items; with none active 50, else 600, else 100, whichever is there.

    An order that has no items at all keeps the status `without_items` it was created with.
    """
    statuses = {S(status) for status in item_statuses}
    if not statuses:
        return S(without_items)
    if active := statuses - INACTIVE:
        return min(active)
    return next(s for s in (S.CANCELLATION_WAITING, S.REFUNDED, S.CANCELLED) if s in statuses)
