"""`Idempotency-Key` on every unsafe request: the view's handler runs inside the transaction that claims the key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from omnitron.core import idempotency
from omnitron.core.idempotency import KeyedRequest
from omnitron.core.resources.renderers import JSONRenderer, raw_response

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
PATTERN = "[!-~]{1,255}"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

Handler = Callable[..., Response]


def keyed(handler: Handler) -> Handler:
    """`handler`, run once for each key: claimed, run and stored in one transaction.

    Only what is committed (2xx) is stored; a refusal undoes everything and is decided anew next time.
    """

    def handle(request: Request, *args: Any, **kwargs: Any) -> Response:
        with transaction.atomic():
            known = _keyed_request(request)
            stored = idempotency.claim(known)
            if stored is not None:
                return _answer(bytes(stored.response_body or b""), stored.response_status, is_replayed=True)
            response = handler(request, *args, **kwargs)
            if not 200 <= response.status_code < 300:
                transaction.set_rollback(True)
                return response
            body = b"" if response.data is None else JSONRenderer().render(response.data)
            idempotency.store(known, status=response.status_code, body=body)
            return _answer(body, response.status_code, is_replayed=False)

    return handle


def _answer(body: bytes, status: int, *, is_replayed: bool) -> Response:
    response = raw_response(body.decode(), status=status) if body else Response(status=status)
    if is_replayed:
        response[REPLAYED] = "true"
    return response


def _keyed_request(request: Request) -> KeyedRequest:
    key = request.headers[HEADER]
    if not re.fullmatch(PATTERN, key):
        raise ValidationError({HEADER: ["1 to 255 visible ASCII characters."]})
    return KeyedRequest(
        user_id=request.user.pk,
        key=key,
        method=request.method,
        path=request.get_full_path()[:512],
        body_digest=_digest(request),
    )


def _digest(request: Request) -> str:
    """Of the body's bytes; of a form's values and files, for its boundary differs each time it is sent."""
    digest = hashlib.sha256()
    if not (request.content_type or "").startswith("multipart/"):
        digest.update(request.body)
        return digest.hexdigest()
    for name, values in sorted(request.data.lists()):
        for value in values:
            digest.update(name.encode() + b"\0")
            if isinstance(value, UploadedFile):
                digest.update((value.name or "").encode() + b"\0")
                for chunk in value.chunks():
                    digest.update(chunk)
                value.seek(0)
            else:
                digest.update(str(value).encode())
            digest.update(b"\0")
    return digest.hexdigest()
