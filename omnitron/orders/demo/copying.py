"""Rows into PostgreSQL by COPY, and primary keys out of its sequences."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from io import StringIO
from typing import Protocol, Self

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from omnitron.orders.demo import tables

# One for each core of a small machine. A COPY keeps its server process busy with indexes and foreign keys.
WRITERS = 2
# Of these tables an order may need a key for each of its items, of these two; of all others one.
KEYS_AN_ITEM = frozenset({tables.ITEM, tables.BENEFIT, tables.PLAN_ITEM})
TWO_KEYS = frozenset({tables.ADDRESS, tables.CARD_PAYMENT})


class HasText(Protocol):
    def text_of(self, table: str) -> str: ...


class PkPool:
    """Primary keys taken from the sequences ahead of need, so that rows can refer to each other unwritten.

    `nextval` hands each key to one taker only, whoever else inserts meanwhile. Keys left over stay unused, as
    those of a rolled-back transaction do.
    """

    def __init__(self) -> None:
        self._ready: dict[str, deque[int]] = {table: deque() for table in tables.COLUMNS}

    def takers(self) -> Mapping[str, Callable[[], int]]:
        """By table, what takes its next key. Raises IndexError when `top_up` was asked for too few."""
        return {table: ready.popleft for table, ready in self._ready.items()}

    def top_up(self, orders: int, *, items_max: int) -> None:
        """Have keys enough for as many orders of at most `items_max` items."""
        for table, ready in self._ready.items():
            most = items_max if table in KEYS_AN_ITEM else 2 if table in TWO_KEYS else 1
            if (missing := orders * most - len(ready)) > 0:
                ready.extend(_next_keys(table, missing))


class Copier:
    """Copies batches in threads, each on a connection of its own, while the caller makes the next batch.

    Inside a transaction, whose rows no other connection sees, there is one thread and it uses its connection.
    """

    def __init__(self) -> None:
        self._is_inside = connection.in_atomic_block
        # `connection` stands for another one in every thread; this is the caller's.
        callers = connections[DEFAULT_DB_ALIAS]
        self._connections = [callers] if self._is_inside else [callers.copy() for _ in range(WRITERS)]
        self._threads = ThreadPoolExecutor(max_workers=len(self._connections))
        self._running: list[Future[None]] = []

    def __enter__(self) -> Self:
        for own in self._connections:
            own.inc_thread_sharing()
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()
        for own in self._connections:
            own.dec_thread_sharing()
            if not self._is_inside:
                own.close()

    def start(self, parts: Sequence[HasText]) -> None:
        """Begin to copy parts of which no row refers to another part's. Keep off the connection until `wait`."""
        self._running = [
            self._threads.submit(self._copy, own, parts[number :: len(self._connections)])
            for number, own in enumerate(self._connections)
        ]

    def wait(self) -> None:
        """Wait until all parts are committed. Raises IntegrityError; what the other threads wrote stays."""
        for copied in self._running:
            copied.result()

    def _copy(self, own: BaseDatabaseWrapper, parts: Sequence[HasText]) -> None:
        """Each table goes out in one piece: psycopg2 takes the interpreter's lock back for every piece it reads."""
        if not self._is_inside:
            own.set_autocommit(False)
        with own.cursor() as cursor:
            # A crash may undo the last batches, whole ones: `finish` makes all durable before success is told.
            cursor.execute("SET LOCAL synchronous_commit TO off")
            for table, columns in tables.COLUMNS.items():
                if text := "".join([part.text_of(table) for part in parts]):
                    cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", StringIO(text), size=len(text))
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if not self._is_inside:
            own.commit()


def finish() -> None:
    """Let the planner know the new rows; outside a transaction also merge them into the trigram indexes.

    Its commit waits for the disk, and with it for that of every batch before it.
    """
    command = "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"
    with connection.cursor() as cursor:
        cursor.execute(f"{command} {', '.join(tables.COLUMNS)}")


def _next_keys(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH keys AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS sequence) "
            "SELECT array_agg(nextval(sequence)) FROM keys, generate_series(1, %s)",
            [table, count],
        )
        return cursor.fetchone()[0]
