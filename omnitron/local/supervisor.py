"""`make run`: every server of this checkout in one foreground process, which restarts what dies."""

import errno
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import FrameType

from omnitron.local import paths
from omnitron.local.children import MARK, Child, Service, end_group, end_leftovers, restart_delay, spawn
from omnitron.local.locks import FileLock
from omnitron.local.postgres import LocalPostgres, LocalPostgresError
from omnitron.local.processes import wait_until
from omnitron.local.valkey import LocalValkey

TICK = 0.3
READY_TIMEOUT = 120.0


class CannotRunError(Exception):
    """Something outside stands in the way; the message tells the user what."""


@dataclass(frozen=True)
class Config:
    """What the environment asks for."""

    host: str
    port: int
    database_url: str
    broker_url: str
    web_workers: str
    web_threads: str
    worker_concurrency: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Config":
        """Raises CannotRunError for a PORT that is no port."""
        port = environment.get("PORT") or "8000"
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise CannotRunError(f"PORT={port} is not a port number.")
        return cls(
            host=environment.get("HOST") or "127.0.0.1",
            port=int(port),
            database_url=environment.get("DATABASE_URL") or "",
            broker_url=environment.get("BROKER_URL") or "",
            web_workers=environment.get("WEB_WORKERS") or "2",
            web_threads=environment.get("WEB_THREADS") or "4",
            worker_concurrency=environment.get("WORKER_CONCURRENCY") or "2",
        )

    @property
    def address(self) -> str:
        """Where this machine reaches the web server, also when that listens everywhere."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        return f"http://{host}:{self.port}"


def services(config: Config, valkey: LocalValkey | None) -> list[Service]:
    """What to run, in the order of starting."""
    celery = [sys.executable, "-m", "celery", "-A", "omnitron.celery"]
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", config.host]
    web += ["--port", str(config.port), "--workers", config.web_workers]
    web += ["--blocking-threads", config.web_threads, "--respawn-failed-workers", "omnitron.wsgi:application"]
    # Gossip and mingle have killed workers when their broker went away; one worker has nobody to talk to.
    worker = [*celery, "worker", "--loglevel", "INFO", "--concurrency", config.worker_concurrency]
    worker += ["--without-gossip", "--without-mingle"]
    queue = [Service("valkey", valkey.command(), patience=10.0)] if valkey else []
    return [
        *queue,
        Service("web", web, patience=15.0),
        Service("worker", worker, patience=30.0),
        Service("beat", [*celery, "beat", "--loglevel", "INFO", "--pidfile="], patience=10.0),
    ]


class Supervisor:
    """Starts everything, keeps it running until a signal comes, stops everything."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._postgres = None if config.database_url else LocalPostgres(paths.postgres_dir())
        self._valkey = None if config.broker_url else LocalValkey(paths.valkey_dir())
        self._mark = str(paths.state_dir())
        self._children: list[Child] = []
        self._postgres_failures = 0
        self._postgres_retry_at = 0.0
        self._in_a_hurry = False

    def run(self) -> None:
        """Until a signal comes. Raises CannotRunError, LocalPostgresError or OSError when it cannot start."""
        started = time.monotonic()
        paths.ensure_dir(paths.state_dir())
        lock = FileLock(paths.state_dir() / "supervisor.lock")
        if not lock.acquire(wait=False):
            pid = lock.path.read_text()
            raise CannotRunError(f"`make run` already works in this directory (process {pid}).")
        lock.path.write_text(str(os.getpid()))
        if end_leftovers(self._mark):
            say("ended what a killed run had left")
        check_port(self._config.host, self._config.port)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._start()
            say(f"ready in {time.monotonic() - started:.1f} s")
            say(addresses(self._config.address))
            self._watch()
        except KeyboardInterrupt:
            say("stopping (once more to kill)")
        finally:
            self._stop()
        say("stopped")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    def _on_second_signal(self, number: int, frame: FrameType | None) -> None:
        self._in_a_hurry = True

    def _start(self) -> None:
        environment = self._environment()
        if self._postgres is not None:
            say("starting PostgreSQL")
            self._postgres.acquire()
        if self._valkey is not None:
            self._valkey.prepare()
        log_dir = paths.ensure_dir(paths.log_dir(), mode=0o700)
        self._prepare(environment)
        for service in services(self._config, self._valkey):
            child = Child(service, environment=environment, log_dir=log_dir)
            self._children.append(child)
            child.start()
        say(f"waiting for the web server; logs are in {log_dir}")
        self._wait_until_ready()

    def _environment(self) -> dict[str, str]:
        """The children's environment: they are told the addresses and never start a server themselves."""
        database = self._postgres.dsn() if self._postgres else self._config.database_url
        broker = self._valkey.url() if self._valkey else self._config.broker_url
        ours = {"DATABASE_URL": database, "BROKER_URL": broker, MARK: self._mark, "PYTHONUNBUFFERED": "1"}
        return {**os.environ, **ours}

    def _prepare(self, environment: Mapping[str, str]) -> None:
        """Migrations and first-run steps, in one process because each start of Django takes a second."""
        command = [sys.executable, "manage.py", "prepare"]
        process = spawn(command, environment=environment, output=None)
        try:
            if process.wait() != 0:
                raise CannotRunError("The database could not be prepared; see above.")
        finally:
            end_group(process.pid, signal.SIGKILL)
            process.wait()

    def _wait_until_ready(self) -> None:
        """Keep reviving while waiting: a first attempt may die of a race that a second one wins."""

        def is_up() -> bool:
            if is_ready(self._config.address):
                return True
            self._revive()
            return False

        if not wait_until(is_up, timeout=READY_TIMEOUT):
            raise CannotRunError(f"The web server does not get ready; see {paths.log_dir()}.")

    def _watch(self) -> None:
        while True:
            self._revive()
            time.sleep(TICK)

    def _revive(self) -> None:
        self._revive_postgres()
        for child in self._children:
            news = child.revive()
            if news is not None:
                say(f"{news} (log: {child.log})")

    def _revive_postgres(self) -> None:
        if (
            self._postgres is None
            or self._postgres.is_running()
            or time.monotonic() < self._postgres_retry_at
        ):
            return
        say("PostgreSQL died; starting it again")
        try:
            self._postgres.start()
            self._postgres_failures = 0
        except LocalPostgresError as error:
            delay = restart_delay(self._postgres_failures)
            self._postgres_failures += 1
            self._postgres_retry_at = time.monotonic() + delay
            say(f"{error}\nPostgreSQL again in {delay:g} s")

    def _stop(self) -> None:
        """The queue outlives its users, and the database outlives them all."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_second_signal)
        queue = [child for child in self._children if child.service.name == "valkey"]
        users = [child for child in self._children if child not in queue]
        for group in (users, queue):
            self._end(group)
        if self._valkey is not None:
            self._valkey.clear()
        if self._postgres is not None:
            self._postgres.release()

    def _end(self, group: list[Child]) -> None:
        for child in group:
            child.ask_to_end()
        patience = max((child.service.patience for child in group), default=0.0)
        wait_until(lambda: self._in_a_hurry or not any(child.is_running for child in group), timeout=patience)
        for child in group:
            child.end()


def check_port(host: str, port: int) -> None:
    """Raises CannotRunError when somebody listens there, or when the address is not ours to listen on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotRunError(
                    f"Port {port} is in use by another program. Choose another one: make run PORT={port + 1}"
                ) from None
            raise CannotRunError(f"Cannot listen on {host}:{port}: {error.strerror}.") from None


def is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health/ready", timeout=5) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except (OSError, urllib.error.URLError):
        return False


def addresses(address: str) -> str:
    lines = [f"API    {address}/api/v1/", f"Docs   {address}/docs/", f"Admin  {address}/admin/"]
    return "\n".join(["", *(f"  {line}" for line in lines), "", "  Ctrl-C stops everything.", ""])


def say(message: str) -> None:
    sys.stdout.write(f"omnitron: {message}\n" if not message.startswith("\n") else f"{message}\n")
    sys.stdout.flush()
