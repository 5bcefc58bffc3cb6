"""The only writer of the statuses of packages and of vendor orders. Callers hold the order's lock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from omnitron.core import audit
from omnitron.core.audit import AuditContext
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.omnicore.state_machine import IllegalTransition
from omnitron.orders.enums import PackageStatus
from omnitron.orders.exceptions import OrderPackageStatusException
from omnitron.orders.models import OrderItem, Package, VendorOrder, VendorOrderItem
from omnitron.orders.package_states import PACKAGE_STATUS, SHIPPED
from omnitron.orders.transitions import order_status_of


def package_dates(status: int, now: datetime) -> dict[str, datetime]:
    """When a package that is in `status` from `now` on was shipped and delivered."""
    dates = {}
    if status in SHIPPED:
        dates["shipped_date"] = now
    if status == PackageStatus.DELIVERED:
        dates["delivered_date"] = now
    return dates


def write_package(package: Package, status: PackageStatus, *, audit_context: AuditContext) -> None:
    """Move a package along its table and note when it was shipped and delivered; its items are the caller's.

    Raises OrderPackageStatusException.
    """
    current = PackageStatus(package.status)
    try:
        PACKAGE_STATUS.check(current, status)
    except IllegalTransition as error:
        allowed = ", ".join(_shown(target) for target in sorted(PACKAGE_STATUS.edges[current]))
        raise OrderPackageStatusException(
            current=_shown(current), target=_shown(status), allowed=allowed or "nothing else"
        ) from error
    dates = package_dates(status, timezone.now())
    new: dict[str, Any] = {name: at for name, at in dates.items() if getattr(package, name) is None}
    old = {"status": current, **dict.fromkeys(new)}
    package.status = status
    for name, at in new.items():
        setattr(package, name, at)
    package.save(update_fields=["status", *new])
    audit.record(
        package, "package.status.changed", audit_context=audit_context, old=old, new={"status": status, **new}
    )


def follow_items(items: Sequence[OrderItem], *, audit_context: AuditContext) -> None:
    """Give vendor items the status of their items, and each vendor order the lowest of its active ones.

    No statement where no item has a vendor. `items` are all of the order.
    """
    statuses = {item.pk: item.status for item in items if item.datasource_id}
    if not statuses:
        return
    rows = VendorOrderItem.objects.filter(order_item__in=statuses).select_related("vendor_order")
    by_vendor: dict[VendorOrder, list[VendorOrderItem]] = {}
    for row in rows.order_by("pk"):
        by_vendor.setdefault(row.vendor_order, []).append(row)
    moved = [row for rows in by_vendor.values() for row in rows if row.status != statuses[row.order_item_id]]
    for row in moved:
        row.status = statuses[row.order_item_id]
    if moved:
        VendorOrderItem.objects.bulk_update(moved, ["status"])
    for vendor_order, vendor_items in by_vendor.items():
        old = vendor_order.status
        new = order_status_of((row.status for row in vendor_items), without_items=old)
        if new != old:
            vendor_order.status = new
            vendor_order.save(update_fields=["status"])
            audit.record(
                vendor_order,
                "vendororder.status.changed",
                audit_context=audit_context,
                old={"status": OrderStatus(old)},
                new={"status": new},
            )


def _shown(status: PackageStatus) -> str:
    return f"{status.value} {status.label}"
