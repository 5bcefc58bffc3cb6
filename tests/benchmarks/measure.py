"""The rounds: every job on every target, one after the other, again and again."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import psutil

from tests.benchmarks.client import Answer, Expected, Load, LoadError, http_request
from tests.benchmarks.client import ask as ask_once
from tests.benchmarks.client import run as run_load
from tests.benchmarks.database import Cost, Database
from tests.benchmarks.figures import Rounds, Table
from tests.benchmarks.jobs import TARGETS, Job
from tests.benchmarks.prepare import PASSWORD, USERNAME
from tests.benchmarks.servers import Server

CROWD = 8
WARM_UP = 0.4
# A first request on one of the server's threads pays for its connection: the cheapest of some is taken.
TRIES = 8


@dataclass(frozen=True)
class Plan:
    """How many rounds, for how many seconds with one connection and with eight, and when to stop at the latest."""

    rounds: int
    alone: float
    crowd: float
    deadline: float


class Run:
    """One measurement over running servers."""

    def __init__(
        self,
        database: Database,
        servers: dict[str, Server],
        jobs: list[Job],
        *,
        say: Callable[[str], None],
    ) -> None:
        self._database = database
        self._servers = servers
        self._jobs = jobs
        self._say = say
        self._token = self._log_in()
        self._expected: dict[tuple[str, str], Expected] = {}
        self._rounds = {(job.name, target): Rounds() for job in jobs for target in job.targets}

    def _log_in(self) -> str:
        body = json.dumps({"username": USERNAME, "password": PASSWORD}).encode()
        answer = ask_once(self._servers["ours"].port, http_request("POST", "/api/v1/auth/login/", body=body))
        if answer.status != 200:
            raise LoadError(f"Login was answered {answer.status}: {answer.body[:300]!r}")
        key: str = json.loads(answer.body)["key"]
        return key

    def _server(self, target: str) -> Server:
        return self._servers[target.partition(",")[0]]

    def ask(self, job: Job, target: str, number: int) -> list[Answer]:
        """The first so many answers of a job."""
        requests = itertools.islice(self._requests(job, target), number)
        return [ask_once(self._server(target).port, request) for request in requests]

    def _requests(self, job: Job, target: str) -> Iterator[bytes]:
        return job.requests(self._token if target == "ours" else None, TARGETS[target])

    def measure(self, plan: Plan, *, started: float) -> int:
        """Warm up, count the cost of single requests, and run rounds until the plan or its deadline ends them."""
        cells = [(job, target) for job in self._jobs for target in job.targets]
        for job, target in cells:
            self._warm_up(job, target)
        self._say("Warmed up; counting statements")
        for job, target in cells:
            self._rounds[job.name, target].cost = self._cost(job, target)
        longest = 0.0
        for number in range(plan.rounds):
            begun = time.monotonic()
            if number and begun + longest - started > plan.deadline:
                self._say(f"No time for round {number + 1}")
                return number
            self._say(f"Round {number + 1} of {plan.rounds}")
            for job, target in cells:
                self._measure_once(job, target, plan)
            self._database.fold_row_counts()
            longest = max(longest, time.monotonic() - begun)
        return plan.rounds

    def _warm_up(self, job: Job, target: str) -> None:
        answers = self.ask(job, target, 20)
        sizes = [len(answer.body) for answer in answers]
        self._expected[job.name, target] = Expected(
            status=job.status, least_bytes=min(sizes) // 3, most_bytes=max(sizes) * 3
        )
        self._load(job, target, connections=CROWD, seconds=WARM_UP)

    def _cost(self, job: Job, target: str) -> Cost:
        costs = []
        for request in itertools.islice(self._requests(job, target), TRIES):
            self._database.forget_costs()
            ask_once(self._server(target).port, request)
            costs.append(self._database.cost())
        return min(costs)

    def _measure_once(self, job: Job, target: str, plan: Plan) -> None:
        rounds = self._rounds[job.name, target]
        rounds.alone.append(self._load(job, target, connections=1, seconds=plan.alone))
        processes = [*self._server(target).processes(), *self._database.processes()]
        before = cpu_seconds(processes)
        load = self._load(job, target, connections=CROWD, seconds=plan.crowd)
        after = cpu_seconds(processes)
        rounds.crowd.append(load)
        used = sum(after[pid] - before[pid] for pid in after.keys() & before.keys())
        rounds.cpu_ms.append(used * 1000 / len(load.latencies))

    def _load(self, job: Job, target: str, *, connections: int, seconds: float) -> Load:
        return run_load(
            self._server(target).port,
            self._requests(job, target),
            expected=self._expected[job.name, target],
            connections=connections,
            seconds=seconds,
        )

    def table(self) -> Table:
        return {cell: rounds.figures() for cell, rounds in self._rounds.items()}


def cpu_seconds(processes: list[psutil.Process]) -> dict[int, float]:
    """Processor time used so far, by process; those that have ended are left out."""
    seconds = {}
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            seconds[process.pid] = sum(process.cpu_times()[:2])
    return seconds
