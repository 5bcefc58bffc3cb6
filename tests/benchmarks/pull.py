"""`python -m tests.benchmarks.pull`: what a published client's pull of 200 orders costs the server.

`fetch_and_create_order` of channel-app asks some twenty requests an order: customer, places, addresses, carrier,
products, the order, its items, the batch. A proxy takes the time of each; their sum an order is compared with one
create of the plain version. The goal is 10 times at most. Rounds alternate
between the two, for the machine has moods.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from omnitron.local import paths
from tests.benchmarks.client import Expected, LoadError, run
from tests.benchmarks.database import Database, throw_away_database
from tests.benchmarks.jobs import all_jobs
from tests.benchmarks.measure import cpu_seconds
from tests.benchmarks.servers import Server, running_servers
from tests.slow.clients.cache import running_cache
from tests.slow.clients.certificates import Authority
from tests.slow.clients.client import PASSWORD, USERNAME, client_environment
from tests.slow.clients.environments import VERSIONS, python_with
from tests.slow.clients.proxy import Exchange, RecordingProxy
from tests.slow.clients.worker import Worker

BEFORE, PULLED, ITEMS, GOAL = 5_000, 200, 3, 10
ROUNDS, SECONDS = 10, 0.8
WARM_UP = 20

_KNOWN = """
    INSERT INTO channels_integrationaction (channel_id, content_type_id, object_id, remote_id, version_date, state,
        status, created_date, modified_date)
    SELECT 1, t.id, p.id, p.sku, p.modified_date, '{}', 'success', now(), now()
    FROM catalogs_product p, django_content_type t
    WHERE p.sku LIKE 'BENCH-%' AND t.app_label = 'catalogs' AND t.model = 'product'
