"""`pull_orders` in a process of its own, killed at a chosen moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

from omnitron.channels.integrations.sandbox.marketplace.answers import Answer
from omnitron.channels.integrations.sandbox.marketplace.marketplace import Marketplace

ROOT = Path(__file__).resolve().parents[3]
DEADLINE_SECONDS = 60


def database_url() -> str:
    """The address of the test's own database."""
    settings = connection.settings_dict
    host, name = quote(str(settings["HOST"]), safe=""), settings["NAME"]
    return f"postgresql://{settings['USER']}:{settings['PASSWORD']}@{host}:{settings['PORT']}/{name}"


def pulling_process(channel: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "pull_orders", "--channel", str(channel)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


class Executioner:
    """Stands between a marketplace and its server, and kills a process when it asks for its nth page, or so long
    after.

    Pages are asked for one by one: who asks for the nth has committed all before, so each commit has its moment.
    """

    def __init__(self, marketplace: Marketplace) -> None:
        self._handle: Callable[..., Answer] = marketplace.handle
        self._lock = threading.Lock()
        self._victim: subprocess.Popen[bytes] | None = None
        self.pages_left, self._delay_seconds = 0, 0.0
        marketplace.handle = self.handle

    def kill_at_page(self, victim: subprocess.Popen[bytes], page: int, *, delay_seconds: float) -> None:
        with self._lock:
            self._victim, self.pages_left, self._delay_seconds = victim, page, delay_seconds

    def handle(self, method: str, path: str, *args: Any, **kwargs: Any) -> Answer:
        with self._lock:
            if (method, path) == ("GET", "/orders") and self._victim is not None:
                self.pages_left -= 1
                if self.pages_left <= 0:
                    self._kill(self._victim)
                    self._victim = None
        return self._handle(method, path, *args, **kwargs)

    def _kill(self, victim: subprocess.Popen[bytes]) -> None:
        if self._delay_seconds:
            threading.Timer(self._delay_seconds, victim.send_signal, [signal.SIGKILL]).start()
        else:
            victim.send_signal(signal.SIGKILL)


def killed_at_page(executioner: Executioner, *, channel: int, page: int, delay_seconds: float = 0.0) -> bool:
    """Start a run and kill it when it asks for `page`, or so long after; whether it lived until then."""
    process = pulling_process(channel)
    executioner.kill_at_page(process, page, delay_seconds=delay_seconds)
    process.communicate(timeout=DEADLINE_SECONDS)
    return process.returncode == -signal.SIGKILL


def killed_after(seconds: float, *, channel: int) -> bool:
    """Start a run and kill it after so long, whatever it is doing; whether it lived until then."""
    process = pulling_process(channel)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    return process.returncode == -signal.SIGKILL
