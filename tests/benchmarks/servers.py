"""The three servers, each under the web server and the flags of `make run`."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from omnitron.local.children import end_group, spawn
from omnitron.local.processes import wait_until
from omnitron.local.supervisor import Config, services
from tests.benchmarks.client import LoadError, ask, http_request
from tests.benchmarks.database import Database

APPLICATIONS = {
    "ours": "omnitron.wsgi:application",
    "plain": "tests.benchmarks.plain.wsgi:application",
    "floor": "tests.benchmarks.floor:application",
}
START_TIMEOUT = 60.0


@dataclass(frozen=True)
class Server:
    """One that answers."""

    name: str
    port: int
    process: psutil.Process

    def processes(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def running_servers(database: Database) -> Iterator[dict[str, Server]]:
    """All three at once: the idle ones cost nothing, and rounds can go from one to the next."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(_running(name, application, database))
            for name, application in APPLICATIONS.items()
        }


@contextmanager
def _running(name: str, application: str, database: Database) -> Iterator[Server]:
    port = _free_port()
    log_path = database.directory / f"{name}.log"
    with log_path.open("wb") as log:
        process = spawn(_command(application, port), environment=database.environment, output=log)
        try:
            _wait_until_it_answers(name, port, process, log_path)
            yield Server(name=name, port=port, process=psutil.Process(process.pid))
        finally:
            end_group(process.pid, signal.SIGKILL)
            process.wait()


def _command(application: str, port: int) -> list[str]:
    config = replace(Config.from_environment({"BROKER_URL": "none"}), port=port)
    web = next(service for service in services(config, None) if service.name == "web")
    return [*web.command[:-1], application]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(name: str, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    def answers() -> bool:
        try:
            ask(port, http_request("GET", "/api/v1/orders/?limit=1"))
        except (OSError, LoadError):
            return False
        return True

    is_up = wait_until(lambda: process.poll() is not None or answers(), timeout=START_TIMEOUT)
    if not is_up or process.poll() is not None:
        raise LoadError(f"The {name} server does not answer:\n{log.read_text(errors='replace')[-2000:]}")
