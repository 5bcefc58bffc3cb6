"""Another system, the ERP above all, took an order or item over: its code, and the end of the reservation."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F

from omnitron.catalogs import stock
from omnitron.catalogs.stock import StockRequest
from omnitron.channels.enums import IntegrationMappingType
from omnitron.channels.models import IntegrationMapping
from omnitron.core import audit, records
from omnitron.core.audit import AuditContext
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.selectors import lock_items, lock_order


@transaction.atomic
def create_order_mapping(
    order: Order,
    *,
    code: str,
    audit_context: AuditContext,
    integration_type: IntegrationMappingType = IntegrationMappingType.EXTERNAL_COMPANY,
    update_stock: bool = True,
) -> IntegrationMapping:
    """Keep the code by which another system knows the order; with `update_stock`, release the units all of its
    items hold in stock. The same code again changes nothing.
    """
    locked = lock_order(order.pk)
    if update_stock:
        _release(lock_items(locked), audit_context=audit_context)
    mapping, _ = _map(locked, integration_type, code, audit_context=audit_context)
    return mapping


@transaction.atomic
def create_mapping(
    order_item: OrderItem,
    *,
    code: str,
    audit_context: AuditContext,
    integration_type: IntegrationMappingType = IntegrationMappingType.EXTERNAL_COMPANY,
    update_stock: bool = True,
) -> tuple[IntegrationMapping, bool]:
    """Keep the code of the ERP's line; with `update_stock`, release the units the item holds in stock.

    Returns the mapping and whether it is new; the same code again changes nothing. Source: the public page on
    the stock reservation of orders.
    """
    item = _lock_item(order_item)
    if update_stock:
        _release([item], audit_context=audit_context)
    return _map(item, integration_type, code, audit_context=audit_context)


@transaction.atomic
def update_order_item_send_stock(order_item: OrderItem, *, audit_context: AuditContext) -> OrderItem:
    """Report the item's units as sold: what it holds in stock is released, once."""
    item = _lock_item(order_item)
    _release([item], audit_context=audit_context)
    return item


def _lock_item(order_item: OrderItem) -> OrderItem:
    order = lock_order(order_item.order_id)
    return next(item for item in lock_items(order) if item.pk == order_item.pk)


def _release(items: Sequence[OrderItem], *, audit_context: AuditContext) -> None:
    reserving = [item for item in items if item.reserved_units]
    if not reserving:
        return
    stock.release(
        [StockRequest(item.product_id, item.stock_list_id, units=item.reserved_units) for item in reserving]
    )
    audit.record_many(
        reserving,
        "orderitem.stock.released",
        audit_context=audit_context,
        old={item.pk: {"reserved_units": item.reserved_units} for item in reserving},
        new={item.pk: {"reserved_units": 0} for item in reserving},
    )
    # Nothing an item shows has moved, so channels need not fetch it again.
    OrderItem.objects.filter(pk__in=[item.pk for item in reserving]).update(
        reserved_units=0, modified_date=F("modified_date")
    )
    for item in reserving:
        item.reserved_units = 0


def _map(
    row: Order | OrderItem,
    integration_type: IntegrationMappingType,
    code: str,
    *,
    audit_context: AuditContext,
) -> tuple[IntegrationMapping, bool]:
    mapping, is_new = IntegrationMapping.objects.get_or_create(
        content_type=ContentType.objects.get_for_model(row),
        object_id=row.pk,
        integration_type=integration_type,
        code=code,
    )
    if is_new:
        event = records.event(row, "mapping.created")
        new = {"integration_type": integration_type, "code": code}
        audit.record(row, event, audit_context=audit_context, new=new)
    return mapping, is_new
