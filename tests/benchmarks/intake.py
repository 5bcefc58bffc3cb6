"""`python -m tests.benchmarks.intake`: how fast a channel's orders are taken in, against the floor.

The floor is the same rows by one jsonb statement a table and batch (`intake_floor.py`). Both write batches of the
same size, by turns, into an empty database and into one of 100,000 orders; prints a table and the ratios.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from statistics import median

from omnitron.local import paths
from tests.benchmarks.database import Database, throw_away_database

EMPTY, FULL = 1, 100_000
ROUNDS, BATCHES, SIZE = 5, 4, 500
GOAL = 0.45


@dataclass(frozen=True)
class Measured:
    """Orders a second, round by round, in a database that had so many."""

    before: int
    ours: list[float]
    floor: list[float]

    @property
    def ratio(self) -> float:
        return median(ours / floor for ours, floor in zip(self.ours, self.floor, strict=True))


def copy_of(database: Database, name: str) -> str:
    """The address of a copy of the database as it is now."""
    server, own_name = database.dsn.rsplit("/", 1)
    # Nobody may be connected to the database that is copied.
    elsewhere = Database(f"{server}/template1", database.directory)
    elsewhere.execute(f'CREATE DATABASE "{name}" TEMPLATE "{own_name}"')
    return f"{server}/{name}"


def measured_inside(before: int, rounds_of: str, **sizes: int) -> dict[str, list[float]]:
    """The figures `rounds_of.measure` prints under the application's settings, in a database of so many orders and
    a copy of it for the floor.
    """
    with throw_away_database() as database:
        database.fill(before)
        given = ", ".join(f"{name}={value}" for name, value in sizes.items())
        call = f"{database.dsn!r}, {copy_of(database, 'floor')!r}, {given}"
        finished = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "--command"]
            + [f"from tests.benchmarks.{rounds_of} import measure; measure({call})"],
            cwd=paths.PROJECT_ROOT,
            env=database.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return json.loads(finished.stdout)


def measure(before: int, *, rounds: int, batches: int, size: int) -> Measured:
    figures = measured_inside(before, "intake_rounds", rounds=rounds, batches=batches, size=size)
    return Measured(before=before, **figures)


def report(measurements: list[Measured], *, size: int) -> str:
    lines = [
        f"Batches of {size}.\n",
        "| orders there before | taken in, orders/s | floor, orders/s | taken in to floor | goal |",
        "|---:|---:|---:|---:|---|",
    ]
    for measured in measurements:
        reached = "reached" if measured.ratio >= GOAL else "**missed**"
        lines.append(
            f"| {measured.before:,} | {_spread(measured.ours)} | {_spread(measured.floor)} | "
            f"{measured.ratio:.2f} | {GOAL}, {reached} |"
        )
    return "\n".join(lines) + "\n"


def _spread(figures: list[float]) -> str:
    return f"{median(figures):,.0f} ({min(figures):,.0f} to {max(figures):,.0f})"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.intake", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--batches", type=int, default=BATCHES, help="a round")
    parser.add_argument("--size", type=int, default=SIZE, help="orders a batch")
    parser.add_argument("--before", type=int, nargs="+", default=[EMPTY, FULL], help="orders there before")
    options = parser.parse_args()
    measurements = [
        measure(before, rounds=options.rounds, batches=options.batches, size=options.size)
        for before in options.before
    ]
    sys.stdout.write(report(measurements, size=options.size))


if __name__ == "__main__":
    main()
