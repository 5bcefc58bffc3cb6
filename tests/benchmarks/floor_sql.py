"""The statements of the floor: PostgreSQL builds the whole answer, and each answer is one statement.

Written by hand and not taken from our own compiler, so that an expense of that compiler would show as a
difference between the two.
"""

from __future__ import annotations


def moment(column: str) -> str:
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def dates(alias: str) -> str:
    return (
        f"{moment(f'{alias}.created_date')} AS created_date, "
        f"{moment(f'{alias}.modified_date')} AS modified_date"
    )


def one(select: str) -> str:
    return f"(SELECT row_to_json(r) FROM ({select}) r)"


def many(select: str) -> str:
    return f"(SELECT coalesce(json_agg(row_to_json(r)), '[]') FROM ({select}) r)"


def status_name(column: str) -> str:
    names = {50: "cancellation_waiting", 100: "canceled", 200: "waiting", 300: "payment_waiting"}
    names |= {350: "confirmation_waiting", 400: "approved", 450: "preparing", 500: "shipped"}
    names |= {510: "shipped_and_informed", 520: "ready_for_pickup", 540: "attempted_delivery"}
    names |= {544: "review_started", 545: "review_waiting", 550: "delivered", 600: "refunded"}
    return f"CASE {column} " + " ".join(f"WHEN {code} THEN '{name}'" for code, name in names.items()) + " END"


DELIVERY_RANGE = f"""CASE WHEN o.delivery_range IS NOT NULL THEN json_build_object(
    'lower', {moment("lower(o.delivery_range)")}, 'upper', {moment("upper(o.delivery_range)")}, 'bounds', '[)')
    END AS delivery_range"""

FLAT = f"""SELECT o.id AS pk, o.number, o.channel_id AS channel, o.status::text AS status,
    {moment("o.date_placed")} AS date_placed, o.customer_id AS customer,
    o.shipping_address_id AS shipping_address, o.billing_address_id AS billing_address, o.currency,
    o.amount::text AS amount, o.shipping_amount::text AS shipping_amount,
    o.shipping_tax_rate::text AS shipping_tax_rate, o.extra_field, o.payment_option_id AS payment_option,
    o.payment_option_slug, o.bin_number, o.installment_id AS installment, o.installment_count,
    o.installment_interest_amount::text AS installment_interest_amount, o.cargo_company_id AS cargo_company,
    o.invoice_number, {moment("o.invoice_date")} AS invoice_date, o.e_archive_url,
    o.refund_amount::text AS refund_amount, o.discount_refund_amount::text AS discount_refund_amount,
    o.shipping_refund_amount::text AS shipping_refund_amount, o.discount_amount::text AS discount_amount,
    o.is_send, o.net_shipping_amount::float8 AS net_shipping_amount,
    o.shipping_interest_amount::text AS shipping_interest_amount, o.tracking_number, o.carrier_shipping_code,
    host(o.remote_addr) AS remote_addr,
    (SELECT coalesce(json_agg(f.id ORDER BY f.id), '[]') FROM payments_fundstransfertransaction f
     WHERE f.order_id = o.id) AS fundstransfertransaction_set,
    o.has_gift_box, o.gift_box_note, o.external_status_id AS external_status, o.client_type, o.language_code,
    o.notes, {DELIVERY_RANGE}, o.shipping_option_slug, o.segment,
    {moment("o.modified_date")} AS modified_date, {moment("o.created_date")} AS created_date, o.delivery_type,
    o.checkout_provider_id, o.cancel_status"""

# Page by page, an index of pks alone is walked; only the page's own rows are fetched and rendered.
PAGE = f"""SELECT coalesce(string_agg(row_to_json(r)::text, ','), ''), count(*) FROM (
    {FLAT} FROM (SELECT id FROM orders_order ORDER BY id DESC LIMIT $1 OFFSET $2) page
    JOIN orders_order o USING (id) ORDER BY o.id DESC) r"""
COUNTED_PAGE = f"SELECT p.*, (SELECT count(*) FROM orders_order) FROM ({PAGE}) p"

EXACT = f"""SELECT coalesce(string_agg(row_to_json(r)::text, ','), ''), count(*) FROM (
    {FLAT} FROM orders_order o WHERE o.number = $1 ORDER BY o.id DESC LIMIT $2) r"""

