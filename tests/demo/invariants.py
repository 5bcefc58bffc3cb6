"""What must hold for demo orders beyond what holds for every order, as queries for those it does not hold for."""

from __future__ import annotations

from django.db import connection

from omnitron.orders import invariants

BROKEN = {
    "an order has items": "SELECT id FROM orders_order WHERE id NOT IN (SELECT order_id FROM orders_orderitem)",
    "an order's discount is its items' and its discounts'": """
        SELECT o.id FROM orders_order o
        WHERE o.discount_amount
                <> (SELECT sum(i.discount_amount) FROM orders_orderitem i WHERE i.order_id = o.id)
           OR o.discount_amount
                <> (SELECT coalesce(sum(d.amount), 0) FROM orders_discountitem d WHERE d.order_id = o.id)
    """,
    "a discount is the sum of its shares": """
        SELECT d.id FROM orders_discountitem d LEFT JOIN orders_benefitapplicant b ON b.discount_item_id = d.id
        GROUP BY d.id HAVING d.amount <> coalesce(sum(b.amount), 0)
    """,
    "an item's discount is the sum of its shares": """
        SELECT i.id FROM orders_orderitem i LEFT JOIN orders_benefitapplicant b ON b.order_item_id = i.id
        GROUP BY i.id HAVING i.discount_amount <> coalesce(sum(b.amount), 0)
    """,
    "an order's interest is its items'": """
        SELECT o.id FROM orders_order o JOIN orders_orderitem i ON i.order_id = o.id
        GROUP BY o.id HAVING o.installment_interest_amount <> sum(i.installment_interest_amount)
    """,
    "a plan's refund is the sum of its items'": """
        SELECT p.id FROM orders_cancellationplan p
            LEFT JOIN orders_cancellationplanorderitem i ON i.cancellation_plan_id = p.id
        GROUP BY p.id HAVING (p.refund_amount, p.shipping_refund_amount)
            IS DISTINCT FROM (coalesce(sum(i.refund_amount), 0), coalesce(sum(i.shipping_share), 0))
    """,
    "an item has the cancel status of its plan": """
        SELECT i.id FROM orders_orderitem i
            JOIN orders_cancellationplanorderitem pi ON pi.order_item_id = i.id
            JOIN orders_cancellationplan p ON p.id = pi.cancellation_plan_id
        WHERE i.cancel_status IS DISTINCT FROM p.status
    """,
    "an order has the cancel status of its only plan": """
        SELECT o.id FROM orders_order o JOIN orders_cancellationplan p ON p.order_id = o.id
        WHERE o.cancel_status IS DISTINCT FROM p.status
    """,
    "a rejected item is back where it was": """
        SELECT i.id FROM orders_orderitem i
            JOIN orders_cancellationplanorderitem pi ON pi.order_item_id = i.id
            JOIN orders_cancellationplan p ON p.id = pi.cancellation_plan_id
        WHERE p.status = 'rejected' AND i.status <> pi.previous_status
    """,
    "what is reserved is what the stock counts": """
        SELECT s.id FROM catalogs_productstock s LEFT JOIN orders_orderitem i
            ON i.product_id = s.product_id AND i.stock_list_id = s.stock_list_id
        GROUP BY s.id HAVING s.sold_quantity_unreported <> coalesce(sum(i.reserved_units), 0)
    """,
    "canceled and refunded items, and those the ERP took over, reserve nothing": """
        SELECT i.id FROM orders_orderitem i JOIN orders_order o ON o.id = i.order_id
        WHERE i.reserved_units > 0 AND (i.status IN (100, 600) OR o.is_send)
    """,
    "packages hold no more units of an item than it has": """
        SELECT i.id FROM orders_orderitem i
            JOIN orders_packageitem pi ON pi.order_item_id = i.id
            JOIN orders_package p ON p.id = pi.package_id AND p.status NOT IN (900, 1100)
        GROUP BY i.id HAVING sum(pi.quantity) > coalesce((i.attributes ->> 'quantity')::int, 1)
    """,
    "a package holds items of its order": """
        SELECT p.id FROM orders_package p JOIN orders_packageitem pi ON pi.package_id = p.id
            JOIN orders_orderitem i ON i.id = pi.order_item_id
        WHERE i.order_id <> p.order_id
    """,
    "an item whose every unit has left is shipped": """
        SELECT i.id FROM orders_orderitem i
            JOIN orders_packageitem pi ON pi.order_item_id = i.id
            JOIN orders_package p ON p.id = pi.package_id AND p.status IN (600, 700, 800)
        WHERE i.status BETWEEN 200 AND 499
        GROUP BY i.id HAVING sum(pi.quantity) >= coalesce((i.attributes ->> 'quantity')::int, 1)
    """,
    "a package that has left has a date of shipping, another has none": """
        SELECT id FROM orders_package
        WHERE status NOT IN (900, 1100) AND (status IN (600, 700, 800)) <> (shipped_date IS NOT NULL)
    """,
    "an active item of a vendor is in an order of that vendor": """
        SELECT i.id FROM orders_orderitem i
        WHERE i.datasource_id IS NOT NULL AND i.status NOT IN (50, 100, 600) AND NOT EXISTS (
            SELECT FROM orders_vendororderitem vi JOIN orders_vendororder v ON v.id = vi.vendor_order_id
            WHERE vi.order_item_id = i.id AND v.order_id = i.order_id AND v.data_source_id = i.datasource_id)
    """,
    "a vendor's item has the status of its item": """
        SELECT vi.id FROM orders_vendororderitem vi JOIN orders_orderitem i ON i.id = vi.order_item_id
        WHERE vi.status <> i.status
    """,
    "a vendor order has the lowest status of its active items": """
        SELECT v.id FROM orders_vendororder v JOIN orders_vendororderitem vi ON vi.vendor_order_id = v.id
        GROUP BY v.id HAVING v.status <> coalesce(
            min(vi.status) FILTER (WHERE vi.status NOT IN (50, 100, 600)),
            min(vi.status) FILTER (WHERE vi.status = 50),
            max(vi.status))
    """,
    "a card order that was taken on is paid in full": """
        SELECT o.id FROM orders_order o JOIN payments_transaction t ON t.order_id = o.id
            AND t.transaction_type = 'purchase' AND t.status = 'confirmed'
        WHERE o.payment_option_slug IN ('credit_card', 'mobilexpress')
            AND NOT EXISTS (SELECT FROM payments_loyaltytransaction l WHERE l.order_id = o.id)
        GROUP BY o.id HAVING sum(t.amount) <> o.amount
    """,
    "payments are in the order's currency": """
        SELECT t.id FROM payments_transaction t JOIN orders_order o ON o.id = t.order_id
        WHERE t.currency <> o.currency
    """,
    "an order's addresses are its customer's or a store's": """
        SELECT o.id FROM orders_order o
            JOIN customers_address a ON a.id IN (o.shipping_address_id, o.billing_address_id)
        WHERE a.retail_store_id IS NULL AND a.customer_id <> o.customer_id
    """,
    "an order's customer is its channel's": """
        SELECT o.id FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id
        WHERE c.channel_id <> o.channel_id
    """,
    "an address is unlike every other": """
        SELECT min(id) FROM customers_address GROUP BY hash_data
        HAVING count(*) > 1 OR hash_data !~ '^[0-9a-f]{32}$'
    """,
    "places lie in each other": """
        SELECT a.id FROM customers_address a JOIN customers_city c ON c.id = a.city_id
            LEFT JOIN customers_township t ON t.id = a.township_id
            LEFT JOIN customers_district d ON d.id = a.district_id
        WHERE c.country_id <> a.country_id OR t.city_id <> a.city_id OR d.township_id <> a.township_id
    """,
    "what was shipped has a date of shipping, what was not has none": """
        SELECT id FROM orders_orderitem
        WHERE status BETWEEN 200 AND 599 AND (status >= 500) <> (shipped_date IS NOT NULL)
    """,
    "nothing changes before it is made": """
        SELECT id FROM orders_order WHERE modified_date < created_date OR created_date < date_placed
    """,
    "the kept number of orders is the counted one": """
        SELECT sum(change) FROM core_rowcountchange WHERE relation = 'orders_order'
        HAVING coalesce(sum(change), 0) <> (SELECT count(*) FROM orders_order)
    """,
    "the kept number of items is the counted one": """
        SELECT sum(change) FROM core_rowcountchange WHERE relation = 'orders_orderitem'
        HAVING coalesce(sum(change), 0) <> (SELECT count(*) FROM orders_orderitem)
    """,
    "the kept number of a channel's orders is the counted one": """
        SELECT channel_id FROM (
            SELECT channel_id, sum(change) AS rows FROM core_rowcountchange
            WHERE relation = 'orders_order' GROUP BY 1
            UNION ALL SELECT channel_id, -count(*) FROM orders_order GROUP BY 1
        ) counts GROUP BY channel_id HAVING sum(rows) <> 0
    """,
}


def broken() -> dict[str, list[int]]:
    """For every rule that is broken, of any order or of demo orders, some pks it is broken for."""
    offenders: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for rule, query in BROKEN.items():
            cursor.execute(query)
            if rows := cursor.fetchmany(5):
                offenders[rule] = [pk for (pk,) in rows]
    for pk, rule in invariants.broken(first=0, last=2**62):
        offenders.setdefault(rule, []).append(pk)
    return offenders
