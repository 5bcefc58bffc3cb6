"""A load client that costs little: keep-alive sockets in one loop, and just enough HTTP to know an answer.

Closed loop: each connection sends its next request when it has the answer to the last one. No package of the
index fits: the well-kept ones run Python coroutines or threads a request and would take the processors from what
they measure. This one costs some tens of microseconds a request.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

HEADER_END = b"\r\n\r\n"


class LoadError(Exception):
    """An answer was not what the job expects; the message holds its beginning."""


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes


class Parser:
    """Puts one answer together from what a socket delivers."""

    def __init__(self) -> None:
        self._data = b""
        self._body_at = 0
        self._complete_at = 0

    def feed(self, data: bytes) -> Answer | None:
        """The answer, once it is whole. Raises LoadError for one without a length."""
        self._data += data
        if not self._complete_at:
            end = self._data.find(HEADER_END)
            if end < 0:
                return None
            self._body_at = end + len(HEADER_END)
            self._complete_at = self._body_at + content_length(self._data[:end])
        if len(self._data) < self._complete_at:
            return None
        answer = Answer(status=int(self._data[9:12]), body=self._data[self._body_at : self._complete_at])
        self._data, self._complete_at = self._data[self._complete_at :], 0
        return answer


def content_length(head: bytes) -> int:
    """The length an answer's head announces. Raises LoadError when it announces none."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise LoadError(f"An answer without Content-Length: {head[:300]!r}")


def http_request(
    method: str, path: str, *, token: str | None = None, body: bytes = b"", accept: str = "application/json"
) -> bytes:
    """The bytes of one request on a connection that is kept."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Accept: {accept}"]
    if token:
        lines.append(f"Authorization: Token {token}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True)
class Expected:
    """What makes an answer plausible."""

    status: int
    least_bytes: int
    most_bytes: int

    def check(self, answer: Answer) -> None:
        """Raises LoadError."""
        if answer.status != self.status or not self.least_bytes <= len(answer.body) <= self.most_bytes:
            raise LoadError(
                f"Expected {self.status} with {self.least_bytes} to {self.most_bytes} bytes, got "
                f"{answer.status} with {len(answer.body)}: {answer.body[:300]!r}"
            )


@dataclass
class Load:
    """What one run has measured: seconds per request, and how long the run took."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0


class _Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.parser = Parser()
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> Answer | None:
        data = self.socket.recv(1 << 18)
        if not data:
            raise LoadError("The server closed the connection.")
        return self.parser.feed(data)


def ask(port: int, request: bytes) -> Answer:
    """One request on a connection of its own."""
    connection = _Connection(port)
    with connection.socket:
        connection.send(request)
        while (answer := connection.receive()) is None:
            pass
    return answer


def run(
    port: int, requests: Iterator[bytes], *, expected: Expected, connections: int, seconds: float
) -> Load:
    """Send `requests` over so many connections for so long. Raises LoadError."""
    load = Load()
    opened = [_Connection(port) for _ in range(connections)]
    with selectors.DefaultSelector() as selector:
        started = time.perf_counter()
        deadline = started + seconds
        for connection in opened:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(next(requests))
        waiting = len(opened)
        while waiting:
            ready = selector.select(timeout=60)
            if not ready:
                raise LoadError("No answer within a minute.")
            for key, _ in ready:
                connection = key.data
                answer = connection.receive()
                if answer is None:
                    continue
                now = time.perf_counter()
                expected.check(answer)
                load.latencies.append(now - connection.sent_at)
                if now < deadline:
                    connection.send(next(requests))
                else:
                    waiting -= 1
        load.seconds = time.perf_counter() - started
    for connection in opened:
        connection.socket.close()
    return load
