"""Judging rows of tracking numbers before anything is written: two statements a chunk, one more for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser
from django.db.models import F

from omnitron.channels.models import Channel
from omnitron.core.exceptions import OmnitronException
from omnitron.core.scope import visible_to
from omnitron.omnicore.orders.enums import OrderStatus, ShippingCompany
from omnitron.orders.exceptions import (
    OrderClosedException,
    TrackingCarrierUnknownException,
    TrackingChannelUnknownException,
    TrackingOrderAmbiguousException,
    TrackingOrderUnknownException,
    TrackingRowsContradictException,
    TrackingSkuUnknownException,
)
from omnitron.orders.models import Order, OrderItem, TrackingUploadRow
from omnitron.orders.tracking.rows import TrackingRow
from omnitron.orders.tracking_models import TrackingResult
from omnitron.orders.transitions import INACTIVE

ROWS_A_CHUNK = 1_000
# Turkish capitals: I and its dotted sister are one letter to somebody who types a carrier's name.
_LETTERS = str.maketrans({"\u0130": "i", "\u0131": "i", "I": "i"})


@dataclass(frozen=True)
class KnownOrder:
    """What judging needs of an order: the statuses of its items by sku."""

    pk: int
    channel_id: int
    number: str
    status: int
    items: Sequence[tuple[str, int]]

    @property
    def is_closed(self) -> bool:
        return bool(self.items) and all(status in INACTIVE for _, status in self.items)


def judge(rows: Sequence[TrackingRow], *, actor: AbstractUser | None) -> list[TrackingUploadRow]:
    """Every row with its order, or with why it is refused; what two rows say of the same must agree.

    Only orders that `actor` may reach exist here; without an actor, all do.
    """
    channels = _channels(actor)
    judged: list[TrackingUploadRow] = []
    for start in range(0, len(rows), ROWS_A_CHUNK):
        chunk = rows[start : start + ROWS_A_CHUNK]
        orders = _orders(chunk, actor)
        judged += [_judged(row, channels, orders) for row in chunk]
    _compare(judged)
    return judged


def refuse(row: TrackingUploadRow, refusal: OmnitronException) -> None:
    row.result = TrackingResult.REFUSED
    row.error_code, row.error_message = refusal.code, str(refusal)[:1024]


def carrier_of(text: str) -> ShippingCompany | None:
    """The carrier whose code or name `text` is, in capitals or small letters."""
    return CARRIERS.get(_folded(text))


def _folded(text: str) -> str:
    return text.translate(_LETTERS).casefold()


CARRIERS = {_folded(text): company for company in ShippingCompany for text in (company.value, company.label)}


def _channels(actor: AbstractUser | None) -> dict[str, set[int]]:
    """Channels by name; a pk is a name of its channel, too, and wins over another channel's name."""
    known = Channel.objects.order_by("pk")
    channels: dict[str, set[int]] = defaultdict(set)
    reachable = known if actor is None else visible_to(known, actor)
    rows = list(reachable.values_list("pk", "name"))
    for pk, name in rows:
        channels[name.strip()].add(pk)
    return {**channels, **{str(pk): {pk} for pk, _ in rows}}


def _orders(rows: Sequence[TrackingRow], actor: AbstractUser | None) -> dict[str, list[KnownOrder]]:
    """The reachable orders that the rows name, by number."""
    wanted = Order.objects.filter(number__in={row.order_number for row in rows if row.refusal is None})
    reachable = wanted if actor is None else visible_to(wanted, actor)
    found = list(reachable.order_by("pk").values_list("pk", "channel_id", "number", "status"))
    items: dict[int, list[tuple[str, int]]] = defaultdict(list)
    of_orders = OrderItem.objects.filter(order__in=[pk for pk, *_ in found])
    for order_pk, sku, status in of_orders.order_by("pk").values_list(
        "order_id", F("product__sku"), "status"
    ):
        items[order_pk].append((sku, status))
    orders: dict[str, list[KnownOrder]] = defaultdict(list)
    for pk, channel_id, number, status in found:
        orders[number].append(KnownOrder(pk, channel_id, number, status, items[pk]))
    return orders


def _judged(
    row: TrackingRow, channels: dict[str, set[int]], orders: dict[str, list[KnownOrder]]
) -> TrackingUploadRow:
    judged = TrackingUploadRow(
        row_number=row.row_number,
        channel=row.channel,
        order_number=row.order_number,
        sku=row.sku,
        tracking_number=row.tracking_number,
        shipping_company=row.shipping_company,
    )
    try:
        if row.refusal is not None:
            raise row.refusal
        judged.order_pk = _order_of(row, channels, orders).pk
        if carrier_of(row.shipping_company) is None:
            raise TrackingCarrierUnknownException(carrier=row.shipping_company)
    except OmnitronException as refusal:
        refuse(judged, refusal)
    return judged


def _order_of(
    row: TrackingRow, channels: dict[str, set[int]], orders: dict[str, list[KnownOrder]]
) -> KnownOrder:
    """The one order meant. Raises what the row is refused with."""
    found = orders.get(row.order_number, [])
    if row.channel:
        named = channels.get(row.channel, set())
        if len(named) != 1:
            raise TrackingChannelUnknownException(channel=row.channel)
        found = [order for order in found if order.channel_id in named]
    if not found:
        raise TrackingOrderUnknownException(number=row.order_number)
    if len(found) > 1:
        raise TrackingOrderAmbiguousException(number=row.order_number)
    (order,) = found
    statuses = [status for sku, status in order.items if not row.sku or sku == row.sku]
    if row.sku and not statuses:
        raise TrackingSkuUnknownException(number=row.order_number, sku=row.sku)
    if order.is_closed or (row.sku and all(status in INACTIVE for status in statuses)):
        status = OrderStatus(max(statuses)).label if row.sku else OrderStatus(order.status).label
        raise OrderClosedException(number=row.order_number, status=status)
    return order


def _compare(rows: Sequence[TrackingUploadRow]) -> None:
    """Of rows about the same order, or the same sku of it: what repeats is unchanged, what differs all refused."""
    same: dict[tuple[int, str], list[TrackingUploadRow]] = defaultdict(list)
    for row in rows:
        if row.result == TrackingResult.PENDING and row.order_pk is not None:
            same[row.order_pk, row.sku].append(row)
    for group in same.values():
        if len({(row.tracking_number, carrier_of(row.shipping_company)) for row in group}) > 1:
            numbers = ", ".join(str(row.row_number) for row in group[:20])
            for row in group:
                refuse(row, TrackingRowsContradictException(rows=numbers))
            continue
        for row in group[1:]:
            row.result = TrackingResult.UNCHANGED
