"""Time as the marketplace writes it: whole milliseconds, ISO 8601 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def stamp_of(moment: datetime) -> int:
    """Milliseconds since 1970; what is finer is cut off."""
    return (moment - _EPOCH) // _MILLISECOND


def moment_of(stamp: int) -> datetime:
    return _EPOCH + stamp * _MILLISECOND


def written(stamp: int) -> str:
    """2026-11-01T10:00:00.000Z"""
    return moment_of(stamp).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read(text: str) -> int:
    """The stamp in `text`, to the next full millisecond. Raises ValueError where it is none, or has no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return -((_EPOCH - moment) // _MILLISECOND)
