"""The packages an order is shipped in: split anew, moved one by one; items and order follow (docs/adr/0013)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from omnitron.core import audit, records
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.actions import check
from omnitron.orders.dto import NewPackage
from omnitron.orders.enums import PackageStatus
from omnitron.orders.exceptions import (
    OrderForeignItemException,
    OrderPackageItemStateException,
    OrderPackageUnitsException,
)
from omnitron.orders.models import Order, OrderItem, Package, PackageItem
from omnitron.orders.package_states import CLOSED, ITEM_STATUS_OF, SHIPPED
from omnitron.orders.selectors import facts_of, lock_items, lock_order
from omnitron.orders.transitions import INACTIVE, ITEM_STATUS, PATH
from omnitron.orders.units import units_of
from omnitron.orders.use_cases.shipment_status import package_dates, write_package
from omnitron.orders.use_cases.status import move_items, settle_order

# What items and the order take over from a package that has a tracking number.
TRACKING = ("shipping_company", "tracking_number", "tracking_url", "carrier_shipping_code")


@transaction.atomic
def split_packages(order: Order, *, packages: Sequence[NewPackage], audit_context: AuditContext) -> Order:
    """Ship the order in these packages. They replace those that have not left; those that have, and their units,
    stay. Units of active items that are named nowhere go into one more, waiting package.

    Raises OrderNotApprovedException, OrderClosedException, OrderForeignItemException,
    OrderPackageItemStateException for cancelled items, OrderPackageUnitsException for more units than there are,
    InvalidInput for a number that is taken.
    """
    locked = lock_order(order.pk)
    items = lock_items(locked)
    stored = _packages_of(locked)
    check("split_packages", facts_of(locked, items, package_statuses=[package.status for package in stored]))
    kept = [package for package in stored if package.status in SHIPPED | CLOSED]
    contents = _contents(locked, items, packages, kept=kept)
    _delete([package for package in stored if package not in kept], audit_context=audit_context)
    made = _make(locked, packages, contents, kept=kept, audit_context=audit_context)
    _follow(locked, items, [*kept, *made], moved=made, audit_context=audit_context)
    return locked


@transaction.atomic
def update_package(package: Package, *, audit_context: AuditContext, **changes: Any) -> Package:
    """Write carrier, tracking and status of one package; `extra_field` is merged. Items and order follow.

    Raises OrderPackageStatusException for an edge the table lacks, OrderPackageItemStateException where a package
    with cancelled items is to be shipped, InvalidInput where a split has replaced the package meanwhile.
    """
    order = lock_order(package.order_id)
    items = lock_items(order)
    packages = _packages_of(order)
    locked = next((row for row in packages if row.pk == package.pk), None)
    if locked is None:
        raise InvalidInput(non_field_errors="This package is gone: the order was split anew.")
    status = PackageStatus(changes.pop("status", locked.status))
    if "extra_field" in changes:
        changes["extra_field"] = locked.extra_field | changes["extra_field"]
    if "cargo_company" in changes:
        changes = _with_carrier(changes)
    is_changed = records.write_changes(locked, changes, audit_context=audit_context)
    is_moved = status != locked.status
    if is_moved:
        if status in SHIPPED and locked.status not in SHIPPED:
            _check_shippable(locked, items)
        write_package(locked, status, audit_context=audit_context)
    if is_moved or is_changed:
        moved = [locked] if is_moved else []
        _follow(order, items, packages, moved=moved, audit_context=audit_context)
    return locked


def _packages_of(order: Order) -> list[Package]:
    return list(order.package_set.prefetch_related("packageitem_set").order_by("pk"))


def _units_in(packages: Sequence[Package], item: OrderItem) -> int:
    return sum(_units_of(package).get(item.pk, 0) for package in packages)


def _contents(
    order: Order, items: Sequence[OrderItem], packages: Sequence[NewPackage], *, kept: Sequence[Package]
) -> list[dict[int, int]]:
    """Units by pk of the item, for each of `packages` and for the one of the rest, if there is a rest."""
    named = {pk for package in packages for pk in package.order_items}
    if foreign := named - {item.pk for item in items}:
        raise OrderForeignItemException(items=_listed(foreign), number=order.number)
    if inactive := [item.pk for item in items if item.pk in named and item.status in INACTIVE]:
        raise OrderPackageItemStateException(items=_listed(inactive))
    shipped = [package for package in kept if package.status in SHIPPED]
    left = {
        item.pk: max(0, units_of(item.attributes) - _units_in(shipped, item))
        for item in items
        if item.status not in INACTIVE
    }
    contents = []
    for package in packages:
        content = {}
        for pk, given in package.order_items.items():
            quantity = max(1, left[pk]) if given is None else given
            if quantity > left[pk]:
                raise OrderPackageUnitsException(item=pk, left=left[pk], given=quantity)
            left[pk] -= quantity
            content[pk] = quantity
        contents.append(content)
    rest = {pk: units for pk, units in left.items() if units}
    return [*contents, rest] if rest else contents


def _delete(packages: Sequence[Package], *, audit_context: AuditContext) -> None:
    if not packages:
        return
    audit.record_many(
        packages,
        "package.deleted",
        audit_context=audit_context,
        old={package.pk: _full(package, _units_of(package)) for package in packages},
        new={package.pk: {} for package in packages},
    )
    Package.objects.filter(pk__in=[package.pk for package in packages]).delete()


def _units_of(package: Package) -> dict[int, int]:
    return {row.order_item_id: row.quantity for row in package.packageitem_set.all()}


def _full(package: Package, content: Mapping[int, int]) -> dict[str, Any]:
    columns = [field.name for field in Package._meta.concrete_fields]
    return records.snapshot(package, columns) | {"order_items": content}


def _make(
    order: Order,
    packages: Sequence[NewPackage],
    contents: Sequence[dict[int, int]],
    *,
    kept: Sequence[Package],
    audit_context: AuditContext,
) -> list[Package]:
    given = [dict(package.values) for package in packages]
    rest = [{} for _ in range(len(contents) - len(given))]
    now = timezone.now()
    taken = {package.number for package in kept} | {
        values["number"] for values in given if "number" in values
    }
    numbers = _free_numbers(order, taken)
    made = []
    for values in [*given, *rest]:
        values = _with_carrier(values)
        if "number" not in values:
            values = values | {"number": next(numbers)}
        made.append(Package(order=order, **values, **package_dates(values.get("status", 0), now)))
    with records.constraints_named():
        Package.objects.bulk_create(made)
    PackageItem.objects.bulk_create(
        PackageItem(package=package, order_item_id=pk, quantity=quantity)
        for package, content in zip(made, contents, strict=True)
        for pk, quantity in content.items()
    )
    audit.record_many(
        made,
        "package.created",
        audit_context=audit_context,
        new={package.pk: _full(package, content) for package, content in zip(made, contents, strict=True)},
    )
    return [package for package in _packages_of(order) if package.pk in {row.pk for row in made}]


def _free_numbers(order: Order, taken: set[str]) -> Iterator[str]:
    """The order's number and a count; cut, because an order's number may be as long as a package's."""
    count = 0
    while True:
        count += 1
        number = f"{order.number[:120]}-{count}"
        if number not in taken:
            yield number


