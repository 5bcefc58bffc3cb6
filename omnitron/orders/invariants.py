"""What must hold for every order, as queries for those it does not hold for.

Each gives the pks of orders between `%(first)s` and `%(last)s`. The database's constraints defend single rows;
these defend what rows say of each other. Asked by `manage.py audit_orders` and by tests.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from omnitron.orders.capture import PAYMENT_MODELS

SETTLED = "('completed', 'waiting_for_payment', 'manuel_refund_need')"
OPEN = "('waiting', 'confirmation_waiting', 'confirmed', 'approved')"
# The plan that decides the order's cancel status comes first; where none of these is there, the latest.
WORST_FIRST = "'{waiting,confirmation_waiting,confirmed,manuel_refund_need,waiting_for_payment}'::text[]"
IN_RANGE = "o.id BETWEEN %(first)s AND %(last)s"

_REFUNDED_BEYOND = " UNION ALL ".join(
    f"""
    SELECT r.order_id FROM orders_refund r JOIN {model._meta.db_table} t ON t.id = r.transaction_id
    WHERE r.instrument = '{instrument.value}' AND r.order_id BETWEEN %(first)s AND %(last)s
    GROUP BY r.order_id, t.id, t.amount HAVING sum(r.amount) > t.amount
    """
    for instrument, model in PAYMENT_MODELS.items()
)

RULES = {
    "its parts and total_difference add up to its amount": f"""
        SELECT o.id FROM orders_order o LEFT JOIN orders_orderitem i ON i.order_id = o.id WHERE {IN_RANGE}
        GROUP BY o.id HAVING o.amount <> o.shipping_amount + o.shipping_interest_amount + o.total_difference
            + coalesce(sum(i.price - i.discount_amount + i.installment_interest_amount), 0)
    """,
    "it has the lowest status of its active items": f"""
        SELECT o.id FROM orders_order o JOIN orders_orderitem i ON i.order_id = o.id WHERE {IN_RANGE}
        GROUP BY o.id HAVING o.status <> coalesce(
            min(i.status) FILTER (WHERE i.status NOT IN (50, 100, 600)),
            min(i.status) FILTER (WHERE i.status = 50),
            max(i.status))
    """,
    "it has the cancel status that its plans give it": f"""
        SELECT o.id FROM orders_order o JOIN orders_cancellationplan p ON p.order_id = o.id
        WHERE {IN_RANGE} GROUP BY o.id HAVING o.cancel_status IS DISTINCT FROM
            (array_agg(p.status ORDER BY array_position({WORST_FIRST}, p.status::text), p.id DESC))[1]
    """,
    "its items are in its currency": f"""
        SELECT o.id FROM orders_order o JOIN orders_orderitem i ON i.order_id = o.id
        WHERE {IN_RANGE} AND i.price_currency <> o.currency
    """,
    "its refunds are those of its settled plans": f"""
        SELECT o.id FROM orders_order o LEFT JOIN orders_cancellationplan p
            ON p.order_id = o.id AND p.status IN {SETTLED}
        WHERE {IN_RANGE} GROUP BY o.id
        HAVING count(p.id) > 0
            AND (o.refund_amount, o.discount_refund_amount, o.shipping_refund_amount) IS DISTINCT FROM
                (sum(p.refund_amount), sum(p.discount_refund_amount), sum(p.shipping_refund_amount))
    """,
    "a plan's refund is the sum of its items'": f"""
        SELECT o.id FROM orders_order o JOIN orders_cancellationplan p ON p.order_id = o.id
            JOIN orders_cancellationplanorderitem i ON i.cancellation_plan_id = p.id
        WHERE {IN_RANGE} GROUP BY o.id, p.id
        HAVING p.refund_amount <> sum(i.refund_amount) OR p.shipping_refund_amount > sum(i.shipping_share)
    """,
    "a settled plan's refund is in refund rows, an open one's in none": f"""
        SELECT o.id FROM orders_order o JOIN orders_cancellationplan p ON p.order_id = o.id
            LEFT JOIN orders_refund r ON r.cancellation_plan_id = p.id
        WHERE {IN_RANGE} GROUP BY o.id, p.id
        HAVING coalesce(sum(r.amount), 0) <> CASE WHEN p.status IN {SETTLED} THEN p.refund_amount ELSE 0 END
    """,
    "no payment gives back more than it took": f"""
        {_REFUNDED_BEYOND}
        UNION ALL
        SELECT o.id FROM orders_order o JOIN orders_refund r ON r.order_id = o.id AND r.instrument = 'channel'
        WHERE {IN_RANGE} GROUP BY o.id HAVING sum(r.amount) > o.amount
    """,
    "a plan is where its refunds are": f"""
        SELECT o.id FROM orders_order o JOIN orders_cancellationplan p ON p.order_id = o.id
            LEFT JOIN orders_refund r ON r.cancellation_plan_id = p.id
        WHERE {IN_RANGE} AND p.status IN {SETTLED} GROUP BY o.id, p.id
        HAVING p.status <> CASE
            WHEN bool_or(r.status IN ('manual', 'failed')) THEN 'manuel_refund_need'
            WHEN bool_or(r.status = 'pending') THEN 'waiting_for_payment'
            ELSE 'completed' END
    """,
    "an item waits at 50 if and only if an open plan has it": f"""
        SELECT o.id FROM orders_order o JOIN orders_orderitem i ON i.order_id = o.id
        WHERE {IN_RANGE} AND (i.status = 50) <> EXISTS (
            SELECT FROM orders_cancellationplanorderitem pi
                JOIN orders_cancellationplan p ON p.id = pi.cancellation_plan_id
            WHERE pi.order_item_id = i.id AND p.status IN {OPEN})
    """,
    "an item has the cancel status of the plan that stands for it": f"""
        SELECT o.id FROM orders_order o JOIN orders_orderitem i ON i.order_id = o.id
            JOIN orders_cancellationplanorderitem pi ON pi.order_item_id = i.id AND NOT pi.is_rejected
            JOIN orders_cancellationplan p ON p.id = pi.cancellation_plan_id
        WHERE {IN_RANGE} AND i.cancel_status IS DISTINCT FROM p.status
    """,
    "a rejected plan has let go of its items, another has not": f"""
        SELECT o.id FROM orders_order o JOIN orders_cancellationplan p ON p.order_id = o.id
            JOIN orders_cancellationplanorderitem pi ON pi.cancellation_plan_id = p.id
        WHERE {IN_RANGE} AND pi.is_rejected <> (p.status = 'rejected')
    """,
    "what a settled plan cancelled is out of the order": f"""
        SELECT o.id FROM orders_order o JOIN orders_cancellationplan p ON p.order_id = o.id
            JOIN orders_cancellationplanorderitem pi ON pi.cancellation_plan_id = p.id
            JOIN orders_orderitem i ON i.id = pi.order_item_id
        WHERE {IN_RANGE} AND p.status IN {SETTLED}
            AND i.status <> CASE p.plan_type WHEN 'cancel' THEN 100 ELSE 600 END
    """,
    "a cancelled item reserves nothing": f"""
        SELECT o.id FROM orders_order o JOIN orders_orderitem i ON i.order_id = o.id
        WHERE {IN_RANGE} AND i.status = 100 AND i.reserved_units > 0
    """,
    "a discount is taken back as far as settled plans did": f"""
        SELECT o.id FROM orders_order o JOIN orders_discountitem d ON d.order_id = o.id
            LEFT JOIN orders_discountitemcancellationplan dp ON dp.discount_item_id = d.id
            LEFT JOIN orders_cancellationplan p ON p.id = dp.cancellation_plan_id AND p.status IN {SETTLED}
        WHERE {IN_RANGE} GROUP BY o.id, d.id
        HAVING d.cancel_amount <> coalesce(sum(dp.amount) FILTER (WHERE p.id IS NOT NULL), 0)
    """,
}

STOCK = """
    SELECT s.id FROM catalogs_productstock s LEFT JOIN orders_orderitem i
        ON i.product_id = s.product_id AND i.stock_list_id = s.stock_list_id AND i.reserved_units > 0
    GROUP BY s.id HAVING s.sold_quantity_unreported < coalesce(sum(i.reserved_units), 0)
"""


def broken(*, first: int, last: int) -> Iterator[tuple[int, str]]:
    """The pk of every order between `first` and `last` that breaks a rule, with the rule in words."""
    with connection.cursor() as cursor:
        for rule, query in RULES.items():
            cursor.execute(query, {"first": first, "last": last})
            yield from ((pk, rule) for (pk,) in cursor.fetchall())


def short_stocks() -> list[int]:
    """The pks of stock rows that count fewer sold units than orders reserve."""
    with connection.cursor() as cursor:
        cursor.execute(STOCK)
        return [pk for (pk,) in cursor.fetchall()]
