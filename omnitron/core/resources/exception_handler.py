"""The only place that turns an exception into an HTTP answer."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, OperationalError
from psycopg2.errorcodes import DEADLOCK_DETECTED, FOREIGN_KEY_VIOLATION, LOCK_NOT_AVAILABLE
from rest_framework.exceptions import ParseError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from omnitron.core.exceptions import (
    InvalidInput,
    KeyInFlightException,
    KeyReusedException,
    OmnitronException,
    OutdatedException,
)

RETRY_AFTER_SECONDS = "1"


def handle_exception(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Refused by a business rule: 406; unusable input: 400; not what the caller saw: 412; a lock not had in time:
    503; a key in use: 409, or used for something else: 422; the rest as DRF has it.

    On 406 `non_field_errors` is a string, not a list: channel clients split it into words.
    """
    known = _own(exc) or _of_database(exc)
    if known is not None:
        return known
    if isinstance(exc, ParseError):
        return Response({"non_field_errors": [str(exc.detail)]}, status=400)
    response = exception_handler(exc, context)
    if response is not None and isinstance(response.data, list):
        response.data = {"non_field_errors": response.data}
    return response


def _own(exc: Exception) -> Response | None:
    if isinstance(exc, OmnitronException):
        return Response({"non_field_errors": str(exc), "error_code": exc.code}, status=406)
    if isinstance(exc, InvalidInput):
        return Response(exc.errors, status=400)
    if isinstance(exc, OutdatedException):
        return Response({"detail": exc.detail, "difference": exc.difference}, status=412)
    if isinstance(exc, KeyInFlightException):
        return Response({"detail": str(exc)}, status=409, headers={"Retry-After": RETRY_AFTER_SECONDS})
    if isinstance(exc, KeyReusedException):
        return Response({"detail": str(exc)}, status=422)
    return None


def _of_database(exc: Exception) -> Response | None:
    code = getattr(exc.__cause__, "pgcode", None)
    if isinstance(exc, OperationalError) and code in {LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED}:
        detail = "Somebody else is changing this right now. Try again."
        return Response({"detail": detail}, status=503, headers={"Retry-After": RETRY_AFTER_SECONDS})
    if isinstance(exc, IntegrityError) and code == FOREIGN_KEY_VIOLATION:
        # Checked when the transaction commits: somebody deleted what this refers to in the meantime.
        return Response({"non_field_errors": ["A row this refers to is gone."]}, status=400)
    return None
