"""One run at a time on a channel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from omnitron.channels.exceptions import PullRunningException
from omnitron.channels.models import Channel

# The first key of the advisory locks: what is done; the second is the channel's.
PULLING, PUSHING = 50_001, 50_002


@contextmanager
def channel_to_oneself(channel: Channel, *, lock: int) -> Iterator[None]:
    """Nobody else does what `lock` stands for with the channel meanwhile; a run that is killed lets go with its
    connection.

    Raises PullRunningException at once where somebody does.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [lock, channel.pk])
        if not cursor.fetchone()[0]:
            raise PullRunningException(channel=channel.name)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [lock, channel.pk])
