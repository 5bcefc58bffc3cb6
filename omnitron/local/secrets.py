"""Secrets made once per checkout and kept in files that only their owner may read."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Literal

from omnitron.local import paths

SecretName = Literal["secret_key", "admin_password"]

_BYTES: dict[SecretName, int] = {"secret_key": 48, "admin_password": 15}


def read_or_create(name: SecretName, *, directory: Path | None = None) -> str:
    """The secret of this name; made and stored at the first call, the same for every process afterwards.

    Raises ValueError when the file is there but empty: guessing a new one would lock people out.
    """
    path = paths.ensure_dir(directory or paths.state_dir()) / name
    if not path.exists():
        _create(path, secrets.token_urlsafe(_BYTES[name]))
    value = path.read_text(encoding="ascii").strip()
    if not value:
        raise ValueError(f"The secret file {path} is empty. Restore it, or delete it to have a new one made.")
    return value


def _create(path: Path, value: str) -> None:
    """Publish a value whole: of two processes racing, the first one's value stays for both."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(value + "\n")
            file.flush()
            os.fsync(file.fileno())
        # link, unlike rename, refuses to replace; and unlike O_EXCL on the name itself no reader sees half.
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
