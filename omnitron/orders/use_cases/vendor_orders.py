"""What a vendor ships: vendor orders come into being with their items, and learn of carriers and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from omnitron.channels.enums import IntegrationStatus
from omnitron.channels.models import IntegrationAction
from omnitron.core import audit, records
from omnitron.core.audit import AuditContext
from omnitron.orders.models import Order, OrderItem, VendorOrder, VendorOrderItem
from omnitron.orders.selectors import lock_items, lock_order
from omnitron.orders.transitions import INACTIVE, order_status_of
from omnitron.orders.use_cases.status import settle_order

Vended = TypeVar("Vended", bound="VendorItem")


class VendorItem(Protocol):
    datasource_id: int | None
    status: int


SHIPPING = ("shipping_company", "tracking_number")


@transaction.atomic
def send_shipping_info(order_items: Sequence[OrderItem], *, audit_context: AuditContext) -> None:
    """Pass carrier and tracking number on between items and their vendor items; see `pass_shipping_on`.

    Items without a vendor are left out. The orders' modified_date moves where an item learned something.
    """
    wanted = {item.pk for item in order_items}
    for order_id in sorted({item.order_id for item in order_items}):
        order = lock_order(order_id)
        items = lock_items(order)
        chosen = [item for item in items if item.pk in wanted]
        if pass_shipping_on(order, chosen, audit_context=audit_context):
            settle_order(order, items, audit_context=audit_context)


def pass_shipping_on(order: Order, items: Sequence[OrderItem], *, audit_context: AuditContext) -> bool:
    """Tell the vendor what locked items of a locked order say of their shipment; an item that says nothing takes
    over what its vendor says. Returns whether an item changed.

    Towards the outside it is a row: the integration action of the vendor order, `processing` until somebody has
    sent it, with the shipments in its state.
    """
    by_pk = {item.pk: item for item in items if item.datasource_id}
    if not by_pk:
        return False
    rows = list(
        VendorOrderItem.objects.filter(order_item__in=by_pk).select_related("vendor_order").order_by("pk")
    )
    is_item_changed = False
    told: dict[VendorOrder, list[dict[str, object]]] = {}
    for row in rows:
        item = by_pk[row.order_item_id]
        source, target = (item, row) if any(getattr(item, name) for name in SHIPPING) else (row, item)
        values = {name: getattr(source, name) for name in SHIPPING if getattr(source, name)}
        is_changed = records.write_changes(target, values, audit_context=audit_context)
        if target is item:
            is_item_changed = is_item_changed or is_changed
        elif is_changed:
            told.setdefault(row.vendor_order, []).append({"order_item": item.pk, **values})
    for vendor_order, shipments in told.items():
        _to_be_sent(order, vendor_order, shipments)
    return is_item_changed


def place_vendor_items(order: Order, items: Sequence[OrderItem], *, audit_context: AuditContext) -> None:
    """Give each vendor (data source) the active ones among new items of a locked order; no statement where there
    is none.
    """
    placed = shipped_by_vendors(items)
    if not placed:
        return
    sources = sorted({item.datasource_id for item in placed})
    known = {
        row.data_source_id: row for row in VendorOrder.objects.filter(order=order, data_source__in=sources)
    }
    new = [
        VendorOrder(order=order, data_source_id=source, status=vendor_status(placed, source))
        for source in sources
        if source not in known
    ]
    VendorOrder.objects.bulk_create(new)
    by_source = known | {row.data_source_id: row for row in new}
    VendorOrderItem.objects.bulk_create(
        VendorOrderItem(vendor_order=by_source[item.datasource_id], order_item=item, status=item.status)
        for item in placed
    )
    audit.record_many(
        new,
        "vendororder.created",
        audit_context=audit_context,
        new={row.pk: {"order": order.pk, "data_source": row.data_source_id} for row in new},
    )


def shipped_by_vendors(items: Sequence[Vended]) -> list[Vended]:
    """Those of new items that belong into a vendor order: the active ones of a vendor."""
    return [item for item in items if item.datasource_id and item.status not in INACTIVE]


def vendor_status(items: Sequence[Vended], source: int) -> int:
    """The status of a new vendor order of `source` with its among these items."""
    statuses = [item.status for item in items if item.datasource_id == source]
    return order_status_of(statuses, without_items=statuses[0])


def _to_be_sent(order: Order, vendor_order: VendorOrder, shipments: list[dict[str, object]]) -> None:
    IntegrationAction.objects.update_or_create(
        channel_id=order.channel_id,
        content_type=ContentType.objects.get_for_model(VendorOrder),
        object_id=vendor_order.pk,
        defaults={"status": IntegrationStatus.PROCESSING, "state": {"shipments": shipments}},
    )
