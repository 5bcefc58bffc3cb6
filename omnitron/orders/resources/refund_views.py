"""Refunds over HTTP: what goes back on which payment, and the worklist of those that need a hand."""

from __future__ import annotations

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.filters import filterset_for
from omnitron.core.resources.serializers import ResourceSerializer, StrictBody
from omnitron.core.resources.viewsets import ReadViewSet
from omnitron.orders.models import Refund
from omnitron.orders.service import RefundService

RefundFilterSet = filterset_for(
    Refund,
    "order",
    "order__number",
    "order__channel",
    "cancellation_plan",
    "instrument",
    "status",
    "amount",
    "failed_attempts",
    "created_date",
    "modified_date",
    extra={"order_number": django_filters.CharFilter(field_name="order__number")},
)


class RefundSerializer(ResourceSerializer):
    """A refund; its age is that of `created_date`."""

    order_number = serializers.CharField(source="order.number", read_only=True)
    currency = serializers.CharField(source="order.currency", read_only=True)

    class Meta:
        model = Refund
        fields = (
            "pk",
            "order",
            "order_number",
            "cancellation_plan",
            "instrument",
            "transaction_id",
            "amount",
            "currency",
            "status",
            "iban",
            "holder_name",
            "gateway_reference",
            "proof",
            "failure_reason",
            "failed_attempts",
            "not_before",
            "created_date",
            "modified_date",
        )


class ProofBody(StrictBody):
    proof = serializers.CharField(max_length=512)


class RefundViewSet(ReadViewSet):
    """Refunds. `?status__in=manual,failed&sort=created_date` is the worklist of those that need a hand."""

    queryset = Refund.objects.all()
    serializer_class = RefundSerializer
    filterset_class = RefundFilterSet
    search_fields = ("order__number", "gateway_reference")
    action_permissions = {"complete": "orders.decide_cancellation", "retry": "orders.decide_cancellation"}

    @extend_schema(request=ProofBody, responses=RefundSerializer)
    @action(detail=True, methods=("post",))
    def complete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Note that somebody paid it back by hand, and how that can be shown."""
        refund = self.get_row()
        values = self.valid_body(ProofBody)
        RefundService.close_refund(refund, audit_context=audit_context_of(request), **values)
        return self.row_response(refund.pk)

    @extend_schema(request=StrictBody, responses=RefundSerializer)
    @action(detail=True, methods=("post",))
    def retry(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Try it at its gateway again."""
        refund = self.get_row()
        self.valid_body(StrictBody)
        RefundService.retry_refund(refund, audit_context=audit_context_of(request))
        return self.row_response(refund.pk)
