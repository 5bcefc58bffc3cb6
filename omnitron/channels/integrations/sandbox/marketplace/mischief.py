"""Which requests fail, and how: from the seed, the request, and how often it was made. The clock plays no part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from random import Random

from omnitron.channels.integrations.sandbox.marketplace.answers import Answer, Mishap, Refusal
from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.integrations.sandbox.marketplace.stamps import moment_of

# Refused before anything is done.
REFUSING = {
    "too_many_requests": (429, "too many requests"),
    "server_error": (500, "internal error"),
    "unavailable": (503, "down for maintenance"),
    "expired_token": (401, "the token has expired"),
}
# Done, but the answer is lost.
LOSING = ("bad_gateway", "hang", "reset", "truncated", "html")
LONGEST_RETRY_AFTER_SECONDS = 20
_HTML = "<!DOCTYPE html><html><body><h1>Bakım çalışması</h1></body></html>".encode()


class Mischief:
    """Of the request `signature`, asked for the nth time."""

    def __init__(self, seed: int, faults: FaultPlan) -> None:
        self.seed = seed
        self.faults = faults
        self.done: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()
        self._in_a_row: Counter[str] = Counter()

    def random(self, signature: str) -> Random:
        """What chance has in store for this request."""
        self._asked[signature] += 1
        return Random(f"{self.seed}/request/{signature}/{self._asked[signature]}")

    def strike(self, signature: str, random: Random, *, spared: Collection[str] = ()) -> str | None:
        """The kind of fault this request meets, if any; not one of `spared`."""
        kind = self._kind(random)
        if kind is None or kind in spared or self._in_a_row[signature] >= self.faults.in_a_row:
            self._in_a_row[signature] = 0
            return None
        self._in_a_row[signature] += 1
        self.done[kind] += 1
        return kind

    def happens(self, kind: str, random: Random) -> bool:
        """Whether something of `kind` happens now; if so it counts."""
        is_so = random.random() < getattr(self.faults, kind)
        self.done[kind] += is_so
        return is_so

    def _kind(self, random: Random) -> str | None:
        chance = random.random()
        for kind in (*REFUSING, *LOSING):
            chance -= getattr(self.faults, kind)
            if chance < 0:
                return kind
        return None


def refuse(kind: str, random: Random, now: int) -> Answer:
    """The answer of a marketplace that did not even look at the request."""
    status, message = REFUSING[kind]
    answer = Refusal(status, kind, message).answer()
    if kind in ("too_many_requests", "unavailable"):
        answer.headers["Retry-After"] = _retry_after(random, now)
    return answer


def lose(kind: str, answer: Answer, random: Random) -> Answer:
    """What arrives instead of `answer`."""
    if kind == "bad_gateway":
        return Answer(502, b"<html>502 Bad Gateway</html>", {"Content-Type": "text/html"})
    if kind == "html":
        return Answer(200, _HTML, {"Content-Type": "text/html; charset=utf-8"})
    if kind == "truncated" and random.random() < 0.5:
        # Whole as far as HTTP is concerned; the JSON in it is not.
        return replace(answer, body=answer.body[: len(answer.body) // 2])
    return replace(answer, mishap=Mishap(kind))


def _retry_after(random: Random, now: int) -> str:
    """Seconds or a date, as RFC 9110 allows both; the date is by the marketplace's own clock."""
    seconds = random.randint(1, LONGEST_RETRY_AFTER_SECONDS)
    if random.random() < 0.5:
        return str(seconds)
    return format_datetime(moment_of(now).replace(microsecond=0) + timedelta(seconds=seconds), usegmt=True)
