"""What happens to every request before a view sees it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

Respond = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Give each request an id: the caller's X-Request-ID if it is a plain one, else a new one.

    It comes back in the answer's header and stands in every audit row the request writes.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


class BodyLimitMiddleware:
    """Answer 413 to a body that announces more than MAX_BODY_BYTES, or what BODY_LIMITS says for its path,
    before reading it.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        limit = settings.BODY_LIMITS.get(request.path, settings.MAX_BODY_BYTES)
        if length.isdigit() and int(length) > limit:
            detail = f"The body has {length} bytes; at most {limit} are accepted."
            return JsonResponse({"detail": detail}, status=413)
        return self.get_response(request)
