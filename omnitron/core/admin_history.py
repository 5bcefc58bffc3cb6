"""What happened to a row, newest first, as the admin shows it: the audit log made readable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet

from omnitron.core.models import AuditLog, AuditSource

SHOWN_ENTRIES = 100
SHOWN_CHARACTERS = 200


@dataclass(frozen=True)
class Change:
    """One field, before and after."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """One audit row in words."""

    date: datetime
    event: str
    subject: str
    actor: str
    source: str
    request_id: str
    note: str
    changes: list[Change]


def audit_rows_of(row: Model) -> QuerySet[AuditLog]:
    """The audit rows of one row."""
    return AuditLog.objects.filter(content_type=ContentType.objects.get_for_model(row), object_id=row.pk)


def timeline(*trails: QuerySet[AuditLog]) -> list[Entry]:
    """The newest entries of all `trails` together, in one statement."""
    first, *others = [trail.order_by().select_related("actor") for trail in trails]
    rows = first.union(*others, all=True) if others else first
    return [_entry(row) for row in rows.order_by("-id")[:SHOWN_ENTRIES]]


def _entry(row: AuditLog) -> Entry:
    model_name = ContentType.objects.get_for_id(row.content_type_id).model
    return Entry(
        date=row.created_date,
        event=row.event,
        subject=f"{model_name} {row.object_id}",
        actor=row.actor.get_username() if row.actor else "system",
        source=AuditSource(row.source).label,
        request_id=row.request_id,
        note=row.note,
        changes=_changes(row.old or {}, row.new or {}) if row.old else [],
    )


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    names = sorted(new.keys() | (old.keys() if not new else set()))
    return [Change(field=name, old=_shown(old.get(name)), new=_shown(new.get(name))) for name in names]


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "–"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
