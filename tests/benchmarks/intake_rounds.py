"""Rounds of taking orders in and of the floor, by turns. Prints their seconds a batch as JSON.

Imported by `manage.py shell`: it runs under the application's settings, the benchmark itself under none.
"""

from __future__ import annotations

import json
import sys
import time

from django.db import transaction

from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource
from omnitron.orders.service import OrderService
from tests.benchmarks.intake_floor import Floor, batches_since, newest
from tests.benchmarks.intake_orders import Workload


def measure(dsn: str, floor_dsn: str, *, rounds: int, batches: int, size: int) -> None:
    """Print orders a second, round by round, of both; the first round of each is not counted."""
    audit_context = AuditContext.system(AuditSource.CHANNEL)
    workload, floor = Workload(), Floor(floor_dsn)
    measured: dict[str, list[float]] = {"ours": [], "floor": []}
    for _ in range(rounds + 1):
        ready = [workload.orders(size) for _ in range(batches)]
        marks = newest(dsn)
        seconds = 0.0
        for orders in ready:
            started = time.perf_counter()
            with transaction.atomic():
                OrderService.take_in_orders(workload.channel, orders, audit_context=audit_context)
            seconds += time.perf_counter() - started
        measured["ours"].append(batches * size / seconds)
        again = batches_since(dsn, marks)
        measured["floor"].append(batches * size / sum(floor.write(batch) for batch in again))
        if [batch.orders for batch in again] != [size] * batches:
            raise AssertionError(f"Other batches than were taken in: {[batch.orders for batch in again]}")
    floor.close()
    sys.stdout.write(json.dumps({name: figures[1:] for name, figures in measured.items()}))
