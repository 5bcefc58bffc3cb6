"""Which time of a channel is proved to be complete here, which is open or a hole, and why.

A table, or with --json one line of JSON. Exit codes: 0 nothing is known to be missing, but for holes that are
acknowledged; 3 there are others, gaps or parked orders.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from omnitron.channels.management.channels import Exit, add_channel_arguments, channels_meant, worst
from omnitron.channels.models import Channel
from omnitron.channels.pulls.report import PullReport
from omnitron.channels.service import ChannelService

MOMENT = "%Y-%m-%d %H:%M:%S"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        add_channel_arguments(parser)
        parser.add_argument("--json", action="store_true", help="one line of JSON for each channel")

    def handle(self, *args: Any, **options: Any) -> None:
        channels = channels_meant(channel=options["channel"], channel_type=options["channel_type"])
        code = worst([self._report(channel, as_json=options["json"]) for channel in channels])
        if code != Exit.DONE:
            sys.exit(code)

    def _report(self, channel: Channel, *, as_json: bool) -> Exit:
        report = ChannelService.pull_report(channel, now=timezone.now())
        self.stdout.write(json.dumps(_as_json(channel, report)) if as_json else _as_table(channel, report))
        return Exit.DONE if report.is_complete else Exit.INCOMPLETE


def _as_json(channel: Channel, report: PullReport) -> dict[str, Any]:
    return {
        "channel": channel.pk,
        "is_complete": report.is_complete,
        "orders": report.orders,
        "parked": report.parked,
        "lateness_seconds": round(report.lateness.total_seconds()),
        "windows": [
            {
                "from": stretch.start.isoformat(),
                "to": stretch.end.isoformat(),
                "status": stretch.status.value,
                "reason": stretch.reason,
                "windows": stretch.windows,
                "orders": stretch.orders,
                "missing": stretch.missing,
                "acknowledged": stretch.acknowledged,
            }
            for stretch in report.stretches
        ],
        "gaps": [{"from": gap.start.isoformat(), "to": gap.end.isoformat()} for gap in report.gaps],
    }


def _as_table(channel: Channel, report: PullReport) -> str:
    lines = [
        f"{channel.name} (channel {channel.pk}): {report.orders} orders seen, {report.parked} parked; "
        f"its orders may come {report.lateness} late. Times are the channel's, UTC."
    ]
    if report.state is not None and report.state.last_error:
        lines.append(f"The last run failed: {report.state.last_error}")
    if not report.stretches:
        lines.append("Nothing was pulled yet.")
    for stretch in report.stretches:
        missing = f", {stretch.missing} missing" if stretch.missing else ""
        known = f" Acknowledged: {stretch.acknowledged}" if stretch.acknowledged else ""
        lines.append(
            f"{stretch.start:{MOMENT}} – {stretch.end:{MOMENT}}  {stretch.status.label:15}"
            f"  {stretch.orders} orders{missing}  {stretch.reason}{known}".rstrip()
        )
    lines += [f"{gap.start:{MOMENT}} – {gap.end:{MOMENT}}  never pulled" for gap in report.gaps]
    return "\n".join(lines)
