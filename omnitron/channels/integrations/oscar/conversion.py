"""An order of the shop in Omnitron's words. The fields are django-oscar's columns.

All that is paid, is paid to the shop; to us such an order was paid at its channel, so there are no payments here.
Discounts on the basket are in the prices of its lines already, those on shipping in its charge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
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
from omnitron.omnicore.money import distribute
from omnitron.omnicore.orders.enums import OrderStatus


def channel_order(payload: Mapping[str, Any], *, statuses: Mapping[str, int]) -> ChannelOrder:
    """`statuses` are those of the shop that are not the demo shop's. Raises OrderParkedException."""
    try:
        return _order(payload, OURS | {name: OrderStatus(code) for name, code in statuses.items()})
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        detail = f"The order cannot be read: {type(error).__name__} {error}."
        raise OrderParkedException(ParkCause.UNREADABLE, subject="", detail=detail) from error


def _order(payload: Mapping[str, Any], statuses: Mapping[str, OrderStatus]) -> ChannelOrder:
    shipping, billing = _addresses(payload)
    currency = payload["currency"].lower()
    return ChannelOrder(
        number=payload["number"],
        remote_id=str(payload["id"]),
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
            for item in _items(line, payload["shipping_events"], statuses, currency)
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


def _items(
    line: Mapping[str, Any],
    events: list[Mapping[str, Any]],
    statuses: Mapping[str, OrderStatus],
    currency: str,
) -> Iterator[ChannelOrderItem]:
    """A line; units of it that were cancelled or came back stand beside it, with the same remote id."""
    if line["status"] not in statuses:
        detail = f"The shop's status {line['status']!r} has no counterpart in the channel's conf (statuses)."
        raise OrderParkedException(ParkCause.UNKNOWN_STATUS, subject=line["status"], detail=detail)
    gone = {statuses[name]: line["units"].get(name, 0) for name in (CANCELLED, RETURNED)}
    units = {statuses[line["status"]]: line["quantity"] - sum(gone.values())}
    for status, quantity in gone.items():
        units[status] = units.get(status, 0) + quantity
    parts = {status: quantity for status, quantity in units.items() if quantity}
    weights = [Decimal(quantity) for quantity in parts.values()]
    before = Decimal(line["line_price_before_discounts_incl_tax"])
    prices = distribute(before, weights)
    discounts = distribute(before - Decimal(line["line_price_incl_tax"]), weights, caps=prices)
    for (status, quantity), price, discount in zip(parts.items(), prices, discounts, strict=True):
        yield ChannelOrderItem(
            remote_id=str(line["id"]),
            sku=line["partner_sku"],
            quantity=quantity,
            price=price,
            discount_amount=discount,
            tax_rate=Decimal(line["tax_rate"]),
            status=status,
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
