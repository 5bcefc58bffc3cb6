"""What taking orders in costs at least: the same rows, ready, by one jsonb statement a table and batch.

The rows are read from a database in which they were written, transaction by transaction, and sent to a copy of what
that database was before. Nothing is left to do then but sending: no look-up, no rule, no building of rows.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg2

# What makes a row the same one, as a pull that may come twice would say it. In an order in which no row refers to a
# later one.
KEYS = {
    "customers_customer": "id",
    "customers_address": "hash_data",
    "orders_order": "number, channel_id",
    "orders_orderitem": "id",
    "orders_vendororder": "order_id, data_source_id",
    "orders_vendororderitem": "order_item_id",
    "orders_discountitem": "id",
    "orders_benefitapplicant": "discount_item_id, order_item_id",
    "payments_transaction": "id",
    "channels_integrationaction": "channel_id, content_type_id, object_id",
    "core_auditlog": "id",
    "channels_pulledorder": "channel_id, remote_id",
}
_STOCK = """
    UPDATE catalogs_productstock s SET sold_quantity_unreported = s.sold_quantity_unreported + i.units,
        modified_date = now()
    FROM (
        SELECT product_id, stock_list_id, sum(reserved_units) units
        FROM jsonb_to_recordset(%s::jsonb) AS r(product_id bigint, stock_list_id bigint, reserved_units int)
        GROUP BY 1, 2
    ) i WHERE i.product_id = s.product_id AND i.stock_list_id = s.stock_list_id
"""


@dataclass(frozen=True)
class Batch:
    """What one transaction wrote: how many orders, and the statements that write it again."""

    orders: int
    statements: Sequence[bytes]


def newest(dsn: str) -> dict[str, int]:
    """The highest id of each table so far."""
    connection = psycopg2.connect(dsn)
    try:
        with connection, connection.cursor() as cursor:
            return {table: _one(cursor, f"SELECT coalesce(max(id), 0) FROM {table}") for table in KEYS}
    finally:
        connection.close()


def batches_since(dsn: str, marks: Mapping[str, int]) -> list[Batch]:
    """What was written since `marks` (`newest`), transaction by transaction."""
    connection = psycopg2.connect(dsn)
    written: dict[int, dict[str, tuple[int, list[bytes]]]] = defaultdict(dict)
    try:
        with connection, connection.cursor() as cursor:
            for table, key in KEYS.items():
                cursor.execute(
                    f"SELECT t.xmin::text::bigint, count(*), jsonb_agg(to_jsonb(t) ORDER BY id)::text "
                    f"FROM {table} t WHERE id > %s GROUP BY 1",
                    [marks[table]],
                )
                insert = (
                    f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) "
                    f"ON CONFLICT ({key}) DO NOTHING"
                )
                for transaction, count, rows in cursor.fetchall():
                    statements = [cursor.mogrify(insert, [rows])]
                    if table == "orders_orderitem":
                        statements.insert(0, cursor.mogrify(_STOCK, [rows]))
                    written[transaction][table] = (count, statements)
    finally:
        connection.close()
    return [_batch(together) for together in _transactions(written)]


Written = Mapping[str, tuple[int, list[bytes]]]


def _transactions(written: Mapping[int, Written]) -> list[list[Written]]:
    """What each transaction wrote. A savepoint's rows bear a number of their own, after that of its transaction;
    where pulled orders are noted, it is those that bear the transaction's.
    """
    begins = {number for number, tables in written.items() if "channels_pulledorder" in tables} or set(
        written
    )
    transactions: list[list[Written]] = []
    for number in sorted(written):
        if number in begins:
            transactions.append([])
        transactions[-1].append(written[number])
    return transactions


def _batch(parts: Sequence[Written]) -> Batch:
    """In an order in which no row refers to a later one."""
    statements = [
        statement for table in KEYS for part in parts if table in part for statement in part[table][1]
    ]
    return Batch(
        orders=sum(part["orders_order"][0] for part in parts if "orders_order" in part), statements=statements
    )


class Floor:
    """A connection to a database that gets ready batches."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg2.connect(dsn)

    def write(self, batch: Batch) -> float:
        """The seconds it took, with the commit."""
        started = time.perf_counter()
        with self._connection, self._connection.cursor() as cursor:
            for statement in batch.statements:
                cursor.execute(statement)
        return time.perf_counter() - started

    def copy_row(self, dsn: str, table: str, pk: int) -> None:
        """A row that is there when the measured ones come."""
        connection = psycopg2.connect(dsn)
        try:
            with connection, connection.cursor() as cursor:
                row = _one(cursor, f"SELECT to_jsonb(t)::text FROM {table} t WHERE id = {pk}")
        finally:
            connection.close()
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, %s::jsonb)", [row]
            )

    def close(self) -> None:
        self._connection.close()


def _one(cursor: psycopg2.extensions.cursor, query: str) -> int:
    cursor.execute(query)
    return cursor.fetchone()[0]