"""


def order(number: int) -> dict[str, Any]:
    """An order of a customer nobody knows yet, three items, to one address: the usual case."""
    email = f"customer-{number}@example.com"
    address = {
        "email": email,
        "phone_number": f"0532{number:07d}",
        "first_name": "Ada",
        "last_name": f"Customer {number}",
        "country": "tr",
        "city": "İstanbul",
        "township": "Kadıköy",
        "line": f"Moda Cad. {number}",
    }
    return {
        "order": {
            "remote_id": f"R-{number}",
            "number": f"PULL-{number}",
            "channel": "1",
            "status": "400",
            "currency": "try",
            "amount": "308.50",
            "shipping_amount": "8.50",
            "shipping_tax_rate": "20.00",
            "extra_field": {},
            "cargo_company": "aras",
            "created_at": "2026-01-02 10:11:12.123456",
            "customer": {
                "email": email,
                "first_name": "Ada",
                "last_name": f"Customer {number}",
                "channel_code": f"C-{number}",
            },
            "shipping_address": address,
            "billing_address": address,
        },
        "order_items": [
            {
                "remote_id": f"I-{number}-{place}",
                "product": f"BENCH-{(number * ITEMS + place) % 1000}",
                "price_currency": "try",
                "price": "100.00",
                "tax_rate": "20.00",
                "extra_field": {},
            }
            for place in range(ITEMS)
        ],
    }


@contextmanager
def _proxied_worker(port: int, version: str, directory: Path) -> Iterator[tuple[RecordingProxy, Worker]]:
    authority = Authority(directory)
    proxy = RecordingProxy(port, chain=authority.server_chain)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    with running_cache() as cache:
        worker = Worker(python_with(version), client_environment(proxy, cache, authority.certificate))
        try:
            yield proxy, worker
        finally:
            worker.stop()
            proxy.shutdown()
            proxy.server_close()


class Puller:
    """Pulls new orders, round after round."""

    def __init__(self, proxy: RecordingProxy, worker: Worker, directory: Path) -> None:
        self._proxy = proxy
        self._worker = worker
        self._directory = directory
        self._pulled = 0

    def pull(self, count: int) -> list[Exchange]:
        """Everything said meanwhile."""
        self._proxy.forget()
        orders = [order(self._pulled + number) for number in range(count)]
        self._pulled += count
        asked = {
            "flow": "OrderService.fetch_and_create_order",
            "options": {},
            "answers": {"get_orders": orders},
        }
        told, log = self._worker.run(asked, self._directory)
        exchanges = list(self._proxy.exchanges)
        created = [each.status for each in exchanges if each.path == "channel/1/create_orders/"]
        if told["raised"] or created != [201] * count:
            raise LoadError(f"Not {count} orders were created: {created} {log}")
        return exchanges


@dataclass
class Round:
    """Seconds of one pulled order and of one create of the plain version, and the processor time of both."""

    pulled: float
    pulled_cpu: float
    created: float
    created_cpu: float


def rounds(
    puller: Puller, servers: dict[str, Server], database: Database
) -> tuple[list[Round], list[Exchange]]:
    """So many rounds, and everything that was said in them."""
    job = next(job for job in all_jobs(database) if job.name == "create")
    creates = job.requests(None, "")
    expected = Expected(201, 100, 100_000)

    def create(connections: int) -> list[float]:
        port = servers["plain"].port
        return run(port, creates, expected=expected, connections=connections, seconds=SECONDS).latencies

    def processor(server: str, before: dict[int, float]) -> float:
        return sum(now - before.get(pid, 0.0) for pid, now in processes(server).items())

    def processes(server: str) -> dict[int, float]:
        return cpu_seconds([*servers[server].processes(), *database.processes()])

    puller.pull(WARM_UP)
    create(8)
    measured, said = [], []
    for _ in range(ROUNDS):
        before = processes("ours")
        exchanges = puller.pull(PULLED // ROUNDS)
        pulled_cpu = processor("ours", before)
        before = processes("plain")
        latencies = create(1)
        created_cpu = processor("plain", before)
        said += exchanges
        measured.append(
            Round(
                pulled=sum(each.seconds for each in exchanges) / (PULLED // ROUNDS),
                pulled_cpu=pulled_cpu / (PULLED // ROUNDS),
                created=median(latencies),
                created_cpu=created_cpu / len(latencies),
            )
        )
    return measured, said


def create_user(database: Database) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "createsuperuser", "--noinput", "--username", USERNAME]
        + ["--email", "channel-app@example.com"],
        cwd=paths.PROJECT_ROOT,
        env={**database.environment, "DJANGO_SUPERUSER_PASSWORD": PASSWORD},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _report(version: str, measured: list[Round], exchanges: list[Exchange]) -> str:
    by_kind: dict[str, list[float]] = defaultdict(list)
    for each in exchanges:
        path = re.sub(r"/\d+/", "/…/", each.path.removeprefix("channel/1"))
        by_kind[f"{each.method} {path}"].append(each.seconds)
    lines = ["| request | an order | p50 ms | ms an order |", "|---|---:|---:|---:|"]
    for kind, times in sorted(by_kind.items(), key=lambda entry: -sum(entry[1])):
        lines.append(
            f"| `{kind}` | {len(times) / PULLED:.2f} | {1000 * median(times):.2f} | "
            f"{1000 * sum(times) / PULLED:.2f} |"
        )
    ratios = [each.pulled / each.created for each in measured]
    processor = [each.pulled_cpu / each.created_cpu for each in measured]
    pulled = 1000 * median(each.pulled for each in measured)
    created = 1000 * median(each.created for each in measured)
    lines += [
        "",
        f"channel-app {version}, {PULLED} orders of {ITEMS} items in {ROUNDS} rounds: "
        f"{len(exchanges) / PULLED:.1f} requests and {pulled:.1f} ms of the server an order; a plain create takes "
        f"{created:.1f} ms.",
        f"{median(ratios):.1f} times as long (rounds: {min(ratios):.1f} to {max(ratios):.1f}), "
        f"{median(processor):.1f} times the processor time ({min(processor):.1f} to {max(processor):.1f}); "
        f"goal: at most {GOAL}.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    version = VERSIONS[-1]
    with throw_away_database() as database, tempfile.TemporaryDirectory() as name:
        database.fill(BEFORE)
        create_user(database)
        database.execute(_KNOWN)
        database.execute("VACUUM ANALYZE")
        directory = Path(name)
        with (
            running_servers(database) as servers,
            _proxied_worker(servers["ours"].port, version, directory) as (proxy, worker),
        ):
            measured, exchanges = rounds(Puller(proxy, worker, directory), servers, database)
    sys.stdout.write(_report(version, measured, exchanges))


if __name__ == "__main__":
    main()
