"""Actions that move an order along, and the derivation of its status."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.fields import EnumField
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.resources.order_actions import OrderActions, OrderBody, order_action
from omnitron.orders.service import OrderService


class ChangeOrderStatusBody(OrderBody):
    status = EnumField(OrderStatus.choices)

    def validate_status(self, value: int) -> OrderStatus:
        return OrderStatus(value)


class StatusActions(OrderActions):
    @order_action(body=ChangeOrderStatusBody, methods=("patch",))
    def change_order_status(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Move every active item that stands before `status` there; the order's status follows from its items'."""
        return self.act(OrderService.change_order_status, body=ChangeOrderStatusBody)

    # A GET that may write: the documents list it so.
    @order_action(body=None, methods=("get",))
    def update_order_status(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Derive the order's status anew from its items'."""
        order = self.get_row()
        OrderService.order_status_update(order, audit_context=audit_context_of(request))
        return self.order_response(order.pk)

    @order_action()
    def set_distribute_interest_amount(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give every item its share of the discounts, the instalment interest and the shipping."""
        return self.act(OrderService.set_distribute_interest_amount)
