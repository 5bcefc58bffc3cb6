"""What Trendyol's statuses are here. Source: getShipmentPackages, "Paket Statüleri" (package statuses)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.omnicore.orders.enums import OrderStatus

PACKAGE_STATUSES: Mapping[str, OrderStatus] = {
    # Only stock may be moved for it: an order that waits for its payment reserves, and is not planned or packed.
    "Awaiting": OrderStatus.PAYMENT_WAITING,
    "Created": OrderStatus.APPROVED,
    "Picking": OrderStatus.PREPARING,
    "Invoiced": OrderStatus.PREPARING,
    "Shipped": OrderStatus.SHIPPED,
    "AtCollectionPoint": OrderStatus.READY_FOR_PICKUP,
    "UnDelivered": OrderStatus.ATTEMPTED_DELIVERY,
    "Delivered": OrderStatus.DELIVERED,
    "Returned": OrderStatus.REFUNDED,
    "Cancelled": OrderStatus.CANCELLED,
    "UnSupplied": OrderStatus.CANCELLED,
    # Its goods are in the packages it was split into, which are orders of their own.
    "UnPacked": OrderStatus.CANCELLED,
}
# A line's own word, where it says more than its package's; None: the line is where its package is. The names are
# those getShipmentPackagesStream filters lines by, and two that stand in the pages' samples: "Approved" in a
# package that awaits its payment, "ReturnAccepted" where a claim was accepted (claims are another service).
LINE_STATUSES: Mapping[str, OrderStatus | None] = {
    **dict.fromkeys(PACKAGE_STATUSES),
    "Approved": None,
    "ReturnAccepted": None,
    "Cancelled": OrderStatus.CANCELLED,
    "UnSupplied": OrderStatus.CANCELLED,
    "Returned": OrderStatus.REFUNDED,
}
# What nobody has to work on any more.
ENDED = frozenset({"Delivered", "Returned", "Cancelled", "UnSupplied", "UnPacked"})


def status_name(package: Mapping[str, Any]) -> str:
    """Trendyol's word for where the package is.

    The sample of packages that await their payment has no `status`, only a history. Raises KeyError without either.
    """
    if package.get("status"):
        return package["status"]
    newest = max(package["packageHistories"], key=lambda entry: entry["createdDate"])
    return newest["status"]


def package_status(package: Mapping[str, Any]) -> OrderStatus:
    """Raises OrderParkedException for a status this table does not know."""
    return _known(PACKAGE_STATUSES, status_name(package), subject="package")


def line_status(line: Mapping[str, Any], *, of_package: OrderStatus) -> OrderStatus:
    """Where a line is. Raises OrderParkedException for a status this table does not know."""
    own = _known(LINE_STATUSES, line["orderLineItemStatusName"], subject="line")
    is_over = of_package in {OrderStatus.CANCELLED, OrderStatus.REFUNDED}
    return of_package if is_over or own is None else own


def _known(table: Mapping[str, Any], name: str, *, subject: str) -> Any:
    if name not in table:
        detail = f"Trendyol's {subject} status {name} is unknown; known are {', '.join(table)}."
        raise OrderParkedException(ParkCause.UNKNOWN_STATUS, subject=name, detail=detail)
    return table[name]
