"""What every action on an order does: check the body, call its service once, answer the detailed order."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.renderers import raw_response
from omnitron.core.resources.serializers import StrictBody
from omnitron.core.resources.sql_json import read_row
from omnitron.core.resources.viewsets import RowViewSet
from omnitron.orders.actions import available_actions
from omnitron.orders.capture import facts_to_show
from omnitron.orders.resources.serializers import OrderDetailSerializer


class OrderBody(StrictBody):
    """The body of an action on an order. It may repeat the order's pk, which must then be the address's."""

    order = serializers.IntegerField(required=False, write_only=True)

    def validate_order(self, value: int) -> int:
        if str(value) != self.context["view"].kwargs["pk"]:
            raise serializers.ValidationError("This is not the order of the address.")
        return value

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        values.pop("order", None)
        return values


def order_action(
    *, body: type[OrderBody] | None = OrderBody, methods: tuple[str, ...] = ("post",), **options: Any
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """An action on one order that answers 200 with the detailed order, described so in the OpenAPI."""

    def decorate(method: Callable[..., Response]) -> Callable[..., Response]:
        # In this order: `action` would forget what was said of the schema before.
        routed = action(detail=True, methods=methods, **options)(method)
        return extend_schema(request=body, responses=OrderDetailSerializer)(routed)

    return decorate


class OrderRowViewSet(RowViewSet):
    """Orders, shown one at a time in the detailed shape."""

    def order_response(self, pk: int | str, *, status: int = 200) -> Response:
        """The visible order `pk` in its detailed shape, `available_actions` last. Raises NotFound."""
        row = read_row(OrderDetailSerializer, self.row_at(pk))
        facts = None if row is None else facts_to_show(int(pk))
        if facts is None:
            raise NotFound
        # The row comes as finished JSON text; the rules of actions are Python's.
        shown = json.dumps(available_actions(facts), ensure_ascii=False)
        return raw_response(f'{row[:-1]},"available_actions":{shown}}}', status=status)


class OrderActions(OrderRowViewSet):
    """The base of each group of actions on orders: `act` is all an action needs."""

    def act(self, operation: Callable[..., Any], *, body: type[OrderBody] = OrderBody) -> Response:
        """Call `operation(order, audit_context=…, **body)`, once, and answer with the order as it is then."""
        order = self.get_row()
        values = self.valid_body(body)
        operation(order, audit_context=audit_context_of(self.request), **values)
        return self.order_response(order.pk)
