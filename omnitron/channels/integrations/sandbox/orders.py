"""An order of the sandbox in Omnitron's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations.dto import (
    ChannelAddress,
    ChannelCustomer,
    ChannelDiscount,
    ChannelOrder,
    ChannelOrderItem,
    ChannelPayment,
    ChannelPlace,
    RawOrder,
)
from omnitron.channels.integrations.pages import id_of
from omnitron.omnicore.orders.enums import OrderStatus, ShippingCompany
from omnitron.orders.enums import RefundInstrument
from omnitron.payments.enums import TransactionStatus

Raw = Mapping[str, Any]

STATUSES = {
    "Created": OrderStatus.APPROVED,
    "Picking": OrderStatus.PREPARING,
    "Shipped": OrderStatus.SHIPPED,
    "UnDelivered": OrderStatus.ATTEMPTED_DELIVERY,
    "Delivered": OrderStatus.DELIVERED,
    "Cancelled": OrderStatus.CANCELLED,
    "Returned": OrderStatus.REFUNDED,
}
# What the marketplace's payments are here. What it collected itself has no payment row.
PAYMENT_OPTIONS = {"card": "credit_card", "pay_on_delivery": "pay_on_delivery", "marketplace": "channel"}
INSTRUMENTS = {"card": RefundInstrument.CARD, "pay_on_delivery": RefundInstrument.PAY_ON_DELIVERY}
# It knows carriers by their names.
CARRIERS = {name: code for code, name in ShippingCompany.choices}


def raw_order(payload: Raw) -> RawOrder:
    """What the pull needs to know of an order as it came."""
    return RawOrder(
        remote_id=id_of(payload["id"]),
        number=payload["number"],
        modified_date=datetime.fromisoformat(payload["modified"]),
        payload=payload,
    )


def channel_order(raw: Raw, *, pos: str | None) -> ChannelOrder:
    """The whole order; `pos` is the slug of the POS that cards are charged through.

    Raises OrderParkedException for a status, payment or carrier unknown here.
    """
    totals, payment = raw["totals"], raw["payment"]
    return ChannelOrder(
        number=raw["number"],
        remote_id=id_of(raw["id"]),
        modified_date=datetime.fromisoformat(raw["modified"]),
        date_placed=datetime.fromisoformat(raw["placed"]),
        currency=raw["currency"].lower(),
        amount=Decimal(totals["total"]),
        shipping_amount=Decimal(totals["shipping"]),
        installment_interest_amount=Decimal(totals["instalment_interest"]),
        installment_count=payment["instalments"],
        customer=_customer(raw["customer"]),
        shipping_address=_address(raw["shipment_address"], raw["customer"]["email"]),
        billing_address=_address(raw["invoice_address"], raw["customer"]["email"]),
        items=[_item(line) for line in raw["lines"]],
        discounts=[
            ChannelDiscount(name=row["code"], code=row["code"], amount=Decimal(row["amount"]))
            for row in raw["discounts"]
        ],
        payments=_payments(raw, pos),
        payment_option=_known(PAYMENT_OPTIONS, payment["type"], ParkCause.UNKNOWN_PAYMENT_OPTION),
        cargo_company=_carrier(raw),
        tracking_number=raw["tracking_number"],
        invoice_number=raw["invoice_number"],
        notes=raw["instructions"] or None,
        cancellation_reason=raw["cancellation_reason"],
    )


def _known(table: Mapping[str, Any], code: str, cause: ParkCause) -> Any:
    if code not in table:
        detail = f"The sandbox says {code}; known are {', '.join(table)}."
        raise OrderParkedException(cause, subject=code, detail=detail)
    return table[code]


def _carrier(shipped: Raw) -> str:
    return _known(CARRIERS, shipped["shipping_provider"], ParkCause.UNKNOWN_CARRIER)


def _customer(person: Raw) -> ChannelCustomer:
    return ChannelCustomer(
        email=person["email"],
        first_name=person["first_name"],
        last_name=person["last_name"],
        channel_code=str(person["id"]),
        phone_number=person["phone"],
    )


def _address(address: Raw, email: str) -> ChannelAddress:
    """The marketplace's district is a township here, its neighbourhood a district."""
    return ChannelAddress(
        first_name=address["first_name"],
        last_name=address["last_name"],
        line=address["line"],
        country=ChannelPlace(code=address["country_code"].lower()),
        city=_place(address["city"]),
        township=_place(address["district"]),
        district=_place(address["neighbourhood"]),
        postcode=address["postcode"],
        phone_number=address["phone"],
        email=email,
        company_name=address["company"],
        tax_office=address["tax_office"],
        tax_no=address["tax_number"],
        remote_id=str(address["id"]),
    )


def _place(name: str) -> ChannelPlace:
    """The marketplace has no codes; as one the name can be mapped."""
    return ChannelPlace(name=name, code=name)


def _item(line: Raw) -> ChannelOrderItem:
    """A line's `price` there is one unit's, here the whole line's."""
    return ChannelOrderItem(
        remote_id=id_of(line["id"]),
        sku=line["sku"],
        quantity=line["quantity"],
        price=Decimal(line["price"]) * line["quantity"],
        discount_amount=Decimal(line["discount"]),
        tax_rate=Decimal(line["vat_rate"]),
        status=_known(STATUSES, line["status"], ParkCause.UNKNOWN_STATUS),
        currency=line["currency"].lower(),
        tracking_number=line["tracking_number"],
        shipping_company=_carrier(line),
        invoice_number=line["invoice_number"],
    )


def _payments(raw: Raw, pos: str | None) -> list[ChannelPayment]:
    payment = raw["payment"]
    if payment["type"] not in INSTRUMENTS:
        return []
    return [
        ChannelPayment(
            instrument=INSTRUMENTS[payment["type"]],
            amount=Decimal(raw["totals"]["total"]),
            status=TransactionStatus.CONFIRMED,
            date=datetime.fromisoformat(raw["placed"]),
            reference=payment["reference"],
            bin_number=payment["bin"],
            installment_count=payment["instalments"],
            pos=pos if payment["type"] == "card" else None,
        )
    ]
