"""Uploaded files of tracking numbers, and what became of each of their rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from omnitron.core.models import AuditSource
from omnitron.omnicore.models import TimeStampedModel, one_of


class TrackingUploadStatus(models.TextChoices):
    WAITING = "waiting", "waiting"
    WRITING = "writing", "writing"
    COMPLETED = "completed", "completed"
    REFUSED = "refused", "refused"


class TrackingResult(models.TextChoices):
    """What became of a row; pending: judged, and to be written."""

    PENDING = "pending", "pending"
    UPDATED = "updated", "updated"
    UNCHANGED = "unchanged", "unchanged"
    REFUSED = "refused", "refused"


class TrackingUpload(TimeStampedModel):
    """A file of tracking numbers and how far it is. Who sent it decides which orders it reaches."""

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    source = models.CharField(max_length=16, choices=AuditSource)
    request_id = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    # Emptied when the file is done with.
    content = models.BinaryField(null=True)
    # Named so because the orders' status has one writer.
    state = models.CharField(
        max_length=16, choices=TrackingUploadStatus, default=TrackingUploadStatus.WAITING
    )
    total_rows = models.PositiveIntegerField(null=True)
    updated_rows = models.PositiveIntegerField(default=0)
    unchanged_rows = models.PositiveIntegerField(default=0)
    refused_rows = models.PositiveIntegerField(default=0)
    error_code = models.CharField(max_length=32, blank=True)
    error_message = models.CharField(max_length=1024, blank=True)
    finished_date = models.DateTimeField(null=True)

    class Meta:
        constraints = [one_of("source", AuditSource), one_of("state", TrackingUploadStatus)]
        indexes = [
            models.Index(fields=["created_by", "-id"], name="tracking_upload_by_user"),
            models.Index(
                fields=["modified_date"],
                name="tracking_upload_left_behind",
                condition=models.Q(state__in=["waiting", "writing"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    @property
    def done_rows(self) -> int:
        return self.updated_rows + self.unchanged_rows + self.refused_rows


class TrackingUploadRow(models.Model):
    """One row of a file, as it stood there, and its result."""

    upload = models.ForeignKey(TrackingUpload, on_delete=models.CASCADE)
    row_number = models.PositiveIntegerField()
    channel = models.CharField(max_length=255, blank=True)
    order_number = models.CharField(max_length=128, blank=True)
    sku = models.CharField(max_length=255, blank=True)
    tracking_number = models.CharField(max_length=256, blank=True)
    shipping_company = models.CharField(max_length=255, blank=True)
    # No foreign key: an order may be deleted, what was said of it stays.
    order_pk = models.BigIntegerField(null=True)
    result = models.CharField(max_length=16, choices=TrackingResult, default=TrackingResult.PENDING)
    error_code = models.CharField(max_length=32, blank=True)
    error_message = models.CharField(max_length=1024, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "row_number"], name="tracking_row_once_an_upload"),
            one_of("result", TrackingResult),
        ]
        indexes = [
            models.Index(fields=["upload", "result", "row_number"], name="tracking_row_by_result"),
            models.Index(
                fields=["upload", "order_pk"],
                name="tracking_row_pending",
                condition=models.Q(result="pending"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row_number} {self.order_number}"
