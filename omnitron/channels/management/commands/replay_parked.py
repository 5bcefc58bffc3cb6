"""Take in orders that are parked, after what they were parked for is mended.

Without --commit it is a simulation: every order is tried and rolled back, and the result says what a replay
would do. The result is one line of JSON for each channel, the last on stdout. Exit codes: 0 all of them go in
(or there were none); 3 some fail still, or another way; 130 interrupted.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from omnitron.channels.enums import ParkCause, ParkedStatus
from omnitron.channels.integrations.registry import channel_types
from omnitron.channels.management.channels import Exit, channels_meant, interruptible, worst
from omnitron.channels.models import Channel
from omnitron.channels.service import ChannelService
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--channel", help="the channel's pk or its name; else all that have parked orders"
        )
        parser.add_argument("--cause", choices=ParkCause.values, help="only those parked for this")
        parser.add_argument(
            "--subject", help="only those parked about this, to the letter: a SKU, a place, …"
        )
        parser.add_argument(
            "--accept-differences",
            action="store_true",
            help="store totals that do not add up, and leave figures that changed as they are here",
        )
        parser.add_argument("--commit", action="store_true", help="do it; without, it is a simulation")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["channel"] is not None:
            channels = channels_meant(channel=options["channel"], channel_type=None)
        else:
            # Of a channel that an application serves nothing is parked here.
            known = Channel.objects.filter(channel_type__in=channel_types())
            channels = list(known.filter(parkedorder__status=ParkedStatus.PARKED).distinct().order_by("pk"))
        if not options["commit"]:
            self.stderr.write("A simulation: nothing is changed. Give --commit to do it.")
        with interruptible(self, afterwards="What was taken in stays; the rest is parked as it was."):
            code = worst([self._replay(channel, options) for channel in channels])
        if code != Exit.DONE:
            sys.exit(code)

    def _replay(self, channel: Channel, options: dict[str, Any]) -> Exit:
        operation = (
            ChannelService.replay_parked_orders if options["commit"] else ChannelService.simulate_replay
        )
        with tqdm(desc=channel.name, unit=" orders", disable=None, file=sys.stderr) as bar:
            result = operation(
                channel,
                cause=options["cause"],
                subject=options["subject"],
                accept_differences=options["accept_differences"],
                on_batch=bar.update,
                audit_context=AuditContext.system(AuditSource.CRON),
            )
        self.stdout.write(json.dumps({"channel": channel.pk, **result.as_json()}, ensure_ascii=False))
        return Exit.DONE if result.taken_in == result.tried else Exit.INCOMPLETE
