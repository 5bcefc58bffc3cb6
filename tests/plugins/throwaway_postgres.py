"""A throw-away PostgreSQL for a test run, unless DATABASE_URL names one.

It runs before Django reads its settings, in the controller of pytest-xdist; the workers inherit the address.
A run that is killed takes its server with it (Linux) and leaves a directory, which the next run removes.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

import pytest

from omnitron.local.locks import FileLock
from omnitron.local.postgres import LocalPostgres, LocalPostgresError

_PREFIX = "omnitron-tests-"


class ThrowawayPostgres:
    """One server in a directory of its own, both gone after `remove`."""

    def __init__(self) -> None:
        draft = Path(tempfile.mkdtemp(prefix=f"new-{_PREFIX}"))
        draft.chmod(0o711)  # root's server runs as another user
        self._alive = FileLock(draft / "alive")
        self._alive.acquire()
        # Under its name only once it is locked: another run may be removing leftovers right now.
        self.directory = draft.rename(draft.with_name(draft.name.removeprefix("new-")))
        self.server = LocalPostgres(self.directory / "pg", fast_unsafe=True, die_with_parent=True)

    def remove(self) -> None:
        try:
            self.server.release()
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)
            self._alive.release()


def remove_leftovers(directory: Path) -> None:
    """Remove the directories of runs that were killed: those whose lock nobody holds any more."""
    for leftover in directory.glob(f"{_PREFIX}*"):
        with suppress(OSError, LocalPostgresError):  # somebody else's: not ours to remove
            alive = FileLock(leftover / "alive")
            if alive.acquire(wait=False):
                LocalPostgres(leftover / "pg").stop()
                shutil.rmtree(leftover)
                alive.release()


class _Run:
    """The plugin of one test run: the server starts before the settings are read and ends with pytest."""

    def __init__(self) -> None:
        self.postgres: ThrowawayPostgres | None = None

    def start(self) -> None:
        remove_leftovers(Path(tempfile.gettempdir()))
        self.postgres = ThrowawayPostgres()
        self.postgres.server.acquire()
        os.environ["DATABASE_URL"] = self.postgres.server.dsn()
        os.environ.setdefault("OMNITRON_STATE_DIR", str(self.postgres.directory / "state"))

    def stop(self) -> None:
        if self.postgres is not None:
            os.environ.pop("DATABASE_URL", None)
            self.postgres.remove()
            self.postgres = None


_RUN = _Run()


# A wrapper runs before pytest-django's own implementation, which reads the settings.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    if not os.environ.get("DATABASE_URL"):
        early_config.add_cleanup(_RUN.stop)
        _RUN.start()
    return (yield)
