"""The marketplace: a clock, orders, and requests answered more or less well."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random

from omnitron.channels.integrations.sandbox.marketplace import changing, goods, reading
from omnitron.channels.integrations.sandbox.marketplace.answers import Answer, Refusal, as_json
from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.integrations.sandbox.marketplace.goods import Place, Product
from omnitron.channels.integrations.sandbox.marketplace.mischief import LOSING, REFUSING, lose, refuse
from omnitron.channels.integrations.sandbox.marketplace.orders import Change
from omnitron.channels.integrations.sandbox.marketplace.stamps import SECOND, moment_of, stamp_of
from omnitron.channels.integrations.sandbox.marketplace.state import State
from omnitron.channels.integrations.sandbox.marketplace.truth import Truth
from omnitron.core.clock import Clock

SPAN = timedelta(days=10)
API_KEY, API_SECRET = "sandbox", "sandbox-secret"


class Marketplace:
    """`orders` orders placed evenly over `span` from `starts` on (the span before now), each the work of `seed` and
    its index; they are packed, shipped and changed for about another ten days.

    The same seed, clock and requests make the same run. `faults` is `FaultPlan.seeded(seed)` unless given. Safe to
    use from several threads.
    """

    def __init__(
        self,
        seed: int,
        *,
        orders: int = 1000,
        clock: Clock,
        faults: FaultPlan | None = None,
        starts: datetime | None = None,
        span: timedelta = SPAN,
        first_index: int = 0,
        products: Sequence[Product] = goods.CATALOGUE,
        places: Sequence[Place] = goods.PLACES,
        api_key: str = API_KEY,
        api_secret: str = API_SECRET,
        token_seconds: int = 300,
    ) -> None:
        self._clock = clock
        self._credentials = {"api_key": api_key, "api_secret": api_secret}
        self._token_seconds = token_seconds
        self._lock = threading.Lock()
        faults = FaultPlan.seeded(seed) if faults is None else faults
        self._state = State(seed, faults=faults, products=products, places=places)
        # By its own clock it has been there for just as long.
        opens = stamp_of((starts or clock.now() - span) + faults.clock_skew)
        self._state.open(_moments_of_placing(seed, opens, orders, first_index, span))
        self.truth = Truth(self._state, self._look)
        self._look()

    def handle(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Answer a request, or don't: what does not arrive says so in `mishap`."""
        query, headers = query or {}, headers or {}
        with self._lock:
            self._state.tick(self._clock.now())
            answer = self._answer(method, path, query, headers, body)
            answer.headers["Date"] = format_datetime(
                moment_of(self._state.now).replace(microsecond=0), usegmt=True
            )
            return answer

    def warm(self) -> None:
        """Write the JSON of all orders that show now, so that nobody waits for it."""
        with self._lock:
            for order in self._state.shelf.window(None, None):
                self._state.shown(order)

    def behave(self, faults: FaultPlan) -> None:
        """From now on requests are answered by this plan. What is in the orders stays, and so does the clock."""
        with self._lock:
            skew = self._state.mischief.faults.clock_skew
            self._state.mischief.faults = replace(faults, clock_skew=skew)

    def set_clock(self, *, skew: timedelta) -> None:
        """Its clock now goes ahead of ours by so much, also where that puts it back."""
        with self._lock:
            mischief = self._state.mischief
            mischief.faults = replace(mischief.faults, clock_skew=skew)
            self._state.now = stamp_of(self._clock.now() + skew)

    def leave_note(self, order_id: int, note: str) -> None:
        """The customer of an order leaves a word, now."""
        with self._lock:
            self._state.tick(self._clock.now())
            self._state.change(self._state.shelf.by_id[order_id], Change("note", note))

    @property
    def faults(self) -> FaultPlan:
        """The plan requests are answered by."""
        return self._state.mischief.faults

    def calm(self) -> None:
        """From now on every request is answered, and nothing changes because of it."""
        self.behave(FaultPlan.none())

    def _look(self) -> None:
        with self._lock:
            self._state.look(self._clock.now())

    def _answer(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> Answer:
        if path == "/health":
            return as_json({"status": "ok"})
        signature = f"{method} {path} {sorted(query.items())}"
        random = self._state.mischief.random(signature)
        token = _bearer(headers)
        spared = () if token in self._state.used_tokens else ("expired_token",)
        fault = self._state.mischief.strike(signature, random, spared=spared)
        if fault == "expired_token":
            self._state.tokens.pop(token)
            self._state.used_tokens.remove(token)
        if fault in REFUSING:
            return refuse(fault, random, self._state.now)
        try:
            answer = self._route(method, path, query, headers, body, random)
        except Refusal as refusal:
            answer = refusal.answer()
        if fault in LOSING:
            return lose(fault, answer, random)
        if token in self._state.tokens:
            self._state.used_tokens.add(token)
        return answer

    def _route(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
        random: Random,
    ) -> Answer:
        if (method, path) == ("POST", "/token"):
            return self._log_in(body, random)
        if self._state.tokens.get(_bearer(headers), 0) <= self._state.now:
            raise Refusal(401, "expired_token", "the token is unknown or has expired")
        if (method, path) == ("GET", "/orders"):
            return reading.list_orders(self._state, query, random)
        if (method, path) == ("GET", "/orders/count"):
            return reading.count_orders(self._state, query)
        if (method, path) == ("POST", "/orders/changes"):
            return changing.take_changes(self._state, body, random)
        if method == "GET" and path.startswith("/orders/changes/"):
            return changing.show_batch(self._state, path.removeprefix("/orders/changes/"), random)
        raise Refusal(404, "not_found", f"{method} {path}")

    def _log_in(self, body: bytes, random: Random) -> Answer:
        try:
            given = json.loads(body)
        except ValueError as error:
            raise Refusal(400, "invalid_body", "no JSON") from error
        if given != self._credentials:
            raise Refusal(401, "wrong_credentials", "api_key or api_secret is wrong")
        token = f"{random.getrandbits(128):032x}"
        self._state.tokens[token] = self._state.now + self._token_seconds * SECOND
        return as_json({"access_token": token, "expires_in": self._token_seconds})


def _bearer(headers: Mapping[str, str]) -> str:
    return headers.get("Authorization", "").removeprefix("Bearer ")


def _moments_of_placing(
    seed: int, opens: int, orders: int, first_index: int, span: timedelta
) -> list[tuple[int, int]]:
    """Index and stamp of each order: one in each part of the span, somewhere in it."""
    length = span // timedelta(milliseconds=1) // max(orders, 1)
    random = Random(f"{seed}/placing")
    offset = random.randrange(length)
    return [
        (first_index + n, opens + n * length + (offset + 7919 * (first_index + n)) % length)
        for n in range(orders)
    ]
