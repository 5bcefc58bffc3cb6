"""The shapes a channel's application reads and writes: batches, integration actions, reports, events."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from rest_framework import serializers

from omnitron.channels.dto import BatchObject
from omnitron.channels.enums import BatchRequestStatus, FailedReason
from omnitron.channels.models import BatchRequest, Channel, ErrorReport, IntegrationAction, OperationalEvent
from omnitron.channels.resources.serializers import ContentTypeSerializer
from omnitron.core.resources import fields as wire
from omnitron.core.resources.serializers import ResourceSerializer, StrictBody

LARGEST_PK = 2**63 - 1
MOST_OBJECTS = 10_000


class ContentTypeField(serializers.PrimaryKeyRelatedField):
    """A kind of row, by the id of its content type or by the name of its model: channel applications send both."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=ContentType.objects.all(), **kwargs)

    def to_internal_value(self, data: Any) -> ContentType:
        if isinstance(data, str) and not data.isdecimal():
            found = ContentType.objects.filter(model=data).first()
            if found is None:
                self.fail("does_not_exist", pk_value=data)
            return found
        if isinstance(data, bool) or len(str(data)) > 9:
            self.fail("incorrect_type", data_type=type(data).__name__)
        return super().to_internal_value(data)


class BatchRequestSerializer(ResourceSerializer):
    """`content_type` is the name of a model here, and an object in integration actions: so the clients have it."""

    content_type = serializers.CharField(source="content_type.model", read_only=True, allow_null=True)
    # Kept when the batch ends; until then its integration actions tell (`?local_batch_id=`).
    objects = serializers.JSONField(source="objects_sent", read_only=True)

    class Meta:
        model = BatchRequest
        fields = [
            "pk",
            "channel",
            "local_batch_id",
            "remote_batch_id",
            "content_type",
            "status",
            "objects",
            "created_date",
            "modified_date",
        ]


class NewBatchRequestBody(StrictBody):
    channel = wire.RowKeyField(queryset=Channel.objects.all(), required=False)


class BatchObjectBody(StrictBody):
    """One object of a batch. `version_date` is the version the application has seen."""

    pk = serializers.IntegerField(min_value=1, max_value=LARGEST_PK)
    content_type = serializers.CharField(max_length=100)
    version_date = wire.UtcDateTimeField(required=False, allow_null=True)
    remote_id = serializers.CharField(
        required=False, allow_null=True, allow_blank=True, max_length=255, trim_whitespace=False
    )
    failed_reason_type = wire.EnumField(FailedReason.choices, required=False, allow_null=True)


class BatchRequestBody(NewBatchRequestBody):
    """A move of a batch. `objects: null` is no objects."""

    status = wire.EnumField(BatchRequestStatus.choices)
    content_type = serializers.CharField(required=False, allow_null=True, max_length=100)
    remote_batch_id = serializers.CharField(required=False, allow_null=True, max_length=255)
    # Not `many=True`: with that, null would be allowed in the list, too.
    objects = serializers.ListField(
        child=BatchObjectBody(), required=False, allow_null=True, max_length=MOST_OBJECTS
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        objects = values.get("objects") or []
        values["objects"] = [
            BatchObject(**{**item, "remote_id": item.get("remote_id") or None}) for item in objects
        ]
        values["status"] = BatchRequestStatus(values["status"])
        return values


class IntegrationActionSerializer(ResourceSerializer):
    content_type = ContentTypeSerializer()

    class Meta:
        model = IntegrationAction
        fields = [
            "pk",
            "channel",
            "content_type",
            "object_id",
            "remote_id",
            "version_date",
            "state",
            "modified_date",
            "created_date",
            "local_batch_id",
            "status",
        ]


class NewIntegrationActionSerializer(ResourceSerializer):
    """What the set-up commands send: `channel_id` and `content_type_id`, or their shorter names."""

    content_type = ContentTypeField(required=False)
    content_type_id = ContentTypeField(source="content_type", required=False)
    channel_id = wire.RowKeyField(source="channel", queryset=Channel.objects.all(), required=False)

    class Meta:
        model = IntegrationAction
        fields = [
            "channel",
            "channel_id",
            "content_type",
            "content_type_id",
            "object_id",
            "remote_id",
            "version_date",
            "state",
        ]
        extra_kwargs = {
            "channel": {"required": False},
            "object_id": {"min_value": 1, "max_value": LARGEST_PK},
        }
        validators = ()

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            for name in ("channel", "content_type"):
                if {name, f"{name}_id"} <= set(data) and str(data[name]) != str(data[f"{name}_id"]):
                    raise serializers.ValidationError({name: [f"Give this or {name}_id."]})
        return super().to_internal_value(data)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if self.instance is None and "content_type" not in values:
            raise serializers.ValidationError({"content_type_id": ["This field is required."]})
        return values


class IntegrationActionUpdateSerializer(IntegrationActionSerializer):
    """A PATCH may send the whole row back as it was read; what it may change is the version and the remote id."""

    content_type = None
    ignored = frozenset({"content_type", "content_type_id", "channel_id", "id"})

    class Meta(IntegrationActionSerializer.Meta):
        fields = [name for name in IntegrationActionSerializer.Meta.fields if name != "content_type"]
        read_only_fields = [
            "channel",
            "object_id",
            "local_batch_id",
            "status",
            "created_date",
            "modified_date",
        ]


class ErrorReportSerializer(ResourceSerializer):
    action_content_type = ContentTypeField()
    target_content_type = ContentTypeField(required=False, allow_null=True)

    class Meta:
        model = ErrorReport
        fields = [
            "pk",
            "channel",
            "action_content_type",
            "action_object_id",
            "target_content_type",
            "target_object_id",
            "obj_modified_date",
            "error_code",
            "error_desc",
            "raw_request",
            "raw_response",
            "is_ok",
            "created_date",
            "modified_date",
        ]
        extra_kwargs = {"action_object_id": {"max_value": LARGEST_PK, "min_value": 0}}


class OperationalEventSerializer(ResourceSerializer):
    action_content_type = ContentTypeField(required=False, allow_null=True)

    class Meta:
        model = OperationalEvent
        fields = [
            "pk",
            "channel",
            "event_type",
            "level",
            "source",
            "message",
            "context",
            "tags",
            "action_content_type",
            "action_object_id",
            "trace_id",
            "span_id",
            "parent_span_id",
            "raw_data",
            "created_date",
            "modified_date",
        ]


class PlaceReportBody(StrictBody):
    """A place of a channel's that is not known here, as the address commands report it."""

    type = serializers.CharField(max_length=32)
    remote_code = serializers.CharField(max_length=512)
    integration_type = serializers.CharField(max_length=32)
    err_code = serializers.CharField(max_length=128)
    err_desc = serializers.CharField(allow_null=True, allow_blank=True)
    name = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=255)
    country_code = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=255)
    country_id = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=LARGEST_PK)
    city_id = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=LARGEST_PK)
    township_id = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=LARGEST_PK)
