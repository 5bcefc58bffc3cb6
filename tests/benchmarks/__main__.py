"""`python -m tests.benchmarks`: fill a database, start three servers, measure, print Markdown."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from tests.benchmarks.database import throw_away_database
from tests.benchmarks.figures import Table
from tests.benchmarks.jobs import all_jobs
from tests.benchmarks.measure import Plan, Run
from tests.benchmarks.parity import prove_equal
from tests.benchmarks.report import report
from tests.benchmarks.servers import running_servers


@dataclass(frozen=True)
class Size:
    """How much is measured. `deadline` is in seconds from the start: no round begins that would pass it."""

    orders: int
    plan: Plan


SIZES = {
    "standard": Size(100_000, Plan(rounds=5, alone=0.8, crowd=1.2, deadline=440)),
    "large": Size(1_000_000, Plan(rounds=5, alone=1.5, crowd=2.0, deadline=3600)),
    "quick": Size(5_000, Plan(rounds=2, alone=0.2, crowd=0.3, deadline=120)),
}


def say(message: str) -> None:
    sys.stderr.write(f"{time.monotonic() - STARTED:5.0f} s  {message}\n")
    sys.stderr.flush()


def notes_on(table: Table, *, rounds: int) -> list[str]:
    """How to read the table."""
    spread = median(figures.spread for figures in table.values())
    return [
        f"Medians of {rounds} rounds; p50 and p99 at 1 connection, requests/s and CPU at 8.",
        f"The best round of a line had {spread:.1f} times the throughput of its worst (median of all lines).",
        "CPU: processor time a request, server and PostgreSQL together. Statements: without transaction control "
        "and the database's own foreign key checks. Pages read: 8 kB each, from memory.",
        "Ours checks a token and permissions and, on create, writes the audit log and reserves stock; the others "
        "do not.",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    size_options = parser.add_mutually_exclusive_group()
    size_options.add_argument("--large", dest="size", action="store_const", const="large")
    size_options.add_argument("--quick", dest="size", action="store_const", const="quick")
    parser.add_argument("--orders", type=int, help="instead of the size's own number")
    parser.add_argument("--only", action="append", metavar="JOB", help="measure this job only; repeatable")
    parser.add_argument("--output", type=Path, help="write the Markdown here, too")
    options = parser.parse_args()
    size = SIZES[options.size or "standard"]
    orders = options.orders or size.orders

    with throw_away_database() as database:
        say(f"Filling a database of {orders:,} orders")
        generated = database.fill(orders)
        say(generated)
        with running_servers(database) as servers:
            jobs = [job for job in all_jobs(database) if not options.only or job.name in options.only]
            run = Run(database, servers, jobs, say=say)
            proven = prove_equal(jobs, run.ask)
            say(" ".join(proven))
            load_before = psutil.getloadavg()[0]
            rounds = run.measure(size.plan, started=STARTED)
    table = run.table()
    notes = [
        f"{psutil.cpu_count()} cores shared by client, servers and PostgreSQL; load average before the first "
        f"round {load_before:.1f}.",
        *notes_on(table, rounds=rounds),
        *proven,
        f"Generated: {generated}.",
    ]
    markdown = report(table, heading=f"{orders:,} orders", notes=notes)
    sys.stdout.write(markdown)
    if options.output:
        options.output.write_text(markdown)
    say("Done")


STARTED = time.monotonic()

if __name__ == "__main__":
    main()
