"""A marketplace to visit, and a visitor that asks it without HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from omnitron.channels.integrations.sandbox.marketplace.answers import Answer
from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.integrations.sandbox.marketplace.marketplace import API_KEY, API_SECRET, Marketplace
from omnitron.core.clock import SimulatedClock

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CREDENTIALS = {"api_key": API_KEY, "api_secret": API_SECRET}


class Visit:
    """A marketplace of `seed` with a clock of its own, ten days after its first order."""

    def __init__(
        self, seed: int = 7, *, orders: int = 60, faults: FaultPlan | None = None, **options: Any
    ) -> None:
        self.clock = SimulatedClock(NOW)
        options = {"token_seconds": 10**9} | options
        self.marketplace = Marketplace(
            seed, orders=orders, clock=self.clock, faults=faults or FaultPlan.none(), **options
        )
        self.truth = self.marketplace.truth
        self.token = ""

    def ask(self, method: str, path: str, data: Any = None, **query: Any) -> Answer:
        return self.marketplace.handle(
            method,
            path,
            {name: str(value) for name, value in query.items()},
            {"Authorization": f"Bearer {self.token}"},
            b"" if data is None else json.dumps(data).encode(),
        )

    def log_in(self) -> None:
        self.token = json.loads(self.ask("POST", "/token", CREDENTIALS).body)["access_token"]

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of an answer that arrives."""
        if not self.token:
            self.log_in()
        answer = self.ask("GET", path, **query)
        assert (answer.status, answer.mishap) == (200, None), answer
        return json.loads(answer.body)

    def refusal(self, path: str, **query: Any) -> tuple[int, str]:
        if not self.token:
            self.log_in()
        answer = self.ask("GET", path, **query)
        return answer.status, json.loads(answer.body)["error"]["code"]

    def window(self, *, days: int = 14, **query: Any) -> Any:
        """A page of all that was changed in the last days."""
        now = self.clock.now()
        return self.get(
            "/orders",
            modified_from=(now + timedelta(hours=1) - days * DAY).isoformat(),
            modified_to=(now + timedelta(hours=1)).isoformat(),
            **query,
        )

    def window_until_now(self, **query: Any) -> Any:
        """Of what has happened before the visitor's time stands still."""
        end = self.clock.now()
        return self.get(
            "/orders", modified_from=(end - 14 * DAY).isoformat(), modified_to=end.isoformat(), **query
        )

    def ids(self) -> list[int]:
        return [row["id"] for row in self.window()["content"]]

    def send(self, *changes: dict[str, Any]) -> list[tuple[str, str | None]]:
        """Result and reason of each change."""
        if not self.token:
            self.log_in()
        batch = json.loads(self.ask("POST", "/orders/changes", {"changes": list(changes)}).body)
        answer = self.get(f"/orders/changes/{batch['batch_id']}")
        assert answer["status"] == "done"
        return [(change["result"], change["reason"]) for change in answer["changes"]]
