"""Rows into PostgreSQL by COPY, and primary keys out of its sequences."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from io import StringIO
from typing import Protocol

from django.db import connection
from psycopg2.extensions import cursor as RawCursor  # noqa: N812

from omnitron.orders.demo import tables


class HasText(Protocol):
    def text_of(self, table: str) -> str: ...


class PkPool:
    """Primary keys taken from the sequences ahead of need, so that rows can refer to each other unwritten.

    `nextval` hands each key to one taker only, whoever else inserts meanwhile. Keys left over stay unused, as
    those of a rolled-back transaction do.
    """

    def __init__(self) -> None:
        self._ready: dict[str, deque[int]] = {
            table: deque() for table, columns in tables.COLUMNS.items() if columns.startswith("id, ")
        }

    def takers(self) -> Mapping[str, Callable[[], int]]:
        """By table, what takes its next key. Raises IndexError when `top_up` was asked for too few."""
        return {table: ready.popleft for table, ready in self._ready.items()}

    def top_up(self, orders: int, *, items_max: int) -> None:
        """Have keys enough for as many orders of at most `items_max` items."""
        for table, ready in self._ready.items():
            # Every order's customer may be new and have two addresses; a card may be paid and refunded.
            most = {tables.ITEM: items_max, tables.ADDRESS: 2, tables.CARD_PAYMENT: 2}.get(table, 1)
            if (missing := orders * most - len(ready)) > 0:
                ready.extend(_next_keys(table, missing))


def copy(rows: HasText, *, cursor: RawCursor) -> None:
    """Copy a batch and check its foreign keys, in the transaction of psycopg2's `cursor`; safe in any thread.

    Each table goes out in one piece: psycopg2 takes the interpreter's lock back for every piece it reads.
    """
    with cursor:
        # A crash may undo the last batches, whole ones: `finish` makes all durable before success is told.
        cursor.execute("SET LOCAL synchronous_commit TO off")
        for table, columns in tables.COLUMNS.items():
            if text := rows.text_of(table):
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", StringIO(text), size=len(text))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


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
