"""Where the state of this checkout lives: database, queue, secrets, logs."""

import hashlib
import os
import stat
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[2]

# sun_path holds 104 bytes on macOS and 108 on Linux, with the closing NUL.
LONGEST_SOCKET_PATH = 100


def state_dir() -> Path:
    """The directory of everything that is kept between runs: OMNITRON_STATE_DIR, else `.local/`."""
    configured = os.environ.get("OMNITRON_STATE_DIR", "")
    return Path(configured).expanduser().resolve() if configured else PROJECT_ROOT / ".local"


def ensure_dir(path: Path, *, mode: int = 0o711) -> Path:
    """Create a directory (and its parents) with exactly this mode; leave an existing one as it is.

    0711 by default: the database of a root user runs as another user, who has to pass through.
    """
    if not path.is_dir():
        ensure_parents(path)
        try:
            path.mkdir()
        except FileExistsError:
            return path
        path.chmod(mode)
    return path


def ensure_parents(path: Path) -> None:
    """Create what is missing above a path, each with mode 0711."""
    if not path.parent.is_dir():
        ensure_dir(path.parent)


def postgres_dir() -> Path:
    return state_dir() / "postgres"


def valkey_dir() -> Path:
    return state_dir() / "valkey"


def log_dir() -> Path:
    return state_dir() / "log"


def fingerprint(path: Path) -> str:
    """A short name for a path, the same in every process."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def socket_dir(home: Path, *, socket_name: str) -> Path:
    """The directory for a unix socket of a server: its own, or a short one when the path would not do."""
    # A comma in an address separates two servers, however it is quoted.
    if len(os.fsencode(home / socket_name)) <= LONGEST_SOCKET_PATH and "," not in str(home):
        return home
    # Not tempfile.gettempdir(): TMPDIR differs between processes, and this path is part of an address.
    return Path("/tmp") / f"omnitron-{fingerprint(home)}"


def is_passable(path: Path, *, uid: int, gid: int) -> bool:
    """Whether a user may pass through every directory above a path; one that is missing does not hinder."""
    return all(_may_enter(parent, uid=uid, gid=gid) for parent in path.parents)


def _may_enter(directory: Path, *, uid: int, gid: int) -> bool:
    try:
        status = directory.stat()
    except FileNotFoundError:
        return True
    if status.st_uid == uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
