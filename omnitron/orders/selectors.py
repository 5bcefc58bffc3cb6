"""Reading orders: locks, searches, look-ups."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import QuerySet

from omnitron.channels.models import IntegrationAction
from omnitron.orders.actions import OrderFacts
from omnitron.orders.models import CancellationPlan, CancellationPlanOrderItem, Order, OrderItem
from omnitron.orders.pricing import shipping_left

_FACTS = """
    SELECT o.number, o.status, o.delivery_type, o.invoice_number, p.payment_type,
        ARRAY(SELECT i.status FROM orders_orderitem i WHERE i.order_id = o.id ORDER BY i.id),
        ARRAY(SELECT c.status FROM orders_cancellationplan c WHERE c.order_id = o.id ORDER BY c.id),
        ARRAY(SELECT k.status FROM orders_package k WHERE k.order_id = o.id ORDER BY k.id),
        o.shipping_amount + o.shipping_interest_amount > o.shipping_refund_amount
    FROM orders_order o LEFT JOIN payments_paymentoption p ON p.id = o.payment_option_id WHERE o.id = %s
"""


def lock_order(pk: int) -> Order:
    """The order, fresh and locked until the transaction ends, with its payment option; use what this returns
    from there on.

    NO KEY: rows that refer to the order can still be added by others, while a second locker waits. Raises
    Order.DoesNotExist; a lock not had within LOCK_TIMEOUT is an OperationalError, answered 503.
    """
    orders = Order.objects.select_related("payment_option")
    return orders.select_for_update(of=("self",), no_key=True).get(pk=pk)


def lock_items(order: Order) -> list[OrderItem]:
    """The order's items by pk, locked. The order itself must be locked already."""
    return list(order.orderitem_set.select_for_update(of=("self",), no_key=True).order_by("pk"))


def lock_plans(order: Order) -> list[CancellationPlan]:
    """The order's cancellation plans by pk, locked. The order itself must be locked already."""
    return list(order.cancellationplan_set.select_for_update(of=("self",), no_key=True).order_by("pk"))


@dataclass
class WholeOrder:
    """An order with all its items, plans and rows of plans, each by pk."""

    order: Order
    items: list[OrderItem]
    plans: list[CancellationPlan]
    plan_items: list[CancellationPlanOrderItem]

    @property
    def facts(self) -> OrderFacts:
        return facts_of(self.order, self.items, plans=self.plans)

    def rows_of(self, plan: CancellationPlan) -> list[CancellationPlanOrderItem]:
        return [row for row in self.plan_items if row.cancellation_plan_id == plan.pk]

    def items_of(self, plan: CancellationPlan) -> list[OrderItem]:
        pks = {row.order_item_id for row in self.rows_of(plan)}
        return [item for item in self.items if item.pk in pks]

    def furthest_statuses(self) -> set[int]:
        """The items' statuses as if nothing had been cancelled: what plans remember instead of 50, 100, 600."""
        remembered = {
            row.order_item_id: row.previous_status for row in self.plan_items if not row.is_rejected
        }
        return {remembered.get(item.pk, item.status) for item in self.items}


def lock_whole_order(pk: int) -> WholeOrder:
    """The order with its items and plans, fresh and locked: one statement each, and one for the plans' rows."""
    order = lock_order(pk)
    return _whole(order, items=lock_items(order), plans=lock_plans(order))


def lock_whole_orders(pks: Collection[int]) -> dict[int, WholeOrder]:
    """Orders with their items and plans, by pk, fresh and locked: four statements for all."""
    orders = Order.objects.select_related("payment_option").filter(pk__in=pks).order_by("pk")
    wholes = {
        order.pk: WholeOrder(order, items=[], plans=[], plan_items=[])
        for order in orders.select_for_update(of=("self",), no_key=True)
    }
    for model, rows in ((OrderItem, "items"), (CancellationPlan, "plans")):
        locked = model.objects.select_for_update(of=("self",), no_key=True).filter(order__in=wholes)
        for row in locked.order_by("pk"):
            getattr(wholes[row.order_id], rows).append(row)
    orders_of = {plan.pk: plan.order_id for whole in wholes.values() for plan in whole.plans}
    if orders_of:
        for row in CancellationPlanOrderItem.objects.filter(cancellation_plan__in=orders_of).order_by("pk"):
            wholes[orders_of[row.cancellation_plan_id]].plan_items.append(row)
    return wholes


def read_whole_order(pk: int) -> WholeOrder:
    """The same without a lock, for what only looks."""
    order = Order.objects.select_related("payment_option").get(pk=pk)
    items = order.orderitem_set.order_by("pk")
    return _whole(order, items=list(items), plans=list(order.cancellationplan_set.order_by("pk")))


def _whole(order: Order, *, items: list[OrderItem], plans: list[CancellationPlan]) -> WholeOrder:
    rows = CancellationPlanOrderItem.objects.filter(cancellation_plan__in=plans).order_by("pk")
    return WholeOrder(order=order, items=items, plans=plans, plan_items=list(rows) if plans else [])


def facts_of(
    order: Order,
    items: Sequence[OrderItem],
    *,
    plans: Sequence[CancellationPlan] = (),
    package_statuses: Sequence[int] = (),
) -> OrderFacts:
    """The facts of a locked order, from what the use case has read of it anyway."""
    return OrderFacts(
        number=order.number,
        status=order.status,
        delivery_type=order.delivery_type,
        invoice_number=order.invoice_number,
        payment_type=order.payment_option.payment_type if order.payment_option else None,
        item_statuses=tuple(item.status for item in items),
        plan_statuses=tuple(plan.status for plan in plans),
        package_statuses=tuple(package_statuses),
        is_shipping_refundable=shipping_left(order) > 0,
    )


def read_facts(pk: int) -> OrderFacts | None:
    """The facts of an order, in one statement; None when there is none.

    By hand: it goes with every detailed order, and building it from querysets would cost more than asking it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [pk])
        row = cursor.fetchone()
    if row is None:
        return None
    number, status, delivery_type, invoice_number, payment_type, items, plans, packages, is_refundable = row
    return OrderFacts(
        number=number,
        status=status,
        delivery_type=delivery_type,
        invoice_number=invoice_number,
        payment_type=payment_type,
        item_statuses=tuple(items),
        plan_statuses=tuple(plans),
        package_statuses=tuple(packages),
        is_shipping_refundable=is_refundable,
    )


def remote_id_of(order: Order) -> str | None:
    """The id by which the order's channel knows it; None where the channel never said."""
    actions = IntegrationAction.objects.filter(
        channel=order.channel_id,
        content_type=ContentType.objects.get_for_model(Order),
        object_id=order.pk,
    )
    return actions.values_list("remote_id", flat=True).first()


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
