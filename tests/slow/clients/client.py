"""A channel application as a test sees it: run a flow of it, and look at what it said to the server."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from tests.slow.clients.proxy import Exchange, RecordingProxy
from tests.slow.clients.worker import Worker

USERNAME, PASSWORD = "channel-app", "correct horse"


def recorded(name: str) -> Any:
    """What the marketplace answers, from a file below `recorded/`."""
    return json.loads((Path(__file__).parent / "recorded" / f"{name}.json").read_text())


def client_environment(proxy: RecordingProxy, cache: redis.Redis, authority: Path) -> dict[str, str]:
    """What an installation of a channel application is configured with, for channel 1."""
    where = cache.connection_pool.connection_kwargs
    return {
        "PATH": os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        "REQUESTS_CA_BUNDLE": str(authority),
        "NO_PROXY": "127.0.0.1",
        "MAIN_APP_URL": proxy.address,
        "OMNITRON_CHANNEL_ID": "1",
        "OMNITRON_CATALOG_ID": "1",
        "OMNITRON_USERNAME": USERNAME,
        "OMNITRON_PASSWORD": PASSWORD,
        "OMNITRON_MODULE": "channel_app.omnitron.integration",
        "CHANNEL_MODULE": "marketplace",
        "CACHE_HOST": where["host"],
        "CACHE_PORT": str(where["port"]),
        "CACHE_DATABASE_INDEX": "0",
    }


@dataclass(frozen=True)
class Run:
    """One run of one flow."""

    raised: str | None
    sent: list[dict[str, Any]]
    waited: list[float]
    exchanges: list[Exchange]
    log: str

    def to(self, method: str, path: str) -> list[Exchange]:
        """The exchanges with one address, in order."""
        return [each for each in self.exchanges if (each.method, each.path) == (method, path)]

    @property
    def refused(self) -> list[tuple[str, str, int]]:
        """What was not answered with 2xx."""
        return [(each.method, each.path, each.status) for each in self.exchanges if each.status // 100 != 2]

    @property
    def batch_steps(self) -> list[str]:
        """The statuses its batch requests were sent to, in order."""
        return [
            each.body["status"]
            for each in self.exchanges
            if each.method == "PATCH" and each.path.startswith("channel/1/batch_requests/")
        ]


class Client:
    """One published version of channel-app at work for channel 1."""

    def __init__(self, version: str, worker: Worker, proxy: RecordingProxy, directory: Path) -> None:
        self.version = version
        self.worker = worker
        self.proxy = proxy
        self._directory = directory

    def run(self, flow: str, *, answers: dict[str, Any] | None = None, **options: Any) -> Run:
        """Run "OrderService.update_orders" and the like, with these answers of the marketplace.

        What was said stands in `wire.jsonl` in the test's directory.
        """
        first = len(self.proxy.exchanges)
        asked = {"flow": flow, "options": options, "answers": answers or {}}
        told, log = self.worker.run(asked, self._directory)
        exchanges = self.proxy.exchanges[first:]
        with (self._directory / "wire.jsonl").open("a") as wire:
            wire.write(json.dumps({"flow": flow, "options": options}) + "\n")
            wire.writelines(json.dumps(exchange.told()) + "\n" for exchange in exchanges)
        return Run(exchanges=exchanges, log=log, **told)
