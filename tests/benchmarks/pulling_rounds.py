"""Rounds of pulling from the sandbox, and of the floor. Prints their figures as JSON.

Imported by `manage.py shell`: it runs under the application's settings, the benchmark itself under none. The
marketplace is another process, as it would be.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psutil

from omnitron.channels.integrations.dto import Intake
from omnitron.channels.integrations.sandbox.marketplace.marketplace import API_KEY, API_SECRET
from omnitron.channels.models import Channel
from omnitron.channels.service import ChannelService
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource
from tests.benchmarks.intake_floor import Floor, batches_since, newest

MIB = 1024 * 1024
CONTEXT = AuditContext.system(AuditSource.CRON)


def measure(dsn: str, floor_dsn: str, *, rounds: int, orders: int) -> None:
    """Print orders a second, round by round."""
    floor = Floor(floor_dsn)
    measured: dict[str, list[float]] = {"pulled": [], "floor": [], "again": [], "grown": []}
    for seed in range(1, rounds + 1):
        with marketplace(seed, orders=orders) as address:
            channel = channel_of(address, seed)
            floor.copy_row(dsn, "channels_channel", channel.pk)
            marks, memory = newest(dsn), Memory()
            measured["pulled"].append(orders / pull(channel, memory, created=orders))
            measured["grown"].append(memory.grown)
            batches = batches_since(dsn, marks)
            measured["floor"].append(orders / sum(floor.write(batch) for batch in batches))
            # What the floor was sent is this process's memory, too, by now: a measure of its own.
            memory = Memory()
            measured["again"].append(orders / pull(channel, memory, unchanged=orders))
            measured["grown"].append(memory.grown)
    floor.close()
    sys.stdout.write(json.dumps(measured))


@contextmanager
def marketplace(seed: int, *, orders: int) -> Iterator[str]:
    """One that behaves, in a process of its own; its address."""
    command = [sys.executable, "-m", "omnitron.channels.integrations.sandbox.marketplace", "--well-behaved"]
    # So long ago that none of them moves any more.
    settings = ["--seed", str(seed), "--orders", str(orders), "--days-ago", "40"]
    process = subprocess.Popen([*command, *settings], stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def channel_of(address: str, seed: int) -> Channel:
    return ChannelService.create_channel(
        f"Sandbox {seed}",
        "sandbox",
        catalog=Channel.objects.get(pk=1).catalog,
        conf={"server": address, "api_key": API_KEY, "api_secret": API_SECRET},
        audit_context=CONTEXT,
    )


class Memory:
    """By how much this process grew since the first page, in MiB."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._first: int | None = None
        self.grown = 0.0

    def look(self, intake: Intake) -> None:
        now = self._process.memory_info().rss
        self._first = self._first or now
        self.grown = max(self.grown, (now - self._first) / MIB)


def pull(channel: Channel, memory: Memory, *, created: int = 0, unchanged: int = 0) -> float:
    """The seconds a run took: the first by the ledger, one that finds all as it was by the time it covers."""
    end = datetime.now(tz=UTC)
    filters = {"start_date": end - timedelta(days=80), "end_date": end, "fetch_all_orders": True}
    started = time.perf_counter()
    run = ChannelService.pull_orders(
        channel, filters=filters if unchanged else None, on_page=memory.look, audit_context=CONTEXT
    )
    seconds = time.perf_counter() - started
    if run.error is not None or (run.intake.created, run.intake.unchanged) != (created, unchanged):
        raise AssertionError(f"Something else was pulled than was there: {run}")
    return seconds
