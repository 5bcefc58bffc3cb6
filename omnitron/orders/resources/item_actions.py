"""Actions on order items."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from omnitron.channels.resources.serializers import IntegrationMappingSerializer
from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.serializers import StrictBody
from omnitron.core.resources.viewsets import RowViewSet
from omnitron.orders.resources.fulfilment_actions import MappingBody
from omnitron.orders.resources.item_serializers import OrderItemSerializer
from omnitron.orders.service import OrderItemService
from omnitron.orders.units import LARGEST_QUANTITY


class SplitBody(StrictBody):
    """How many units go into an item of their own."""

    quantity = serializers.IntegerField(min_value=1, max_value=LARGEST_QUANTITY)


class ItemActions(RowViewSet):
    @extend_schema(
        request=MappingBody, responses={200: IntegrationMappingSerializer, 201: IntegrationMappingSerializer}
    )
    @action(detail=True, methods=("post",))
    def create_mapping(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Keep the ERP's line id of the item; with `update_stock`, release the stock it reserves. The same code
        again is answered 200 and changes nothing.
        """
        item = self.get_row()
        values = self.valid_body(MappingBody)
        mapping, is_new = OrderItemService.create_mapping(
            item, audit_context=audit_context_of(request), **values
        )
        return Response(IntegrationMappingSerializer(mapping).data, status=201 if is_new else 200)

    @extend_schema(request=SplitBody, responses={201: OrderItemSerializer})
    @action(detail=True, methods=("post",))
    def split(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take `quantity` units out of a merged line; the answer is the new item they are in."""
        item = self.get_row()
        values = self.valid_body(SplitBody)
        _, new = OrderItemService.split_order_item(item, audit_context=audit_context_of(request), **values)
        return self.row_response(new.pk, shape=OrderItemSerializer, status=201)
