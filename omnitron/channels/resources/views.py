"""The resources of channels, vendors, external statuses and content types."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.contenttypes.models import ContentType
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from omnitron.channels.models import Channel, DataSource, ExternalStatus
from omnitron.channels.resources.serializers import (
    ChannelSerializer,
    ContentTypeSerializer,
    DataSourceSerializer,
    ExternalStatusSerializer,
)
from omnitron.channels.service import ChannelService
from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.filters import filterset_for
from omnitron.core.resources.sql_json import read_row
from omnitron.core.resources.viewsets import ReadViewSet, ResourceViewSet

_DATES = ("created_date", "modified_date")


class ChannelViewSet(ResourceViewSet):
    queryset = Channel.objects.all()
    serializer_class = ChannelSerializer
    filterset_class = filterset_for(
        Channel, "name", "channel_type", "catalog", "category_tree", "is_active", *_DATES
    )
    search_fields = ("name", "channel_type")
    service = ChannelService()

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One channel; its `conf` with the real secrets for a user with the permission channels.read_secrets."""
        if not request.user.has_perm("channels.read_secrets"):
            return super().retrieve(request, *args, **kwargs)
        channel = self.get_row()
        row = read_row(self.serializer_class, self.get_queryset().filter(pk=channel.pk))
        if row is None:
            raise NotFound
        conf = self.service.conf_with_secrets(channel, audit_context=audit_context_of(request))
        return Response(json.loads(row) | {"conf": conf})

    def perform_create(self, serializer: BaseSerializer) -> Channel:
        return self.service.create_channel(
            **serializer.validated_data, audit_context=audit_context_of(self.request)
        )

    def perform_update(self, serializer: BaseSerializer) -> Channel:
        return self.service.update_channel(
            serializer.instance, **serializer.validated_data, audit_context=audit_context_of(self.request)
        )

    def perform_destroy(self, row: Channel) -> None:
        self.service.delete_channel(row, audit_context=audit_context_of(self.request))


class DataSourceViewSet(ResourceViewSet):
    queryset = DataSource.objects.all()
    serializer_class = DataSourceSerializer
    filterset_class = filterset_for(DataSource, "name", "code", "is_active", *_DATES)
    search_fields = ("name", "code")


class ExternalStatusViewSet(ResourceViewSet):
    queryset = ExternalStatus.objects.all()
    serializer_class = ExternalStatusSerializer
    filterset_class = filterset_for(ExternalStatus, "name", "code", *_DATES)
    search_fields = ("name", "code")


class ContentTypeViewSet(ReadViewSet):
    """Names of models, which every channel application asks for; there is nothing in them to protect."""

    queryset = ContentType.objects.all()
    serializer_class = ContentTypeSerializer
    filterset_class = filterset_for(ContentType, "app_label", "model")
    search_fields = ("model",)
    permission_classes = (IsAuthenticated,)
