"""A server on loopback that gives the answers it is told to give, and keeps what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Reply:
    """One answer; `body` is JSON unless it is bytes. `is_cut` closes the connection instead."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False


@dataclass(frozen=True)
class Asked:
    """One request: `query` has lists of values, `body` is the parsed JSON."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: Mapping[str, str]
    body: Any


@dataclass
class ScriptedServer:
    """Answers in the given sequence; the last one stays. What was asked last is in `asked` already."""

    replies: list[Reply] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


Served = TypeVar("Served", bound=ScriptedServer)


@contextmanager
def scripted_server(replies: Sequence[Reply]) -> Iterator[ScriptedServer]:
    with serve(ScriptedServer(list(replies))) as script:
        yield script


@contextmanager
def serve(script: Served) -> Iterator[Served]:
    """Until the block is left, at `script.url`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body are sent in two pieces: the second would wait for the first to be acknowledged.
        disable_nagle_algorithm = True

        def answer(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            script.asked.append(
                Asked(
                    method=self.command,
                    path=url.path,
                    query=parse_qs(url.query),
                    headers=self.headers,
                    body=json.loads(body) if body else None,
                )
            )
            reply = script.next_reply()
            if reply.is_cut:
                self.close_connection = True
                return
            content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
