"""The audit context of a request."""

from __future__ import annotations

from rest_framework.request import Request

from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource


def audit_context_of(request: Request) -> AuditContext:
    """Who sends the request, through the API, under its request id."""
    return AuditContext(actor=request.user, source=AuditSource.API, request_id=request.request_id)
