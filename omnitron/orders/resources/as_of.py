"""An order as it was: today's detailed shape, with every audited change since then undone.

Order, items, discounts, plans and payments are as they were; product, customer and the contents of addresses as of
today. `modified_date` of what has changed since is the time of the last change that the audit log knows by then.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Max, Model
from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from omnitron.core.history import newest_first
from omnitron.core.models import AuditLog
from omnitron.core.resources.sql_json import read_row
from omnitron.omnicore.money import CENT
from omnitron.orders.models import (
    BenefitApplicant,
    CancellationPlan,
    CancellationPlanOrderItem,
    DiscountItem,
    Order,
    OrderItem,
)
from omnitron.orders.resources.item_serializers import (
    BenefitApplicantSerializer,
    DiscountItemDetailSerializer,
    OrderItemDetailSerializer,
)
from omnitron.orders.resources.serializers import (
    CancellationPlanOrderItemSerializer,
    CancellationPlanSerializer,
    OrderDetailSerializer,
)
from omnitron.orders.trail import audit_trails

Node = dict[str, Any]
MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
# Where rows stand in the detailed shape: the list, its rows' model and serializer, and the lists within them.
LISTS: dict[str, tuple[type[Model], type[serializers.ModelSerializer]]] = {
    "orderitem_set": (OrderItem, OrderItemDetailSerializer),
    "discountitem_set": (DiscountItem, DiscountItemDetailSerializer),
    "benefitapplicant_set": (BenefitApplicant, BenefitApplicantSerializer),
    "cancellationplan_set": (CancellationPlan, CancellationPlanSerializer),
    "cancellationplanorderitem_set": (CancellationPlanOrderItem, CancellationPlanOrderItemSerializer),
    **{
        name: (field.child.Meta.model, type(field.child))
        for name, field in OrderDetailSerializer().fields.items()
        if name.endswith("transaction_set")
    },
}
SHAPES = {Order: OrderDetailSerializer, **dict(LISTS.values())}


def order_as_of(order: Order, moment: datetime) -> Node | None:
    """The detailed shape of `order` at `moment`; None where it was not there yet. A fixed number of statements,
    one more for each address or carrier it had instead of today's.
    """
    if order.created_date > moment:
        return None
    tree = json.loads(read_row(OrderDetailSerializer, Order.objects.filter(pk=order.pk)) or "null")
    for row in _since(order, moment):
        _undo(tree, row)
    _date(tree, order, moment)
    for rows in _lists(tree):
        rows[:] = [node for node in rows if node.get("created_date", "") <= moment.strftime(MOMENT)]
        rows.sort(key=lambda node: node["pk"])
    return tree


def _since(order: Order, moment: datetime) -> Iterator[AuditLog]:
    trails = [trail.filter(created_date__gt=moment) for trail in audit_trails(order.pk)]
    yield from newest_first(trails)


def _undo(tree: Node, row: AuditLog) -> None:
    model = ContentType.objects.get_for_id(row.content_type_id).model_class()
    if model not in SHAPES:
        return
    if row.old is None:  # it was made by this
        for rows in _lists(tree, model):
            rows[:] = [node for node in rows if node["pk"] != row.object_id]
        return
    for node in list(_nodes(tree, model, row.object_id)):
        for name, value in row.old.items():
            _put_back(node, SHAPES[model], name, value)
        if model is CancellationPlanOrderItem and "cancellation_plan" in row.old:
            _move(tree, node, row.old["cancellation_plan"])


@cache
def _fields(shape: type[serializers.ModelSerializer]) -> dict[str, serializers.Field]:
    return dict(shape().fields)


def _put_back(node: Node, shape: type[serializers.ModelSerializer], name: str, value: Any) -> None:
    for key, field in _fields(shape).items():
        if field.source == name and key in node:
            node[key] = _wire(field, value)
    if name in {"price", "discount_amount"} and "net_amount" in node:
        node["net_amount"] = str(Decimal(node["price"]) - Decimal(node["discount_amount"]))


def _wire(field: serializers.Field, value: Any) -> Any:
    """A value of the audit log as the field shows it."""
    if value is None:
        return None
    if isinstance(field, serializers.ModelSerializer):
        row = read_row(type(field), field.Meta.model.objects.filter(pk=value))
        return json.loads(row) if row else None
    if isinstance(field, serializers.DecimalField):
        return str(Decimal(value).quantize(CENT))
    if isinstance(field, serializers.DateTimeField):
        return parse_datetime(value).astimezone(UTC).strftime(MOMENT)
    if isinstance(field, serializers.ChoiceField | serializers.FloatField):
        return field.to_representation(value)
    return value


def _move(tree: Node, moved: Node, plan_pk: int) -> None:
    """A plan was divided: the row was the other plan's."""
    for rows in _lists(tree, CancellationPlanOrderItem):
        rows[:] = [node for node in rows if node is not moved]
    for plan in _nodes(tree, CancellationPlan, plan_pk):
        plan["cancellationplanorderitem_set"].append(moved)


def _nodes(tree: Node, model: type[Model], pk: int) -> Iterator[Node]:
    if model is Order:
        yield tree
        return
    for rows in _lists(tree, model):
        yield from (node for node in rows if node["pk"] == pk)


def _lists(node: Node, model: type[Model] | None = None) -> Iterator[list[Node]]:
    """Every list of rows in the shape, of `model` where it is given, however deep."""
    for key, value in node.items():
        if key in LISTS and isinstance(value, list):
            if model is None or LISTS[key][0] is model:
                yield value
            for inner in value:
                yield from _lists(inner, model)


def _date(tree: Node, order: Order, moment: datetime) -> None:
    """Give what has changed since then the time of its last change by then."""
    known = {}
    for trail in audit_trails(order.pk):
        dated = trail.filter(created_date__lte=moment).order_by()
        for content_type, pk, last in dated.values_list("content_type", "object_id").annotate(
            Max("created_date")
        ):
            known[ContentType.objects.get_for_id(content_type).model_class(), pk] = last
    # An order moves with whatever moves below it.
    known[Order, order.pk] = max(known.values(), default=order.created_date)
    limit = moment.strftime(MOMENT)
    for model in SHAPES:
        for node in _all_nodes(tree, model):
            if node.get("modified_date", "") > limit:
                last = known.get((model, node["pk"]), order.created_date).strftime(MOMENT)
                node["modified_date"] = max(last, node.get("created_date", last))


def _all_nodes(tree: Node, model: type[Model]) -> Iterator[Node]:
    if model is Order:
        yield tree
        return
    for rows in _lists(tree, model):
        yield from rows
