"""Orders, items and requests as a channel's application sees and brings them."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Model
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from omnitron.channels.resources.scoped import READ, ChannelScoped
from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.viewsets import ReadViewSet, ResourceViewSet, RowViewSet
from omnitron.orders.dto import NewItem
from omnitron.orders.models import CancellationRequest, Order
from omnitron.orders.resources import channel_serializers as shapes
from omnitron.orders.resources import filters, views
from omnitron.orders.resources.cancellation_bodies import CancelBody
from omnitron.orders.resources.cancellation_filters import CancellationRequestFilterSet
from omnitron.orders.resources.cancellation_serializers import CancellationRequestSerializer
from omnitron.orders.resources.order_actions import OrderActions, order_action
from omnitron.orders.resources.serializers import OrderSerializer
from omnitron.orders.selectors import search_orders
from omnitron.orders.service import CancellationRequestService, OrderService


class ChannelOrderFilterSet(filters.OrderFilterSet):
    """`number` is the whole number here: an application that asks whether `N-1` is there may not be told of
    `N-10`, or it would drop an order.
    """

    number = django_filters.CharFilter(field_name="number", strip=False)


class ChannelOrderViewSet(ChannelScoped, OrderActions, ReadViewSet):
    """The channel's orders, in the flat shape."""

    queryset = Order.objects.all()
    serializer_class = OrderSerializer
    filterset_class = ChannelOrderFilterSet
    search = staticmethod(search_orders)
    action_permissions = {"cancel": "orders.cancel_order"}

    @extend_schema(responses=OrderSerializer(many=True))
    @action(detail=False)
    def updates(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Orders that changed since the channel was told, and that no batch is working on; oldest change first."""
        return self.changed_rows(request)

    @order_action(body=CancelBody)
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The channel cancelled items: open a cancellation of them, as `orders/{pk}/cancel/` does."""
        return self.act(OrderService.cancel_order, body=CancelBody)


class ChannelCreateOrdersViewSet(ChannelScoped, RowViewSet):
    """Where a channel's application brings orders, one at a time."""

    queryset = Order.objects.all()
    serializer_class = OrderSerializer

    @extend_schema(request=shapes.CreateOrdersBody, responses={201: OrderSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Place an order with its items, and keep what the channel calls them. Answers the flat order.

        A number that is there already is refused, so that sending one again after a lost answer makes no second.
        """
        body = self.valid_body(shapes.CreateOrdersBody)
        values = self.checked_channel(body["order"])
        if values.get("status") is None:
            values.pop("status", None)
        items = [NewItem(product=item.pop("product"), values=item) for item in map(dict, body["order_item"])]
        order = OrderService.create_orders(
            self.channel, items=items, audit_context=audit_context_of(request), **values
        )
        return self.row_response(order.pk, status=status.HTTP_201_CREATED)


class ChannelOrderItemViewSet(ChannelScoped, views.OrderItemViewSet):
    """The items of the channel's orders."""

    detail_serializer_class = None
    write_serializer_classes = {"partial_update": shapes.ChannelOrderItemUpdateSerializer}
    http_method_names = (*READ, "patch")
    split = create_mapping = None


class ChannelOrderShippingInfoViewSet(ChannelScoped, RowViewSet):
    """Where a channel's application says how an order travels."""

    queryset = Order.objects.all()
    serializer_class = OrderSerializer
    action_permissions = {"create": "orders.change_order"}

    @extend_schema(request=shapes.OrderShippingInfoBody, responses={201: OrderSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Note carrier and tracking number of an order."""
        values = self.valid_body(shapes.OrderShippingInfoBody)
        order = self.row_at(values.pop("order").pk).first()
        if order is None:
            raise ValidationError({"order": ["This is an order of another channel."]})
        order = OrderService.update_order(order, audit_context=audit_context_of(request), **values)
        return self.row_response(order.pk, status=status.HTTP_201_CREATED)


class ChannelCancellationRequestViewSet(ChannelScoped, ResourceViewSet):
    """The channel's wishes to cancel or return, and what became of them."""

    queryset = CancellationRequest.objects.all()
    serializer_class = CancellationRequestSerializer
    filterset_class = CancellationRequestFilterSet
    http_method_names = (*READ, "post")
    search_fields = ("order_item__order__number",)
    write_serializer_classes = {"create": shapes.ChannelNewCancellationRequestSerializer}
    service = CancellationRequestService()

    @extend_schema(responses=CancellationRequestSerializer(many=True))
    @action(detail=False)
    def updates(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Requests of the channel's that changed since it was told; oldest change first."""
        return self.changed_rows(request)

    def perform_create(self, serializer: BaseSerializer) -> Model:
        values = dict(serializer.validated_data)
        return self.service.create_channel_cancellation_request(
            values.pop("order_item"), audit_context=audit_context_of(self.request), **values
        )


class ChannelCancellationReasonViewSet(ChannelScoped, views.CancellationReasonViewSet):
    http_method_names = READ


class ChannelCargoViewSet(ChannelScoped, views.CargoCompanyViewSet):
    http_method_names = READ
