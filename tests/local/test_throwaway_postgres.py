"""The server of a test run is its own, ends with it, and what a killed run leaves is removed by the next."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from omnitron.local import paths
from omnitron.local.postgres_layout import find_layout
from omnitron.local.postgres_processes import server_processes
from tests.waiting import until

_TESTS = """
import os, time, urllib.parse
from pathlib import Path
import psycopg2, pytest

@pytest.mark.parametrize("number", range(4))
def test_it(number):
    psycopg2.connect(os.environ["DATABASE_URL"]).close()
    Path(os.environ["SEEN"]).joinpath(f"{number}").write_text(os.environ["DATABASE_URL"])
    while Path(os.environ["SEEN"]).joinpath("wait").exists():
        time.sleep(0.05)
"""


pytestmark = pytest.mark.slow  # each starts a test run of its own


@pytest.fixture
def seen(place) -> Path:
    """Where the tests of the inner run write down the address they were given."""
    directory = place / "seen"
    directory.mkdir()
    return directory


@pytest.fixture
def start_run(place, seen) -> Callable[..., "subprocess.Popen[str]"]:
    started = []

    def start(*options: str, **environment: str) -> "subprocess.Popen[str]":
        (place / "test_inner.py").write_text(_TESTS)
        without = {
            key: value for key, value in os.environ.items() if not re.match("DATABASE_URL|PYTEST|DJANGO", key)
        }
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-c",
                os.devnull,
                "--rootdir",
                str(place),
                str(place / "test_inner.py"),
            ]
            + [
                "-p",
                "tests.plugins.throwaway_postgres",
                "-p",
                "no:django",
                "-p",
                "no:cacheprovider",
                *options,
            ],
            cwd=paths.PROJECT_ROOT,
            env={**without, "TMPDIR": str(place), "SEEN": str(seen), **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def servers(place: Path) -> list[Path]:
    return list(place.glob("omnitron-tests-*"))


def addresses(seen: Path) -> set[str]:
    return {path.read_text() for path in seen.glob("[0-9]*")}


def is_stopped(directory: Path) -> bool:
    return not server_processes(find_layout(directory / "pg").marker)


def test_the_workers_of_a_run_share_one_server_which_ends_with_it(place, seen, start_run):
    run = start_run("-n", "2")

    output, _ = run.communicate(timeout=60)

    assert run.returncode == 0, output
    assert len(list(seen.iterdir())) == 4
    assert len(addresses(seen)) == 1
    assert servers(place) == []


def test_a_server_of_ones_own_is_taken_and_none_started(place, seen, start_run):
    run = start_run(DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")

    output, _ = run.communicate(timeout=60)

    assert "4 failed" in output
    assert "127.0.0.1" in output
    assert servers(place) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_no_server(place, seen, start_run, number):
    (seen / "wait").touch()
    run = start_run()
    until(lambda: addresses(seen))
    (directory,) = servers(place)
    assert not is_stopped(directory)

    run.send_signal(number)
    run.communicate(timeout=60)

    until(lambda: is_stopped(directory))
    assert servers(place) == ([] if number == signal.SIGINT else [directory])


def test_the_next_run_removes_what_a_killed_one_left_and_nothing_of_a_living_one(place, seen, start_run):
    (seen / "wait").touch()
    killed = start_run()
    until(lambda: addresses(seen))
    (left,) = servers(place)
    killed.kill()
    killed.communicate()
    (seen / "0").unlink()
    living = start_run()
    until(lambda: addresses(seen))
    (living_directory,) = servers(place)

    assert living_directory != left

    third = start_run()
    until(lambda: len(servers(place)) == 2)
    (seen / "wait").unlink()
    assert "4 passed" in third.communicate(timeout=60)[0]
    assert "4 passed" in living.communicate(timeout=60)[0]
    assert servers(place) == []
