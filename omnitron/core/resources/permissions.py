"""Who may call what: Django's permission of the model, and one of its own for each named action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    # DRF's views load this module through the settings.
    from rest_framework.views import APIView

VERBS = {
    "GET": "view",
    "HEAD": "view",
    "OPTIONS": "view",
    "POST": "add",
    "PUT": "change",
    "PATCH": "change",
    "DELETE": "delete",
}


class ModelAndActionPermissions(BasePermission):
    """`<app>.<verb>_<model>` by the request's method; a named action asks what `action_permissions` says.

    `view.action_permissions` maps the action's name to a permission ("orders.cancel_order"). A view without a
    model only asks that the user is known; a method no view knows goes on to its 405.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated:
            return False
        named = getattr(view, "action_permissions", {}).get(getattr(view, "action", None))
        if named is not None:
            return request.user.has_perm(named)
        model = getattr(view, "model", None)
        verb = VERBS.get(request.method)
        if model is None or verb is None:
            return True
        options = model._meta
        return request.user.has_perm(f"{options.app_label}.{verb}_{options.model_name}")
