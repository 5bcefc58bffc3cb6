"""Pull orders from sales channels: all that changed since the last run, or what the filters name.

Without filters a run pulls every window since the last one, keeps the ledger, and proves old windows. The result is
one line of JSON for each channel, the last on stdout. Exit codes: 0 done; 3 done, but some orders were parked or
failed; 4 a channel gave no usable answer; 5 a channel refuses its credentials; 75 another run is pulling, or the
channel is left in peace after failures; 130 interrupted. Dates without a time zone are UTC.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rest_framework.serializers import ValidationError
from tqdm import tqdm

from omnitron.channels.exceptions import ChannelBreakerOpenException, PullRunningException
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
from omnitron.channels.pulls.runs import PullRun
from omnitron.channels.service import ChannelService
from omnitron.core.audit import AuditContext
from omnitron.core.management.arguments import moment
from omnitron.core.models import AuditSource

FILTERS = (
    "start_date",
    "end_date",
    "created_before",
    "order_ids",
    "order_numbers_to_fetch",
    "order_id",
    "fetch_all_orders",
)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        add_channel_arguments(parser)
        parser.add_argument(
            "--start-date", type=moment, help="changed at the channel from then on (its clock)"
        )
        parser.add_argument("--end-date", type=moment, help="changed at the channel before then (its clock)")
        parser.add_argument("--created-before", type=moment, help="placed before then")
        parser.add_argument("--order-ids", nargs="+", metavar="ID", help="these, by the channel's ids")
        parser.add_argument(
            "--order-numbers-to-fetch",
            "--order-numbers",
            nargs="+",
            metavar="NUMBER",
            help="these, by number",
        )
        parser.add_argument("--order-id", metavar="ID", help="those after this one, by the channel's id")
        parser.add_argument(
            "--fetch-all-orders", action="store_true", help="also those nobody has to work on any more"
        )
        parser.add_argument("--dry-run", action="store_true", help="take nothing in; tell what would happen")

    def handle(self, *args: Any, **options: Any) -> None:
        channels = channels_meant(channel=options["channel"], channel_type=options["channel_type"])
        filters = {name: options[name] for name in FILTERS if options[name]}
        if options["end_date"] and not options["start_date"]:
            raise CommandError("--end-date needs --start-date.")
        if options["end_date"] and options["end_date"] <= options["start_date"]:
            raise CommandError("--end-date must be later than --start-date.")
        with interruptible(self, afterwards="What was pulled stays; the next run goes on from there."):
            code = worst([self._pull(channel, filters or None, options) for channel in channels])
        if code != Exit.DONE:
            sys.exit(code)

    def _pull(self, channel: Channel, filters: dict[str, Any] | None, options: dict[str, Any]) -> Exit:
        # A bar is for somebody who looks; into a file or a mail it would be litter.
        with tqdm(desc=channel.name, unit=" orders", disable=None, file=sys.stderr) as bar:
            try:
                run = ChannelService.pull_orders(
                    channel,
                    filters=filters,
                    is_dry_run=options["dry_run"],
                    on_page=lambda intake: bar.update(intake.seen),
                    audit_context=AuditContext.system(AuditSource.CRON),
                )
            except (PullRunningException, ChannelBreakerOpenException) as error:
                run = PullRun.refused(error)
            except ValidationError as error:
                raise CommandError(_told(error)) from error
        result = {"channel": channel.pk, **_shown(run), "dry_run": options["dry_run"]}
        self.stdout.write(json.dumps(result, ensure_ascii=False))
        return _exit_code(run)


def _told(error: ValidationError) -> str:
    """What is wrong with the filters, as options."""
    problems = []
    for name, details in error.detail.items():
        # Of a list of values a mapping says which.
        messages = chain.from_iterable(details.values()) if isinstance(details, Mapping) else details
        problems.append(f"--{name.replace('_', '-')}: {' '.join(map(str, messages))}")
    return "; ".join(problems)


def _shown(run: PullRun) -> dict[str, Any]:
    return {
        "window_from": _moment(run.window_from),
        "window_to": _moment(run.window_to),
        **asdict(run.intake),
        "requests": run.requests,
        "seconds": round(run.seconds, 3),
        "error": shown_error(run.error),
    }


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _exit_code(run: PullRun) -> Exit:
    if run.error is not None:
        return exit_code_of(run.error)
    return Exit.INCOMPLETE if run.intake.parked or run.intake.failed else Exit.DONE
