"""The reference: the same orders, one by one, by the services that everything else goes through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from omnitron.channels.models import Channel, IntegrationAction
from omnitron.core import records
from omnitron.core.audit import AuditContext
from omnitron.customers.address_hash import address_hash
from omnitron.customers.models import Address, Customer
from omnitron.customers.use_cases import create_address
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.capture import PAYMENT_MODELS
from omnitron.orders.dto import IncomingOrder, NewItem
from omnitron.orders.models import BenefitApplicant, DiscountItem, Order, OrderItem
from omnitron.orders.service import OrderService
from omnitron.orders.told import TOLD, told


class OneByOne:
    """Takes orders of a channel in: each customer and address by what creates those, then `create_orders` with the
    shares that `set_distribute_interest_amount` gave, then each discount, share and payment by `create_record`.
    """

    def __init__(self, channel: Channel, audit_context: AuditContext) -> None:
        self._channel = channel
        self._audit_context = audit_context

    def take_in(self, incoming: IncomingOrder) -> Order:
        customer = self._customer(incoming.customer)
        references = {
            "customer": customer,
            "shipping_address": self._address(incoming.shipping_address, customer),
            "billing_address": self._address(incoming.billing_address, customer),
        }
        shares, benefits = self._shares(incoming, references)
        order = self._create(incoming, references, shares=shares)
        self._discounts(order, incoming, benefits=benefits)
        for payment in incoming.payments:
            self._record(PAYMENT_MODELS[payment.instrument], {**payment.values, "order": order})
        self._note_told(order)
        return order

    def _customer(self, values: Mapping[str, Any]) -> Customer:
        for name in ("channel_code", "email"):
            if values[name]:
                known = Customer.objects.filter(channel=self._channel, **{name: values[name]})
                if (customer := known.order_by("pk").first()) is not None:
                    return customer
                break
        return self._record(Customer, {**values, "channel": self._channel})

    def _address(self, values: Mapping[str, Any], customer: Customer) -> Address:
        owned = {**values, "customer": customer}
        known = Address.objects.filter(hash_data=address_hash(owned)).first()
        return known or create_address(owned, audit_context=self._audit_context)

    def _shares(
        self, incoming: IncomingOrder, references: Mapping[str, Any]
    ) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]:
        """What `set_distribute_interest_amount` gives each item, and what each discount gives which item: of the
        order as it was before anything of it was cancelled, placed and forgotten again.
        """
        with _forgotten():
            whole = [{"status": OrderStatus.APPROVED}] * len(incoming.items)
            order = self._create(incoming, references, shares=whole)
            items = list(order.orderitem_set.order_by("pk"))
            discounts = [
                self._record(DiscountItem, {**discount.values, "order": order})
                for discount in incoming.discounts
            ]
            for discount, row in zip(incoming.discounts, discounts, strict=True):
                for place in discount.items:
                    self._record(BenefitApplicant, {"discount_item": row, "order_item": items[place]})
            OrderService.set_distribute_interest_amount(order, audit_context=self._audit_context)
            names = ("discount_amount", "installment_interest_amount", "shipping_share")
            items = list(order.orderitem_set.order_by("pk"))
            shares = [{name: getattr(item, name) for name in names} for item in items]
            places = {item.pk: place for place, item in enumerate(items)}
            benefits = [
                [
                    {"place": places[row.order_item_id], "amount": row.amount}
                    for row in BenefitApplicant.objects.filter(discount_item=row).order_by("pk")
                ]
                for discount, row in zip(incoming.discounts, discounts, strict=True)
            ]
        return shares, benefits

    def _create(
        self, incoming: IncomingOrder, references: Mapping[str, Any], *, shares: list[dict[str, Any]]
    ) -> Order:
        items = [
            NewItem(product=item.product, values={**item.values, **share})
            for item, share in zip(incoming.items, shares, strict=True)
        ]
        return OrderService.create_orders(
            self._channel,
            number=incoming.number,
            items=items,
            audit_context=self._audit_context,
            **incoming.values,
            **references,
        )

    def _discounts(self, order: Order, incoming: IncomingOrder, *, benefits: list[list[dict]]) -> None:
        items = list(order.orderitem_set.order_by("pk"))
        for discount, of_discount in zip(incoming.discounts, benefits, strict=True):
            row = self._record(DiscountItem, {**discount.values, "order": order})
            for benefit in of_discount:
                values = {"discount_item": row, "order_item": items[benefit["place"]]}
                self._record(BenefitApplicant, {**values, "amount": benefit["amount"]})

    def _note_told(self, order: Order) -> None:
        """`create_orders` says by which ids the channel knows them; what it knows of them is new."""
        for row in (order, *OrderItem.objects.filter(order=order)):
            IntegrationAction.objects.filter(
                content_type=ContentType.objects.get_for_model(row), object_id=row.pk
            ).update(state={TOLD: told(vars(row))})

    def _record(self, model: Any, values: Mapping[str, Any]) -> Any:
        return records.create_record(model, values, audit_context=self._audit_context)


@contextmanager
def _forgotten() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
