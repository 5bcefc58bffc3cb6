"""Actions that cancel and refund an order."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from omnitron.orders.resources.cancellation_bodies import ApproveBody, CancelBody, UpdateCancelStatusBody
from omnitron.orders.resources.order_actions import OrderActions, order_action
from omnitron.orders.service import OrderService


class ItemPreviewSerializer(serializers.Serializer):
    order_item = serializers.IntegerField()
    price = serializers.CharField()
    discount_share = serializers.CharField()
    interest_share = serializers.CharField()
    shipping_share = serializers.CharField()
    tax_amount = serializers.CharField()
    refund_amount = serializers.CharField()
    because = serializers.ListField(child=serializers.CharField())


class InstrumentPreviewSerializer(serializers.Serializer):
    instrument = serializers.CharField()
    transaction = serializers.IntegerField(allow_null=True)
    refund_amount = serializers.CharField()
    because = serializers.ListField(child=serializers.CharField())


class CancelPreviewSerializer(serializers.Serializer):
    """What a cancellation would do; amounts are text, as everywhere."""

    order = serializers.IntegerField()
    currency = serializers.CharField()
    plan_type = serializers.CharField()
    next_status = serializers.CharField()
    items = ItemPreviewSerializer(many=True)
    instruments = InstrumentPreviewSerializer(many=True)
    refund_amount = serializers.CharField()
    discount_refund_amount = serializers.CharField()
    shipping_refund_amount = serializers.CharField()
    captured = serializers.CharField()
    left = serializers.CharField()
    because = serializers.ListField(child=serializers.CharField())
    digest = serializers.CharField()


class CancellationActions(OrderActions):
    # Answered 412 where the digest in the body is outdated.
    digest_actions = frozenset({"cancel"})

    @order_action(body=CancelBody)
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Open a cancellation: a `cancel` of what is not shipped yet, a `refund` of what is. The items wait at 50
        until it is decided. With the `digest` of a preview it is done exactly so, or answered 412.
        """
        return self.act(OrderService.cancel_order, body=CancelBody)

    @extend_schema(request=CancelBody, responses=CancelPreviewSerializer)
    @action(detail=True, methods=("post",))
    def cancel_preview(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What `cancel` would do with the same body: item by item, payment by payment, with the reason of each
        figure, and a digest that binds `cancel` to exactly that. Nothing is changed.
        """
        order = self.get_row()
        return Response(OrderService.cancel_preview(order, **self.valid_body(CancelBody)))

    @order_action(body=ApproveBody)
    def cancellation_approved_order(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Approve the open cancellation: items go to 100 or 600, refunds are promised and sent."""
        return self.act(OrderService.approved_order_cancel, body=ApproveBody)

    @order_action()
    def cancellation_reject_order(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Reject the open cancellation: the items go back to where they were."""
        return self.act(OrderService.reject_order_cancel)

    @order_action(body=UpdateCancelStatusBody)
    def update_cancel_status(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Move the cancellation of some items along; see the table of cancel statuses in the description."""
        return self.act(OrderService.update_cancel_status, body=UpdateCancelStatusBody)
