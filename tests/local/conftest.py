"""Places and helpers for servers that are started, killed and started again."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from omnitron.local import paths
from omnitron.local.postgres import LocalPostgres


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that the server's user may pass through; pytest's own is closed to everybody else."""
    directory = Path(tempfile.mkdtemp(prefix="omnitron-local-"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def postgres(place: Path) -> Iterator[LocalPostgres]:
    server = LocalPostgres(place / "pg", die_with_parent=True)
    yield server
    server.stop()


@pytest.fixture
def run_python() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start Python code in another process with this project on its path; all are killed in the end."""
    started: list[subprocess.Popen[str]] = []

    def run(code: str, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        process = subprocess.Popen(
            command, cwd=paths.PROJECT_ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def kill(process: psutil.Process | None) -> None:
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
