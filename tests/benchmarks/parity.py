"""Before anything is measured: all three give the same answers, so that they do the same work."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.benchmarks.client import Answer
from tests.benchmarks.jobs import Job

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
# Chosen by each server as it creates a row.
_OF_EACH_ROW = {"pk", "number", "id", "created_date", "modified_date"}


class Different(Exception):
    """Two servers disagree; the message says where."""


def prove_equal(jobs: list[Job], ask: Callable[[Job, str, int], list[Answer]]) -> list[str]:
    """Compare the first answers of each job, ours with each other server's. What was proven, in words.

    Allowed to differ: the links to other pages (each server has its own address; the floor's are paths), and
    how the plain version writes a moment of a whole second (DRF leaves its microseconds out: moments are
    compared as moments). A created row has a key, a number and dates of its own. Ours alone ends a detailed order
    with `available_actions`. Raises Different.
    """
    compared = 0
    for job in jobs:
        if not job.is_compared:
            continue
        ours = [_comparable(answer, job) for answer in ask(job, "ours", 5)]
        for other in ("plain", "floor"):
            theirs = [_comparable(answer, job) for answer in ask(job, other, 5)]
            for mine, yours in zip(ours, theirs, strict=True):
                _compare(mine, yours, where=f"{job.name}, {other}")
                compared += 1
    return [f"Equal JSON, proven on {compared} pairs of answers before measuring."]


def _comparable(answer: Answer, job: Job) -> Any:
    if answer.status != job.status:
        raise Different(f"{job.name}: status {answer.status}: {answer.body[:500]!r}")
    data = json.loads(answer.body)
    # Ours alone says what may be done.
    data.pop("available_actions", None)
    if "results" in data:
        data |= {"next": data["next"] is not None, "previous": data["previous"] is not None}
    if job.status == 201:
        data = {name: value for name, value in data.items() if name not in _OF_EACH_ROW}
        data["extra_field"] = set(data["extra_field"])
        for name in ("customer", "shipping_address", "billing_address", "payment_option", "cargo_company"):
            data.pop(name)
        data.pop("channel")
        data.pop("payment_option_slug")
    return data


def _compare(mine: Any, yours: Any, *, where: str) -> None:
    if isinstance(mine, dict) and isinstance(yours, dict):
        if list(mine) != list(yours):
            raise Different(f"{where}: keys {list(mine)} and {list(yours)}")
        for name in mine:
            _compare(mine[name], yours[name], where=f"{where}.{name}")
    elif isinstance(mine, list) and isinstance(yours, list) and len(mine) == len(yours):
        for number, pair in enumerate(zip(mine, yours, strict=True)):
            _compare(*pair, where=f"{where}[{number}]")
    elif mine != yours and not _same_moment(mine, yours):
        raise Different(f"{where}: {mine!r} and {yours!r}")


def _same_moment(mine: Any, yours: Any) -> bool:
    return (
        isinstance(mine, str)
        and isinstance(yours, str)
        and bool(_MOMENT.fullmatch(mine) and _MOMENT.fullmatch(yours))
        and datetime.fromisoformat(mine) == datetime.fromisoformat(yours)
    )
