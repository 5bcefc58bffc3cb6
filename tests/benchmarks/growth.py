"""`python -m tests.benchmarks.growth`: what `orders/updates/` costs as the table of orders grows.

Ten orders have changed since the channel was told, out of 10,000 and then out of ten times as many (--large: a
hundred times). Prints a table, and the ratio of the two; the goal is 1.5 at most.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
from dataclasses import dataclass
from statistics import median

from omnitron.local import paths
from tests.benchmarks.client import Expected, LoadError, ask, http_request, run
from tests.benchmarks.database import Cost, Database, throw_away_database
from tests.benchmarks.prepare import PASSWORD, USERNAME
from tests.benchmarks.servers import running_servers

FEW, GOAL = 10_000, 1.5
CHANGED = 10
ROUNDS, SECONDS = 5, 1.0

_KNOWN = """
    INSERT INTO channels_integrationaction (channel_id, content_type_id, object_id, remote_id, version_date, state,
        status, created_date, modified_date)
    SELECT o.channel_id, t.id, o.id, o.number, o.modified_date, '{}', 'success', now(), now()
    FROM orders_order o, django_content_type t WHERE t.app_label = 'orders' AND t.model = 'order'
    ON CONFLICT (channel_id, content_type_id, object_id) DO UPDATE SET version_date = excluded.version_date
"""


@dataclass(frozen=True)
class Measured:
    """Milliseconds of one request, each round's median, and what it asked of the database."""

    orders: int
    rounds: list[float]
    cost: Cost

    @property
    def p50(self) -> float:
        return median(self.rounds)


def measure(database: Database) -> Measured:
    """Tell the channels all their orders, change ten of one channel, and ask for them again and again."""
    database.execute(_KNOWN)
    ((channel, _),) = database.rows(
        "SELECT channel_id, count(*) FROM orders_order GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    )
    database.execute(
        "UPDATE orders_order SET modified_date = now() WHERE id IN "
        f"(SELECT id FROM orders_order WHERE channel_id = {channel} ORDER BY md5(id::text) LIMIT {CHANGED})"
    )
    database.execute("VACUUM ANALYZE")
    ((orders,),) = database.rows(f"SELECT count(*) FROM orders_order WHERE channel_id = {channel}")
    with running_servers(database) as servers:
        port = servers["ours"].port
        login = json.dumps({"username": USERNAME, "password": PASSWORD}).encode()
        token = json.loads(ask(port, http_request("POST", "/api/v1/auth/login/", body=login)).body)["key"]
        request = http_request("GET", f"/api/v1/channel/{channel}/orders/updates/?limit=100", token=token)
        answer = ask(port, request)
        if json.loads(answer.body)["count"] != CHANGED:
            raise LoadError(f"Not {CHANGED} orders wait: {answer.body[:300]!r}")
        expected = Expected(200, len(answer.body), len(answer.body))
        for _ in range(3):
            run(port, itertools.repeat(request), expected=expected, connections=8, seconds=0.3)
        database.forget_costs()
        ask(port, request)
        cost = database.cost()
        rounds = [
            median(
                run(
                    port, itertools.repeat(request), expected=expected, connections=1, seconds=SECONDS
                ).latencies
            )
            * 1000
            for _ in range(ROUNDS)
        ]
    return Measured(orders=orders, rounds=rounds, cost=cost)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.growth", description=__doc__)
    parser.add_argument("--large", action="store_true", help="1,000,000 orders instead of 100,000")
    many = 1_000_000 if parser.parse_args().large else 100_000
    with throw_away_database() as database:
        database.fill(FEW)
        few = measure(database)
        subprocess.run(
            [sys.executable, "manage.py", "generate_orders", "--orders", str(many - FEW)],
            cwd=paths.PROJECT_ROOT,
            env=database.environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        much = measure(database)
    sys.stdout.write(_report([(FEW, few), (many, much)]))


def _report(measurements: list[tuple[int, Measured]]) -> str:
    lines = [
        "| orders | of the channel | p50 ms | best, worst round | statements | rows | pages read |",
        "|---:|---:|---:|---|---:|---:|---:|",
    ]
    for orders, measured in measurements:
        cost = measured.cost
        lines.append(
            f"| {orders:,} | {measured.orders:,} | {measured.p50:.2f} | "
            f"{min(measured.rounds):.2f}, {max(measured.rounds):.2f} | "
            f"{cost.statements} | {cost.rows} | {cost.pages} |"
        )
    (_, few), (_, many) = measurements
    ratio = many.p50 / few.p50
    lines.append(f"\n`updates/` with {CHANGED} changed: {ratio:.2f} times (goal: at most {GOAL}).\n")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
