"""An order that is here is changed as its channel reports it: by the operations people use, or not at all.

Only what the channel says anew is looked at, so that what was changed here meanwhile stays. What it reports is
noted as known to it, so that it is not told its own news.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from omnitron.channels.integrations.dto import ChannelOrder
from omnitron.channels.integrations.figures import check_figures
from omnitron.channels.integrations.known_versions import Versions
from omnitron.channels.integrations.one_by_one import keep_transaction
from omnitron.channels.models import Channel
from omnitron.core.audit import AuditContext
from omnitron.customers.address_hash import address_hash
from omnitron.customers.models import Address, City, Country, Customer, District, Township
from omnitron.customers.use_cases import create_address
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.dto import IncomingOrder
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.selectors import WholeOrder, lock_whole_order
from omnitron.orders.service import OrderItemService, OrderService
from omnitron.orders.transitions import ITEM_STATUS

CLOSED = frozenset({OrderStatus.CANCELLED, OrderStatus.REFUNDED})
_PLACES = {"country": Country, "city": City, "township": Township, "district": District}
# What an item and its vendor tell each other.
_VENDORS = frozenset({"shipping_company", "tracking_number"})
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


def update_order(
    channel: Channel,
    pk: int,
    reported: ReportedOrder,
    *,
    accept_differences: bool,
    audit_context: AuditContext,
) -> bool:
    """Change the order with this pk as reported; whether that changed anything here.

    Raises OrderParkedException for figures that changed (unless `accept_differences`: then they stay as they are
    here) and reasons nobody mapped, and whatever refuses one of the changes. Then the caller rolls all back.
    """
    whole = lock_whole_order(pk)
    before = whole.order.modified_date
    versions = Versions(channel, whole)
    lines = _lines_of(whole, versions, reported)
    if reported.news.has(FIGURES) and not accept_differences:
        check_figures(whole, lines, reported.order)
    change = _Change(channel, whole, lines, reported, audit_context)
    change.apply()
    remote_ids = {item: remote_id for remote_id, items in lines.items() for item in items}
    versions.note(change.reports, remote_ids={whole.order: reported.order.remote_id, **remote_ids})
    return Order.objects.values_list("modified_date", flat=True).get(pk=pk) != before


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


class _Change:
    """A change on its way in. `reports` is what the channel is known to know afterwards, by row and column."""

    def __init__(
        self,
        channel: Channel,
        whole: WholeOrder,
        lines: Mapping[str, Sequence[OrderItem]],
        reported: ReportedOrder,
        audit_context: AuditContext,
    ) -> None:
        self.channel, self.whole, self.lines = channel, whole, lines
        self.reported, self.news = reported, reported.news
        self.audit_context = audit_context
        self.reports: dict[Order | OrderItem, dict[str, Any]] = {}
        self._closing: dict[OrderItem, OrderStatus] = {}

    def apply(self) -> None:
        """Addresses first: they are final once the order is shipped."""
        self._change_addresses()
        self._change_payments()
        self._describe()
        self._change_items()
        if self._closing:
            close_items(
                self.channel,
                self.whole.order,
                self._closing,
                reason_code=self.reported.order.cancellation_reason,
                proof=f"Reported by {self.channel.name}, {self.reported.order.modified_date.isoformat()}.",
                audit_context=self.audit_context,
            )

    def _change_addresses(self) -> None:
        order = self.whole.order
        for name in ADDRESSES:
            if not self.news.has(name):
                continue
            address = self._address(getattr(self.reported.incoming, name))
            if address.pk == getattr(order, f"{name}_id"):
                continue
            if name == "shipping_address":
                OrderService.change_shipping_address(
                    order,
                    address,
                    reason=_BECAUSE,
                    note_to_carrier=_BECAUSE,
                    audit_context=self.audit_context,
                )
            else:
                OrderService.change_billing_address(
                    order, address, reason=_BECAUSE, audit_context=self.audit_context
                )

    def _address(self, values: Mapping[str, Any]) -> Address:
        """The customer's address of this content, found again or made."""
        values = {**values, "customer": Customer(pk=self.whole.order.customer_id)}
        known = Address.objects.filter(hash_data=address_hash(values)).first()
        if known is not None:
            return known
        places = {name: model(pk=values[name]) if values[name] else None for name, model in _PLACES.items()}
        return create_address({**values, **places}, audit_context=self.audit_context)

    def _change_payments(self) -> None:
        if not self.news.has(PAYMENTS):
            return
        for payment in self.reported.incoming.payments:
            keep_transaction(self.whole.order, payment, audit_context=self.audit_context)

    def _describe(self) -> None:
        said = {
            column: self.reported.incoming.values[column]
            for part, column in ORDER_PARTS.items()
            if self.news.has(part)
        }
        self.reports[self.whole.order] = said
        if said:
            OrderService.update_order(self.whole.order, audit_context=self.audit_context, **said)

    def _change_items(self) -> None:
        changes: dict[int, dict[str, Any]] = {}
        for line in self.reported.order.items:
            news = self.news.of_item(line.remote_id)
            values = self.reported.values_of(line.remote_id)
            said = {name: values[name] for name in ITEM_PARTS if news.has(name)}
            for item in self.lines[line.remote_id]:
                self.reports[item] = {**said, STATUS: line.status} if news.has(STATUS) else said
                is_moved = news.has(STATUS) and self._is_to_move(item, line.status, news.old.get(STATUS))
                if said or is_moved:
                    changes[item.pk] = {**said, STATUS: line.status} if is_moved else said
        if changes:
            OrderItemService.update_order_items(
                self.whole.order,
                changes,
                # How they travel the channel knows better, even after delivery.
                force=True,
                shipping_update=any(_VENDORS & set(said) for said in changes.values()),
                audit_context=self.audit_context,
            )

    def _is_to_move(self, item: OrderItem, status: OrderStatus, said_before: int | None) -> bool:
        """Whether the item is to be moved; one to be closed is noted. The channel's way forward may end where the
        item has been already, for it is told of moves made here, and tells of its own, with delay.
        """
        here = self._status_here(item)
        if status in CLOSED:
            if here not in CLOSED:
                self._closing[item] = status
            return False
        if here == status:
            return False
        if here == said_before:
            return True
        went_forward = said_before is None or ITEM_STATUS.allows(OrderStatus(said_before), status)
        is_behind = ITEM_STATUS.allows(status, here) and here not in CLOSED
        return not (went_forward and is_behind)

    def _status_here(self, item: OrderItem) -> OrderStatus:
        """The item's status, or what it goes back to should its open cancellation be refused."""
        if item.status != OrderStatus.CANCELLATION_WAITING:
            return OrderStatus(item.status)
        rows = [row for row in self.whole.plan_items if row.order_item_id == item.pk and not row.is_rejected]
        return OrderStatus(rows[-1].previous_status)
