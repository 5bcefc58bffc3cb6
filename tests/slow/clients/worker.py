"""A process of one published client, which runs flows one after the other."""

from __future__ import annotations

import json
import select
import subprocess
from pathlib import Path
from typing import Any

_DRIVER = Path(__file__).parent / "driver"
# The SDK waits for an answer for ever: a flow that takes longer hangs.
PATIENCE_SECONDS = 120


class Worker:
    """Started at its first flow; each flow finds the packages as they are after their import."""

    def __init__(self, python: Path, environment: dict[str, str]) -> None:
        self.python = python
        self.environment = environment
        self._process: subprocess.Popen[str] | None = None

    def run(self, asked: dict[str, Any], directory: Path) -> tuple[dict[str, Any], str]:
        """What the flow told, and what it logged. Raises TimeoutError, RuntimeError (it died)."""
        process = self._started()
        result, log = directory / "result.json", directory / "log.txt"
        result.unlink(missing_ok=True)
        process.stdin.write(json.dumps({**asked, "result": str(result), "log": str(log)}) + "\n")
        process.stdin.flush()
        if not select.select([process.stdout], [], [], PATIENCE_SECONDS)[0]:
            self.stop()
            raise TimeoutError(f"{asked['flow']} hangs")
        if not process.stdout.readline() or not result.is_file():
            raise RuntimeError(f"{asked['flow']}: {log.read_text() if log.is_file() else 'no log'}")
        return json.loads(result.read_text()), log.read_text()

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [str(self.python), "run.py"],
                cwd=_DRIVER,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._process
