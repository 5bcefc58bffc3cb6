"""Sales channels, and what is known about each object's state towards them.

Django looks for models here, so those of the other files are named here too.
"""

from __future__ import annotations

import uuid

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from omnitron.channels.enums import BatchRequestStatus, EventLevel, IntegrationMappingType, IntegrationStatus
from omnitron.channels.pull_models import (
    CredentialBudget,
    ParkedOrder,
    PullCount,
    PulledOrder,
    PullState,
    PullWindow,
)
from omnitron.omnicore.models import JSONObjectField, TimeStampedModel, one_of

__all__ = [
    "WAITING",
    "BatchRequest",
    "Channel",
    "CredentialBudget",
    "DataSource",
    "ErrorReport",
    "ExternalStatus",
    "IntegrationAction",
    "IntegrationMapping",
    "OperationalEvent",
    "ParkedOrder",
    "PullCount",
    "PullState",
    "PullWindow",
    "PulledOrder",
]


class Channel(TimeStampedModel):
    """Where orders come from. Its secrets never stand in `conf`: see `omnitron.channels.secrets`."""

    channel_path = "pk"

    name = models.CharField(max_length=255)
    # A slug of the integration that serves the channel ("web", "sales_channel", …), not an enum: adding an
    # integration must not need a migration.
    channel_type = models.SlugField(max_length=64)
    catalog = models.ForeignKey("catalogs.Catalog", null=True, blank=True, on_delete=models.PROTECT)
    category_tree = models.ForeignKey(
        "catalogs.CategoryTree", null=True, blank=True, on_delete=models.PROTECT
    )
    is_active = models.BooleanField(default=True)
    conf = JSONObjectField()
    conf_secrets = models.TextField(blank=True, editable=False)
    schema = JSONObjectField()

    class Meta:
        permissions = [("read_secrets", "Can read a channel's secrets")]

    def __str__(self) -> str:
        return self.name


class DataSource(TimeStampedModel):
    """A vendor whose products are sold here and who ships them."""

    name = models.CharField(max_length=255)
    code = models.SlugField(max_length=64, unique=True)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class ExternalStatus(TimeStampedModel):
    """How another system (OMS, a marketplace) words the status of an order or item."""

    name = models.CharField(max_length=255)
    code = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name_plural = "external statuses"

    def __str__(self) -> str:
        return self.name


class IntegrationMapping(TimeStampedModel):
    """The code by which another system knows a record."""

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    object_id = models.BigIntegerField()
    integration_type = models.CharField(max_length=32, choices=IntegrationMappingType)
    code = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "integration_type", "code"],
                name="mapping_once_an_object",
            ),
            one_of("integration_type", IntegrationMappingType),
        ]
        indexes = [models.Index(fields=["integration_type", "code"], name="mapping_by_code")]

    def __str__(self) -> str:
        return f"{self.integration_type}:{self.code}"


# An action whose object has changed since the channel was told, and that no batch is working on.
WAITING = (
    ~Q(status=IntegrationStatus.PROCESSING)
    & Q(object_modified_date__isnull=False)
    & (Q(version_date__isnull=True) | Q(version_date__lt=F("object_modified_date")))
)


