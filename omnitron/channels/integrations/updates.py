"""An order that is here is changed as its channel reports it: by the operations people use, or not at all.

Only what the channel says anew is looked at, so that what was changed here meanwhile stays. What it reports is
noted as known to it, so that it is not told its own news.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from omnitron.channels.integrations.closures import close_items
from omnitron.channels.integrations.comparison import (
    ADDRESSES,
    FIGURES,
    ITEM_PARTS,
    ORDER_PARTS,
    PAYMENTS,
    STATUS,
    News,
)
from omnitron.channels.integrations.dto import ChannelOrder, ChannelOrderItem
from omnitron.channels.integrations.figures import check_figures
from omnitron.channels.integrations.known_versions import Report, Versions
from omnitron.channels.integrations.one_by_one import keep_transaction
from omnitron.channels.models import Channel
from omnitron.core.audit import AuditContext
from omnitron.customers.address_hash import address_hash
from omnitron.customers.models import Address, City, Country, Customer, District, Township
from omnitron.customers.use_cases import create_address
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.dto import IncomingOrder, OrderChanges
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.selectors import WholeOrder
from omnitron.orders.service import OrderService
from omnitron.orders.transitions import ITEM_STATUS

CLOSED = frozenset({OrderStatus.CANCELLED, OrderStatus.REFUNDED})
_PLACES = {"country": Country, "city": City, "township": Township, "district": District}
_BECAUSE = "Changed at the channel."


@dataclass(frozen=True)
class ReportedOrder:
    """An order as its channel reports it, with its references looked up, and what of it is new."""

    order: ChannelOrder
    incoming: IncomingOrder
    news: News

    def values_of(self, remote_id: str) -> Mapping[str, Any]:
        """The columns of one line."""
        return next(item.values for item in self.incoming.items if item.remote_id == remote_id)


@dataclass
class Change:
    """What a report changes about an order that is here. `values` are of the order, `items` of its items by pk,
    their status among them; `closing` are items the channel has closed. `known` is what the channel reported of
    each row.
    """

    whole: WholeOrder
    reported: ReportedOrder
    lines: Mapping[str, Sequence[OrderItem]]
    values: dict[str, Any] = field(default_factory=dict)
    items: dict[int, dict[str, Any]] = field(default_factory=dict)
    closing: dict[OrderItem, OrderStatus] = field(default_factory=dict)
    known: dict[Order | OrderItem, dict[str, Any]] = field(default_factory=dict)

    @property
    def pk(self) -> int:
        return self.whole.order.pk

    @property
    def is_plain(self) -> bool:
        """It writes columns, and needs no operation of its own."""
        return not self.closing and not any(self.reported.news.has(name) for name in (*ADDRESSES, PAYMENTS))

    def columns(self) -> OrderChanges:
        return OrderChanges(self.values, self.items)

    def report(self) -> Report:
        """What the channel is known to know, once the change was made."""
        named = {item: remote_id for remote_id, items in self.lines.items() for item in items}
        return Report(self.whole, self.known, {self.whole.order: self.reported.order.remote_id, **named})


def change_of(
    whole: WholeOrder, versions: Versions, reported: ReportedOrder, *, accept_differences: bool
) -> Change:
    """What the report changes. Raises OrderParkedException for figures that changed, unless `accept_differences`:
    then they stay as they are here.
    """
    change = Change(whole, reported, _lines_of(whole, versions, reported))
    if reported.news.has(FIGURES) and not accept_differences:
        check_figures(whole, change.lines, reported.order)
    change.values = {
        column: reported.incoming.values[column]
        for part, column in ORDER_PARTS.items()
        if reported.news.has(part)
    }
    change.known[whole.order] = change.values
    for line in reported.order.items:
        _add_line(change, line)
    return change


def make_plain(changes: Sequence[Change], *, audit_context: AuditContext) -> set[int]:
    """Make plain changes of many orders, all or none; the pks of those that changed. Raises what refuses one."""
    columns = {change.pk: change.columns() for change in changes if change.values or change.items}
    return OrderService.update_orders(columns, audit_context=audit_context)


def make(channel: Channel, change: Change, *, audit_context: AuditContext) -> bool:
    """Make one change of any kind; whether it changed anything. Raises whatever refuses a part of it, and
    OrderParkedException for a reason nobody mapped: then the caller rolls all back.
    """
    order, before = change.whole.order, change.whole.order.modified_date
    # Addresses first: they are final once the order is shipped.
    for name in ADDRESSES:
        if change.reported.news.has(name):
            _change_address(order, name, change.reported.incoming, audit_context=audit_context)
    if change.reported.news.has(PAYMENTS):
        for payment in change.reported.incoming.payments:
            keep_transaction(order, payment, audit_context=audit_context)
    make_plain([change], audit_context=audit_context)
    if change.closing:
        said = change.reported.order
        close_items(
            channel,
            order,
            change.closing,
            reason_code=said.cancellation_reason,
            proof=f"Reported by {channel.name}, {said.modified_date.isoformat()}.",
            audit_context=audit_context,
        )
    return Order.objects.values_list("modified_date", flat=True).get(pk=order.pk) != before


def _lines_of(whole: WholeOrder, versions: Versions, reported: ReportedOrder) -> dict[str, list[OrderItem]]:
    """The items of each line: by the id the channel knows them by (several where one was split); those it knows by
    none, because the order came here another way, by their product.
    """
    named = {item: versions.remote_id_of(item) for item in whole.items}
    lines: dict[str, list[OrderItem]] = {line.remote_id: [] for line in reported.order.items}
    for item, remote_id in named.items():
        if remote_id in lines:
            lines[remote_id].append(item)
    nameless = [item for item, remote_id in named.items() if remote_id is None]
    for line in reported.incoming.items:
        if not lines[line.remote_id]:
            found = [item for item in nameless if item.product_id == line.product]
            lines[line.remote_id] = found[:1]
            nameless = [item for item in nameless if item not in found[:1]]
    return lines


def _add_line(change: Change, line: ChannelOrderItem) -> None:
    news = change.reported.news.of_item(line.remote_id)
    values = change.reported.values_of(line.remote_id)
    said = {name: values[name] for name in ITEM_PARTS if news.has(name)}
    for item in change.lines[line.remote_id]:
        change.known[item] = {**said, STATUS: line.status} if news.has(STATUS) else said
        is_moved = news.has(STATUS) and _is_to_move(change, item, line.status, news.old.get(STATUS))
        if said or is_moved:
            change.items[item.pk] = {**said, STATUS: line.status} if is_moved else said


def _is_to_move(change: Change, item: OrderItem, status: OrderStatus, said_before: int | None) -> bool:
    """Whether the item is to be moved; one to be closed is noted. The channel's way forward may end where the item
    has been already, for it is told of moves made here, and tells of its own, with delay.
    """
    here = _status_here(change.whole, item)
    if status in CLOSED:
        if here not in CLOSED:
            change.closing[item] = status
        return False
    if here == status:
        return False
    if here == said_before:
        return True
    if here in CLOSED and _has_open_part(change, item):
        # Of a line that was split a part went; what the channel says of the line is about the rest.
        return False
    went_forward = said_before is None or ITEM_STATUS.allows(OrderStatus(said_before), status)
    is_behind = ITEM_STATUS.allows(status, here) and here not in CLOSED
    return not (went_forward and is_behind)


def _has_open_part(change: Change, item: OrderItem) -> bool:
    """Whether another item of the same line is still under way."""
    parts = next(items for items in change.lines.values() if item in items)
    return any(_status_here(change.whole, part) not in CLOSED for part in parts)


def _status_here(whole: WholeOrder, item: OrderItem) -> OrderStatus:
    """The item's status, or what it goes back to should its open cancellation be refused."""
    if item.status != OrderStatus.CANCELLATION_WAITING:
        return OrderStatus(item.status)
    rows = [row for row in whole.plan_items if row.order_item_id == item.pk and not row.is_rejected]
    return OrderStatus(rows[-1].previous_status)


def _change_address(order: Order, name: str, incoming: IncomingOrder, *, audit_context: AuditContext) -> None:
    """Of an order that is cancelled or sent back as a whole nothing goes anywhere: what its address is corrected to
    is of no use, and no reason to park it.
    """
    if order.status in CLOSED:
        return
    address = _address(order, getattr(incoming, name), audit_context=audit_context)
    if address.pk == getattr(order, f"{name}_id"):
        return
    if name == "shipping_address":
        OrderService.change_shipping_address(
            order, address, reason=_BECAUSE, note_to_carrier=_BECAUSE, audit_context=audit_context
        )
    else:
        OrderService.change_billing_address(order, address, reason=_BECAUSE, audit_context=audit_context)


def _address(order: Order, values: Mapping[str, Any], *, audit_context: AuditContext) -> Address:
    """The customer's address of this content, found again or made."""
    values = {**values, "customer": Customer(pk=order.customer_id)}
    known = Address.objects.filter(hash_data=address_hash(values)).first()
    if known is not None:
        return known
    places = {name: model(pk=values[name]) if values[name] else None for name, model in _PLACES.items()}
    return create_address({**values, **places}, audit_context=audit_context)
