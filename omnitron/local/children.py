"""The processes a supervisor keeps: in groups of their own, restarted with growing delays, ended whole."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from omnitron.local import paths
from omnitron.local.processes import dying_with_parent, wait_until

# Every process below a supervisor carries this variable; the value says whose it is.
MARK = "OMNITRON_SUPERVISED_BY"
FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
# Who has lived this long is healthy: its next death starts again with the first delay.
HEALTHY_AFTER = 60.0
LARGEST_LOG = 20_000_000


@dataclass(frozen=True)
class Service:
    """A program to keep running and how long it may take to end."""

    name: str
    command: list[str]
    patience: float


def restart_delay(failures: int) -> float:
    """How long to wait before a restart: doubling from half a second up to half a minute."""
    return min(FIRST_DELAY * 2.0 ** min(failures, 10), LONGEST_DELAY)


class Child:
    """One service as a process; its output goes to a file of its own."""

    def __init__(self, service: Service, *, environment: Mapping[str, str], log_dir: Path) -> None:
        self.service = service
        self.log = log_dir / f"{service.name}.log"
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._failures = 0
        self._started = 0.0
        self._restart_at: float | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        with open_log(self.log) as log:
            self._process = spawn(self.service.command, environment=self._environment, output=log)
        self._started, self._restart_at = time.monotonic(), None

    def revive(self) -> str | None:
        """Start again what died once its delay is over; what there is to tell, or None."""
        if self.is_running or self._process is None:
            return None
        now = time.monotonic()
        if self._restart_at is None:
            self._failures = 0 if now - self._started > HEALTHY_AFTER else self._failures
            delay = restart_delay(self._failures)
            self._failures += 1
            self._restart_at = now + delay
            end_group(self._process.pid, signal.SIGKILL)  # its workers must not keep the port or the queue
            return f"{self.service.name} {how_it_ended(self._process.returncode)}; again in {delay:g} s"
        if now >= self._restart_at:
            self.start()
        return None

    def ask_to_end(self) -> None:
        if self._process is not None and self.is_running:
            self._process.terminate()

    def end(self) -> None:
        """Kill what is left of the group, the leader first asked or not."""
        if self._process is not None:
            end_group(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


def spawn(
    command: list[str], *, environment: Mapping[str, str], output: IO[bytes] | None
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own: Ctrl-C reaches us alone, and we end our children in order."""
    return subprocess.Popen(
        command,
        cwd=paths.PROJECT_ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        preexec_fn=dying_with_parent(signal.SIGTERM),
    )


def end_group(leader: int, signal_number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal_number)


def how_it_ended(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"


def open_log(path: Path) -> IO[bytes]:
    """A log to append to; a large one is put aside first."""
    with suppress(FileNotFoundError):
        if path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab")


def end_leftovers(mark: str, *, patience: float = 5.0) -> int:
    """End what a killed supervisor with this mark left running; the number of processes found."""
    found = len(_marked(mark))
    for request in (signal.SIGTERM, signal.SIGKILL, signal.SIGKILL):
        for process in _marked(mark):  # asked anew: they may have had children since
            with suppress(psutil.NoSuchProcess):
                process.send_signal(request)
        if wait_until(lambda: not _marked(mark), timeout=patience):
            break
    return found


def _marked(mark: str) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _is_marked(process, mark)]


def _is_marked(process: psutil.Process, mark: str) -> bool:
    try:
        return bool(process.is_running()) and process.environ().get(MARK) == mark
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # a zombie has no environment either
        return False
