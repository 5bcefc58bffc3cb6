"""Virtual environments of other programs, made when first asked for and kept in `.clients/`.

What they hold must not mix with ours: published clients of other ages, a shop.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from omnitron.local.locks import FileLock
from omnitron.local.paths import PROJECT_ROOT

KEPT_IN = PROJECT_ROOT / ".clients"


def python_with(requirements: Path, *, name: str) -> Path:
    """The interpreter of the environment of this name with these requirements in it, made now unless it is there.

    Raises RuntimeError with pip's output when it cannot be made.
    """
    environment = KEPT_IN / name
    python = environment / "bin" / "python"
    asked_for = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    # Written last: an environment without it is half made, and one with another was made of something else.
    stamp = environment / "made-of"
    KEPT_IN.mkdir(exist_ok=True)
    with FileLock(KEPT_IN / "lock"):
        if not stamp.is_file() or stamp.read_text() != asked_for:
            shutil.rmtree(environment, ignore_errors=True)
            _run(sys.executable, "-m", "venv", environment)
            _run(python, "-m", "pip", "install", "--disable-pip-version-check", "-r", requirements)
            stamp.write_text(asked_for)
    return python


def _run(*command: object) -> None:
    finished = subprocess.run(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if finished.returncode:
        raise RuntimeError(f"{command} failed:\n{finished.stdout}")
