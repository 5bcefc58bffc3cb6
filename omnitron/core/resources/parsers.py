"""JSON in, refusing what no column could hold."""

from __future__ import annotations

import re
from typing import Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError, ValidationError

# Escapes of what PostgreSQL's text cannot store: NUL, and halves of surrogate pairs.
_SUSPECT = re.compile(rb"\\u(0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class _Body:
    """The stream DRF's parser reads, kept so that it can be looked at once more."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        body, self._body = self._body, b""
        return body


class JSONParser(parsers.JSONParser):
    """DRF's strict parser; text with NUL characters or lone surrogates is a 400 that names the field."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read()
        try:
            data = super().parse(_Body(body), media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - nested too deeply") from None
        if _SUSPECT.search(body):
            _refuse_unstorable(data)
        return data


def _refuse_unstorable(data: Any) -> None:
    items = data.items() if isinstance(data, dict) else [("non_field_errors", data)]
    for key, value in items:
        if _is_unstorable(value) or _is_unstorable(key):
            name = "non_field_errors" if _is_unstorable(key) else key
            raise ValidationError({name: ["Text must not contain NUL characters or lone surrogates."]})


def _is_unstorable(value: Any) -> bool:
    if isinstance(value, str):
        return bool(_UNSTORABLE.search(value))
    if isinstance(value, dict):
        return any(_is_unstorable(key) or _is_unstorable(inner) for key, inner in value.items())
    if isinstance(value, list):
        return any(_is_unstorable(inner) for inner in value)
    return False
