"""The shop's statuses and ours.

Each django-oscar shop has a pipeline of its own. These are the demo shop's; `conf["statuses"]` adds those of
another ({"Complete": 550}).
"""

from __future__ import annotations

from omnitron.omnicore.orders.enums import OrderStatus

BEING_PROCESSED, SHIPPED, DELIVERED = "Being processed", "Shipped", "Delivered"
RETURNED, CANCELLED = "Returned", "Cancelled"

# An order is placed when it is paid, or need not be: whoever prepares it may begin.
OURS = {
    "Pending": OrderStatus.APPROVED,
    BEING_PROCESSED: OrderStatus.PREPARING,
    SHIPPED: OrderStatus.SHIPPED,
    DELIVERED: OrderStatus.DELIVERED,
    RETURNED: OrderStatus.REFUNDED,
    CANCELLED: OrderStatus.CANCELLED,
}

# What the shop is told, step by step: it does not deliver what it never shipped.
STEPS = {
    OrderStatus.PREPARING: (BEING_PROCESSED,),
    OrderStatus.SHIPPED: (SHIPPED,),
    OrderStatus.SHIPPED_AND_INFORMED: (SHIPPED,),
    OrderStatus.READY_FOR_PICKUP: (SHIPPED,),
    OrderStatus.ATTEMPTED_DELIVERY: (SHIPPED,),
    OrderStatus.REVIEW_STARTED: (SHIPPED, DELIVERED),
    OrderStatus.REVIEW_WAITING: (SHIPPED, DELIVERED),
    OrderStatus.DELIVERED: (SHIPPED, DELIVERED),
    OrderStatus.REFUNDED: (RETURNED,),
    OrderStatus.CANCELLED: (CANCELLED,),
}

# Which units of a line count as having been through a step there. What came back had been delivered.
_HAVE_LEFT = frozenset(status for status, steps in STEPS.items() if SHIPPED in steps)
HAVE_REACHED = {
    SHIPPED: _HAVE_LEFT | {OrderStatus.REFUNDED},
    DELIVERED: frozenset(status for status, steps in STEPS.items() if DELIVERED in steps)
    | {OrderStatus.REFUNDED},
    RETURNED: frozenset({OrderStatus.REFUNDED}),
    CANCELLED: frozenset({OrderStatus.CANCELLED}),
}
