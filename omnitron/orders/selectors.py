"""Reading orders: locks, searches, look-ups."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from omnitron.channels.models import IntegrationAction
from omnitron.orders.models import Order, OrderItem


def lock_order(pk: int) -> Order:
    """The order, fresh and locked until the transaction ends; use what this returns from there on.

    NO KEY: rows that refer to the order can still be added by others, while a second locker waits. Raises
    Order.DoesNotExist; a lock not had within LOCK_TIMEOUT is an OperationalError, answered 503.
    """
    return Order.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def lock_items(order: Order) -> list[OrderItem]:
    """The order's items by pk, locked. The order itself must be locked already."""
    return list(order.orderitem_set.select_for_update(of=("self",), no_key=True).order_by("pk"))


def search_orders(queryset: QuerySet[Order], term: str) -> QuerySet[Order]:
    """Orders whose number, tracking number, customer e-mail or phone, or an item's SKU contain `term`, or whose
    remote id, item's remote id or invoice number is `term`.

    A union of searches, each with an index of its own: one condition of ORs would read the whole table.
    """
    orders = Order.objects.order_by()
    searches = [
        orders.filter(number__icontains=term),
        orders.filter(tracking_number__icontains=term),
        orders.filter(invoice_number=term),
        orders.filter(customer__email__icontains=term),
        orders.filter(customer__phone_number__icontains=term),
        orders.filter(pk__in=_objects_with_remote_id(Order, term)),
    ]
    items = OrderItem.objects.order_by()
    item_searches = [
        items.filter(product__sku__icontains=term),
        items.filter(tracking_number__icontains=term),
        items.filter(pk__in=_objects_with_remote_id(OrderItem, term)),
    ]
    first, *others = [
        *(search.values("pk") for search in searches),
        *(search.values("order_id") for search in item_searches),
    ]
    return queryset.filter(pk__in=first.union(*others))


def _objects_with_remote_id(model: type[Order] | type[OrderItem], remote_id: str) -> QuerySet:
    content_type = ContentType.objects.get_for_model(model)
    return IntegrationAction.objects.filter(content_type=content_type, remote_id=remote_id).values(
        "object_id"
    )
