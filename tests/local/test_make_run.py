"""`make run`, from the first start to the worst end: what it prints, repairs, stops and keeps."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import psycopg2
import pytest

from omnitron.local import paths
from omnitron.local.children import MARK
from omnitron.local.postgres import LocalPostgres
from omnitron.local.postgres_layout import find_layout
from omnitron.local.postgres_processes import find_postmaster, server_processes
from tests.local.conftest import kill
from tests.waiting import until

pytestmark = pytest.mark.slow

_OURS = "DATABASE_URL|BROKER_URL|SECRET_KEY|OMNITRON_|PYTEST|DJANGO|HOST$|PORT$"


class Installation:
    """One state directory and the commands that work on it, in the environment of a fresh shell."""

    def __init__(self, place: Path) -> None:
        self.state = place / "state"
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if not re.match(_OURS, name)}
        self.environment = {**kept, "OMNITRON_STATE_DIR": str(self.state), "PORT": str(self.port)}
        self.output = place / "output"
        self.runs: list[subprocess.Popen[bytes]] = []

    def run(self, **environment: str) -> "subprocess.Popen[bytes]":
        """Start what `make run` starts."""
        with self.output.open("wb") as output:
            run = subprocess.Popen(
                [sys.executable, "-m", "omnitron.local"],
                cwd=paths.PROJECT_ROOT,
                env={**self.environment, **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.runs.append(run)
        return run

    def run_until_ready(self) -> "subprocess.Popen[bytes]":
        run = self.run()
        until(lambda: "Ctrl-C" in self.printed() or run.poll() is not None, patience_seconds=180)
        assert run.poll() is None, self.printed()
        assert self.is_ready()
        return run

    def printed(self) -> str:
        return self.output.read_text()

    def health(self, name: str) -> tuple[int, object]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/{name}", timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError as error:
            return 0, str(error)

    def is_ready(self) -> bool:
        return self.health("ready") == (200, {"status": "ok"})

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.check_output(command, cwd=paths.PROJECT_ROOT, env=self.environment, text=True)

    def children(self, *words: str) -> list[psutil.Process]:
        """The processes below the supervisor whose command line has all these words."""
        found = []
        for process in psutil.process_iter():
            try:
                marked = process.environ().get(MARK) == str(self.state)
                if marked and all(word in " ".join(process.cmdline()) for word in words):
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def leader(self, *words: str) -> psutil.Process:
        (leader,) = (process for process in self.children(*words) if os.getsid(process.pid) == process.pid)
        return leader

    @property
    def marker(self) -> str:
        return find_layout(self.state / "postgres").marker

    def is_empty(self) -> bool:
        return not self.children() and not server_processes(self.marker)

    def remember(self) -> None:
        self._execute("CREATE TABLE memory AS SELECT 'kept' AS word")

    def remembers(self) -> bool:
        return self._execute("SELECT word FROM memory") == [("kept",)]

    def _execute(self, statement: str) -> list[tuple[object, ...]]:
        connection = psycopg2.connect(LocalPostgres(self.state / "postgres").dsn())
        with closing(connection), connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def interrupt(run: "subprocess.Popen[bytes]", *, by: int = signal.SIGINT) -> int:
    run.send_signal(by)
    return run.wait(timeout=90)


@pytest.fixture
def installation(place: Path) -> Iterator[Installation]:
    installation = Installation(place)
    yield installation
    for run in installation.runs:
        if run.poll() is None:
            run.terminate()
            run.wait(timeout=90)
    for process in installation.children():
        process.kill()
    LocalPostgres(installation.state / "postgres").stop()


@pytest.fixture
def timed() -> Callable[[str], None]:
    """Prints how long the steps of a test took; nothing is asserted, machines differ."""
    last = time.monotonic()

    def step(name: str) -> None:
        nonlocal last
        sys.stdout.write(f"{name}: {time.monotonic() - last:.1f} s\n")
        last = time.monotonic()

    return step


def test_the_first_run_tells_the_password_and_the_second_keeps_everything(installation, timed):
    run = installation.run_until_ready()
    timed("first run ready")
    first = installation.printed()
    password = re.search(r"^Administrator: admin, password: (\S+)$", first, re.MULTILINE)[1]
    for address in ("/api/v1/", "/docs/", "/admin/"):
        assert f"http://127.0.0.1:{installation.port}{address}" in first
    assert (installation.state / "admin_password").read_text().strip() == password
    assert installation.health("live") == (200, {"status": "ok"})
    channels = installation.manage("shell", "-v0", "-c", _COUNT_CHANNELS)
    assert int(channels) > 0
    installation.remember()

    timed("looked around")
    assert interrupt(run) == 0
    timed("stopped")
    assert installation.is_empty()
    assert installation.health("live")[0] == 0

    run = installation.run_until_ready()
    timed("second run ready")
    assert "Administrator" not in installation.printed()
    assert installation.remembers()
    assert installation.manage("shell", "-v0", "-c", _COUNT_CHANNELS) == channels
    assert interrupt(run, by=signal.SIGTERM) == 0
    assert installation.is_empty()


_COUNT_CHANNELS = "from omnitron.channels.models import Channel; print(Channel.objects.count())"


def test_manage_py_finds_the_same_database_alone_and_beside_a_run(installation):
    run = installation.run_until_ready()
    user = "from omnitron.users.models import User; print(User.objects.get(username='admin').pk)"
    beside = installation.manage("shell", "-v0", "-c", user)
    assert installation.is_ready()
    interrupt(run)

    assert installation.manage("shell", "-v0", "-c", user) == beside
    assert installation.is_empty()


def test_an_administrator_of_ones_own_choice_is_created_and_the_password_not_shown(installation):
    run = installation.run(OMNITRON_ADMIN_USERNAME="ada", OMNITRON_ADMIN_PASSWORD="difference engine")
    until(lambda: "Ctrl-C" in installation.printed() or run.poll() is not None, patience_seconds=180)

    assert "Administrator: ada" in installation.printed()
    assert "difference engine" not in installation.printed()
    assert not (installation.state / "admin_password").exists()


def test_after_a_kill_of_everything_the_next_run_has_all_data(installation, timed):
    run = installation.run_until_ready()
    installation.remember()

    for process in (
        psutil.Process(run.pid),
        *installation.children(),
        *server_processes(installation.marker),
    ):
        # One may have gone with the one it belonged to.
        with suppress(psutil.NoSuchProcess):
            process.kill()
    run.wait()
    timed("start and kill")
    installation.run_until_ready()
    timed("run after a kill ready")

    assert installation.remembers()


def test_the_children_of_a_killed_run_end_and_the_next_run_takes_over(installation):
    run = installation.run_until_ready()
    installation.remember()

    run.kill()
    run.wait()
    until(lambda: not installation.children())
    installation.run_until_ready()

    assert installation.remembers()


@pytest.mark.parametrize(
    "words", [["granian"], ["celery", "worker"], ["celery", "beat"], ["valkey"]], ids=lambda words: words[-1]
)
def test_a_server_that_was_killed_is_started_again(installation, words):
    installation.run_until_ready()
    until(lambda: "ready." in (installation.state / "log" / "worker.log").read_text())
    killed = installation.leader(*words)

    killed.kill()
    until(lambda: not killed.is_running())
    until(lambda: [p for p in installation.children(*words) if os.getsid(p.pid) == p.pid])
    until(installation.is_ready)

    assert installation.leader(*words).pid != killed.pid
    assert "was killed by SIGKILL; again in 0.5 s" in installation.printed()


def test_postgresql_that_was_killed_is_started_again_and_health_tells(installation):
    installation.run_until_ready()
    installation.remember()
    killed = find_postmaster(installation.marker)

    kill(killed)
    until(lambda: find_postmaster(installation.marker) not in (None, killed))
    until(installation.is_ready)

    assert "PostgreSQL died; starting it again" in installation.printed()
    assert installation.remembers()


def test_a_second_run_in_the_same_directory_is_refused(installation):
    run = installation.run_until_ready()
    other = Installation(installation.state.parent)
    other.output = installation.output.with_name("output of the second")

    assert other.run().wait(timeout=60) == 1

    assert f"already works in this directory (process {run.pid})" in other.printed()
    assert installation.is_ready()


def test_a_port_in_use_ends_the_run_before_anything_is_started(installation):
    with socket.create_server(("127.0.0.1", installation.port)):
        assert installation.run().wait(timeout=60) == 1

    assert f"Port {installation.port} is in use" in installation.printed()
    assert not (installation.state / "postgres").exists()


def test_a_first_run_interrupted_half_way_is_completed_by_the_next(installation):
    run = installation.run()
    until(lambda: "Applying" in installation.printed())
    interrupt(run)
    assert installation.is_empty()

    installation.run_until_ready()

    assert int(installation.manage("shell", "-v0", "-c", _COUNT_CHANNELS)) > 0
