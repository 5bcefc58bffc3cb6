"""Tell sales channels what changed here: status, tracking, invoice, cancellations.

The result is one line of JSON for each channel, the last on stdout. Exit codes: 0 done; 3 done, but a channel
refused some or did not take them this time; 4 a channel gave no usable answer; 5 a channel refuses its credentials;
75 another run is telling it; 130 interrupted.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from omnitron.channels.exceptions import PullRunningException
from omnitron.channels.management.channels import (
    Exit,
    add_channel_arguments,
    channels_meant,
    exit_code_of,
    interruptible,
    shown_error,
    worst,
)
from omnitron.channels.models import Channel
from omnitron.channels.pushes.runs import PushRun, Telling
from omnitron.channels.service import ChannelService
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        add_channel_arguments(parser)
        parser.add_argument("--force", action="store_true", help="compare every order the channel knows")

    def handle(self, *args: Any, **options: Any) -> None:
        channels = channels_meant(channel=options["channel"], channel_type=options["channel_type"])
        with interruptible(self, afterwards="What a channel took may be sent once more; it has one effect."):
            code = worst([self._push(channel, force=options["force"]) for channel in channels])
        if code != Exit.DONE:
            sys.exit(code)

    def _push(self, channel: Channel, *, force: bool) -> Exit:
        with tqdm(desc=channel.name, unit=" orders", disable=None, file=sys.stderr) as bar:
            try:
                run = ChannelService.push_updates(
                    channel,
                    force=force,
                    on_batch=lambda telling: bar.update(sum(asdict(telling).values())),
                    audit_context=AuditContext.system(AuditSource.CRON),
                )
            except PullRunningException as error:
                run = PushRun(Telling(), requests=0, seconds=0.0, error=error)
        result = {
            "channel": channel.pk,
            **asdict(run.telling),
            "requests": run.requests,
            "seconds": round(run.seconds, 3),
            "error": shown_error(run.error),
        }
        self.stdout.write(json.dumps(result, ensure_ascii=False))
        if run.error is not None:
            return exit_code_of(run.error)
        return Exit.INCOMPLETE if run.telling.refused or run.telling.postponed else Exit.DONE
