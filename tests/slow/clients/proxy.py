"""TLS in front of a server, writing down every request and its answer."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

API = "/api/v1/"
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Exchange:
    """A request and what was answered; paths are told from `/api/v1/` on, JSON is parsed."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    status: int
    answer: Any
    seconds: float

    def told(self) -> dict[str, Any]:
        return {**self.__dict__, "seconds": round(self.seconds, 4)}


class RecordingProxy(ThreadingHTTPServer):
    """Listens on loopback and passes everything on to `target`, over one connection for each of its own."""

    daemon_threads = True

    def __init__(self, target: int, *, chain: Path) -> None:
        self.target = target
        self.exchanges: list[Exchange] = []
        self._during: list[tuple[str, str, Callable[[], None]]] = []
        self._to_lose: list[tuple[str, str]] = []
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        # Hands are shaken by the connection's own thread, at its first read.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def before(self, method: str, path: str, action: Callable[[], None]) -> None:
        """Call `action` once, when the next such request has come and before it is passed on."""
        self._during.append((method, path, action))

    def lose_answer(self, method: str, path: str) -> None:
        """Hang up instead of passing on what is answered to the next such request."""
        self._to_lose.append((method, path))

    def loses(self, method: str, path: str) -> bool:
        with self._lock:
            if (method, path) not in self._to_lose:
                return False
            self._to_lose.remove((method, path))
            return True

    def note(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)

    def forget(self) -> None:
        self.exchanges.clear()
        self._during.clear()
        self._to_lose.clear()

    def act_before(self, method: str, path: str) -> None:
        with self._lock:
            due = next((entry for entry in self._during if entry[:2] == (method, path)), None)
            if due is not None:
                self._during.remove(due)
        if due is not None:
            due[2]()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: RecordingProxy

    def setup(self) -> None:
        super().setup()
        self._upstream = http.client.HTTPConnection("127.0.0.1", self.server.target)

    def finish(self) -> None:
        self._upstream.close()
        super().finish()

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        address = urlsplit(self.path)
        path = address.path.removeprefix(API)
        self.server.act_before(self.command, path)
        start = time.perf_counter()
        self._upstream.request(self.command, self.path, body or None, dict(self.headers))
        answer = self._upstream.getresponse()
        content = answer.read()
        exchange = Exchange(
            method=self.command,
            path=path,
            query=parse_qs(address.query, keep_blank_values=True),
            body=_parsed(body),
            status=answer.status,
            answer=_parsed(content),
            seconds=time.perf_counter() - start,
        )
        self.server.note(exchange)
        if self.server.loses(self.command, path):
            self.close_connection = True
            return
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = _pass_on

    def log_message(self, *args: Any) -> None:
        """Silent."""


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content) if content else None
    except ValueError:
        return content.decode(errors="replace")
