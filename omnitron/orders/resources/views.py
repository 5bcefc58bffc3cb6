"""Orders, their items, and what hangs on them, over HTTP. Each write is one call of a service."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from omnitron.core import records
from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.viewsets import ReadViewSet, ResourceViewSet
from omnitron.orders.dto import NewItem
from omnitron.orders.exceptions import OrderNumberAmbiguousException
from omnitron.orders.models import CancellationReason, CargoCompany, DiscountItem, Order, OrderItem
from omnitron.orders.resources import filters
from omnitron.orders.resources.cancellation_actions import CancellationActions
from omnitron.orders.resources.fulfilment_actions import FulfilmentActions
from omnitron.orders.resources.history_actions import HistoryActions
from omnitron.orders.resources.item_actions import ItemActions
from omnitron.orders.resources.item_serializers import (
    DiscountItemDetailSerializer,
    DiscountItemSerializer,
    NewOrderItemSerializer,
    OrderItemDetailSerializer,
    OrderItemSerializer,
    OrderItemUpdateSerializer,
)
from omnitron.orders.resources.order_actions import OrderRowViewSet
from omnitron.orders.resources.serializers import (
    CancellationReasonSerializer,
    CargoCompanySerializer,
    NewOrderSerializer,
    OrderDetailSerializer,
    OrderSerializer,
    OrderUpdateSerializer,
)
from omnitron.orders.resources.status_actions import StatusActions
from omnitron.orders.resources.tracking_actions import TrackingActions
from omnitron.orders.selectors import search_orders
from omnitron.orders.service import OrderItemService, OrderService

CHANNEL_OF_NUMBER = OpenApiParameter(
    "channel", OpenApiTypes.INT, description="Which channel's order is meant."
)
AS_OF = OpenApiParameter(
    "as_of", OpenApiTypes.DATETIME, description="The order as it was then; nothing may be done with it."
)


def pk_of_number(queryset: QuerySet[Order], *, number: str, channel: str | None) -> int:
    """The one order of `queryset` with that number. Raises NotFound, OrderNumberAmbiguousException."""
    found = queryset.filter(number=number).order_by("channel_id")
    if channel is not None:
        if not (channel.isascii() and channel.isdigit()):
            raise NotFound
        found = found.filter(channel=channel)
    rows = list(found.values_list("pk", "channel_id"))
    if not rows:
        raise NotFound
    if len(rows) > 1:
        channels = ", ".join(str(channel_id) for _, channel_id in rows)
        raise OrderNumberAmbiguousException(number=number, channels=channels)
    return rows[0][0]


class OrderViewSet(
    StatusActions, FulfilmentActions, CancellationActions, TrackingActions, HistoryActions, ResourceViewSet
):
    """Orders. `number` finds a part of the number, `number__exact` the whole."""

    queryset = Order.objects.all()
    serializer_class = OrderSerializer
    detail_serializer_class = OrderDetailSerializer
    filterset_class = filters.OrderFilterSet
    write_serializer_classes = {
        "create": NewOrderSerializer,
        "update": OrderUpdateSerializer,
        "partial_update": OrderUpdateSerializer,
    }
    service = OrderService()
    search = staticmethod(search_orders)

    # Numbers, too: see `retrieve`.
    lookup_value_regex = "[^/]+"
    action_permissions = {
        "change_order_status": "orders.change_order",
        "update_order_status": "orders.change_order",
        **dict.fromkeys(
            (
                "change_billing_address",
                "change_shipping_address",
                "confirm_pay_on_delivery",
                "accept_in_store",
                "deliver_in_store",
                "mark_as_not_sent",
                "create_mapping",
                "split_packages",
            ),
            "orders.change_order",
        ),
        "set_distribute_interest_amount": "orders.change_order",
        "bulk_tracking_number_update": "orders.change_order",
        "bulk_tracking_number_update_status": "orders.view_order",
        "cancel": "orders.cancel_order",
        "cancel_preview": "orders.view_order",
        "cancellation_approved_order": "orders.decide_cancellation",
        "cancellation_reject_order": "orders.decide_cancellation",
        "update_cancel_status": "orders.decide_cancellation",
    }

    @extend_schema(parameters=[CHANNEL_OF_NUMBER, AS_OF])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One order in its detailed shape, by pk; below /api/i1/ by its number, as the ERP documentation has it."""
        pk = kwargs["pk"]
        if "i1" in request.resolver_match.namespaces:
            channel = request.query_params.get("channel")
            pk = pk_of_number(self.get_queryset(), number=pk, channel=channel)
        if "as_of" in request.query_params:
            return self.order_response_as_of(pk, request.query_params["as_of"])
        return self.order_response(pk)

    def perform_create(self, serializer: BaseSerializer) -> Order:
        values = dict(serializer.validated_data)
        items = [
            NewItem(product=item.pop("product"), values=item)
            for item in (dict(item) for item in values.pop("orderitem_set", ()))
        ]
        if values.get("status") is None:
            values.pop("status", None)
        return self.service.create_order(
            values.pop("number"),
            values.pop("channel"),
            audit_context=audit_context_of(self.request),
            items=items,
            **values,
        )

    def perform_update(self, serializer: BaseSerializer) -> Order:
        return self.service.update_order(
            serializer.instance, audit_context=audit_context_of(self.request), **serializer.validated_data
        )

    def perform_destroy(self, row: Model) -> None:
        self.service.delete_order(row, audit_context=audit_context_of(self.request))


