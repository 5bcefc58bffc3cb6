"""Waiting for somebody else, without guessing how long it takes."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from django.db import connection

# Not pg_stat_activity, which shows a transaction the same picture again and again.
_WAITING = """
    SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))
"""


def until_somebody_waits_for_us(*, patience_seconds: float = 10) -> None:
    """Return when another connection waits for a lock that this one holds. Raises TimeoutError."""
    pause = Event()
    for _ in range(int(patience_seconds / 0.01)):
        with connection.cursor() as cursor:
            cursor.execute(_WAITING)
            if cursor.fetchone()[0]:
                return
        pause.wait(0.01)
    raise TimeoutError("nobody waits for us")


def until(happened: Callable[[], object], *, patience_seconds: float = 60) -> None:
    """Return when `happened` says so, by what is true. Raises TimeoutError."""
    pause = Event()
    for _ in range(int(patience_seconds / 0.02)):
        if happened():
            return
        pause.wait(0.02)
    raise TimeoutError("it has not happened")
