"""Background work of channels. Tasks read everything anew, and may run twice."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db.models import QuerySet
from django.utils import timezone

from omnitron.celery import app
from omnitron.channels.exceptions import ChannelBreakerOpenException, PullRunningException
from omnitron.channels.integrations.registry import channel_types
from omnitron.channels.models import Channel
from omnitron.channels.service import BatchRequestService, ChannelService
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource

logger = logging.getLogger(__name__)


@shared_task(name="omnitron.channels.tasks.pull_all_orders")
def pull_all_orders(channel_type: str | None = None) -> None:
    """One task for each channel that is pulled on schedule (of `channel_type`), so that none waits for another."""
    for channel_id in _scheduled(channel_type):
        app.send_task(pull_orders.name, kwargs={"channel_id": channel_id})


@shared_task(name="omnitron.channels.tasks.push_all_updates")
def push_all_updates(channel_type: str | None = None) -> None:
    """One task for each channel that is told of changes on schedule (of `channel_type`)."""
    for channel_id in _scheduled(channel_type):
        app.send_task(push_updates.name, kwargs={"channel_id": channel_id})


@shared_task(name="omnitron.channels.tasks.push_updates")
def push_updates(channel_id: int) -> None:
    """Tell one channel what changed here since it was last told."""
    channel = Channel.objects.get(pk=channel_id)
    try:
        run = ChannelService.push_updates(channel, audit_context=AuditContext.system(AuditSource.CRON))
    except PullRunningException as error:
        logger.info("%s", error)
        return
    if run.error is not None:
        logger.warning("Telling channel %s: %s", channel_id, run.error)


def _scheduled(channel_type: str | None) -> QuerySet:
    """The pks of active channels that an integration serves, without those whose configuration says
    `"is_scheduled": false`: they are left to whoever pulls them by hand.
    """
    types = channel_types() if channel_type is None else [channel_type]
    channels = Channel.objects.filter(channel_type__in=types, is_active=True)
    return (
        channels.exclude(conf__contains={"is_scheduled": False}).order_by("pk").values_list("pk", flat=True)
    )


@shared_task(name="omnitron.channels.tasks.pull_orders")
def pull_orders(channel_id: int) -> None:
    """Pull all that changed at one channel since the last run."""
    channel = Channel.objects.get(pk=channel_id)
    try:
        run = ChannelService.pull_orders(channel, audit_context=AuditContext.system(AuditSource.CRON))
    except (PullRunningException, ChannelBreakerOpenException) as error:
        logger.info("%s", error)
        return
    if run.error is not None:
        logger.warning("Pulling from channel %s: %s", channel_id, run.error)


@shared_task(name="omnitron.channels.tasks.expire_batch_requests")
def expire_batch_requests() -> None:
    """End committed batches whose worker died, and forget those that were never used."""
    now = timezone.now()
    for batch in BatchRequestService.stale_batch_requests(now=now):
        BatchRequestService.expire_batch_request(
            batch, now=now, audit_context=AuditContext.system(AuditSource.CRON)
        )
    BatchRequestService.delete_unused_batch_requests(now=now)
