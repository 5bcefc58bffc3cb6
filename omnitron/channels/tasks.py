"""Background work of channels. Tasks read everything anew, and may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from omnitron.channels.service import BatchRequestService
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource


@shared_task(name="omnitron.channels.tasks.expire_batch_requests")
def expire_batch_requests() -> None:
    """End committed batches whose worker died, and forget those that were never used."""
    now = timezone.now()
    for batch in BatchRequestService.stale_batch_requests(now=now):
        BatchRequestService.expire_batch_request(
            batch, now=now, audit_context=AuditContext.system(AuditSource.CRON)
        )
    BatchRequestService.delete_unused_batch_requests(now=now)
