"""What a channel's application works with: batches, integration actions, reports and events."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from omnitron.channels.enums import BatchRequestStatus
from omnitron.channels.models import BatchRequest, ErrorReport, IntegrationAction, OperationalEvent
from omnitron.channels.resources import channel_serializers as shapes
from omnitron.channels.resources.scoped import READ, ChannelScoped
from omnitron.channels.service import BatchRequestService, ErrorReportService, IntegrationActionService
from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.filters import IdFilter, filterset_for
from omnitron.core.resources.openapi import DETAIL
from omnitron.core.resources.viewsets import ReadViewSet, ResourceViewSet

_DATES = ("created_date", "modified_date")


class ChannelBatchRequestViewSet(ChannelScoped, ReadViewSet):
    """Batches: begun by POST, moved by PATCH along the table of batch statuses; oldest first."""

    queryset = BatchRequest.objects.all()
    serializer_class = shapes.BatchRequestSerializer
    filterset_class = filterset_for(
        BatchRequest,
        "channel",
        "local_batch_id",
        "remote_batch_id",
        *_DATES,
        extra={
            "channel_id": IdFilter(field_name="channel"),
            "content_type": django_filters.CharFilter(field_name="content_type__model"),
            # Applications give it twice: either.
            "status": django_filters.MultipleChoiceFilter(choices=BatchRequestStatus.choices),
        },
    )
    search_fields = ("remote_batch_id",)
    default_sort = ("pk",)
    service = BatchRequestService()

    @extend_schema(request=shapes.NewBatchRequestBody, responses={201: shapes.BatchRequestSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Begin a batch."""
        self.checked_channel(self.valid_body(shapes.NewBatchRequestBody))
        batch = self.service.create_batch_request(self.channel, audit_context=audit_context_of(request))
        return self.row_response(batch.pk, status=201)

    @extend_schema(request=shapes.BatchRequestBody, responses=shapes.BatchRequestSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Move a batch, with the objects that takes, decides or gives back."""
        batch = self.get_row()
        values = self.checked_channel(self.valid_body(shapes.BatchRequestBody))
        self.service.update_batch_request(
            batch, now=timezone.now(), audit_context=audit_context_of(request), **values
        )
        return self.row_response(batch.pk)


class ChannelIntegrationActionViewSet(ChannelScoped, ResourceViewSet):
    """What the channel knows by which remote id, and in which version."""

    queryset = IntegrationAction.objects.all()
    serializer_class = shapes.IntegrationActionSerializer
    write_serializer_classes = {
        "create": shapes.NewIntegrationActionSerializer,
        "partial_update": shapes.IntegrationActionUpdateSerializer,
    }
    http_method_names = (*READ, "post", "patch", "delete")
    filterset_class = filterset_for(
        IntegrationAction,
        "channel",
        "object_id",
        "remote_id",
        "local_batch_id",
        "status",
        "version_date",
        "state",
        *_DATES,
        extra={
            "channel_id": IdFilter(field_name="channel"),
            "content_type": IdFilter(field_name="content_type"),
            "content_type_id": IdFilter(field_name="content_type"),
            "content_type_name": django_filters.CharFilter(field_name="content_type__model"),
        },
    )
    search_fields = ("remote_id",)
    service = IntegrationActionService()

    @extend_schema(
        parameters=[OpenApiParameter("model", str, required=True), OpenApiParameter("channel_id", int)]
    )
    @action(detail=False)
    def deleted(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Actions of `model` ("product") whose object is gone or no longer sold: to be taken off the channel."""
        parameters = request.query_params
        if unknown := sorted(set(parameters) - {"model", "channel_id", "page", "limit", "format"}):
            raise ValidationError({name: ["Unknown parameter."] for name in unknown})
        if parameters.get("channel_id", str(self.channel.pk)) != str(self.channel.pk):
            raise ValidationError({"channel_id": [f"This is below channel {self.channel.pk}."]})
        gone = self.service.actions_of_what_is_gone(parameters.get("model", ""), channel_id=self.channel.pk)
        return self.page(request, gone)

    def perform_create(self, serializer: BaseSerializer) -> IntegrationAction:
        values = dict(serializer.validated_data)
        values.pop("channel", None)
        return self.service.create_integration_action(
            self.channel, audit_context=audit_context_of(self.request), **values
        )

    def perform_update(self, serializer: BaseSerializer) -> IntegrationAction:
        return self.service.update_integration_action(
            serializer.instance, audit_context=audit_context_of(self.request), **serializer.validated_data
        )

    def perform_destroy(self, row: IntegrationAction) -> None:
        self.service.delete_integration_action(row, audit_context=audit_context_of(self.request))


class ChannelErrorReportViewSet(ChannelScoped, ResourceViewSet):
    """What went wrong, or well, as the channel's application reports it."""

    queryset = ErrorReport.objects.all()
    serializer_class = shapes.ErrorReportSerializer
    service = ErrorReportService()
    http_method_names = (*READ, "post")
    filterset_class = filterset_for(
        ErrorReport,
        "channel",
        "action_content_type",
        "action_object_id",
        "target_content_type",
        "target_object_id",
        "error_code",
        "is_ok",
        *_DATES,
    )
    search_fields = ("error_code",)

    @extend_schema(
        operation_id="channel_error_reports_unknown_place",
        request=shapes.PlaceReportBody,
        # 405 where a number stands: that is the address of a report.
        responses={201: shapes.ErrorReportSerializer, 405: OpenApiResponse(DETAIL, "No kind of place.")},
    )
    @action(detail=False, methods=("post",), url_path="(?P<kind>country|city|township|district)")
    def unknown_place(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A place the channel names and nobody here knows: kept as a report about the place it lies in."""
        values = self.valid_body(shapes.PlaceReportBody)
        if values.pop("type") != kwargs["kind"]:
            raise ValidationError({"type": [f"This address is for a {kwargs['kind']}."]})
        report = self.service.report_unknown_place(
            self.channel, kind=kwargs["kind"], **values, audit_context=audit_context_of(request)
        )
        return self.row_response(report.pk, status=201)


class ChannelOperationalEventViewSet(ChannelScoped, ResourceViewSet):
    """Structured events of the channel's application."""

    queryset = OperationalEvent.objects.all()
    serializer_class = shapes.OperationalEventSerializer
    http_method_names = (*READ, "post")
    filterset_class = filterset_for(
        OperationalEvent,
        "channel",
        "event_type",
        "level",
        "source",
        "action_content_type",
        "action_object_id",
        "trace_id",
        *_DATES,
    )
    search_fields = ("event_type",)
