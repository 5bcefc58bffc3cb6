"""An order in Omnitron's words, as a channel's integration hands it over: the only shape that is taken in.

Money is Decimal in the order's currency, tax included; moments are aware. What a channel does not say is None, ""
only where it says so itself. References are the channel's own (SKU, place names or codes, slugs); who takes the
order in looks them up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.enums import RefundInstrument
from omnitron.payments.enums import TransactionStatus


@dataclass(frozen=True)
class ChannelCustomer:
    """Who buys. `channel_code` is the channel's id of the person: with it they are known again, else by e-mail."""

    email: str
    first_name: str
    last_name: str
    channel_code: str | None = None
    phone_number: str | None = None


@dataclass(frozen=True)
class ChannelPlace:
    """A country, city, township or district by the channel's code, by name, or by both."""

    name: str | None = None
    code: str | None = None


@dataclass(frozen=True)
class ChannelAddress:
    """Where it goes, or who gets the bill. `country.code` is the ISO code in the installation's spelling ("tr")."""

    first_name: str
    last_name: str
    line: str
    country: ChannelPlace
    city: ChannelPlace
    township: ChannelPlace | None = None
    district: ChannelPlace | None = None
    postcode: str | None = None
    phone_number: str | None = None
    email: str | None = None
    company_name: str | None = None
    tax_office: str | None = None
    tax_no: str | None = None
    identity_number: str | None = None
    e_bill_taxpayer: bool = False
    notes: str | None = None
    title: str | None = None
    remote_id: str | None = None


@dataclass(frozen=True)
class ChannelOrderItem:
    """One line. `price` is the whole line's before `discount_amount`, its own discount's share; `quantity` units.

    A discount of the whole order is a ChannelDiscount and is spread over the lines by whoever takes the order in.
    """

    remote_id: str
    sku: str
    quantity: int
    price: Decimal
    tax_rate: Decimal
    status: OrderStatus
    currency: str
    product_remote_id: str | None = None
    discount_amount: Decimal = Decimal("0.00")
    retail_price: Decimal | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    shipping_company: str | None = None
    invoice_number: str | None = None
    invoice_date: datetime | None = None
    e_archive_url: str | None = None
    shipped_date: datetime | None = None
    delivered_date: datetime | None = None
    estimated_delivery_date: date | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    extra_field: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ChannelDiscount:
    """A discount of the order beyond those of single lines: for the lines `item_remote_ids` names, or for all."""

    name: str
    amount: Decimal
    code: str | None = None
    offer_type: str | None = None
    item_remote_ids: Sequence[str] = ()


@dataclass(frozen=True)
class ChannelPayment:
    """One payment the channel tells of. An order without any was paid at its channel."""

    instrument: RefundInstrument
    amount: Decimal
    status: TransactionStatus
    date: datetime | None = None
    reference: str | None = None
    bin_number: str | None = None
    installment_count: int = 1
    pos: str | None = None


@dataclass(frozen=True)
class ChannelOrder:
    """A whole order. `modified_date` is the channel's own stamp, by its own clock.

    A status of 100 or 600 on an item says that it was cancelled or returned at the channel;
    `cancellation_reason` is the channel's code for why.
    """

    number: str
    remote_id: str
    modified_date: datetime
    date_placed: datetime
    currency: str
    amount: Decimal
    customer: ChannelCustomer
    shipping_address: ChannelAddress
    billing_address: ChannelAddress
    items: Sequence[ChannelOrderItem]
    shipping_amount: Decimal = Decimal("0.00")
    shipping_tax_rate: Decimal | None = None
    shipping_interest_amount: Decimal = Decimal("0.00")
    installment_interest_amount: Decimal = Decimal("0.00")
    installment_count: int = 1
    discounts: Sequence[ChannelDiscount] = ()
    payments: Sequence[ChannelPayment] = ()
    payment_option: str | None = None
    cargo_company: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    carrier_shipping_code: str | None = None
    invoice_number: str | None = None
    invoice_date: datetime | None = None
    e_archive_url: str | None = None
    language_code: str | None = None
    notes: str | None = None
    remote_addr: str | None = None
    segment: str | None = None
    shipping_option_slug: str | None = None
    has_gift_box: bool = False
    gift_box_note: str | None = None
    delivery_type: str | None = None
    cancellation_reason: str | None = None
    extra_field: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RawOrder:
    """An order as the channel sent it: `payload` is its JSON, kept for replay; the rest is what the pull needs to
    know before it looks inside.
    """

    remote_id: str
    number: str
    modified_date: datetime
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class OrderPage:
    """A page of what the channel shows, and how many orders it says there are in the window, if it does.

    `unusable` counts the rows that could not be made an order of: no id, say, or no moment for a stamp.
    """

    orders: Sequence[RawOrder]
    total: int | None = None
    unusable: int = 0


@dataclass(frozen=True)
class Intake:
    """What became of orders a channel showed. `failed` could neither be taken in nor parked."""

    seen: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    parked: int = 0
    failed: int = 0

    def __add__(self, other: Intake) -> Intake:
        return Intake(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Intake)))


@dataclass(frozen=True)
class PullLimits:
    """What a channel allows and how it behaves, as its integration declares it.

    `longest_window` and `look_back` bound what may be asked for at once and at all. What changed within the last
    `settle` is not asked for yet: it may not be shown whole. `lateness` is how late its orders are expected to come
    until enough of them were measured, and how old a window must be before it counts as proved.
    """

    longest_window: timedelta = timedelta(days=14)
    look_back: timedelta = timedelta(days=90)
    settle: timedelta = timedelta(minutes=2)
    lateness: timedelta = timedelta(hours=48)


@dataclass(frozen=True)
class LineUnits:
    """How many units of a line a change is about, and how many the line has here in all."""

    changed: int
    whole: int


@dataclass(frozen=True)
class OrderChange:
    """Something to tell the channel about an order it knows: `kind` is status, tracking, invoice or cancel.

    The same `key` may be sent twice and must have one effect. `item_remote_ids` are the lines it is about (none:
    the whole order). `values` by kind: status {status}; tracking {tracking_number, shipping_company, tracking_url};
    invoice {invoice_number, invoice_date, e_archive_url}; cancel {reason}.

    `units` are those of the lines named, by remote id. They are all of a line's (but for units the channel knows to
    be cancelled) unless the integration says that it `takes_units`.
    """

    key: str
    kind: str
    order_number: str
    order_remote_id: str
    values: Mapping[str, Any]
    item_remote_ids: Sequence[str] = ()
    units: Mapping[str, LineUnits] = field(default_factory=dict)


@dataclass(frozen=True)
class ChangeAnswer:
    """What the channel says to an OrderChange; refused for good (`is_final`), it is not sent again as it is. What a
    channel has no word for, or says itself, is accepted: nothing is left to be told.
    """

    key: str
    is_accepted: bool
    reason: str = ""
    is_final: bool = True
