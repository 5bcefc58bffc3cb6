"""Somebody wants a channel to be pulled from, or told of changes, now and not at the next tick of the schedule."""

from __future__ import annotations

from django.db import transaction

from omnitron.channels.models import Channel
from omnitron.core import audit, records
from omnitron.core.audit import AuditContext
from omnitron.core.transactions import run_on_commit


@transaction.atomic
def request_pull(channel: Channel, *, audit_context: AuditContext) -> None:
    """Have a worker pull the channel's orders. Where one is at it already, that run is it."""
    audit.record(channel, records.event(channel, "pull.requested"), audit_context=audit_context)
    run_on_commit("omnitron.channels.tasks.pull_orders", channel_id=channel.pk)


@transaction.atomic
def request_push(channel: Channel, *, audit_context: AuditContext) -> None:
    """Have a worker tell the channel what changed here."""
    audit.record(channel, records.event(channel, "push.requested"), audit_context=audit_context)
    run_on_commit("omnitron.channels.tasks.push_updates", channel_id=channel.pk)
