"""Many orders of a channel are taken in at once: the same rows as one by one, by a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone

from omnitron.catalogs import stock
from omnitron.catalogs.stock import StockRequest
from omnitron.channels.models import Channel, IntegrationAction
from omnitron.channels.use_cases.batch_requests import lock_channel
from omnitron.core.audit import AuditContext
from omnitron.core.bulk import AuditRows, BulkRows, json_of, new_pks, refusals_named
from omnitron.core.exceptions import InvalidInput
from omnitron.customers.models import Address, Customer
from omnitron.orders.capture import PAYMENT_MODELS
from omnitron.orders.dto import IncomingOrder, TakenInOrder
from omnitron.orders.exceptions import OrderDuplicatedFieldException
from omnitron.orders.models import (
    BenefitApplicant,
    DiscountItem,
    Order,
    OrderItem,
    VendorOrder,
    VendorOrderItem,
)
from omnitron.orders.told import TOLD, told
from omnitron.orders.transitions import INACTIVE
from omnitron.orders.units import units_of
from omnitron.orders.use_cases.intake_customers import place_addresses, place_customers
from omnitron.orders.use_cases.intake_drafts import OrderDraft, draft_of
from omnitron.orders.use_cases.vendor_orders import shipped_by_vendors, vendor_status


def take_in_orders(
    channel: Channel, orders: Sequence[IncomingOrder], *, audit_context: AuditContext
) -> list[TakenInOrder]:
    """Take the orders of a channel in, all or none, in the caller's transaction. Returns what was made, in the
    order given.

    Leaves row for row what the customer, the addresses, `create_orders` with the shares of
    `set_distribute_interest_amount`, discounts and payments would leave one by one: customers known again, stock
    reserved and flagged short, vendor orders, audit rows. The channel knows order and items as they are now, by
    their remote ids; what it was told of them is in the `state` of their integration actions (`orders.told`).
    Holds the channel's lock, which the next run of the channel waits for.

    Figures are stored as given. An order's `discount_amount` that is not given is the sum of its items'.

    Raises OrderDuplicatedFieldException for a number the channel has, or that is given twice, InvalidInput for
    values that cannot be stored or belong elsewhere, OrderStatusByActionException for status 50. Then nothing
    was written; which order it was, whoever tries fewer at once finds out.
    """
    drafts = [draft_of(order) for order in orders]
    _check_given_once(drafts, channel)
    if drafts:
        try:
            with refusals_named():
                _Intake(channel, drafts, audit_context=audit_context, now=timezone.now()).write()
        except InvalidInput:
            _check_not_there(drafts, channel)
            raise
    return [TakenInOrder(number=d.incoming.number, remote_id=d.incoming.remote_id, pk=d.pk) for d in drafts]


def _check_given_once(drafts: Sequence[OrderDraft], channel: Channel) -> None:
    seen = set()
    for draft in drafts:
        number = draft.incoming.number
        if number in seen:
            raise OrderDuplicatedFieldException(number=number, channel=channel.pk)
        seen.add(number)


def _check_not_there(drafts: Sequence[OrderDraft], channel: Channel) -> None:
    numbers = [draft.incoming.number for draft in drafts]
    known = Order.objects.filter(channel=channel, number__in=numbers).order_by("pk")
    if (number := known.values_list("number", flat=True).first()) is not None:
        raise OrderDuplicatedFieldException(number=number, channel=channel.pk) from None


class _Intake:
    """One batch on its way in. Locks in the order of docs/locking.md: channel, orders, stocks, actions."""

    def __init__(
        self, channel: Channel, drafts: Sequence[OrderDraft], *, audit_context: AuditContext, now: datetime
    ) -> None:
        self._channel = channel
        self._drafts = drafts
        self._now = now
        self._audit_rows = AuditRows(audit_context=audit_context, now=now)
        self._actions = BulkRows(
            IntegrationAction, now=now, is_numbered=False, channel=channel, version_date=now
        )
        self._vended = {id(draft): shipped_by_vendors(draft.items) for draft in drafts}

    def write(self) -> None:
        lock_channel(self._channel.pk)
        customers, addresses = self._rows(Customer), self._rows(Address)
        place_customers(self._channel, self._drafts, customers=customers, audit_rows=self._audit_rows)
        place_addresses(self._drafts, addresses=addresses, audit_rows=self._audit_rows)
        pks = new_pks(self._counts())
        customers.insert()
        addresses.insert()
        self._write_orders(pks[Order])
        self._reserve()
        self._write_items(pks[OrderItem])
        self._write_vendor_orders(pks[VendorOrder])
        self._write_discounts(pks[DiscountItem], pks[BenefitApplicant])
        self._write_payments(pks)
        self._actions.insert()
        self._audit_rows.insert()

    def _rows(self, model: type[Model], **constants: Any) -> BulkRows:
        return BulkRows(model, now=self._now, **constants)

    def _counts(self) -> dict[type[Model], int]:
        counts: dict[type[Model], int] = dict.fromkeys(
            (Order, OrderItem, VendorOrder, DiscountItem, BenefitApplicant, *PAYMENT_MODELS.values()), 0
        )
        counts[Order] = len(self._drafts)
        for draft in self._drafts:
            counts[OrderItem] += len(draft.items)
            counts[VendorOrder] += len({item.datasource_id for item in self._vended[id(draft)]})
            counts[DiscountItem] += len(draft.benefits)
            counts[BenefitApplicant] += sum(len(shares) for _, shares in draft.benefits)
            for payment in draft.incoming.payments:
                counts[PAYMENT_MODELS[payment.instrument]] += 1
        return counts

    def _write_orders(self, pks: Iterator[int]) -> None:
        rows = self._rows(Order, channel=self._channel)
        content_type = ContentType.objects.get_for_model(Order).pk
        for draft in self._drafts:
            draft.pk = next(pks)
            columns = draft.columns()
            rows.add(columns)
            self._audit_rows.created(Order, draft.pk, rows.whole(columns))
            self._note_known(content_type, draft.pk, draft.incoming.remote_id, columns)
        rows.insert()

    def _reserve(self) -> None:
        reserving = [item for draft in self._drafts for item in draft.items if item.status not in INACTIVE]
        requests = [
            StockRequest(item.product_id, item.stock_list_id, units_of(item.attributes)) for item in reserving
        ]
        for item, reservation in zip(reserving, stock.reserve(requests), strict=True):
            item.reserved_units, item.is_stock_short = reservation.units, reservation.is_short

    def _write_items(self, pks: Iterator[int]) -> None:
        rows = self._rows(OrderItem)
        content_type = ContentType.objects.get_for_model(OrderItem).pk
        for draft in self._drafts:
            for item in draft.items:
                item.pk = next(pks)
                columns = draft.item_columns(item)
                rows.add(columns)
                self._audit_rows.created(OrderItem, item.pk, rows.whole(columns))
                known = {"status": item.status, **item.values}
                self._note_known(content_type, item.pk, item.remote_id, known)
        rows.insert()

    def _write_vendor_orders(self, pks: Iterator[int]) -> None:
        vendor_orders, vendor_items = (
            self._rows(VendorOrder),
            BulkRows(VendorOrderItem, now=self._now, is_numbered=False),
        )
        for draft in self._drafts:
            placed = self._vended[id(draft)]
            of_source = {}
            for source in sorted({item.datasource_id for item in placed}):
                of_source[source] = pk = next(pks)
                given = {"order": draft.pk, "data_source": source}
                vendor_orders.add({**given, "id": pk, "status": vendor_status(placed, source)})
                self._audit_rows.created(VendorOrder, pk, json_of(given))
            for item in placed:
                vendor_items.add(
                    {
                        "vendor_order": of_source[item.datasource_id],
                        "order_item": item.pk,
                        "status": item.status,
                    }
                )
        vendor_orders.insert()
        vendor_items.insert()

    def _write_discounts(self, pks: Iterator[int], benefit_pks: Iterator[int]) -> None:
        discounts, benefits = self._rows(DiscountItem), self._rows(BenefitApplicant)
        for draft in self._drafts:
            for discount, shares in draft.benefits:
                pk = next(pks)
                self._add(discounts, pk, {**discount.values, "order": draft.pk})
                for item, share in shares:
                    given = {"discount_item": pk, "order_item": item.pk, "amount": share}
                    self._add(benefits, next(benefit_pks), given)
        discounts.insert()
        benefits.insert()

    def _write_payments(self, pks: dict[type[Model], Iterator[int]]) -> None:
        payments = {model: self._rows(model) for model in PAYMENT_MODELS.values()}
        for draft in self._drafts:
            for payment in draft.incoming.payments:
                model = PAYMENT_MODELS[payment.instrument]
                self._add(payments[model], next(pks[model]), {**payment.values, "order": draft.pk})
        for rows in payments.values():
            rows.insert()

    def _add(self, rows: BulkRows, pk: int, given: dict[str, Any]) -> None:
        """A record as `records.create_record` makes it."""
        rows.add({**given, "id": pk})
        self._audit_rows.created(rows.model, pk, json_of(given))

    def _note_known(self, content_type: int, pk: int, remote_id: str, known: dict[str, Any]) -> None:
        self._actions.add(
            {
                "content_type": content_type,
                "object_id": pk,
                "remote_id": remote_id or None,
                "state": {TOLD: told(known)},
            }
        )