def _with_carrier(values: dict[str, Any]) -> dict[str, Any]:
    """The carrier's integration, where only the shop's name for the carrier is given."""
    cargo_company = values.get("cargo_company")
    if cargo_company is None or values.get("shipping_company"):
        return values
    return values | {"shipping_company": cargo_company.shipping_company}


def _check_shippable(package: Package, items: Sequence[OrderItem]) -> None:
    """What is cancelled never ships. What was shipped and is to be refunded is on its way already."""
    inside = {row.order_item_id for row in package.packageitem_set.all()}
    held_back = [
        item.pk
        for item in items
        if item.pk in inside and item.status in INACTIVE and item.shipped_date is None
    ]
    if held_back:
        raise OrderPackageItemStateException(items=_listed(held_back))


def _follow(
    order: Order,
    items: Sequence[OrderItem],
    packages: Sequence[Package],
    *,
    moved: Sequence[Package],
    audit_context: AuditContext,
) -> None:
    """Let items and order follow their packages, in tracking and, where `moved` ones have left, in status."""
    live = [package for package in packages if package.status not in CLOSED]
    tracked = [package for package in live if package.tracking_number]
    _track_items(items, tracked, audit_context=audit_context)
    touched = {row.order_item_id for package in moved for row in package.packageitem_set.all()}
    _move_items([item for item in items if item.pk in touched], live, audit_context=audit_context)
    if tracked:
        values = {name: getattr(tracked[0], name) for name in TRACKING}
        if tracked[0].cargo_company_id:
            values["cargo_company"] = tracked[0].cargo_company
        records.write_changes(order, values, audit_context=audit_context)
    settle_order(order, items, audit_context=audit_context)


def _track_items(
    items: Sequence[OrderItem], tracked: Sequence[Package], *, audit_context: AuditContext
) -> None:
    """Give each item the tracking of the first package it is in."""
    changed = []
    old = {}
    for item in items:
        package = next((package for package in tracked if _units_in([package], item)), None)
        if package is None or all(getattr(item, name) == getattr(package, name) for name in TRACKING):
            continue
        old[item.pk] = {name: getattr(item, name) for name in TRACKING}
        for name in TRACKING:
            setattr(item, name, getattr(package, name))
        changed.append(item)
    if not changed:
        return
    OrderItem.objects.bulk_update(changed, TRACKING)
    audit.record_many(
        changed,
        "orderitem.changed",
        audit_context=audit_context,
        old=old,
        new={item.pk: {name: getattr(item, name) for name in TRACKING} for item in changed},
    )


def _move_items(items: Sequence[OrderItem], live: Sequence[Package], *, audit_context: AuditContext) -> None:
    """Move each item whose every unit has left as far as the last of its packages is."""
    by_target: dict[OrderStatus, list[OrderItem]] = {}
    for item in items:
        holding = [package for package in live if _units_in([package], item)]
        units = _units_in([package for package in holding if package.status in SHIPPED], item)
        if not holding or units < units_of(item.attributes):
            continue
        last = min(package.status for package in holding)
        target = ITEM_STATUS_OF.get(PackageStatus(last))
        if target is not None and _may_follow(item, target):
            by_target.setdefault(target, []).append(item)
    for target, moving in by_target.items():
        move_items(moving, target, audit_context=audit_context)


def _may_follow(item: OrderItem, target: OrderStatus) -> bool:
    """An item that is further stays. Of one that is to be refunded, only its delivery is news."""
    if item.status == OrderStatus.CANCELLATION_WAITING:
        return target == OrderStatus.DELIVERED and item.delivered_date is None
    return item.status in PATH and ITEM_STATUS.allows(OrderStatus(item.status), target)


def _listed(pks: Sequence[int] | set[int]) -> str:
    return ", ".join(str(pk) for pk in sorted(pks))
