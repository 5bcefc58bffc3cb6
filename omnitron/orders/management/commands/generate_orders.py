"""Realistic volume on top of the demo data."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from omnitron.core.management.arguments import moment, positive
from omnitron.orders.demo import copying
from omnitron.orders.demo.generation import Generator, Wishes, batches
from omnitron.orders.demo.stamps import micros_of
from omnitron.orders.demo.world import NothingToSell, World

# Seconds after which a thread that wants to run gets its turn. At Python's own 0.005 the copying threads, which
# need many short turns, would wait a tenth of their time for the one that makes the next batch.
TURN = 0.0005
# Fixed, so that the same seed makes the same rows on any day.
NOW = datetime(2026, 11, 15, tzinfo=UTC)


@contextmanager
def _quick_turns() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


class Command(BaseCommand):
    help = (
        "Generates orders of the three years before --now with customers, items, payments, discounts and "
        "cancellations. The same options on the same database make the same rows."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--orders", type=positive, required=True, help="how many")
        parser.add_argument("--seed", type=int, default=1, help="other seeds make other orders (default 1)")
        parser.add_argument("--items-min", type=positive, default=1)
        parser.add_argument("--items-max", type=positive, default=5)
        parser.add_argument("--batch-size", type=positive, default=5000, help="orders a transaction")
        parser.add_argument("--now", type=moment, default=NOW, help=f"the newest date (default {NOW.date()})")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["items_min"] > options["items_max"]:
            raise CommandError("--items-min is above --items-max.")
        try:
            world = World.read()
        except NothingToSell as error:
            raise CommandError(str(error)) from error
        wishes = Wishes(
            orders=options["orders"],
            seed=options["seed"],
            now=micros_of(options["now"]),
            items_min=options["items_min"],
            items_max=options["items_max"],
        )
        started = time.perf_counter()
        with _quick_turns():
            self._generate(world, wishes, batch_size=options["batch_size"])
        seconds = time.perf_counter() - started
        copying.finish()
        finishing = time.perf_counter() - started - seconds
        self.stdout.write(
            f"{wishes.orders} orders in {seconds:.1f} s ({wishes.orders / seconds:.0f} orders/s), "
            f"vacuumed and analyzed in {finishing:.1f} s"
        )

    @staticmethod
    def _generate(world: World, wishes: Wishes, *, batch_size: int) -> None:
        """While one batch is copied, the next one is made. Keys are taken between two copies."""
        pool = copying.PkPool()
        generator = Generator(world, wishes, pks=pool.takers())
        sizes = [*batches(wishes.orders, batch_size), 0]
        pool.top_up(sizes[0], items_max=wishes.items_max)
        parts = generator.rows(sizes[0])
        progress = tqdm(total=wishes.orders, unit=" orders", disable=not sys.stderr.isatty())
        with progress, copying.Copier() as copier:
            for size, next_size in pairwise(sizes):
                pool.top_up(next_size, items_max=wishes.items_max)
                copier.start(parts)
                parts = generator.rows(next_size)
                copier.wait()
                progress.update(size)
