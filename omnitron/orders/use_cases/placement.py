"""Orders come into being, are described further, and, while nothing has happened to them, go away again."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from omnitron.catalogs import stock
from omnitron.catalogs.models import Product
from omnitron.catalogs.stock import StockRequest
from omnitron.channels.models import Channel, IntegrationAction, IntegrationMapping
from omnitron.core import audit, records
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.dto import NewItem
from omnitron.orders.exceptions import (
    OrderDeleteException,
    OrderDuplicatedFieldException,
    OrderItemsClosedException,
    OrderStatusByActionException,
)
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.pricing import PricedItem, PricedOrder, total_difference
from omnitron.orders.selectors import lock_items, lock_order
from omnitron.orders.transitions import INACTIVE, order_status_of
from omnitron.orders.units import units_of
from omnitron.orders.updatable import UPDATABLE, check_updatable, merge_json
from omnitron.orders.use_cases.status import settle_order
from omnitron.orders.use_cases.vendor_orders import place_vendor_items

# As many digits as the column holds; sums of many items can exceed it.
LARGEST_DIFFERENCE = Decimal(10) ** 10


class PlaceableOrder(Protocol):
    status: int
    currency: str


class PlaceableItem(Protocol):
    status: int
    price_currency: str
    order_id: int | None
    parent: OrderItem | None


@transaction.atomic
def create_order(
    number: str,
    channel: Channel,
    *,
    audit_context: AuditContext,
    items: Sequence[NewItem] = (),
    **values: Any,
) -> Order:
    """Place an order in `channel`, with its items, and reserve their stock.

    Figures are stored as given; what they fail to add up to is kept in `total_difference`. The status follows
    from the items; an order without items keeps the one given (default 200, waiting).

    Raises OrderDuplicatedFieldException when the channel has that number already, InvalidInput for customers
    or addresses of another channel and for currencies that differ, OrderStatusByActionException for status 50.
    """
    order = Order(number=number, channel=channel, **values)
    if order.net_shipping_amount is None:
        order.net_shipping_amount = order.shipping_amount
    rows = [OrderItem(order=order, product=item.product, **item.values) for item in items]
    _check_belongs_together(order, rows)
    _derive(order, rows)
    _insert(order)
    _place_items(order, rows)
    place_vendor_items(order, rows, audit_context=audit_context)
    audit.record(order, "order.created", audit_context=audit_context, new=_full(order))
    _audit_placed(rows, audit_context=audit_context)
    return order


@transaction.atomic
def update_order(order: Order, *, audit_context: AuditContext, **changes: Any) -> Order:
    """Write descriptive fields of an order (`UPDATABLE`); `extra_field` is merged, keys not given stay.

    Returns the locked, changed order. Raises InvalidInput for a field that is not descriptive.
    """
    check_updatable(changes, UPDATABLE)
    locked = lock_order(order.pk)
    merge_json(locked, changes, "extra_field")
    records.write_changes(locked, changes, audit_context=audit_context)
    return locked


@transaction.atomic
def delete_order(order: Order, *, audit_context: AuditContext) -> None:
    """Delete an order to which nothing has happened yet, give its stock back, and keep the audit trail.

    Raises OrderDeleteException once there is a payment, a plan, a package, a vendor order that the vendor has
    numbered, or a status beyond payment waiting.
    """
    locked = lock_order(order.pk)
    items = lock_items(locked)
    if reason := _reason_to_keep(locked):
        raise OrderDeleteException(number=locked.number, reason=reason)
    stock.release([_stock_request(item, units=item.reserved_units) for item in items if item.reserved_units])
    audit.record(locked, "order.deleted", audit_context=audit_context, old=_full(locked))
    for model, pks in ((Order, [locked.pk]), (OrderItem, [item.pk for item in items])):
        content_type = ContentType.objects.get_for_model(model)
        for trace in (IntegrationAction, IntegrationMapping):
            trace.objects.filter(content_type=content_type, object_id__in=pks).delete()
    locked.vendororder_set.all().delete()
    locked.delete()


@transaction.atomic
def create_order_item(
    order: Order, product: Product, *, audit_context: AuditContext, **values: Any
) -> OrderItem:
    """Add an item to an order that is not shipped yet, reserve its stock, and derive the order anew.

    Raises OrderItemsClosedException, InvalidInput for another currency, OrderStatusByActionException for 50.
    """
    locked = lock_order(order.pk)
    items = lock_items(locked)
    if locked.status >= OrderStatus.SHIPPED or (items and locked.status in INACTIVE):
        raise OrderItemsClosedException(number=locked.number, status=OrderStatus(locked.status).label)
    item = OrderItem(order=locked, product=product, **values)
    _check_items([item], currency=locked.currency)
    _place_items(locked, [item])
    place_vendor_items(locked, [item], audit_context=audit_context)
    _audit_placed([item], audit_context=audit_context)
    difference = checked_difference(locked, [*items, item])
    records.write_changes(locked, {"total_difference": difference}, audit_context=audit_context)
    settle_order(locked, [*items, item], audit_context=audit_context)
    return item


def _check_belongs_together(order: Order, items: Sequence[OrderItem]) -> None:
    if order.customer.channel_id != order.channel_id:
        raise InvalidInput(customer="This customer belongs to another channel.")
    for name in ("shipping_address", "billing_address"):
        address = getattr(order, name)
        if address.customer_id in (None, order.customer_id):
            continue
        if address.customer.channel_id != order.channel_id:
            raise InvalidInput(**{name: "This address belongs to another channel."})
    check_placeable(order, items)


def check_placeable(order: PlaceableOrder, items: Sequence[PlaceableItem]) -> None:
    """Whether a new order with these items may be placed, as far as its own values say.

    Raises InvalidInput for currencies that differ and parents elsewhere, OrderStatusByActionException for 50.
    """
    if order.status == OrderStatus.CANCELLATION_WAITING:
        raise OrderStatusByActionException(target="50 cancellation_waiting")
    _check_items(items, currency=order.currency)


def _check_items(items: Sequence[PlaceableItem], *, currency: str) -> None:
    for item in items:
        if item.price_currency != currency:
            raise InvalidInput(
                price_currency=f"The order is in {currency}, this item in {item.price_currency}."
            )
        if item.status == OrderStatus.CANCELLATION_WAITING:
            raise OrderStatusByActionException(target="50 cancellation_waiting")
        if item.parent is not None and item.parent.order_id != item.order_id:
            raise InvalidInput(parent="This is an item of another order.")


def _derive(order: Order, items: Sequence[OrderItem]) -> None:
    order.status = order_status_of((item.status for item in items), without_items=order.status)
    order.total_difference = checked_difference(order, items)


def checked_difference(order: PricedOrder, items: Sequence[PricedItem]) -> Decimal:
    """`total_difference`. Raises InvalidInput where no column could hold it."""
    difference = total_difference(order, items)
    if abs(difference) >= LARGEST_DIFFERENCE:
        raise InvalidInput(amount="The amount and the items' prices are too far apart.")
    return difference


def _insert(order: Order) -> None:
    """Insert, leaving it to the database which of two at once is first."""
    try:
        with records.constraints_named():
            order.save(force_insert=True)
    except InvalidInput:
        if Order.objects.filter(number=order.number, channel_id=order.channel_id).exists():
            raise OrderDuplicatedFieldException(number=order.number, channel=order.channel_id) from None
        raise


def _place_items(order: Order, items: Sequence[OrderItem]) -> None:
    reserving = [item for item in items if item.status not in INACTIVE]
    requests = [_stock_request(item, units=units_of(item.attributes)) for item in reserving]
    for item, reservation in zip(reserving, stock.reserve(requests), strict=True):
        item.reserved_units = reservation.units
        item.is_stock_short = reservation.is_short
    with records.constraints_named():
        OrderItem.objects.bulk_create(items)


def _stock_request(item: OrderItem, *, units: int) -> StockRequest:
    return StockRequest(product_id=item.product_id, stock_list_id=item.stock_list_id, units=units)


def _audit_placed(items: Sequence[OrderItem], *, audit_context: AuditContext) -> None:
    audit.record_many(
        items, "orderitem.created", audit_context=audit_context, new={item.pk: _full(item) for item in items}
    )


def _reason_to_keep(order: Order) -> str:
    if order.status not in {OrderStatus.WAITING, OrderStatus.PAYMENT_WAITING}:
        return f"it is {OrderStatus(order.status).label}"
    traces = {
        "payment": (
            "transaction_set",
            "fundstransfertransaction_set",
            "payondeliverytransaction_set",
            "loyaltytransaction_set",
            "bextransaction_set",
            "cashregistertransaction_set",
        ),
        "cancellation plan": ("cancellationplan_set",),
        "package": ("package_set",),
    }
    for name, accessors in traces.items():
        if any(getattr(order, accessor).exists() for accessor in accessors):
            return f"it has a {name}"
    if order.vendororder_set.filter(number__isnull=False).exists():
        return "a vendor has taken it on"
    return ""


def _full(row: Order | OrderItem) -> dict[str, Any]:
    return records.snapshot(row, [field.name for field in row._meta.concrete_fields])
