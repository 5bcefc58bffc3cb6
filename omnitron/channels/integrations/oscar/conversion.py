"""An order of the shop in Omnitron's words. The fields are django-oscar's columns.

All that is paid, is paid to the shop; to us such an order was paid at its channel, so there are no payments here.
Discounts on the basket are in the prices of its lines already, those on shipping in its charge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations.dto import (
    ChannelAddress,
    ChannelCustomer,
    ChannelOrder,
    ChannelOrderItem,
    ChannelPlace,
)
from omnitron.channels.integrations.oscar.statuses import CANCELLED, DELIVERED, OURS, RETURNED, SHIPPED
from omnitron.channels.integrations.oscar.units import GONE, Units, line_of
from omnitron.channels.integrations.pages import id_of
from omnitron.omnicore.money import distribute
from omnitron.omnicore.orders.enums import OrderStatus


def channel_order(
    payload: Mapping[str, Any], *, statuses: Mapping[str, int], here: Units | None = None
) -> ChannelOrder:
    """`statuses` are those of the shop that are not the demo shop's; `here` is what is here of the order already.

    Raises OrderParkedException: UNKNOWN_STATUS, ILLEGAL_MOVE, UNREADABLE without an address.
    """
    known = OURS | {name: OrderStatus(code) for name, code in statuses.items()}
    return _order(payload, known, here or {})


def has_gone(line: Mapping[str, Any]) -> bool:
    """Whether units of the line were cancelled or came back."""
    return any(line["units"][name] for name in (CANCELLED, RETURNED))


def _order(payload: Mapping[str, Any], statuses: Mapping[str, OrderStatus], here: Units) -> ChannelOrder:
    shipping, billing = _addresses(payload)
    currency = payload["currency"].lower()
    return ChannelOrder(
        number=payload["number"],
        remote_id=id_of(payload["id"]),
        modified_date=datetime.fromisoformat(payload["date_changed"]),
        date_placed=datetime.fromisoformat(payload["date_placed"]),
        currency=currency,
        amount=Decimal(payload["total_incl_tax"]),
        customer=_customer(payload, billing),
        shipping_address=_address(shipping, payload),
        billing_address=_address(billing, payload),
        items=[
            item
            for line in payload["lines"]
            for part in _parts(line, statuses, here)
            for item in [_item(line, part, payload["shipping_events"], currency)]
        ],
        shipping_amount=Decimal(payload["shipping_incl_tax"]),
        shipping_tax_rate=Decimal(payload["shipping_tax_rate"]),
        shipping_option_slug=payload["shipping_code"],
        tracking_number=_tracking_number(payload["shipping_events"]),
        notes=shipping.get("notes") or None,
        extra_field={
            "oscar_status": payload["status"],
            "shipping_method": payload["shipping_method"],
            "discounts": payload["discounts"],
            "surcharges": payload["surcharges"],
        },
    )


def _addresses(payload: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Where it goes and who gets the bill; where one is the same or not needed, the shop does not ask for it."""
    shipping = payload["shipping_address"] or payload["billing_address"]
    if shipping is None:
        detail = "The order has neither a shipping address nor a billing address."
        raise OrderParkedException(ParkCause.UNREADABLE, subject="shipping_address", detail=detail)
    return shipping, payload["billing_address"] or shipping


def _customer(payload: Mapping[str, Any], billing: Mapping[str, Any]) -> ChannelCustomer:
    """Who registered, else a guest by their e-mail. The shop does not insist on names when somebody registers."""
    registered = payload["customer"] or {}
    return ChannelCustomer(
        email=payload["email"],
        first_name=registered.get("first_name") or billing["first_name"],
        last_name=registered.get("last_name") or billing["last_name"],
        channel_code=str(registered["id"]) if registered else None,
        phone_number=(payload["shipping_address"] or {}).get("phone_number") or None,
    )


def _address(address: Mapping[str, Any], payload: Mapping[str, Any]) -> ChannelAddress:
    """In a Turkish address oscar's `line4` is the city, `state` the township."""
    return ChannelAddress(
        first_name=address["first_name"],
        last_name=address["last_name"],
        line=", ".join(address[name] for name in ("line1", "line2", "line3") if address[name]),
        country=ChannelPlace(code=address["country"].lower()),
        city=ChannelPlace(name=address["line4"]),
        township=ChannelPlace(name=address["state"]) if address["state"] else None,
        postcode=address["postcode"] or None,
        phone_number=address.get("phone_number") or None,
        email=payload["email"],
        notes=address.get("notes") or None,
    )


