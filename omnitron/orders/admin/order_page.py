"""What the page of an order says before its fields: badges, figures, links, and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.http import urlencode

from omnitron.core.admin_display import age, money
from omnitron.core.history import audit_rows_of, timeline
from omnitron.core.models import AuditLog
from omnitron.orders.admin.columns import CANCEL_COLOURS, STATUS_COLOURS, words
from omnitron.orders.models import Order, OrderItem


@dataclass(frozen=True)
class Badge:
    text: str
    colour: str


@dataclass(frozen=True)
class Figure:
    """An amount of the order; one that `alarms` stands out."""

    name: str
    amount: str
    alarms: bool = False


@dataclass(frozen=True)
class Link:
    text: str
    address: str


def page_of(order: Order) -> dict[str, Any]:
    """Everything the templates of an order's page need."""
    return {
        "order": order,
        "order_age": age(order.date_placed),
        "badges": _badges(order),
        "figures": _figures(order),
        "links": _links(order),
        "timeline": timeline(audit_rows_of(order), _audit_rows_of_items(order)),
    }


def _badges(order: Order) -> list[Badge]:
    badges = [Badge(words(order.get_status_display()), STATUS_COLOURS[order.status])]
    if order.cancel_status:
        text = f"cancellation: {order.get_cancel_status_display()}"
        badges.append(Badge(text, CANCEL_COLOURS[order.cancel_status]))
    badges.append(Badge("sent", "success") if order.is_send else Badge("not sent", "default"))
    if order.orderitem_set.filter(is_stock_short=True).exists():
        badges.append(Badge("stock short", "danger"))
    if order.total_difference:
        badges.append(Badge("totals do not add up", "danger"))
    return badges


def _figures(order: Order) -> list[Figure]:
    figures = {
        "Amount": order.amount,
        "Discount": order.discount_amount,
        "Shipping": order.shipping_amount + order.shipping_interest_amount,
        "Interest": order.installment_interest_amount,
        "Refunded": order.refund_amount,
        "Kept": order.amount - order.refund_amount,
        "Sum of parts": order.amount - order.total_difference,
    }
    difference = Figure(
        "Difference", money(order.total_difference, order.currency), alarms=bool(order.total_difference)
    )
    return [*(Figure(name, money(amount, order.currency)) for name, amount in figures.items()), difference]


def _links(order: Order) -> list[Link]:
    return [
        Link("Orders of this customer", _list("orders_order", customer__id__exact=order.customer_id)),
        Link("Cancellation requests", _list("orders_cancellationrequest", order_item__order=order.pk)),
    ]


def _list(name: str, **conditions: object) -> str:
    return f"{reverse(f'admin:{name}_changelist')}?{urlencode(conditions)}"


def _audit_rows_of_items(order: Order) -> Any:
    items = OrderItem.objects.filter(order=order.pk).values("pk")
    return AuditLog.objects.filter(
        content_type=ContentType.objects.get_for_model(OrderItem), object_id__in=items
    )
