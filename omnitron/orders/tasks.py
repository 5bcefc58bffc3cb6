"""Background work of orders. Tasks take keyword ids, read everything anew, and may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource
from omnitron.orders.service import RefundService, TrackingService


@shared_task(name="omnitron.orders.tasks.send_refund")
def send_refund(*, refund_id: int) -> None:
    """Send one promised refund to its gateway, if it still is due."""
    RefundService.send_refund(
        refund_id, now=timezone.now(), audit_context=AuditContext.system(AuditSource.CRON)
    )


@shared_task(name="omnitron.orders.tasks.send_pending_refunds")
def send_pending_refunds() -> None:
    """Take up every refund that was left behind: its worker was never woken, died, or had to wait."""
    for refund_id in RefundService.due_refunds(now=timezone.now()):
        RefundService.send_refund(
            refund_id, now=timezone.now(), audit_context=AuditContext.system(AuditSource.CRON)
        )


@shared_task(name="omnitron.orders.tasks.update_tracking_numbers")
def update_tracking_numbers(*, job_id: int) -> None:
    """Work off a file of tracking numbers."""
    TrackingService.update_tracking_numbers(job_id)


@shared_task(name="omnitron.orders.tasks.take_up_tracking_uploads")
def take_up_tracking_uploads() -> None:
    """Go on with files whose worker died, or that no worker was ever told of."""
    for job_id in TrackingService.tracking_uploads_left_behind():
        TrackingService.update_tracking_numbers(job_id)
