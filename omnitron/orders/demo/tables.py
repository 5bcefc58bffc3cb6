"""The tables generated rows go to, with their columns in the order in which the rows are written.

Columns that are not named are null.
"""

from __future__ import annotations

STAMPS = "created_date, modified_date"

CUSTOMER = "customers_customer"
ADDRESS = "customers_address"
ORDER = "orders_order"
ITEM = "orders_orderitem"
DISCOUNT = "orders_discountitem"
BENEFIT = "orders_benefitapplicant"
CARD_PAYMENT = "payments_transaction"
FUNDS_TRANSFER = "payments_fundstransfertransaction"
PAY_ON_DELIVERY = "payments_payondeliverytransaction"
LOYALTY = "payments_loyaltytransaction"
BEX = "payments_bextransaction"
CASH_REGISTER = "payments_cashregistertransaction"
PLAN = "orders_cancellationplan"
PLAN_ITEM = "orders_cancellationplanorderitem"
PLAN_DISCOUNT = "orders_discountitemcancellationplan"
REFUND = "orders_refund"

_PAYMENT = (
    f"id, {STAMPS}, order_id, transaction_type, status, amount, currency, transaction_date, reference, "
    "extra_field"
)
_ATTRIBUTES = "attributes, attributes_kwargs, localized_attributes, localized_attributes_kwargs"

# In an order in which no row refers to one that comes later.
COLUMNS = {
    CUSTOMER: (
        f"id, {STAMPS}, channel_id, email, phone_number, first_name, last_name, channel_code, is_active, "
        f"date_joined, user_type, email_allowed, sms_allowed, call_allowed, {_ATTRIBUTES}, extra_field"
    ),
    ADDRESS: (
        f"id, {STAMPS}, customer_id, address_type, title, email, phone_number, first_name, last_name, country_id, "
        "city_id, township_id, district_id, line, postcode, e_bill_taxpayer, extra_field, is_active, hash_data"
    ),
    ORDER: (
        f"id, {STAMPS}, number, status, cancel_status, date_placed, currency, amount, discount_amount, "
        "shipping_amount, shipping_tax_rate, shipping_interest_amount, installment_count, "
        "installment_interest_amount, refund_amount, discount_refund_amount, shipping_refund_amount, "
        "shipping_company, tracking_number, invoice_number, invoice_date, client_type, language_code, "
        "remote_addr, has_gift_box, extra_field, channel_id, customer_id, shipping_address_id, "
        "billing_address_id, payment_option_id, payment_option_slug, bin_number, installment_id, "
        "cargo_company_id, is_send, cancellation_info, net_shipping_amount, total_difference"
    ),
    ITEM: (
        f"id, {STAMPS}, order_id, product_id, status, cancel_status, price_currency, price, retail_price, "
        f"tax_rate, discount_amount, installment_interest_amount, forced_refund, {_ATTRIBUTES}, extra_field, "
        "shipping_company, tracking_number, invoice_number, invoice_date, shipped_date, delivered_date, "
        "price_list_id, stock_list_id, reserved_units, is_stock_short"
    ),
    DISCOUNT: f"id, {STAMPS}, order_id, name, amount, cancel_amount, offer_type, promotion_id",
    BENEFIT: f"id, {STAMPS}, discount_item_id, order_item_id, amount",
    CARD_PAYMENT: f"{_PAYMENT}, pos_id, bin_number, installment_count",
    FUNDS_TRANSFER: _PAYMENT,
    PAY_ON_DELIVERY: _PAYMENT,
    LOYALTY: _PAYMENT,
    BEX: _PAYMENT,
    CASH_REGISTER: _PAYMENT,
    PLAN: (
        f"id, {STAMPS}, order_id, plan_type, status, refund_amount, discount_refund_amount, "
        "shipping_refund_amount, is_cargo_refund, ibans, holder_names"
    ),
    PLAN_ITEM: (
        f"id, {STAMPS}, cancellation_plan_id, order_item_id, reason_id, previous_status, is_rejected, price, "
        "discount_share, interest_share, shipping_share, tax_amount, refund_amount"
    ),
    PLAN_DISCOUNT: f"id, {STAMPS}, cancellation_plan_id, discount_item_id, amount",
    REFUND: (
        f"id, {STAMPS}, order_id, cancellation_plan_id, instrument, transaction_id, amount, status, iban, "
        "holder_name, gateway_reference, failed_attempts"
    ),
}

# Where a payment of each kind is kept. Which items it paid for is not recorded: it is always all.
PAYMENTS = {
    "credit_card": CARD_PAYMENT,
    "funds_transfer": FUNDS_TRANSFER,
    "pay_on_delivery": PAY_ON_DELIVERY,
    "loyalty_money": LOYALTY,
    "bex": BEX,
    "cash_register": CASH_REGISTER,
}
