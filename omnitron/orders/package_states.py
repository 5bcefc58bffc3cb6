"""The table of package statuses, and what they mean for the items inside. Pure."""

from __future__ import annotations

from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.omnicore.state_machine import Transitions
from omnitron.orders.enums import PackageStatus as P

# Forward along this path any jump is legal, as with items.
PATH = (
    P.WAITING,
    P.PREPARING,
    P.READY_FOR_PACKAGING,
    P.PACKED,
    P.SHIPPED,
    P.ATTEMPTED_DELIVERY,
    P.DELIVERED,
)

# The goods have left; such a package stays when an order is split anew.
SHIPPED = frozenset({P.SHIPPED, P.ATTEMPTED_DELIVERY, P.DELIVERED})
# Nothing is in these any more.
CLOSED = frozenset({P.CANCELLED, P.PACKED_FOR_REFUND})
PACKED = frozenset({P.PACKED})

# What an item becomes when all of its units are in packages that are at least this far.
ITEM_STATUS_OF = {
    P.SHIPPED: OrderStatus.SHIPPED,
    P.ATTEMPTED_DELIVERY: OrderStatus.ATTEMPTED_DELIVERY,
    P.DELIVERED: OrderStatus.DELIVERED,
}

_BEFORE_PACKED = frozenset({P.WAITING, P.PREPARING, P.READY_FOR_PACKAGING})

# OMS documents 100, 920 -> 1100, and that what is out of stock is scheduled anew.
SIDE_EDGES = {
    **dict.fromkeys(_BEFORE_PACKED, {P.OUT_OF_STOCK, P.CANCELLED}),
    P.WAITING: {P.OUT_OF_STOCK, P.CANCELLED, P.PACKED_FOR_REFUND},
    P.PACKED: {P.CANCELLED},
    P.OUT_OF_STOCK: {P.WAITING, P.PREPARING, P.CANCELLED, P.PACKED_FOR_REFUND},
    # A second try at the door.
    P.ATTEMPTED_DELIVERY: {P.SHIPPED},
}

PACKAGE_STATUS: Transitions[P] = Transitions(
    states=tuple(P),
    edges={
        status: frozenset(
            (set(PATH[PATH.index(status) + 1 :]) if status in PATH else set()) | SIDE_EDGES.get(status, set())
        )
        for status in P
    },
    initial=frozenset(PATH),
)
