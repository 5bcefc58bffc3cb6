"""How badly a marketplace behaves."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from random import Random

# From where to where `FaultPlan.seeded` draws each share.
RANGES: dict[str, tuple[float, float]] = {
    "late": (0.01, 0.08),
    "hidden": (0.001, 0.01),
    "changed": (0.02, 0.10),
    "cancelled": (0.02, 0.10),
    "line_cancelled": (0.01, 0.05),
    "returned": (0.01, 0.05),
    "undelivered": (0.0, 0.03),
    "illegal_move": (0.002, 0.02),
    "wrong_currency": (0.0, 0.01),
    "unknown_product": (0.002, 0.02),
    "unknown_district": (0.002, 0.02),
    "broken_total": (0.002, 0.02),
    "repaired": (0.2, 0.8),
    "drift": (0.05, 0.40),
    "duplicate_in_page": (0.02, 0.20),
    "duplicate_across_pages": (0.02, 0.20),
    "too_many_requests": (0.01, 0.08),
    "server_error": (0.005, 0.04),
    "bad_gateway": (0.005, 0.04),
    "unavailable": (0.005, 0.04),
    "hang": (0.0, 0.01),
    "reset": (0.005, 0.04),
    "truncated": (0.005, 0.04),
    "html": (0.005, 0.04),
    "expired_token": (0.005, 0.04),
    "unfinished_batch": (0.1, 0.5),
    "refused_change": (0.0, 0.05),
}
LARGEST_SKEW_SECONDS = 600


@dataclass(frozen=True, kw_only=True)
class FaultPlan:
    """How often each kind of misbehaviour strikes: a share between 0 and 1 of what its group is about.

    `FaultPlan(late=1)` is one kind alone; `FaultPlan.seeded(7).without("hang")` all but one.
    """

    # Of orders. `late` shows a version up to 48 h after its stamp, uncounted until then; `hidden` is counted and
    # never shown.
    late: float = 0
    hidden: float = 0
    changed: float = 0
    cancelled: float = 0
    line_cancelled: float = 0
    returned: float = 0
    undelivered: float = 0
    illegal_move: float = 0
    wrong_currency: float = 0
    unknown_product: float = 0
    unknown_district: float = 0
    broken_total: float = 0
    # Of the orders broken in one of the last four ways: a later version is right.
    repaired: float = 0

    # Of answered pages. `drift` changes an order of the page just read, so that the next page has moved.
    drift: float = 0
    duplicate_in_page: float = 0
    duplicate_across_pages: float = 0

    # Of requests.
    too_many_requests: float = 0
    server_error: float = 0
    bad_gateway: float = 0
    unavailable: float = 0
    hang: float = 0
    reset: float = 0
    truncated: float = 0
    html: float = 0
    expired_token: float = 0

    # Of changes sent to it: batches that say once that they are not finished, changes refused for no reason.
    unfinished_batch: float = 0
    refused_change: float = 0

    clock_skew: timedelta = timedelta(0)
    # The same request fails at most so often on end, so whoever tries once more gets through.
    in_a_row: int = 3

    @classmethod
    def none(cls) -> FaultPlan:
        """A marketplace that behaves."""
        return cls()

    @classmethod
    def seeded(cls, seed: int) -> FaultPlan:
        """A little of everything, how much is drawn from `seed`."""
        random = Random(f"{seed}/faults")
        shares = {kind: random.uniform(*limits) for kind, limits in RANGES.items()}
        seconds = random.randint(-LARGEST_SKEW_SECONDS, LARGEST_SKEW_SECONDS)
        return cls(clock_skew=timedelta(seconds=seconds), **shares)

    def without(self, *kinds: str) -> FaultPlan:
        """The same plan with some kinds switched off."""
        defaults = {field.name: field.default for field in fields(self)}
        return replace(self, **{kind: defaults[kind] for kind in kinds})
