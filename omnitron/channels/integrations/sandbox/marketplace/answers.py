"""What the marketplace answers, and what may go wrong on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Mishap(Enum):
    """What becomes of an answer instead of arriving."""

    HANG = "hang"
    RESET = "reset"
    # The connection ends before all that Content-Length promises.
    TRUNCATED = "truncated"


@dataclass(frozen=True)
class Answer:
    """`mishap` None: the answer arrives."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    mishap: Mishap | None = None


class Refusal(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(message)

    def answer(self) -> Answer:
        return as_json({"error": {"code": self.code, "message": self.message}}, status=self.status)


def as_json(data: Any, *, status: int = 200) -> Answer:
    return Answer(status, json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())
