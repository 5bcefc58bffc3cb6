"""The database to measure on: a server of its own, with production settings, gone after the run."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from omnitron.local import paths
from omnitron.local.postgres import LocalPostgres
from omnitron.local.postgres_processes import server_processes

# What the server is asked: without transaction control, and without the foreign key checks it asks itself.
_COST = """
    SELECT coalesce(sum(calls), 0), coalesce(sum(rows), 0), coalesce(sum(shared_blks_hit + shared_blks_read), 0)
    FROM pg_stat_statements(true) WHERE query NOT LIKE '%pg_stat_statements%'
    AND query !~* '^(BEGIN|COMMIT|SAVEPOINT|RELEASE)' AND query NOT LIKE '% FROM ONLY % FOR KEY SHARE %'
"""


@dataclass(frozen=True, order=True)
class Cost:
    """What one request asks of the database: statements, rows it gets back, pages looked at."""

    statements: int
    rows: int
    pages: int


class Database:
    """An open, filled database."""

    def __init__(self, dsn: str, directory: Path) -> None:
        self.dsn = dsn
        self.directory = directory
        # Of a machine that has nothing else configured.
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "DATABASE_URL": dsn,
            "OMNITRON_STATE_DIR": str(directory / "state"),
            "SECRET_KEY": secrets.token_hex(),
            "LOG_LEVEL": "WARNING",
        }
        self._cluster_name = ""

    def fill(self, orders: int) -> str:
        """Migrate, load and generate; what the generator says of its speed."""
        finished = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.prepare", "--orders", str(orders)],
            cwd=paths.PROJECT_ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        self.execute("VACUUM ANALYZE")
        return finished.stdout.strip().splitlines()[-1]

    def fold_row_counts(self) -> None:
        """What the application's worker does every minute."""
        subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "--command"]
            + ["from omnitron.core.row_counts import fold; fold()"],
            cwd=paths.PROJECT_ROOT,
            env=self.environment,
            check=True,
        )

    def execute(self, statement: str) -> None:
        with closing(psycopg2.connect(self.dsn)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(psycopg2.connect(self.dsn)) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def forget_costs(self) -> None:
        self.execute("SELECT pg_stat_statements_reset()")

    def cost(self) -> Cost:
        """Of everything since `forget_costs`."""
        ((statements, rows, pages),) = self.rows(_COST)
        return Cost(statements=int(statements), rows=int(rows), pages=int(pages))

    def processes(self) -> list[psutil.Process]:
        if not self._cluster_name:
            ((self._cluster_name,),) = self.rows("SHOW cluster_name")
        return server_processes(self._cluster_name)


@contextmanager
def throw_away_database() -> Iterator[Database]:
    """A new server with fsync on, as `make run` configures it; it dies with this process."""
    directory = Path(tempfile.mkdtemp(prefix="omnitron-bench-"))
    directory.chmod(0o711)  # root's server runs as another user
    try:
        with LocalPostgres(directory / "pg", die_with_parent=True) as server:
            yield Database(server.dsn(), directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
