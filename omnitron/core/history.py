"""What happened to rows, newest first, in words: the audit log as the API and the admin show it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model, QuerySet

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
    """One audit row in words. `text` says it in a sentence."""

    date: datetime
    event: str
    subject: str
    actor: str
    source: str
    request_id: str
    note: str
    changes: list[Change]
    text: str


def audit_rows_of(row: Model) -> QuerySet[AuditLog]:
    """The audit rows of one row."""
    return AuditLog.objects.filter(content_type=ContentType.objects.get_for_model(row), object_id=row.pk)


def newest_first(trails: Sequence[QuerySet[AuditLog]]) -> QuerySet[AuditLog]:
    """All of `trails` as one queryset, one statement: each is found by its own index, then merged."""
    first, *others = [trail.order_by().select_related("actor") for trail in trails]
    return (first.union(*others, all=True) if others else first).order_by("-id")


def timeline(*trails: QuerySet[AuditLog]) -> list[Entry]:
    """The newest entries of all `trails` together."""
    return entries(newest_first(trails)[:SHOWN_ENTRIES])


def entries(rows: Iterable[AuditLog]) -> list[Entry]:
    """Audit rows in words."""
    return [_entry(row) for row in rows]


def _entry(row: AuditLog) -> Entry:
    content_type = ContentType.objects.get_for_id(row.content_type_id)
    model = content_type.model_class()
    name = str(model._meta.verbose_name) if model else content_type.model
    changes = _changes(model, row.old or {}, row.new or {}) if row.old else []
    return Entry(
        date=row.created_date,
        event=row.event,
        subject=f"{name} {row.object_id}",
        actor=row.actor.get_username() if row.actor else "system",
        source=AuditSource(row.source).label,
        request_id=row.request_id,
        note=row.note,
        changes=changes,
        text=_sentence(f"{name} {row.object_id}", row.event, changes),
    )


def _sentence(subject: str, event: str, changes: Sequence[Change]) -> str:
    said = ", ".join(f"{change.field} {change.old} → {change.new}" for change in changes)
    return f"{subject}: {said}" if said else f"{subject} {event.rpartition('.')[2]}"


def _changes(model: type[Model] | None, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    names = sorted(new.keys() | (old.keys() if not new else set()))
    return [
        Change(field=name, old=_shown(model, name, old.get(name)), new=_shown(model, name, new.get(name)))
        for name in names
    ]


def _shown(model: type[Model] | None, name: str, value: Any) -> str:
    if value is None or value == "":
        return "–"
    field = _field(model, name)
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _field(model: type[Model] | None, name: str) -> Field | None:
    """The column of that name; an audit row may be older than the model is now."""
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None
