"""The Markdown that a run prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.benchmarks.figures import GOALS, Table, ratio

TITLES = {"ours": "**ours**", "plain": "plain DRF", "floor": "floor", "floor, uncounted": "floor, no count"}


def report(table: Table, *, heading: str, notes: Sequence[str]) -> str:
    """Three tables: every figure, the ratios, the goals."""
    jobs = list(dict.fromkeys(job for job, _ in table))
    parts = [f"## {heading}", "", *(f"- {note}" for note in notes), "", *_figures(table)]
    parts += ["", *_ratios(table, jobs), "", *_goals(table)]
    return "\n".join(parts) + "\n"


def _figures(table: Table) -> list[str]:
    head = ["job", "who", "p50 ms", "p99 ms", "requests/s", "CPU ms", "statements", "rows", "pages read"]
    lines = []
    for (job, target), figures in table.items():
        cost = figures.cost
        lines.append(
            [
                job if target == "ours" else "",
                TITLES[target],
                _number(figures.p50_ms),
                _number(figures.p99_ms),
                f"{figures.per_second:.0f}",
                _number(figures.cpu_ms),
                *([cost.statements, cost.rows, cost.pages] if cost else ["", "", ""]),
            ]
        )
    return _markdown(head, lines, left=2)


def _ratios(table: Table, jobs: Sequence[str]) -> list[str]:
    others = [target for target in TITLES if target != "ours"]
    head = ["ours against", *(f"{TITLES[other]}: {what}" for other in others for what in ("req/s", "p50"))]
    lines = []
    for job in jobs:
        line = [job]
        for other in others:
            measured = ratio(table, job, other) if (job, other) in table else None
            line += [_times(measured.throughput), _times(measured.latency)] if measured else ["", ""]
        lines.append(line)
    return _markdown(head, lines, left=1)


def _goals(table: Table) -> list[str]:
    lines = [
        [str(goal), _times(goal.reached(table)), "reached" if goal.is_reached(table) else "**missed**"]
        for goal in GOALS
        if (goal.job, goal.against) in table
    ]
    return _markdown(["goal", "measured", ""], lines, left=1)


def _markdown(head: Sequence[str], lines: Iterable[Sequence[object]], *, left: int) -> list[str]:
    rule = ["---" if number < left else "---:" for number in range(len(head))]
    return [f"| {' | '.join(str(cell) for cell in line)} |" for line in [head, rule, *lines]]


def _number(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _times(value: float) -> str:
    return f"{value:.2f}×"