# The index is read once, for the page and for the count.
PARTIAL = f"""WITH hit AS MATERIALIZED (SELECT id FROM orders_order WHERE upper(number) LIKE %s)
    SELECT coalesce(string_agg(row_to_json(r)::text, ','), ''), count(*), (SELECT count(*) FROM hit) FROM (
    {FLAT} FROM (SELECT id FROM hit ORDER BY id DESC LIMIT %s) page
    JOIN orders_order o USING (id) ORDER BY o.id DESC) r"""


def address(column: str) -> str:
    place = "(SELECT row_to_json(r) FROM (SELECT id AS pk, id, name FROM {table} WHERE id = a.{column}) r)"
    city, township, district = (
        place.format(table=f"customers_{name}", column=f"{name}_id")
        for name in ("city", "township", "district")
    )
    country = one("SELECT id AS pk, name, code FROM customers_country WHERE id = a.country_id")
    return one(
        f"""SELECT a.id AS pk, a.email, a.phone_number, a.first_name, a.last_name, {country} AS country,
        {city} AS city, a.line, a.title, {township} AS township, {district} AS district, a.postcode, a.notes,
        a.company_name, a.tax_office, a.tax_no, a.e_bill_taxpayer, a.hash_data, a.address_type,
        a.retail_store_id AS retail_store, a.remote_id, a.identity_number, a.extra_field,
        a.customer_id AS customer, a.is_active, {dates("a")}
        FROM customers_address a WHERE a.id = o.{column}"""
    )


def payments(table: str, *own: str) -> str:
    columns = "".join(f"{column}, " for column in own)
    return many(
        f"""SELECT p.id AS pk, p.order_id AS "order", p.transaction_type, p.status, p.amount::text AS amount,
        p.currency, {moment("p.transaction_date")} AS transaction_date, p.reference, p.extra_field,
        {columns}{dates("p")} FROM payments_{table} p WHERE p.order_id = o.id ORDER BY p.id"""
    )


def benefits(condition: str) -> str:
    return many(
        f"""SELECT b.id AS pk, b.discount_item_id AS discount_item, b.order_item_id AS order_item,
        b.amount::text AS amount, {dates("b")} FROM orders_benefitapplicant b WHERE {condition} ORDER BY b.id"""
    )


