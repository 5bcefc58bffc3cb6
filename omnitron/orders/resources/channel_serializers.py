"""The bodies of a channel's application, where they differ from everybody else's."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from omnitron.core.resources.fields import RowKeyField
from omnitron.core.resources.serializers import StrictBody
from omnitron.orders.models import CargoCompany, Order
from omnitron.orders.resources.cancellation_serializers import NewCancellationRequestSerializer
from omnitron.orders.resources.item_serializers import OrderItemUpdateSerializer, PlacedItemSerializer
from omnitron.orders.resources.serializers import NewOrderSerializer


class ChannelNewOrderSerializer(NewOrderSerializer):
    """The `order` of `create_orders`; its items stand beside it."""

    class Meta(NewOrderSerializer.Meta):
        fields = tuple(name for name in NewOrderSerializer.Meta.fields if name != "orderitem_set")
        # The address says it.
        extra_kwargs = {"channel": {"required": False}}


class CreateOrdersBody(StrictBody):
    """`{"order": {…}, "order_item": [{…}, …]}`: one order with its items."""

    order = ChannelNewOrderSerializer()
    order_item = PlacedItemSerializer(many=True)


class ChannelOrderItemUpdateSerializer(OrderItemUpdateSerializer):
    """`order_number` comes along as the channel has it, and means nothing."""

    ignored = frozenset({"order_number"})

    class Meta(OrderItemUpdateSerializer.Meta):
        fields = tuple(name for name in OrderItemUpdateSerializer.Meta.fields if name != "order_number")


class ChannelNewCancellationRequestSerializer(NewCancellationRequestSerializer):
    """With what the channel calls the request."""

    remote_id = serializers.CharField(write_only=True, required=False, allow_null=True, max_length=255)

    class Meta(NewCancellationRequestSerializer.Meta):
        fields = (*NewCancellationRequestSerializer.Meta.fields, "remote_id")


class OrderShippingInfoBody(StrictBody):
    """How an order travels, from the channel. `order_number` comes along and must be the order's."""

    order = RowKeyField(queryset=Order.objects.all())
    order_number = serializers.CharField(max_length=128)
    shipping_company = RowKeyField(queryset=CargoCompany.objects.all())
    tracking_number = serializers.CharField(required=False, allow_null=True, max_length=256)
    is_send = serializers.BooleanField(required=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if values.pop("order_number") != values["order"].number:
            raise serializers.ValidationError({"order_number": ["This is not the number of the order."]})
        values["shipping_company"] = values["shipping_company"].shipping_company
        return values
