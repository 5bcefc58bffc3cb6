"""Encrypt every channel's secrets with the newest key, so that older ones can be retired."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from omnitron.channels.models import Channel
from omnitron.channels.service import ChannelService
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        channels = Channel.objects.exclude(conf_secrets="").order_by("pk")
        for channel in channels:
            ChannelService.rotate_secrets(channel, audit_context=AuditContext.system(AuditSource.CRON))
        self.stdout.write(f"Rotated the secrets of {len(channels)} channels.")
