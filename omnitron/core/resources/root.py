"""The address people try first: what there is, and where its documentation stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from rest_framework.routers import SimpleRouter


def api_root(routers: Sequence[SimpleRouter]) -> Callable[[HttpRequest], JsonResponse]:
    """A view that lists the resources of `routers` that have a list, by name. Needs no login; tells no data."""
    names = sorted(
        prefix for router in routers for prefix, viewset, _ in router.registry if hasattr(viewset, "list")
    )

    @require_safe
    def root(request: HttpRequest) -> JsonResponse:
        links = {name: request.build_absolute_uri(f"{request.path}{name}/") for name in names}
        return JsonResponse({"documentation": request.build_absolute_uri("/docs/"), "resources": links})

    return root
