"""Tables every application uses: the audit log, idempotency keys and kept row counts."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from omnitron.omnicore.models import TimeStampedModel, one_of


class AuditSource(models.TextChoices):
    """Through what a change came."""

    API = "api", "API"
    ADMIN = "admin", "admin"
    CRON = "cron", "cron"
    CHANNEL = "channel", "channel"
    OMS = "oms", "OMS"


class AuditEncoder(DjangoJSONEncoder):
    """Moments to the microsecond: an order as it was is rebuilt from them."""

    def default(self, o: object) -> object:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


class AuditLog(models.Model):
    """One change of one row: who, through what, when, before and after. Rows are only ever added."""

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    object_id = models.BigIntegerField()
    event = models.CharField(max_length=64)
    old = models.JSONField(encoder=AuditEncoder, null=True)
    new = models.JSONField(encoder=AuditEncoder, null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    source = models.CharField(max_length=16, choices=AuditSource)
    request_id = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=512, blank=True)
    created_date = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [one_of("source", AuditSource)]
        indexes = [
            models.Index(fields=["content_type", "object_id", "id"], name="audit_of_object"),
            models.Index(fields=["created_date"], name="audit_by_date"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.object_id}"


class IdempotencyKey(TimeStampedModel):
    """The answer once given to a request that carried an Idempotency-Key, kept for its repetitions."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    key = models.CharField(max_length=255)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=512)
    body_digest = models.CharField(max_length=64)
    response_status = models.PositiveSmallIntegerField(null=True)
    response_body = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once_a_user")]
        indexes = [models.Index(fields=["created_date"], name="idempotency_key_by_date")]

    def __str__(self) -> str:
        return self.key


class RowCountChange(models.Model):
    """How many rows a statement added to or took from a table, per channel; their sum is the exact count.

    Written by statement-level triggers, summed by `core.row_counts.kept_count`, folded by a periodic task. It
    stands for the COUNT(*) that would otherwise be most of the cost of a page (docs/performance.md).
    """

    relation = models.CharField(max_length=63)
    channel_id = models.BigIntegerField(null=True)
    change = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["relation", "channel_id"], include=["change"], name="row_count_by_relation")
        ]

    def __str__(self) -> str:
        return f"{self.relation} {self.change:+d}"
