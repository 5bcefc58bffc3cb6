"""Whether the figures a channel reports of an order are still those that are here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations.dto import ChannelOrder, ChannelOrderItem
from omnitron.omnicore.money import ZERO
from omnitron.orders.models import OrderItem
from omnitron.orders.selectors import WholeOrder
from omnitron.orders.units import units_of


def check_figures(
    whole: WholeOrder, lines: Mapping[str, Sequence[OrderItem]], reported: ChannelOrder
) -> None:
    """Raise OrderParkedException where lines were added or taken away, or an amount is not what it was: shares and
    refunds were computed by it, so a person decides. `lines` are the items here of each reported line.
    """
    differences = [
        *_of_order(whole, reported),
        *(difference for line in reported.items for difference in _of_line(line, lines[line.remote_id])),
        *_gone(whole, lines),
    ]
    if differences:
        subject = ", ".join(dict.fromkeys(what for what, _ in differences))
        detail = "; ".join(text for _, text in differences)
        raise OrderParkedException(ParkCause.FIGURES_CHANGED, subject=subject, detail=f"{detail}.")


def _of_order(whole: WholeOrder, reported: ChannelOrder) -> Iterator[tuple[str, str]]:
    order = whole.order
    for name in ("currency", "amount", "shipping_amount", "shipping_interest_amount"):
        here, there = getattr(order, name), getattr(reported, name)
        if here != there:
            yield name, f"{name} is {here} here, {there} at the channel"
    # A discount of the whole order is spread over the items here.
    of_lines = sum((item.discount_amount for item in reported.items), ZERO)
    there = of_lines + sum((discount.amount for discount in reported.discounts), ZERO)
    here = sum((item.discount_amount for item in whole.items), ZERO)
    if here != there:
        yield "discount_amount", f"discounts are {here} here, {there} at the channel"


def _of_line(line: ChannelOrderItem, items: Sequence[OrderItem]) -> Iterator[tuple[str, str]]:
    if not items:
        yield "line added", f"line {line.remote_id} ({line.sku}) is new"
        return
    price = sum((item.price for item in items), ZERO)
    if price != line.price:
        yield "price", f"line {line.remote_id} costs {price} here, {line.price} at the channel"
    units = sum(units_of(item.attributes) for item in items)
    if units != line.quantity:
        yield "quantity", f"line {line.remote_id} has {units} units here, {line.quantity} at the channel"


def _gone(whole: WholeOrder, lines: Mapping[str, Sequence[OrderItem]]) -> Iterator[tuple[str, str]]:
    shown = {item.pk for items in lines.values() for item in items}
    for item in whole.items:
        if item.pk not in shown:
            yield "line gone", f"item {item.pk} is not at the channel any more"
