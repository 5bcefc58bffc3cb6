"""The tables of item statuses and cancel statuses, and what an order's are as a function of its parts'. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from omnitron.omnicore.orders.enums import CancelStatus as C
from omnitron.omnicore.orders.enums import OrderStatus as S
from omnitron.omnicore.state_machine import Transitions
from omnitron.orders.enums import CancellationRequestStatus as R

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

# A plan nobody has decided yet; beside it no second one is opened. The least decided first.
UNDECIDED = (C.WAITING, C.CONFIRMATION_WAITING, C.CONFIRMED)
# Approved, and the money on its way, in somebody's hands, or back. The worst first.
SETTLING = (C.MANUEL_REFUND_NEED, C.WAITING_FOR_PAYMENT, C.COMPLETED)
# A plan whose items still wait at 50. `approved` rests only where `next_status` opened the plan there.
OPEN = (*UNDECIDED, C.APPROVED)
# Nothing follows on these, for this plan.
FINAL = frozenset({C.COMPLETED, C.REJECTED})

# The status of a plan, and with it of its items; None is an item that was never cancelled. The documents ban
# approved -> confirmed and every way back from waiting_for_payment.
CANCEL_STATUS: Transitions[C | None] = Transitions(
    states=(None, *C),
    edges={
        None: frozenset({*UNDECIDED, C.APPROVED, C.MANUEL_REFUND_NEED}),
        C.WAITING: frozenset({C.CONFIRMATION_WAITING, C.CONFIRMED, C.APPROVED, C.REJECTED, *SETTLING}),
        C.CONFIRMATION_WAITING: frozenset({C.CONFIRMED, C.APPROVED, C.REJECTED}),
        C.CONFIRMED: frozenset({C.APPROVED, C.REJECTED, *SETTLING}),
        # Rejected only while the plan has no refund row.
        C.APPROVED: frozenset({C.REJECTED, *SETTLING}),
        C.WAITING_FOR_PAYMENT: frozenset({C.MANUEL_REFUND_NEED, C.COMPLETED}),
        C.MANUEL_REFUND_NEED: frozenset({C.WAITING_FOR_PAYMENT, C.COMPLETED}),
        # The same item in a new plan.
        C.REJECTED: frozenset(
            {C.WAITING, C.CONFIRMATION_WAITING, C.CONFIRMED, C.APPROVED, C.MANUEL_REFUND_NEED}
        ),
        C.COMPLETED: frozenset(),
    },
    initial=frozenset({None}),
)

# A customer's or channel's request. It is completed by the end of the plan that stands for it.
REQUEST_STATUS: Transitions[R] = Transitions(
    states=tuple(R),
    edges={
        R.WAITING_APPROVAL: frozenset({R.CONFIRMED, R.APPROVED, R.REJECTED, R.COMPLETED}),
        R.CONFIRMED: frozenset({R.APPROVED, R.REJECTED, R.COMPLETED}),
        R.APPROVED: frozenset({R.COMPLETED}),
        R.REJECTED: frozenset(),
        R.COMPLETED: frozenset(),
    },
    initial=frozenset({R.WAITING_APPROVAL}),
)
# Requests nobody has decided yet.
OPEN_REQUESTS = (R.WAITING_APPROVAL, R.CONFIRMED)


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


def order_cancel_status_of(plan_statuses: Iterable[str], *, without_plans: str | None) -> C | None:
    """The undecided plan's status; else the worst of those still settling; else the latest plan's.

    `plan_statuses` from the oldest plan to the latest; an order without plans keeps `without_plans`.
    """
    statuses = [C(status) for status in plan_statuses]
    if not statuses:
        return C(without_plans) if without_plans else None
    for wanted in (*UNDECIDED, C.MANUEL_REFUND_NEED, C.WAITING_FOR_PAYMENT):
        if wanted in statuses:
            return wanted
    return statuses[-1]
