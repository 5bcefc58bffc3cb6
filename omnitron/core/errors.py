"""Errors that never reach a view: JSON below /api/, Django's pages elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults


def _handler(detail: str, *, status: int, page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def handle(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Channel clients parse every answer below 500 as JSON, so none may be a page.
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": detail}, status=status)
        return page(request, *args, **kwargs)

    return handle


bad_request = _handler("The request cannot be understood.", status=400, page=defaults.bad_request)
permission_denied = _handler("This is not allowed.", status=403, page=defaults.permission_denied)
not_found = _handler("There is nothing at this address.", status=404, page=defaults.page_not_found)
server_error = _handler("Something went wrong here.", status=500, page=defaults.server_error)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Named in settings as CSRF_FAILURE_VIEW."""
    return permission_denied(request, PermissionError(reason))
