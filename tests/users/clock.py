"""A clock that tests move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """What time it is, until a test says otherwise."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by
