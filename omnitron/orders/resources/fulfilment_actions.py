"""Actions that bring an order to its customer: addresses, stores, packages, the ERP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from omnitron.channels.enums import IntegrationMappingType
from omnitron.core.resources.fields import EnumField, RowKeyField
from omnitron.core.resources.serializers import StrictBody
from omnitron.customers.models import Address
from omnitron.orders.resources.order_actions import OrderActions, OrderBody, order_action
from omnitron.orders.resources.shipments import SplitPackagesBody
from omnitron.orders.selectors import remote_id_of
from omnitron.orders.service import OrderService


class BillingAddressBody(OrderBody):
    address = RowKeyField(queryset=Address.objects.order_by())
    reason = serializers.CharField(required=False, allow_blank=True, max_length=512)


class ShippingAddressBody(BillingAddressBody):
    note_to_carrier = serializers.CharField(required=False, allow_blank=True, max_length=512)


class MappingBody(StrictBody):
    """The code by which another system knows the record, and whether its reserved stock is released."""

    code = serializers.CharField(max_length=255)
    integration_type = EnumField(
        IntegrationMappingType.choices, default=IntegrationMappingType.EXTERNAL_COMPANY.value
    )
    update_stock = serializers.BooleanField(default=True)


class OrderMappingBody(MappingBody, OrderBody):
    pass


class RemoteIdSerializer(serializers.Serializer):
    remote_id = serializers.CharField(allow_null=True)


class FulfilmentActions(OrderActions):
    @order_action(body=BillingAddressBody)
    def change_billing_address(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Bill to another address of the customer: freely before the order is invoiced, then with a `reason`, from
        shipping on not at all.
        """
        return self.act(OrderService.change_billing_address, body=BillingAddressBody)

    @order_action(body=ShippingAddressBody)
    def change_shipping_address(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ship to another address of the customer, or, if collected, to a store's: freely before the order
        is packed, then with a `reason` and a `note_to_carrier`, from shipping on not at all.
        """
        return self.act(OrderService.change_shipping_address, body=ShippingAddressBody)

    @order_action()
    def confirm_pay_on_delivery(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Approve what waits for confirmation of an order that is paid on delivery: 350 to 400."""
        return self.act(OrderService.confirm_pay_on_delivery)

    @order_action()
    def accept_in_store(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The store has the goods: the customer may pick them up, 520."""
        return self.act(OrderService.accept_in_store)

    @order_action()
    def deliver_in_store(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The customer has picked the goods up: 520 to 550."""
        return self.act(OrderService.deliver_in_store)

    @order_action()
    def mark_as_not_sent(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let the ERP fetch an approved order once more: `is_send` becomes false."""
        return self.act(OrderService.mark_as_not_sent)

    @order_action(body=OrderMappingBody)
    def create_mapping(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Keep the code by which another system knows the order; with `update_stock`, release the stock its items
        reserve. The same code again changes nothing.
        """
        return self.act(OrderService.create_mapping, body=OrderMappingBody)

    @extend_schema(responses=RemoteIdSerializer)
    @action(detail=True)
    def get_remote_id(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The id by which the order's channel knows it, null where the channel never said."""
        return Response({"remote_id": remote_id_of(self.get_row())})

    @order_action(body=SplitPackagesBody)
    def split_packages(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ship the order in these packages, instead of those that have not left. Units named nowhere go into one
        more package.
        """
        return self.act(OrderService.split_packages, body=SplitPackagesBody)
