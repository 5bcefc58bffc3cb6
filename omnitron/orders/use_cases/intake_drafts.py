"""What follows from an order a channel hands over before anything is written: shares, status, difference. Reads and
writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from omnitron.core.exceptions import InvalidInput
from omnitron.omnicore.money import ZERO
from omnitron.orders.dto import IncomingDiscount, IncomingItem, IncomingOrder
from omnitron.orders.enums import RefundInstrument
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.pricing import discount_shares, interest_shares, shipping_shares
from omnitron.orders.transitions import order_status_of
from omnitron.orders.use_cases.placement import check_placeable, checked_difference

_ORDER = {
    name: Order._meta.get_field(name).get_default()
    for name in (
        "status",
        "currency",
        "shipping_amount",
        "shipping_interest_amount",
        "installment_interest_amount",
    )
}
_ITEM = {
    name: OrderItem._meta.get_field(name).get_default() for name in ("status", "price_currency", "attributes")
}
# What is spread over the items on the way in.
SPREAD = ("installment_interest_amount", "shipping_share")


class ItemDraft:
    """An item with its shares. It has the attributes the rules of placing, pricing and vendors ask an item for."""

    __slots__ = (
        "attributes",
        "datasource_id",
        "discount_amount",
        "installment_interest_amount",
        "is_stock_short",
        "parent",
        "pk",
        "price",
        "price_currency",
        "product_id",
        "remote_id",
        "reserved_units",
        "shipping_share",
        "status",
        "stock_list_id",
        "values",
    )
    # Of a new order, which has no pk yet.
    order_id = None

    def __init__(self, item: IncomingItem) -> None:
        values = item.values
        self.pk = 0
        self.values = values
        self.remote_id = item.remote_id
        self.product_id = pk_of(item.product)
        self.stock_list_id = pk_of(values.get("stock_list"))
        self.datasource_id = pk_of(values.get("datasource"))
        self.parent = values.get("parent")
        self.price: Decimal = _given(values, "price")
        self.status = values.get("status", _ITEM["status"])
        self.price_currency = values.get("price_currency", _ITEM["price_currency"])
        self.discount_amount: Decimal = values.get("discount_amount", ZERO)
        self.attributes = values.get("attributes", _ITEM["attributes"])
        self.installment_interest_amount = ZERO
        self.shipping_share: Decimal | None = None
        self.reserved_units = 0
        self.is_stock_short = False


@dataclass(slots=True)
class OrderDraft:
    """An order with all that is derived of it, and, once they are known, the pks of what it refers to."""

    incoming: IncomingOrder
    items: list[ItemDraft]
    status: int
    amount: Decimal
    currency: str
    shipping_amount: Decimal
    shipping_interest_amount: Decimal
    # The discounts, each with what of it falls on which item.
    benefits: list[tuple[IncomingDiscount, list[tuple[ItemDraft, Decimal]]]] = field(default_factory=list)
    total_difference: Decimal = ZERO
    pk: int = 0
    customer_pk: int = 0
    shipping_address_pk: int = 0
    billing_address_pk: int = 0

    def columns(self) -> dict[str, Any]:
        """The columns of its row, but for its channel."""
        values = self.incoming.values
        columns = {
            **values,
            "id": self.pk,
            "number": self.incoming.number,
            "status": self.status,
            "customer": self.customer_pk,
            "shipping_address": self.shipping_address_pk,
            "billing_address": self.billing_address_pk,
            "total_difference": self.total_difference,
        }
        if columns.get("net_shipping_amount") is None:
            columns["net_shipping_amount"] = self.shipping_amount
        if "discount_amount" not in values:
            columns["discount_amount"] = sum((item.discount_amount for item in self.items), ZERO)
        return columns

    def item_columns(self, item: ItemDraft) -> dict[str, Any]:
        """The columns of the row of one of its items."""
        return {
            **item.values,
            "id": item.pk,
            "order": self.pk,
            "product": item.product_id,
            "discount_amount": item.discount_amount,
            "installment_interest_amount": item.installment_interest_amount,
            "shipping_share": item.shipping_share,
            "reserved_units": item.reserved_units,
            "is_stock_short": item.is_stock_short,
        }


def draft_of(incoming: IncomingOrder) -> OrderDraft:
    """The order with its shares, its status and its difference.

    Raises what `create_order` raises of the values alone, and InvalidInput for shares that cannot be spread.
    """
    values = {**_ORDER, **incoming.values}
    draft = OrderDraft(
        incoming=incoming,
        items=[ItemDraft(item) for item in incoming.items],
        status=values["status"],
        amount=_given(values, "amount"),
        currency=values["currency"],
        shipping_amount=_given(values, "shipping_amount"),
        shipping_interest_amount=_given(values, "shipping_interest_amount"),
    )
    try:
        _derive(draft, interest=_given(values, "installment_interest_amount"))
    except (ArithmeticError, ValueError) as error:
        # No number, no cents, no status.
        raise InvalidInput(non_field_errors=f"Its values say nothing together: {error!r}.") from error
    return draft


def _derive(draft: OrderDraft, *, interest: Decimal) -> None:
    check_placeable(draft, draft.items)
    _check_values(draft)
    _share(draft, interest=interest)
    draft.status = order_status_of((item.status for item in draft.items), without_items=draft.status)
    draft.total_difference = checked_difference(draft, draft.items)


def pk_of(row: Any) -> Any:
    """The pk of a row that is given by itself or by its pk."""
    return getattr(row, "pk", row)


def _given(values: Mapping[str, Any], name: str) -> Any:
    value = values.get(name)
    if value is None:
        raise InvalidInput(**{name: "This field may not be null."})
    return value


def _check_values(draft: OrderDraft) -> None:
    for item in draft.items:
        if any(name in item.values for name in SPREAD):
            raise InvalidInput(**{SPREAD[0]: "Shares of interest and shipping are given on the way in."})
    for discount in draft.incoming.discounts:
        if any(not 0 <= place < len(draft.items) for place in discount.items):
            raise InvalidInput(discounts="A discount is for an item the order does not have.")
    if any(payment.instrument == RefundInstrument.CHANNEL for payment in draft.incoming.payments):
        raise InvalidInput(payments="What was paid at the channel has no payment row.")


def _share(draft: OrderDraft, *, interest: Decimal) -> None:
    """As `set_distribute_interest_amount` does for an order of which nothing is cancelled yet: what the customer
    paid at the purchase was paid for all of it. A line cancelled before the order came has its shares, too.
    """
    items = draft.items
    _share_discounts(draft)
    for item, share in zip(items, interest_shares(interest, items) if items else (), strict=True):
        item.installment_interest_amount = share
    shipping = draft.shipping_amount + draft.shipping_interest_amount
    for item, share in zip(items, shipping_shares(shipping, items) if items else (), strict=True):
        item.shipping_share = share


def _share_discounts(draft: OrderDraft) -> None:
    items, discounts = draft.items, draft.incoming.discounts
    if not items:
        draft.benefits = [(discount, []) for discount in discounts]
        return
    amounts = [_given(discount.values, "amount") for discount in discounts]
    shares = discount_shares(
        list(zip(amounts, (set(discount.items) for discount in discounts), strict=True)),
        prices=[item.price for item in items],
        rooms=[item.price - item.discount_amount for item in items],
    )
    for discount, by_place in zip(discounts, shares, strict=True):
        draft.benefits.append((discount, [(items[place], share) for place, share in by_place.items()]))
        for place, share in by_place.items():
            items[place].discount_amount += share