@dataclass(frozen=True)
class _Part:
    """Units of a line that stand together."""

    remote_id: str
    status: OrderStatus
    quantity: int
    price: Decimal
    discount_amount: Decimal


def _parts(line: Mapping[str, Any], statuses: Mapping[str, OrderStatus], here: Units) -> list[_Part]:
    """A line in one; in parts where some units of it were gone when the order first came, and so ever after.

    Units that went later are cancelled or taken back by somebody here; then the line says nothing new. Raises
    OrderParkedException until they are.
    """
    if line["status"] not in statuses:
        detail = f"The shop's status {line['status']!r} has no counterpart in the channel's conf (statuses)."
        raise OrderParkedException(ParkCause.UNKNOWN_STATUS, subject=line["status"], detail=detail)
    remote_id, apart = id_of(line["id"]), _units_apart(line, here)
    rest = line["quantity"] - sum(apart.values())
    _check_gone(line, apart, rest, here.get(remote_id, Counter()))
    units = {(remote_id, statuses[line["status"]]): rest}
    units |= {(f"{remote_id}{GONE}{name}", statuses[name]): quantity for name, quantity in apart.items()}
    units = {part: quantity for part, quantity in units.items() if quantity}
    weights = [Decimal(quantity) for quantity in units.values()]
    before = Decimal(line["line_price_before_discounts_incl_tax"])
    prices = distribute(before, weights)
    discounts = distribute(before - Decimal(line["line_price_incl_tax"]), weights, caps=prices)
    return [
        _Part(*part, quantity=quantity, price=price, discount_amount=discount)
        for (part, quantity), price, discount in zip(units.items(), prices, discounts, strict=True)
    ]


def _units_apart(line: Mapping[str, Any], here: Units) -> dict[str, int]:
    """How many units stand beside the line, by how they went: as the order came, else as it comes now."""
    ways = (CANCELLED, RETURNED)
    if any(line_of(remote_id) == line["id"] for remote_id in here):
        return {name: sum(here.get(f"{line['id']}{GONE}{name}", Counter()).values()) for name in ways}
    if any(line["units"][name] == line["quantity"] for name in ways):
        return {}
    return {name: line["units"][name] for name in ways}


def _check_gone(
    line: Mapping[str, Any], apart: Mapping[str, int], rest: int, here: Counter[OrderStatus]
) -> None:
    for name in (CANCELLED, RETURNED):
        there, known = line["units"][name] - apart.get(name, 0), here[OURS[name]]
        if 0 < there < rest and there != known:
            detail = (
                f"{there} of {rest} units of line {line['id']} ({line['partner_sku']}) are {name} in the shop, "
                f"{known} here. Cancel or take back the same here, then replay."
            )
            raise OrderParkedException(ParkCause.ILLEGAL_MOVE, subject=line["partner_sku"], detail=detail)


def _item(
    line: Mapping[str, Any], part: _Part, events: list[Mapping[str, Any]], currency: str
) -> ChannelOrderItem:
    return ChannelOrderItem(
        remote_id=part.remote_id,
        sku=line["partner_sku"],
        quantity=part.quantity,
        price=part.price,
        discount_amount=part.discount_amount,
        tax_rate=Decimal(line["tax_rate"]),
        status=part.status,
        currency=currency,
        tracking_number=_tracking_number(events, line=line["id"]),
        shipped_date=_date_of(SHIPPED, events, line=line),
        delivered_date=_date_of(DELIVERED, events, line=line),
    )


def _tracking_number(events: list[Mapping[str, Any]], *, line: int | None = None) -> str | None:
    """That of the latest shipment: of the line, or of all."""
    numbers = [
        (event["date_created"], event["notes"])
        for event in events
        if event["event_type"] == SHIPPED and event["notes"] and (line is None or line in _lines_of(event))
    ]
    return max(numbers)[1] if numbers else None


def _date_of(kind: str, events: list[Mapping[str, Any]], *, line: Mapping[str, Any]) -> datetime | None:
    """When the last unit of the line went through it; None while some have not."""
    its = [event for event in events if event["event_type"] == kind and line["id"] in _lines_of(event)]
    live = line["quantity"] - line["units"].get(CANCELLED, 0)
    if not its or line["units"][kind] < live:
        return None
    return max(datetime.fromisoformat(event["date_created"]) for event in its)


def _lines_of(event: Mapping[str, Any]) -> set[int]:
    return {row["line"] for row in event["lines"]}
