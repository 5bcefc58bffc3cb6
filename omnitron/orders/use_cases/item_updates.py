"""What changes about an item after it was placed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files import File
from django.db import transaction

from omnitron.core import records
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus
from omnitron.orders.exceptions import OrderItemClosedException
from omnitron.orders.models import OrderItem
from omnitron.orders.selectors import lock_items, lock_order
from omnitron.orders.units import units_of
from omnitron.orders.updatable import UPDATABLE_OF_ITEM, check_updatable, merge_json
from omnitron.orders.use_cases.settlement import update_cancel_status
from omnitron.orders.use_cases.status import move_items, settle_order
from omnitron.orders.use_cases.vendor_orders import pass_shipping_on

# What says how an item travels, and where that is history.
SHIPMENT = frozenset(
    {"shipping_company", "tracking_number", "tracking_url", "carrier_shipping_code", "shipment_code"}
)
CLOSED = frozenset({OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.REFUNDED})


@transaction.atomic
def update_order_item(
    order_item: OrderItem,
    *,
    audit_context: AuditContext,
    image: File | None = None,
    shipping_update: bool = False,
    force: bool = False,
    **changes: Any,
) -> OrderItem:
    """Write what may change about an item (`UPDATABLE_OF_ITEM`), its status along the table, and its `image`.

    `extra_field` is merged, `attributes` and `attributes_kwargs` are replaced (the documents on PATCH
    order_items). A cancel status goes through `update_cancel_status`. `shipping_update` passes carrier and tracking
    number on to the vendor's item. `force` corrects the shipment of an item that is delivered, canceled or
    refunded; nothing overrules the table of statuses. The order's status and modified_date follow. Returns the
    locked, changed item.

    Raises InvalidInput for other fields, OrderItemClosedException without `force`, OrderStatusException and
    OrderStatusByActionException as `move_items`.
    """
    check_updatable(changes, UPDATABLE_OF_ITEM)
    order = lock_order(order_item.order_id)
    items = lock_items(order)
    item = next(item for item in items if item.pk == order_item.pk)
    status, cancel_status = changes.pop("status", None), changes.pop("cancel_status", None)
    _check_values(item, changes, force=force)
    merge_json(item, changes, "extra_field")
    if image is not None:
        changes["image"] = image
    is_changed = records.write_changes(item, changes, audit_context=audit_context)
    if shipping_update:
        is_changed = pass_shipping_on(order, [item], audit_context=audit_context) or is_changed
    if status is not None and status != item.status:
        move_items([item], OrderStatus(status), audit_context=audit_context)
        is_changed = True
    if is_changed:
        settle_order(order, items, audit_context=audit_context)
    if cancel_status is not None and cancel_status != item.cancel_status:
        update_cancel_status(
            order,
            order_items=[item.pk],
            cancel_status=CancelStatus(cancel_status),
            audit_context=audit_context,
        )
        item.refresh_from_db()
    return item


def _check_values(item: OrderItem, changes: Mapping[str, Any], *, force: bool) -> None:
    """What is missing about a shipment may always be filled in; what is there stays once the item is closed."""
    if "attributes" in changes and units_of(changes["attributes"]) != units_of(item.attributes):
        raise InvalidInput(attributes="The number of units of an item changes only by splitting it.")
    if force or item.status not in CLOSED:
        return
    stored = {name: getattr(item, name) for name in SHIPMENT & set(changes)}
    if any(value and value != changes[name] for name, value in stored.items()):
        raise OrderItemClosedException(item=item.pk, status=OrderStatus(item.status).label)
