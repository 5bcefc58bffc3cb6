"""The same request sent twice has its effects once: the answer is stored in the transaction of the effects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from omnitron.core.exceptions import KeyInFlightException, KeyReusedException
from omnitron.core.models import IdempotencyKey

# How many a statement deletes, so that no lock is held for long.
DELETED_AT_ONCE = 1000


@dataclass(frozen=True)
class KeyedRequest:
    """A request with an Idempotency-Key: who sends it, what it is, and the digest of its body."""

    user_id: int
    key: str
    method: str
    path: str
    body_digest: str


def claim(request: KeyedRequest) -> IdempotencyKey | None:
    """Take the key until the transaction ends; give the stored answer where there is one.

    Raises KeyInFlightException while another connection has it, KeyReusedException where it was used for another
    request.
    """
    with connection.cursor() as cursor:
        # Not the row's own lock: an INSERT of the same key would wait for the other to end, where 409 is wanted.
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"idempotency {request.user_id} {request.key}"],
        )
        if not cursor.fetchone()[0]:
            raise KeyInFlightException
    stored = IdempotencyKey.objects.filter(user=request.user_id, key=request.key).first()
    if stored is None:
        return None
    if (stored.method, stored.path, stored.body_digest) != (
        request.method,
        request.path,
        request.body_digest,
    ):
        raise KeyReusedException
    return stored


def store(request: KeyedRequest, *, status: int, body: bytes) -> None:
    """Keep the answer of a claimed request, in the transaction of its effects."""
    IdempotencyKey.objects.create(
        user_id=request.user_id,
        key=request.key,
        method=request.method,
        path=request.path,
        body_digest=request.body_digest,
        response_status=status,
        response_body=body,
    )


def delete_older(than: datetime) -> int:
    """Forget the keys made before `than`; say how many there were."""
    deleted = 0
    while pks := list(
        IdempotencyKey.objects.filter(created_date__lt=than).values_list("pk", flat=True)[:DELETED_AT_ONCE]
    ):
        deleted += IdempotencyKey.objects.filter(pk__in=pks).delete()[0]
    return deleted
