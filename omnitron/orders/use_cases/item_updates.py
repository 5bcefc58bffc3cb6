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
from omnitron.orders.models import Order, OrderItem
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
    if image is not None:
        changes["image"] = image
    cancel_status = changes.pop("cancel_status", None)
    items = update_order_items(
        Order(pk=order_item.order_id),
        {order_item.pk: changes},
        shipping_update=shipping_update,
        force=force,
        audit_context=audit_context,
    )
    item = next(item for item in items if item.pk == order_item.pk)
    if cancel_status is not None and cancel_status != item.cancel_status:
        update_cancel_status(
            item.order,
            order_items=[item.pk],
            cancel_status=CancelStatus(cancel_status),
            audit_context=audit_context,
        )
        item.refresh_from_db()
    return item


@transaction.atomic
def update_order_items(
    order: Order,
    changes: Mapping[int, Mapping[str, Any]],
    *,
    audit_context: AuditContext,
    shipping_update: bool = False,
    force: bool = False,
) -> list[OrderItem]:
    """The same for several items of one order, by pk, all or none; as many statements for the order as one item
    costs. `cancel_status` is not among what may be changed so. Returns all items of the order, locked.

    Raises what `update_order_item` does.
    """
    for given in changes.values():
        check_updatable(given, UPDATABLE_OF_ITEM - {"cancel_status"} | {"image"})
    order = lock_order(order.pk)
    items = lock_items(order)
    chosen = [item for item in items if item.pk in changes]
    is_changed = [
        _describe(item, changes[item.pk], force=force, audit_context=audit_context) for item in chosen
    ]
    if shipping_update:
        is_changed.append(pass_shipping_on(order, chosen, audit_context=audit_context))
    moves: dict[int, list[OrderItem]] = {}
    for item in chosen:
        status = changes[item.pk].get("status")
        if status is not None and status != item.status:
            moves.setdefault(status, []).append(item)
    for status, moving in moves.items():
        move_items(moving, OrderStatus(status), audit_context=audit_context)
    if moves or any(is_changed):
        settle_order(order, items, audit_context=audit_context)
    return items


def _describe(
    item: OrderItem, changes: Mapping[str, Any], *, force: bool, audit_context: AuditContext
) -> bool:
    """Write what describes a locked item; whether that changed it."""
    described = {name: value for name, value in changes.items() if name != "status"}
    _check_values(item, described, force=force)
    merge_json(item, described, "extra_field")
    return records.write_changes(item, described, audit_context=audit_context)


def _check_values(item: OrderItem, changes: Mapping[str, Any], *, force: bool) -> None:
    """What is missing about a shipment may always be filled in; what is there stays once the item is closed."""
    if "attributes" in changes and units_of(changes["attributes"]) != units_of(item.attributes):
        raise InvalidInput(attributes="The number of units of an item changes only by splitting it.")
    if force or item.status not in CLOSED:
        return
    stored = {name: getattr(item, name) for name in SHIPMENT & set(changes)}
    if any(value and value != changes[name] for name, value in stored.items()):
        raise OrderItemClosedException(item=item.pk, status=OrderStatus(item.status).label)
