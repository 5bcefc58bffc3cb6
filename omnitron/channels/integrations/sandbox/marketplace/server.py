"""The marketplace's address: HTTP/1.1 on loopback, a thread a connection."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from omnitron.channels.integrations.sandbox.marketplace.answers import Answer, Mishap
from omnitron.channels.integrations.sandbox.marketplace.marketplace import Marketplace

# So that closing the socket says "reset" instead of "the end".
_LINGER_NOT = struct.pack("ii", 1, 0)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self, marketplace: Marketplace, port: int) -> None:
        self.marketplace = marketplace
        # Readable at the far end once the server stops; who hangs waits for it.
        self.stop_reader, self._stop_writer = socket.socketpair()
        self._connections: set[socket.socket] = set()
        self.resets: set[socket.socket] = set()
        self._connections_lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: socket.socket, client_address: Any) -> None:
        with self._connections_lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:
        with self._connections_lock:
            self._connections.discard(request)
        if request not in self.resets:
            super().shutdown_request(request)
            return
        self.resets.discard(request)
        request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is none of ours; anything else is, and comes up in the thread."""
        with suppress(ConnectionError):
            raise

    def stop(self) -> None:
        """Stop listening, end every connection, wait for their threads."""
        self.shutdown()
        self._stop_writer.close()
        with self._connections_lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
        self.stop_reader.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, format: str, *args: Any) -> None:
        """Not a word: it would be one a request."""

    def _serve(self, body: bytes) -> None:
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        answer = self.server.marketplace.handle(self.command, url.path, query, self.headers, body)
        if answer.mishap is None:
            self._send(answer, answer.body)
            return
        self.close_connection = True
        if answer.mishap is Mishap.HANG:
            select.select([self.connection, self.server.stop_reader], [], [])
        elif answer.mishap is Mishap.RESET:
            self.server.resets.add(self.connection)
        else:
            self._send(answer, answer.body[: len(answer.body) // 2])

    def _send(self, answer: Answer, body: bytes) -> None:
        """The answer's headers with `body`, in one piece."""
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self._headers_buffer.append(b"\r\n" + body)
        self.flush_headers()


@contextmanager
def serve(marketplace: Marketplace, *, port: int = 0) -> Generator[str, None, None]:
    """Serve `marketplace` on 127.0.0.1 for as long as the block lasts; its base URL. Port 0: any free one."""
    server = _Server(marketplace, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="sandbox")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.stop()
        thread.join()
