"""`python -m tests.benchmarks.pulling`: pulling orders from the sandbox over HTTP, against the floor.

The floor is the same rows by one jsonb statement a table and batch (`intake_floor.py`), without HTTP, look-ups or
rules. Each round pulls a marketplace of its own by `pull_orders`, ledger and proofs included, writes the same rows
into a copy of the database, and pulls the same orders again, now that none of them has changed. Into an empty
database, and into one of 100,000 orders.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.intake import EMPTY, FULL, measured_inside

ROUNDS, ORDERS = 3, 10_000
GOAL, GOAL_AGAIN = 0.25, 5


@dataclass(frozen=True)
class Pulled:
    """Orders a second, round by round; `grown` is by how many MiB the process grew from the first page on."""

    before: int
    pulled: list[float]
    floor: list[float]
    again: list[float]
    grown: list[float]

    @property
    def ratio(self) -> float:
        return median(a / b for a, b in zip(self.pulled, self.floor, strict=True))

    @property
    def ratio_again(self) -> float:
        return median(a / b for a, b in zip(self.again, self.pulled, strict=True))


def measure(before: int, *, rounds: int, orders: int) -> Pulled:
    figures = measured_inside(before, "pulling_rounds", rounds=rounds, orders=orders)
    return Pulled(before=before, **figures)


def report(measurements: list[Pulled], *, orders: int) -> str:
    lines = [
        f"{orders:,} orders of 1 to 4 items, over HTTP from the sandbox, pages of 200.\n",
        "| orders there before | pulled, orders/s | floor, orders/s | pulled to floor | goal "
        "| pulled again, orders/s | again to pulled | goal | grown by |",
        "|---:|---:|---:|---:|---|---:|---:|---|---:|",
    ]
    for pulled in measurements:
        lines.append(
            f"| {pulled.before:,} | {median(pulled.pulled):,.0f} | {median(pulled.floor):,.0f} "
            f"| {pulled.ratio:.2f} | {GOAL}, {_reached(pulled.ratio, GOAL)} "
            f"| {median(pulled.again):,.0f} | {pulled.ratio_again:.1f} | {GOAL_AGAIN}, "
            f"{_reached(pulled.ratio_again, GOAL_AGAIN)} | {max(pulled.grown):.0f} MiB |"
        )
    return "\n".join(lines) + "\n"


def _reached(figure: float, goal: float) -> str:
    return "reached" if figure >= goal else "**missed**"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pulling", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--orders", type=int, default=ORDERS, help="a round")
    parser.add_argument("--before", type=int, nargs="+", default=[EMPTY, FULL], help="orders there before")
    options = parser.parse_args()
    measurements = [
        measure(before, rounds=options.rounds, orders=options.orders) for before in options.before
    ]
    sys.stdout.write(report(measurements, orders=options.orders))


if __name__ == "__main__":
    main()
