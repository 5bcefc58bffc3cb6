"""A channel's order as the orders' own application takes it in: references looked up, figures checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations.dto import (
    ChannelAddress,
    ChannelDiscount,
    ChannelOrder,
    ChannelOrderItem,
    ChannelPayment,
)
from omnitron.channels.integrations.references import References
from omnitron.channels.models import Channel
from omnitron.omnicore.catalogs.enums import CurrencyType
from omnitron.omnicore.money import ZERO
from omnitron.orders.dto import (
    IncomingDiscount,
    IncomingItem,
    IncomingOrder,
    IncomingPayment,
)
from omnitron.orders.enums import RefundInstrument
from omnitron.orders.pricing import total_difference

# Columns that are called the same, and say the same, at both ends.
ORDER_COLUMNS = (
    "date_placed",
    "currency",
    "amount",
    "shipping_amount",
    "shipping_tax_rate",
    "shipping_interest_amount",
    "installment_interest_amount",
    "installment_count",
    "tracking_number",
    "tracking_url",
    "carrier_shipping_code",
    "invoice_number",
    "invoice_date",
    "e_archive_url",
    "language_code",
    "notes",
    "remote_addr",
    "segment",
    "shipping_option_slug",
    "has_gift_box",
    "gift_box_note",
    "delivery_type",
)
ITEM_COLUMNS = (
    "status",
    "price",
    "tax_rate",
    "discount_amount",
    "retail_price",
    "tracking_number",
    "tracking_url",
    "invoice_number",
    "invoice_date",
    "e_archive_url",
    "shipped_date",
    "delivered_date",
    "estimated_delivery_date",
)
ADDRESS_COLUMNS = (
    "first_name",
    "last_name",
    "line",
    "postcode",
    "phone_number",
    "email",
    "company_name",
    "tax_office",
    "tax_no",
    "identity_number",
    "e_bill_taxpayer",
    "notes",
    "title",
    "remote_id",
)


@dataclass(frozen=True)
class _Priced:
    """An item before the order's discounts and interest are spread."""

    price: Decimal
    discount_amount: Decimal
    installment_interest_amount: Decimal = ZERO


def incoming_order(
    channel: Channel, order: ChannelOrder, references: References, *, accept_differences: bool = False
) -> IncomingOrder:
    """The order with every reference looked up.

    Raises OrderParkedException for what nobody here knows, for currencies that differ or are unknown, and, without
    `accept_differences`, for totals that do not add up.
    """
    _check_currency(order)
    if not accept_differences:
        _check_total(order)
    return IncomingOrder(
        number=order.number,
        remote_id=order.remote_id,
        values=_order_values(order, references),
        customer=_customer(order),
        shipping_address=address_values(order.shipping_address, references),
        billing_address=address_values(order.billing_address, references),
        items=[incoming_item(channel, item, references) for item in order.items],
        discounts=[_discount(order, discount) for discount in order.discounts],
        payments=[
            IncomingPayment(payment.instrument, payment_values(order, payment, references))
            for payment in order.payments
            # What was paid at the channel is known by there being no payment row.
            if payment.instrument != RefundInstrument.CHANNEL
        ],
    )


def incoming_item(channel: Channel, item: ChannelOrderItem, references: References) -> IncomingItem:
    """One line with its references looked up. Raises OrderParkedException."""
    product = references.product(item)
    attributes = dict(item.attributes)
    if item.quantity != 1:
        attributes[settings.ORDER_ITEM_QUANTITY_KEY] = item.quantity
    catalog = channel.catalog
    values = {
        **{name: getattr(item, name) for name in ITEM_COLUMNS},
        "price_currency": item.currency,
        "shipping_company": references.shipping_company(item.shipping_company),
        "datasource": product.data_source,
        "price_list": catalog.price_list_id if catalog else None,
        "stock_list": catalog.stock_list_id if catalog else None,
        "attributes": attributes,
        "extra_field": dict(item.extra_field),
    }
    return IncomingItem(product=product.pk, values=values, remote_id=item.remote_id)


def address_values(address: ChannelAddress, references: References) -> dict[str, Any]:
    """The columns of Address, but for its owner. Raises OrderParkedException for an unknown place."""
    places = references.address(address)
    return {
        **{name: getattr(address, name) for name in ADDRESS_COLUMNS},
        "country": places.country,
        "city": places.city,
        "township": places.township,
        "district": places.district,
    }


def payment_values(order: Any, payment: ChannelPayment, references: References) -> dict[str, Any]:
    """The columns of a payment row; `order` says the currency, and when it was where the payment does not."""
    values = {
        "amount": payment.amount,
        "currency": order.currency,
        "status": payment.status,
        "transaction_date": payment.date or order.date_placed,
        "reference": payment.reference,
    }
    if payment.instrument == RefundInstrument.CARD:
        values |= {
            "pos": references.pos(payment.pos),
            "bin_number": payment.bin_number,
            "installment_count": payment.installment_count,
        }
    return values


def difference_of(order: ChannelOrder) -> Decimal:
    """What the order's amount says beyond its parts, as `pricing.total_difference`, before anything is spread."""
    items = [_Priced(item.price, item.discount_amount) for item in order.items]
    discounts = sum((discount.amount for discount in order.discounts), ZERO)
    return total_difference(order, items) + discounts - order.installment_interest_amount


def _check_currency(order: ChannelOrder) -> None:
    if order.currency not in CurrencyType.values:
        detail = f"The order is in {order.currency!r}, which is no currency known here."
        raise OrderParkedException(ParkCause.WRONG_CURRENCY, subject=order.currency, detail=detail)
    for item in order.items:
        if item.currency != order.currency:
            detail = f"The order is in {order.currency}, its line {item.remote_id} in {item.currency}."
            raise OrderParkedException(ParkCause.WRONG_CURRENCY, subject=item.currency, detail=detail)


def _check_total(order: ChannelOrder) -> None:
    if difference := difference_of(order):
        detail = f"The order says {order.amount}, its parts add up to {order.amount - difference}."
        raise OrderParkedException(ParkCause.BROKEN_TOTAL, subject=f"{difference:+}", detail=detail)


def _order_values(order: ChannelOrder, references: References) -> Mapping[str, Any]:
    carrier = references.cargo_company(order.cargo_company) if order.cargo_company else None
    bins = [payment.bin_number for payment in order.payments if payment.bin_number]
    return {
        **{name: getattr(order, name) for name in ORDER_COLUMNS},
        "payment_option": references.payment_option(order.payment_option),
        "payment_option_slug": order.payment_option,
        "bin_number": bins[0] if bins else None,
        "cargo_company": carrier.pk if carrier else None,
        "shipping_company": carrier.shipping_company if carrier else None,
        "extra_field": dict(order.extra_field),
    }


def _customer(order: ChannelOrder) -> dict[str, Any]:
    customer = order.customer
    return {
        "email": customer.email,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "channel_code": customer.channel_code,
        "phone_number": customer.phone_number,
    }


def _discount(order: ChannelOrder, discount: ChannelDiscount) -> IncomingDiscount:
    places = {item.remote_id: place for place, item in enumerate(order.items)}
    if strangers := set(discount.item_remote_ids) - set(places):
        detail = (
            f"The discount {discount.name!r} is for lines {sorted(strangers)}, which the order does not have."
        )
        raise OrderParkedException(ParkCause.UNREADABLE, subject="discount", detail=detail)
    values = {
        "name": discount.name,
        "amount": discount.amount,
        "code": discount.code,
        "offer_type": discount.offer_type,
    }
    return IncomingDiscount(values, items=[places[remote_id] for remote_id in discount.item_remote_ids])
