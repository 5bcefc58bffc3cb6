"""The shapes of channels, vendors, external statuses and content types."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType

from omnitron.channels.models import Channel, DataSource, ExternalStatus, IntegrationMapping
from omnitron.core.resources.serializers import ResourceSerializer


class ChannelSerializer(ResourceSerializer):
    """A channel as everyone sees it: its secrets never stand in `conf`."""

    class Meta:
        model = Channel
        fields = [
            "pk",
            "name",
            "channel_type",
            "catalog",
            "modified_date",
            "created_date",
            "category_tree",
            "is_active",
            "conf",
            "schema",
        ]


class DataSourceSerializer(ResourceSerializer):
    class Meta:
        model = DataSource
        fields = ["pk", "name", "code", "is_active", "created_date", "modified_date"]


class ExternalStatusSerializer(ResourceSerializer):
    class Meta:
        model = ExternalStatus
        fields = ["pk", "name", "code", "created_date", "modified_date"]


class IntegrationMappingSerializer(ResourceSerializer):
    class Meta:
        model = IntegrationMapping
        fields = ["pk", "content_type", "object_id", "integration_type", "code"]


class ContentTypeSerializer(ResourceSerializer):
    """Channel clients read `id` here, not `pk`."""

    class Meta:
        model = ContentType
        fields = ["id", "app_label", "model"]
