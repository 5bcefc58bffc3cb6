"""Cancellation plans, requests and easy returns over HTTP."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.serializers import StrictBody
from omnitron.core.resources.viewsets import ReadViewSet, ResourceViewSet
from omnitron.orders.models import CancellationPlan, CancellationRequest, EasyReturn
from omnitron.orders.resources import cancellation_filters as filters
from omnitron.orders.resources.cancellation_serializers import (
    CancellationPlanBody,
    CancellationPlanDetailSerializer,
    CancellationRequestSerializer,
    CancellationRequestUpdateSerializer,
    EasyReturnSerializer,
    NewCancellationRequestSerializer,
    PaymentPlanBody,
)
from omnitron.orders.service import CancellationRequestService, OrderService


class CancellationPlanViewSet(ReadViewSet):
    """Cancellation plans. They are opened by `orders/{pk}/cancel/`."""

    queryset = CancellationPlan.objects.all()
    serializer_class = CancellationPlanDetailSerializer
    filterset_class = filters.CancellationPlanFilterSet
    search_fields = ("order__number",)
    action_permissions = {
        "partial_update": "orders.decide_cancellation",
        "create_payment_plan": "orders.decide_cancellation",
    }

    @extend_schema(request=CancellationPlanBody, responses=CancellationPlanDetailSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change who is paid back, or move the whole plan along the table of cancel statuses."""
        plan = self.get_row()
        values = self.valid_body(CancellationPlanBody)
        OrderService.update_cancellation_plan(plan, audit_context=audit_context_of(request), **values)
        return self.row_response(plan.pk)

    @extend_schema(request=PaymentPlanBody, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=("post",))
    def create_payment_plan(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say how much is refunded for which items of an open plan. Answers `{}`."""
        plan = self.get_row()
        values = self.valid_body(PaymentPlanBody)
        parts = values["payment_plan"]
        OrderService.create_payment_plan(plan, parts=parts, audit_context=audit_context_of(request))
        return Response({})


class CancellationRequestViewSet(ResourceViewSet):
    """Wishes to cancel or return an item. Approving one opens a plan for it and approves that."""

    queryset = CancellationRequest.objects.all()
    serializer_class = CancellationRequestSerializer
    filterset_class = filters.CancellationRequestFilterSet
    http_method_names = ["get", "post", "patch", "head", "options"]
    search_fields = ("order_item__order__number",)
    write_serializer_classes = {
        "create": NewCancellationRequestSerializer,
        "partial_update": CancellationRequestUpdateSerializer,
    }
    action_permissions = dict.fromkeys(("approve", "reject", "confirm"), "orders.decide_cancellation")
    service = CancellationRequestService()

    def perform_create(self, serializer: BaseSerializer) -> Model:
        values = dict(serializer.validated_data)
        return self.service.create_cancellation_request(
            values.pop("order_item"), audit_context=audit_context_of(self.request), **values
        )

    @extend_schema(request=StrictBody, responses=CancellationRequestSerializer)
    @action(detail=True, methods=("post",))
    def approve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Grant the wish: cancel or refund the item, or `quantity` units of it, and approve that."""
        return self._decide(self.service.approve_cancellation_request)

    @extend_schema(request=StrictBody, responses=CancellationRequestSerializer)
    @action(detail=True, methods=("post",))
    def reject(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Refuse the wish. The item is where it is."""
        return self._decide(self.service.reject_cancellation_request)

    @extend_schema(request=StrictBody, responses=CancellationRequestSerializer)
    @action(detail=True, methods=("post",))
    def confirm(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Note that the goods are fit to be taken back; the decision is still to come."""
        return self._decide(self.service.confirm_cancellation_request)

    def _decide(self, operation: Any) -> Response:
        row = self.get_row()
        self.valid_body(StrictBody)
        operation(row, audit_context=audit_context_of(self.request))
        return self.row_response(row.pk)


class EasyReturnViewSet(ResourceViewSet):
    """Codes with which customers hand goods back to a carrier. A cancellation request names its own."""

    queryset = EasyReturn.objects.all()
    serializer_class = EasyReturnSerializer
    filterset_class = filters.EasyReturnFilterSet
    search_fields = ("code", "tracking_number")
