"""JSON out: what PostgreSQL has rendered passes through untouched."""

from __future__ import annotations

from typing import Any

from rest_framework import renderers
from rest_framework.response import Response


class RawJson:
    """JSON text that is finished."""

    def __init__(self, text: str) -> None:
        self.body = text.encode()


class JSONRenderer(renderers.JSONRenderer):
    """DRF's, which knows finished JSON."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        if isinstance(data, RawJson):
            return data.body
        return super().render(data, accepted_media_type, renderer_context)


def raw_response(text: str, *, status: int = 200) -> Response:
    return Response(RawJson(text), status=status)
