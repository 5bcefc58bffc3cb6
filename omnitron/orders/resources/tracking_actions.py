"""Files of tracking numbers over HTTP: hand one in, see how far it is and what became of each row."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.fields import EnumField
from omnitron.core.resources.pagination import requested_page
from omnitron.core.resources.serializers import StrictBody
from omnitron.orders.models import TrackingUpload, TrackingUploadRow
from omnitron.orders.resources.order_actions import OrderRowViewSet
from omnitron.orders.service import OrderService
from omnitron.orders.tracking_models import TrackingResult, TrackingUploadStatus

PARAMETERS = frozenset({"job", "result", "page", "limit"})


class TrackingFileBody(StrictBody):
    """CSV or XLSX with the columns order_number, tracking_number, shipping_company; if wanted channel, sku."""

    file = serializers.FileField(allow_empty_file=True)

    def to_internal_value(self, data: Any) -> Any:
        # A form's data is no dict of its own values.
        return super().to_internal_value(data.dict() if hasattr(data, "dict") else data)


class TrackingUploadSerializer(serializers.ModelSerializer):
    job = serializers.IntegerField(source="pk")
    status = EnumField(TrackingUploadStatus.choices, source="state")
    done_rows = serializers.IntegerField()

    class Meta:
        model = TrackingUpload
        fields = (
            "job",
            "file_name",
            "status",
            "total_rows",
            "done_rows",
            "updated_rows",
            "unchanged_rows",
            "refused_rows",
            "error_code",
            "error_message",
            "created_date",
            "finished_date",
        )


class TrackingRowSerializer(serializers.ModelSerializer):
    result = EnumField(TrackingResult.choices)

    class Meta:
        model = TrackingUploadRow
        fields = (
            "row_number",
            "channel",
            "order_number",
            "sku",
            "tracking_number",
            "shipping_company",
            "result",
            "error_code",
            "error_message",
        )


class TrackingUploadStatusSerializer(TrackingUploadSerializer):
    """A job with one page of its rows."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = TrackingRowSerializer(many=True)

    class Meta(TrackingUploadSerializer.Meta):
        fields = (*TrackingUploadSerializer.Meta.fields, "count", "next", "previous", "results")


class TrackingActions(OrderRowViewSet):
    @extend_schema(
        request={"multipart/form-data": TrackingFileBody}, responses={202: TrackingUploadSerializer}
    )
    @action(detail=False, methods=("post",), parser_classes=(MultiPartParser,))
    def bulk_tracking_number_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Hand in a CSV or XLSX of tracking numbers: at most 50,000 rows, 20 MB unpacked. All rows are judged, then
        written, in the background; orders and their active items get number and carrier, no status moves.
        """
        values = self.valid_body(TrackingFileBody)
        upload = OrderService.bulk_tracking_number_update(
            values["file"], audit_context=audit_context_of(request)
        )
        return Response(TrackingUploadSerializer(upload).data, status=202)

    @extend_schema(
        parameters=[
            OpenApiParameter("job", OpenApiTypes.INT, description="Without it the newest of your own."),
            OpenApiParameter("result", OpenApiTypes.STR, enum=TrackingResult.values),
            OpenApiParameter("page", OpenApiTypes.INT),
            OpenApiParameter("limit", OpenApiTypes.INT),
        ],
        filters=False,
        responses={200: TrackingUploadStatusSerializer, 400: OpenApiTypes.OBJECT, 404: OpenApiTypes.OBJECT},
    )
    @action(detail=False, filterset_class=None, pagination_class=None)
    def bulk_tracking_number_update_status(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """How far a file of tracking numbers is, and the result of each row, page by page."""
        if unknown := set(request.query_params) - PARAMETERS:
            raise ValidationError({name: ["Unknown parameter."] for name in sorted(unknown)})
        page = requested_page(request)
        upload = self._upload()
        rows = self._rows(upload)
        shown = list(rows[page.offset : page.offset + page.limit])
        if not shown and page.number > 1:
            raise NotFound("There is no such page.")
        count = rows.count()
        url = request.build_absolute_uri()
        following = page.number + 1 if count > page.offset + len(shown) else None
        return Response(
            {
                **TrackingUploadSerializer(upload).data,
                "count": count,
                "next": following and replace_query_param(url, "page", following),
                "previous": replace_query_param(url, "page", page.number - 1) if page.number > 1 else None,
                "results": TrackingRowSerializer(shown, many=True).data,
            }
        )

    def _upload(self) -> TrackingUpload:
        """The job asked for. Users limited to channels reach their own jobs, others all."""
        user, job = self.request.user, self.request.query_params.get("job")
        uploads = TrackingUpload.objects.defer("content").order_by("-pk")
        if job is None or user.is_limited_to_channels:
            uploads = uploads.filter(created_by=user)
        if job is not None:
            if not (job.isascii() and job.isdigit() and len(job) < 19):
                raise ValidationError({"job": ["Give the number of a job."]})
            uploads = uploads.filter(pk=job)
        upload = uploads.first()
        if upload is None:
            raise NotFound
        return upload

    def _rows(self, upload: TrackingUpload) -> QuerySet[TrackingUploadRow]:
        rows = TrackingUploadRow.objects.filter(upload=upload).order_by("row_number")
        result = self.request.query_params.get("result")
        if result is None:
            return rows
        if result not in TrackingResult.values:
            raise ValidationError({"result": [f"One of {', '.join(TrackingResult.values)}."]})
        return rows.filter(result=result)
