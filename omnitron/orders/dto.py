"""Values that use cases take beyond single columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from omnitron.catalogs.models import Product
from omnitron.orders.enums import RefundInstrument


@dataclass(frozen=True)
class NewItem:
    """An item to be placed: its product and the columns it is given."""

    product: Product
    values: Mapping[str, Any]


@dataclass(frozen=True)
class NewPackage:
    """A package to be made: units by pk of their item (None: all that are left), and the columns it is given."""

    order_items: Mapping[int, int | None]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class RefundPart:
    """So much to be refunded for these items, in the order's currency."""

    order_items: Sequence[int]
    refund_amount: Decimal


@dataclass(frozen=True)
class IncomingItem:
    """An item of an order a channel hands over: its product, the columns it is given, its id there.

    `discount_amount` among the values is the line's own discount; shares of the order's are added on the way in,
    and those of interest and shipping are given there, so they are not among the values.
    """

    product: Product | int
    values: Mapping[str, Any]
    remote_id: str


@dataclass(frozen=True)
class IncomingDiscount:
    """A discount of the whole order: its columns, and the places in `items` of those it is for (none: all)."""

    values: Mapping[str, Any]
    items: Sequence[int] = ()


@dataclass(frozen=True)
class IncomingPayment:
    """A payment row: what kind, and the columns it is given. What was paid at the channel has none."""

    instrument: RefundInstrument
    values: Mapping[str, Any]


@dataclass(frozen=True)
class IncomingOrder:
    """An order to be taken in whole: every reference is looked up, nobody has locked or written anything yet.

    Values are columns by the name of their field, other rows by themselves or by pk, money Decimal, moments aware.
    `values` are columns of Order; `customer` and the addresses are columns of Customer and Address without their
    owner: whoever takes the order in finds them again, or makes them.
    """

    number: str
    remote_id: str
    values: Mapping[str, Any]
    customer: Mapping[str, Any]
    shipping_address: Mapping[str, Any]
    billing_address: Mapping[str, Any]
    items: Sequence[IncomingItem]
    discounts: Sequence[IncomingDiscount] = ()
    payments: Sequence[IncomingPayment] = ()


@dataclass(frozen=True)
class TakenInOrder:
    """An order that was taken in, and its pk here."""

    number: str
    remote_id: str
    pk: int


@dataclass(frozen=True)
class OrderChanges:
    """What changes about an order that is here: columns of the order, and of items by pk, their status among
    them.
    """

    values: Mapping[str, Any]
    items: Mapping[int, Mapping[str, Any]]