CHANNEL = one(
    f"""SELECT c.id AS pk, c.name, c.channel_type, c.catalog_id AS catalog,
    {moment("c.modified_date")} AS modified_date, {moment("c.created_date")} AS created_date,
    c.category_tree_id AS category_tree, c.is_active, c.conf, c.schema
    FROM channels_channel c WHERE c.id = o.channel_id"""
)
CUSTOMER = one(
    f"""SELECT c.id AS pk, c.channel_id AS channel, c.email, c.first_name, c.last_name, c.phone_number,
    c.is_active, c.channel_code, c.erp_code, c.extra_field, {moment("c.modified_date")} AS modified_date,
    {moment("c.created_date")} AS created_date, {moment("c.date_joined")} AS date_joined, c.email_allowed,
    c.sms_allowed, c.call_allowed, c.gender, c.attributes, c.user_type, c.date_of_birth, c.attributes_kwargs,
    c.localized_attributes, c.localized_attributes_kwargs FROM customers_customer c WHERE c.id = o.customer_id"""
)
PRODUCT = one(
    f"""SELECT p.id AS pk, p.sku, p.name, p.base_code, p.listing_code, p.product_type::text AS product_type,
    p.data_source_id AS data_source, p.parent_id AS parent, p.attributes, p.attributes_kwargs,
    p.localized_attributes, p.localized_attributes_kwargs, p.extra_field, p.is_active, {dates("p")}
    FROM catalogs_product p WHERE p.id = i.product_id"""
)
PRICE_LIST = one(
    f"""SELECT l.id AS pk, l.name, l.code, l.currency, l.is_auto_sync, {dates("l")}
    FROM catalogs_pricelist l WHERE l.id = i.price_list_id"""
)
STOCK_LIST = one(
    f"""SELECT l.id AS pk, l.name, l.code, l.is_auto_sync, {dates("l")}
    FROM catalogs_stocklist l WHERE l.id = i.stock_list_id"""
)
ITEMS = many(
    f"""SELECT i.id AS pk, i.order_id AS "order", {PRODUCT} AS product, i.status::text AS status,
    i.price_currency, i.price::text AS price, i.tax_rate::text AS tax_rate, i.extra_field,
    {PRICE_LIST} AS price_list, {STOCK_LIST} AS stock_list, i.invoice_number,
    {moment("i.invoice_date")} AS invoice_date, i.e_archive_url, i.cancel_status,
    {status_name("i.status")} AS status_display,
    i.installment_interest_amount::text AS installment_interest_amount,
    (i.price - i.discount_amount)::text AS net_amount, i.tracking_number, i.shipping_company,
    i.discount_amount::text AS discount_amount, i.shipment_code,
    {benefits("b.order_item_id = i.id")} AS benefitapplicant_set, i.external_status_id AS external_status,
    i.retail_price::text AS retail_price, i.attributes, i.attributes_kwargs, i.tracking_url,
    '/media/' || i.image AS image, i.parent_id AS parent, i.datasource_id AS data_source,
    i.estimated_delivery_date, o.number AS order_number, {moment("i.modified_date")} AS modified_date,
    {moment("i.shipped_date")} AS shipped_date, {moment("i.delivered_date")} AS delivered_date,
    i.carrier_shipping_code, i.forced_refund, i.localized_attributes, i.localized_attributes_kwargs
    FROM orders_orderitem i WHERE i.order_id = o.id ORDER BY i.id"""
)
PROMOTION = one(
    f"SELECT p.id AS pk, {dates('p')}, p.name, p.slug FROM orders_promotion p WHERE p.id = d.promotion_id"
)
CONDITIONS = many(
    f"""SELECT c.id AS pk, c.discount_item_id AS discount_item, c.order_item_id AS order_item, {dates("c")}
    FROM orders_conditionapplicant c WHERE c.discount_item_id = d.id ORDER BY c.id"""
)
DISCOUNTS = many(
    f"""SELECT d.id AS pk, d.name, d.amount::text AS amount, d.order_id AS "order", d.offer_type,
    d.session_offer_type, d.code, {benefits("b.discount_item_id = d.id")} AS benefitapplicant_set,
    {PROMOTION} AS promotion, {CONDITIONS} AS conditionapplicant_set, d.cancel_amount::text AS cancel_amount,
    {dates("d")} FROM orders_discountitem d WHERE d.order_id = o.id ORDER BY d.id"""
)
PLANNED_ITEMS = many(
    """SELECT i.id AS pk, i.order_item_id AS order_item, i.reason_id AS reason,
    i.previous_status::text AS previous_status, i.price::text AS price,
    i.discount_share::text AS discount_share, i.interest_share::text AS interest_share,
    i.shipping_share::text AS shipping_share, i.tax_amount::text AS tax_amount,
    i.refund_amount::text AS refund_amount FROM orders_cancellationplanorderitem i
    WHERE i.cancellation_plan_id = c.id ORDER BY i.id"""
)
PLANS = many(
    f"""SELECT c.id AS pk, c.order_id AS "order", c.plan_type, c.status, c.refund_amount::text AS refund_amount,
    c.discount_refund_amount::text AS discount_refund_amount,
    c.shipping_refund_amount::text AS shipping_refund_amount,
    c.forced_refund_amount::text AS forced_refund_amount, c.is_cargo_refund, c.refund_invoice_number,
    {PLANNED_ITEMS} AS cancellationplanorderitem_set, {dates("c")}
    FROM orders_cancellationplan c WHERE c.order_id = o.id ORDER BY c.id"""
)
PAYMENT_OPTION = one(
    f"""SELECT p.id AS pk, p.name, p.slug, p.payment_type, p.is_active, {dates("p")}
    FROM payments_paymentoption p WHERE p.id = o.payment_option_id"""
)
INSTALLMENT = one(
    f"""SELECT p.id AS pk, p.label, p.card_id AS card, p.installment_count,
    p.interest_rate::text AS interest_rate, p.is_active, {dates("p")}
    FROM payments_installment p WHERE p.id = o.installment_id"""
)
CARGO_COMPANY = one(
    f"""SELECT c.id AS pk, c.name, c.erp_code, c.shipping_company, c.is_active, {dates("c")}
    FROM orders_cargocompany c WHERE c.id = o.cargo_company_id"""
)
DETAIL = f"""SELECT row_to_json(r)::text FROM (SELECT o.id AS pk, o.number, {CHANNEL} AS channel,
    o.status::text AS status, {moment("o.date_placed")} AS date_placed, {CUSTOMER} AS customer,
    {address("shipping_address_id")} AS shipping_address, {address("billing_address_id")} AS billing_address,
    o.currency, o.amount::text AS amount, o.shipping_amount::text AS shipping_amount,
    o.shipping_tax_rate::text AS shipping_tax_rate, o.extra_field, {ITEMS} AS orderitem_set,
    {DISCOUNTS} AS discountitem_set,
    {payments("transaction", "p.pos_id AS pos", "p.bin_number", "p.installment_count")} AS transaction_set,
    {PAYMENT_OPTION} AS payment_option, o.payment_option_slug, o.bin_number, {INSTALLMENT} AS installment,
    o.installment_count, o.installment_interest_amount::text AS installment_interest_amount,
    {CARGO_COMPANY} AS cargo_company, o.invoice_number, {moment("o.invoice_date")} AS invoice_date,
    o.e_archive_url, o.refund_amount::text AS refund_amount,
    o.discount_refund_amount::text AS discount_refund_amount,
    o.shipping_refund_amount::text AS shipping_refund_amount, o.discount_amount::text AS discount_amount,
    o.cancellation_info, {status_name("o.status")} AS status_display, o.tracking_number, o.is_send,
    o.cancel_status, o.net_shipping_amount::float8 AS net_shipping_amount, host(o.remote_addr) AS remote_addr,
    o.language_code,
    {payments("fundstransfertransaction", "p.bank_id AS bank", "p.iban", "p.holder_name")}
        AS fundstransfertransaction_set,
    o.has_gift_box, o.gift_box_note, o.tracking_url, o.external_status_id AS external_status,
    {payments("payondeliverytransaction")} AS payondeliverytransaction_set,
    {payments("loyaltytransaction")} AS loyaltytransaction_set,
    {payments("bextransaction")} AS bextransaction_set, {PLANS} AS cancellationplan_set,
    {payments("cashregistertransaction", "p.retail_store_id AS retail_store")} AS cashregistertransaction_set,
    o.client_type, o.shipping_interest_amount::text AS shipping_interest_amount, o.notes, {DELIVERY_RANGE},
    o.shipping_option_slug, o.segment, {moment("o.modified_date")} AS modified_date,
    {moment("o.created_date")} AS created_date, o.delivery_type, o.checkout_provider_id
    FROM orders_order o WHERE o.id = $1) r"""