class IntegrationAction(TimeStampedModel):
    """One object's state towards one channel: its remote id, and the version the channel knows.

    Unique by object, *not* by `remote_id`: a line of two units is two items with one remote id.

    `object_modified_date` is the object's own `modified_date`, written by triggers of the database when the action
    is made and whenever the object changes, so that what waits for the channel is an index and not a comparison of
    all rows (docs/adr/0017). `previous_…` is what a batch found, to be restored should it fail; a null
    `previous_status` in a batch says that the batch itself made the action.
    """

    channel_path = "channel"

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, db_index=False)
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, db_index=False)
    object_id = models.BigIntegerField()
    remote_id = models.CharField(max_length=255, null=True, blank=True)
    version_date = models.DateTimeField(null=True, blank=True)
    state = JSONObjectField()
    local_batch_id = models.UUIDField(null=True, blank=True)
    status = models.CharField(max_length=16, choices=IntegrationStatus, default=IntegrationStatus.SUCCESS)
    object_modified_date = models.DateTimeField(null=True, editable=False)
    previous_version_date = models.DateTimeField(null=True, editable=False)
    previous_status = models.CharField(
        max_length=16, choices=IntegrationStatus, null=True, blank=True, editable=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "content_type", "object_id"], name="integration_action_once_an_object"
            ),
            one_of("status", IntegrationStatus),
            one_of("previous_status", IntegrationStatus),
        ]
        indexes = [
            models.Index(
                fields=["remote_id", "content_type", "channel"], name="integration_action_by_remote"
            ),
            models.Index(
                fields=["local_batch_id"],
                name="integration_action_by_batch",
                condition=models.Q(local_batch_id__isnull=False),
            ),
            # Who asks for an object's remote id (search, get_remote_id) does not always know the channel.
            models.Index(fields=["content_type", "object_id"], name="integration_action_by_object"),
            models.Index(
                fields=["channel", "content_type", "object_modified_date", "object_id"],
                name="integration_action_waiting",
                condition=WAITING,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content_type_id}/{self.object_id} as {self.remote_id}"


class BatchRequest(TimeStampedModel):
    """A set of objects a channel application works on at once. While it does, their integration actions name it
    (`local_batch_id`); `objects_sent` keeps them and what became of them once it is over.
    """

    channel_path = "channel"

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT)
    local_batch_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    remote_batch_id = models.CharField(max_length=255, null=True, blank=True)
    content_type = models.ForeignKey(ContentType, null=True, blank=True, on_delete=models.PROTECT)
    status = models.CharField(
        max_length=16, choices=BatchRequestStatus, default=BatchRequestStatus.INITIALIZED, editable=False
    )
    objects_sent = models.JSONField(default=list, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [one_of("status", BatchRequestStatus)]
        indexes = [models.Index(fields=["channel", "content_type", "status"], name="batch_request_by_status")]

    def __str__(self) -> str:
        return str(self.local_batch_id)


class ErrorReport(TimeStampedModel):
    """What went wrong, or well, when a channel application handled an object."""

    channel_path = "channel"

    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.PROTECT)
    action_content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    action_object_id = models.BigIntegerField()
    target_content_type = models.ForeignKey(
        ContentType, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    target_object_id = models.CharField(max_length=255, null=True, blank=True)
    obj_modified_date = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=512)
    error_desc = models.TextField(blank=True)
    raw_request = models.TextField(null=True, blank=True)
    raw_response = models.TextField(null=True, blank=True)
    is_ok = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["action_content_type", "action_object_id"], name="error_report_by_action"),
            models.Index(fields=["target_content_type", "target_object_id"], name="error_report_by_target"),
        ]

    def __str__(self) -> str:
        return self.error_code


class OperationalEvent(TimeStampedModel):
    """A structured event a channel application logs here."""

    channel_path = "channel"

    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.PROTECT)
    event_type = models.CharField(max_length=255)
    level = models.CharField(max_length=16, choices=EventLevel, default=EventLevel.INFO)
    source = models.CharField(max_length=255, blank=True)
    message = models.TextField(blank=True)
    context = JSONObjectField()
    tags = JSONObjectField()
    action_content_type = models.ForeignKey(
        ContentType, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    action_object_id = models.BigIntegerField(null=True, blank=True)
    trace_id = models.CharField(max_length=64, null=True, blank=True)
    span_id = models.CharField(max_length=64, null=True, blank=True)
    parent_span_id = models.CharField(max_length=64, null=True, blank=True)
    raw_data = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [one_of("level", EventLevel)]

    def __str__(self) -> str:
        return self.event_type
