"""The floor: a bare WSGI function that passes on what PostgreSQL has built, at our own addresses.

No framework, no login, no checks. Statements are prepared once a connection, for that is the least they can
cost; only the search for a part of a number is planned each time, since its plan depends on what is searched.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

import psycopg2

from tests.benchmarks import floor_sql

ADDRESS = "/api/v1/orders/"
PREPARED = {
    "page(int, int)": floor_sql.PAGE,
    "counted_page(int, int)": floor_sql.COUNTED_PAGE,
    "exact(text, int)": floor_sql.EXACT,
    "detail(bigint)": floor_sql.DETAIL,
    "new_order(text)": floor_sql.CREATE,
}
_local = threading.local()


def _row(statement: str, *parameters: Any) -> tuple[Any, ...]:
    if not hasattr(_local, "cursor"):
        connection = psycopg2.connect(os.environ["DATABASE_URL"])
        connection.autocommit = True
        _local.cursor = connection.cursor()
        for signature, body in PREPARED.items():
            _local.cursor.execute(f"PREPARE {signature} AS {body}")
    _local.cursor.execute(statement, parameters)
    row: tuple[Any, ...] = _local.cursor.fetchone()
    return row


def _list(query: dict[str, str]) -> str:
    limit, page = int(query.get("limit", 10)), int(query.get("page", 1))
    offset = (page - 1) * limit
    total: int | None
    if "number__exact" in query:
        rows, total = _row("EXECUTE exact(%s, %s)", query["number__exact"], limit)
    elif "number" in query:
        rows, _, total = _row(floor_sql.PARTIAL, f"%{query['number'].upper()}%", limit)
    elif "uncounted" in query:
        rows, _ = _row("EXECUTE page(%s, %s)", limit, offset)
        total = None
    else:
        rows, _, total = _row("EXECUTE counted_page(%s, %s)", limit, offset)
    following = page + 1 if total is None or offset + limit < total else None
    count = "null" if total is None else str(total)
    return f'{{"count":{count},"next":{_link(following)},"previous":{_link(page - 1)},"results":[{rows}]}}'


def _link(page: int | None) -> str:
    return f'"{ADDRESS}?page={page}"' if page else "null"


def application(
    environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], Any]
) -> Iterable[bytes]:
    """One request, one statement."""
    status = "200 OK"
    if environ["REQUEST_METHOD"] == "POST":
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
        (answer,) = _row("EXECUTE new_order(%s)", body)
        status = "201 Created"
    elif environ["PATH_INFO"] == ADDRESS:
        answer = _list(dict(parse_qsl(environ["QUERY_STRING"])))
    else:
        (answer,) = _row("EXECUTE detail(%s)", environ["PATH_INFO"].removeprefix(ADDRESS).strip("/"))
    encoded = answer.encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(encoded)))])
    return [encoded]
