"""Columns that several lists of orders' rows share: statuses in colour, and links to order and item."""

from __future__ import annotations

from typing import ClassVar

from unfold.decorators import display

from omnitron.core.admin_display import link_to
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus
from omnitron.orders.enums import CancellationRequestStatus, PackageStatus, RefundStatus
from omnitron.orders.models import Order, OrderItem

STATUS_COLOURS = {
    OrderStatus.CANCELLATION_WAITING: "warning",
    OrderStatus.CANCELLED: "danger",
    OrderStatus.WAITING: "default",
    OrderStatus.PAYMENT_WAITING: "warning",
    OrderStatus.CONFIRMATION_WAITING: "warning",
    OrderStatus.APPROVED: "primary",
    OrderStatus.PREPARING: "primary",
    OrderStatus.SHIPPED: "info",
    OrderStatus.SHIPPED_AND_INFORMED: "info",
    OrderStatus.READY_FOR_PICKUP: "info",
    OrderStatus.ATTEMPTED_DELIVERY: "warning",
    OrderStatus.REVIEW_STARTED: "warning",
    OrderStatus.REVIEW_WAITING: "warning",
    OrderStatus.DELIVERED: "success",
    OrderStatus.REFUNDED: "danger",
}
CANCEL_COLOURS = {
    CancelStatus.WAITING: "warning",
    CancelStatus.CONFIRMATION_WAITING: "warning",
    CancelStatus.CONFIRMED: "info",
    CancelStatus.APPROVED: "info",
    CancelStatus.REJECTED: "default",
    CancelStatus.WAITING_FOR_PAYMENT: "warning",
    CancelStatus.MANUEL_REFUND_NEED: "danger",
    CancelStatus.COMPLETED: "success",
}
REQUEST_COLOURS = {
    CancellationRequestStatus.WAITING_APPROVAL: "warning",
    CancellationRequestStatus.CONFIRMED: "info",
    CancellationRequestStatus.APPROVED: "info",
    CancellationRequestStatus.REJECTED: "default",
    CancellationRequestStatus.COMPLETED: "success",
}
REFUND_COLOURS = {
    RefundStatus.PENDING: "warning",
    RefundStatus.DONE: "success",
    RefundStatus.MANUAL: "danger",
    RefundStatus.FAILED: "danger",
}
PACKAGE_COLOURS = {
    PackageStatus.SHIPPED: "info",
    PackageStatus.ATTEMPTED_DELIVERY: "warning",
    PackageStatus.DELIVERED: "success",
    PackageStatus.CANCELLED: "danger",
    PackageStatus.OUT_OF_STOCK: "danger",
}


def words(label: str) -> str:
    """`shipped_and_informed` for people."""
    return label.replace("_", " ")


class StatusColumns:
    """For rows with the order's or item's two statuses."""

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def status_label(self, row: Order | OrderItem) -> tuple[int, str]:
        return row.status, words(row.get_status_display())

    @display(description="cancellation", ordering="cancel_status", label=CANCEL_COLOURS)
    def cancel_label(self, row: Order | OrderItem) -> tuple[str, str] | None:
        return (row.cancel_status, row.get_cancel_status_display()) if row.cancel_status else None


class OrderLink:
    """For rows with an `order`; name `order` in `list_select_related`."""

    order_path: ClassVar[tuple[str, ...]] = ("order",)

    @display(description="order")
    def order_link(self, row: object) -> str:
        order = row
        for step in self.order_path:
            order = getattr(order, step)
        return link_to("orders.order", order.pk, order.number)