CREATE = f"""WITH body AS (SELECT $1::jsonb AS b),
    o AS (INSERT INTO orders_order (created_date, modified_date, number, status, date_placed, currency, amount,
        discount_amount, shipping_amount, shipping_interest_amount, installment_count,
        installment_interest_amount, refund_amount, discount_refund_amount, shipping_refund_amount, client_type,
        has_gift_box, extra_field, is_send, cancellation_info, net_shipping_amount, total_difference, channel_id,
        customer_id, shipping_address_id, billing_address_id, payment_option_id, payment_option_slug,
        cargo_company_id)
        SELECT now(), now(), b->>'number', 400, (b->>'date_placed')::timestamptz, b->>'currency',
        (b->>'amount')::numeric, (b->>'discount_amount')::numeric, (b->>'shipping_amount')::numeric, 0, 1, 0, 0, 0,
        0, 'default', false, b->'extra_field', false, '{{}}', (b->>'shipping_amount')::numeric, 0,
        (b->>'channel')::bigint, (b->>'customer')::bigint, (b->>'shipping_address')::bigint,
        (b->>'billing_address')::bigint, (b->>'payment_option')::bigint, b->>'payment_option_slug',
        (b->>'cargo_company')::bigint
        FROM body RETURNING *),
    items AS (INSERT INTO orders_orderitem (created_date, modified_date, status, price_currency, price, tax_rate,
        discount_amount, installment_interest_amount, forced_refund, attributes, attributes_kwargs,
        localized_attributes, localized_attributes_kwargs, extra_field, reserved_units, is_stock_short, order_id,
        product_id, price_list_id, stock_list_id)
        SELECT now(), now(), i.status, i.price_currency, i.price, i.tax_rate, i.discount_amount, 0, false, '{{}}',
        '{{}}', '{{}}', '{{}}', '{{}}', 0, false, o.id, i.product, i.price_list, i.stock_list
        FROM o, body, jsonb_to_recordset(b->'orderitem_set') AS i(product bigint, price_list bigint,
            stock_list bigint, status int, price_currency text, price numeric, tax_rate numeric,
            discount_amount numeric))
    SELECT row_to_json(r)::text FROM ({FLAT} FROM o) r"""
