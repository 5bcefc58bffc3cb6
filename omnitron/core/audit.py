"""Who changed what: the context every mutating use case takes, and the row it writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.contrib.contenttypes.models import ContentType
from django.db import models

from omnitron.core.models import AuditLog, AuditSource


@dataclass(frozen=True)
class AuditContext:
    """Who acts (None: the system), through what, under which request id, and why if they said so."""

    actor: AbstractUser | None
    source: AuditSource
    request_id: str = ""
    note: str = ""

    @classmethod
    def system(cls, source: AuditSource) -> AuditContext:
        return cls(actor=None, source=source)


def record(
    obj: models.Model,
    event: str,
    *,
    audit_context: AuditContext,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> AuditLog:
    """Write one audit row, in the caller's transaction. `event` is `<noun>.<field or verb>.<past tense>`."""
    return AuditLog.objects.create(
        content_type=ContentType.objects.get_for_model(obj),
        object_id=obj.pk,
        event=event,
        old=old,
        new=new,
        actor=audit_context.actor,
        source=audit_context.source,
        request_id=audit_context.request_id,
        note=audit_context.note,
    )


def record_many(
    objs: Sequence[models.Model],
    event: str,
    *,
    audit_context: AuditContext,
    new: Mapping[int, Mapping[str, Any]],
    old: Mapping[int, Mapping[str, Any]] | None = None,
) -> None:
    """One audit row for each of `objs`, all of one model, in one statement; `old` and `new` are by pk."""
    if not objs:
        return
    content_type = ContentType.objects.get_for_model(objs[0])
    AuditLog.objects.bulk_create(
        AuditLog(
            content_type=content_type,
            object_id=obj.pk,
            event=event,
            old=None if old is None else old[obj.pk],
            new=new[obj.pk],
            actor=audit_context.actor,
            source=audit_context.source,
            request_id=audit_context.request_id,
            note=audit_context.note,
        )
        for obj in objs
    )