class OrderByNumberViewSet(OrderRowViewSet):
    """One order in its detailed shape, by its number."""

    queryset = Order.objects.all()
    serializer_class = OrderDetailSerializer
    lookup_field = "number"
    lookup_value_regex = "[^/]+"

    @extend_schema(parameters=[CHANNEL_OF_NUMBER])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        channel = request.query_params.get("channel")
        return self.order_response(
            pk_of_number(self.get_queryset(), number=kwargs["number"], channel=channel)
        )


class OrderIntegrationViewSet(OrderRowViewSet):
    """An order with everything that belongs to it, as the ERP documentation asks for it."""

    queryset = Order.objects.all()
    serializer_class = OrderDetailSerializer

    @action(detail=True)
    def detailed_integration(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.order_response(kwargs["pk"])


class _OrderItemReadViewSet(ReadViewSet):
    queryset = OrderItem.objects.all()
    filterset_class = filters.OrderItemFilterSet

    def search(self, queryset: QuerySet, term: str) -> QuerySet:
        """Items of the orders that `search=` on orders finds."""
        return queryset.filter(order__in=search_orders(Order.objects.order_by(), term))


class OrderItemViewSet(ItemActions, _OrderItemReadViewSet, ResourceViewSet):
    """Order items. They go away only with their order."""

    serializer_class = OrderItemSerializer
    detail_serializer_class = OrderItemDetailSerializer
    http_method_names = ["get", "post", "put", "patch", "head", "options"]
    write_serializer_classes = {
        "create": NewOrderItemSerializer,
        "update": OrderItemUpdateSerializer,
        "partial_update": OrderItemUpdateSerializer,
    }
    service = OrderItemService()
    action_permissions = {
        "split": "orders.change_orderitem",
        "create_mapping": "orders.change_orderitem",
    }

    def perform_create(self, serializer: BaseSerializer) -> OrderItem:
        values = dict(serializer.validated_data)
        return self.service.create_order_item(
            values.pop("order"), values.pop("product"), audit_context=audit_context_of(self.request), **values
        )

    def perform_update(self, serializer: BaseSerializer) -> OrderItem:
        return self.service.update_order_item(
            serializer.instance, audit_context=audit_context_of(self.request), **serializer.validated_data
        )


class OrderItemIntegrationViewSet(_OrderItemReadViewSet):
    """Items with their product, lists and discounts (`order_item`, in the singular, is the documents')."""

    serializer_class = OrderItemDetailSerializer

    @extend_schema(
        operation_id="order_item_detailed_integration_list", responses=OrderItemDetailSerializer(many=True)
    )
    @action(detail=False, url_path="detailed_integration")
    def detailed_integration_list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @action(detail=True)
    def detailed_integration(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.row_response(kwargs["pk"])


class DiscountItemViewSet(ReadViewSet):
    """Discounts of orders; `detailed_integration` adds the items they went to and why."""

    queryset = DiscountItem.objects.all()
    serializer_class = DiscountItemSerializer
    filterset_class = filters.DiscountItemFilterSet
    search_fields = ("name", "code")

    @extend_schema(
        operation_id="discount_items_detailed_integration_list",
        responses=DiscountItemDetailSerializer(many=True),
    )
    @action(detail=False, url_path="detailed_integration", serializer_class=DiscountItemDetailSerializer)
    def detailed_integration_list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @action(detail=True, serializer_class=DiscountItemDetailSerializer)
    def detailed_integration(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.row_response(kwargs["pk"])


class CancellationReasonViewSet(ResourceViewSet):
    """Reasons for cancelling and returning. DELETE deactivates: plans and requests go on naming them."""

    queryset = CancellationReason.objects.all()
    serializer_class = CancellationReasonSerializer
    filterset_class = filters.CancellationReasonFilterSet
    search_fields = ("subject",)

    def perform_destroy(self, row: Model) -> None:
        records.update_record(row, {"is_active": False}, audit_context=audit_context_of(self.request))


class CargoCompanyViewSet(ResourceViewSet):
    """Carriers."""

    queryset = CargoCompany.objects.all()
    serializer_class = CargoCompanySerializer
    filterset_class = filters.CargoCompanyFilterSet
    search_fields = ("name", "erp_code")
