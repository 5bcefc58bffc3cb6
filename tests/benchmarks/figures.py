"""From what was measured to what is said: medians of rounds, ratios, and the goals of the project."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.benchmarks.client import Load
from tests.benchmarks.database import Cost


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass
class Rounds:
    """Everything measured of one job on one target, round by round."""

    alone: list[Load] = field(default_factory=list)
    crowd: list[Load] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    cost: Cost | None = None

    def figures(self) -> Figures:
        """Medians of the rounds. Needs one round at least."""
        return Figures(
            p50_ms=median(percentile(load.latencies, 0.50) for load in self.alone) * 1000,
            p99_ms=median(percentile(load.latencies, 0.99) for load in self.alone) * 1000,
            per_second=median(load.per_second for load in self.crowd),
            cpu_ms=median(self.cpu_ms),
            spread=max(load.per_second for load in self.crowd) / min(load.per_second for load in self.crowd),
            cost=self.cost,
        )


@dataclass(frozen=True)
class Figures:
    """One line of the table: latency at one connection, throughput at eight, processor time, database work."""

    p50_ms: float
    p99_ms: float
    per_second: float
    cpu_ms: float
    # The best round's throughput over the worst one's: how much the machine did besides.
    spread: float
    cost: Cost | None


Table = dict[tuple[str, str], Figures]


@dataclass(frozen=True)
class Ratio:
    """Ours against another target: how many times its throughput, how many times its median latency."""

    throughput: float
    latency: float


def ratio(table: Table, job: str, against: str) -> Ratio:
    ours, other = table[job, "ours"], table[job, against]
    return Ratio(throughput=ours.per_second / other.per_second, latency=ours.p50_ms / other.p50_ms)


@dataclass(frozen=True)
class Goal:
    """What has to be reached: at least so many times the plain version's throughput, or at most so many times
    the floor's median latency."""

    job: str
    times: float
    against: str = "plain"

    def reached(self, table: Table) -> float:
        """The ratio that was measured."""
        measured = ratio(table, self.job, self.against)
        return measured.throughput if self.against == "plain" else measured.latency

    def is_reached(self, table: Table) -> bool:
        if self.against == "plain":
            return self.reached(table) >= self.times
        return self.reached(table) <= self.times

    def __str__(self) -> str:
        if self.against == "plain":
            return f"{self.job}: at least {self.times:g} times the plain version's throughput"
        return f"{self.job}: p50 at most {self.times:g} times the floor's"


GOALS = [
    Goal("page of 20", 1.3),
    Goal("page of 100", 1.8),
    Goal("exact number", 2),
    Goal("detail", 2),
    Goal("create", 0.7),
    Goal("cancel", 0.7),
    Goal("partial number", 5, against="floor"),
]
