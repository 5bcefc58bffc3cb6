"""A channel application as a test sees it: run a flow of it, and look at what it said to the server."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from tests.slow.clients.proxy import Exchange, RecordingProxy

_HERE = Path(__file__).parent
USERNAME, PASSWORD = "channel-app", "correct horse"
PATIENCE_SECONDS = 120


def recorded(name: str) -> Any:
    """What the marketplace answers, from a file below `recorded/`."""
    return json.loads((_HERE / "recorded" / f"{name}.json").read_text())


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
    """One published version of channel-app, on its own interpreter, with credentials of channel 1."""

    def __init__(
        self,
        version: str,
        python: Path,
        proxy: RecordingProxy,
        cache: redis.Redis,
        authority: Path,
        log: Path,
    ) -> None:
        self.version = version
        self.proxy = proxy
        self._python = python
        self._log = log
        where = cache.connection_pool.connection_kwargs
        self.environment = {
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

    def run(self, flow: str, *, answers: dict[str, Any] | None = None, **options: Any) -> Run:
        """Run "OrderService.update_orders" and the like, with these answers of the marketplace."""
        first = len(self.proxy.exchanges)
        asked = json.dumps({"flow": flow, "options": options, "answers": answers or {}})
        finished = subprocess.run(
            [str(self._python), "run.py"],
            cwd=_HERE / "driver",
            env=self.environment,
            input=asked,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        exchanges = self.proxy.exchanges[first:]
        with self._log.open("a") as log:
            log.write(json.dumps({"flow": flow, "options": options}) + "\n")
            log.writelines(json.dumps(exchange.told()) + "\n" for exchange in exchanges)
        assert finished.returncode == 0, finished.stderr
        return Run(exchanges=exchanges, log=finished.stderr, **json.loads(finished.stdout))
