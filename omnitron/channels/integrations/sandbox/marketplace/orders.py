"""An order and what becomes of it: versions, each with the stamp it was changed at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

# How far an order or line is; it never becomes less, unless the marketplace misbehaves.
RANK = {
    "Created": 0,
    "Picking": 1,
    "Shipped": 2,
    "UnDelivered": 3,
    "Delivered": 4,
    "Returned": 5,
    "Cancelled": 6,
}
# Nothing more becomes of these.
CLOSED = ("Cancelled", "Returned")


class Change(NamedTuple):
    """What makes a version differ from the one before it; `kind` is a key of `payload.CHANGES`.

    `lines` are the ids of those it is about, none for all.
    """

    kind: str
    value: str = ""
    lines: tuple[str, ...] = ()


@dataclass(slots=True)
class Version:
    """How an order is from `modified` on. It shows from `visible_at` on; both are stamps of the marketplace."""

    modified: int
    visible_at: int
    change: Change


@dataclass(slots=True)
class MarketOrder:
    """`versions` is ascending, past and planned; `current` the one that shows now, -1 where none does yet.

    `defects` are the kinds of misbehaviour in it that keep it from being understood. A `is_hidden` order is
    counted like every other and never shown.
    """

    index: int
    id: int
    number: str
    versions: list[Version]
    defects: frozenset[str] = frozenset()
    is_hidden: bool = False
    fewest_lines: int = 1
    current: int = -1
    # Of the current version, once it was asked for.
    status: str | None = None
    json: bytes | None = field(default=None, repr=False)

    def version_at(self, now: int) -> int:
        """Which version shows at `now`, or -1."""
        for position in range(len(self.versions) - 1, -1, -1):
            if self.versions[position].visible_at <= now:
                return position
        return -1

    def key(self) -> tuple[int, int]:
        """What lists are sorted by."""
        return self.versions[self.current].modified, self.id

    def happens(self, change: Change, now: int) -> None:
        """`change` now, before all that is still planned. It shows at once, with whatever was to show late."""
        position = max(self.current + 1, sum(version.modified <= now for version in self.versions))
        stamp = max(now, self.versions[position - 1].modified + 1)
        for version in self.versions[self.current + 1 : position]:
            version.visible_at = now
        self.versions.insert(position, Version(stamp, now, change))
        self.keep_ascending(position + 1)

    def keep_ascending(self, position: int) -> None:
        """Move versions from `position` on as far as the ones before them need."""
        for earlier, later in zip(self.versions[position - 1 :], self.versions[position:], strict=False):
            delay = max(0, max(earlier.modified, earlier.visible_at) + 1 - later.modified)
            later.modified += delay
            later.visible_at += delay
