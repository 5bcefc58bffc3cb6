"""All that stands in the database, such that two runs can be compared: new rows are told by their place among the
new ones of their table, and what was written as the time of the run is "now".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from omnitron.channels.models import IntegrationAction
from omnitron.core.models import AuditLog, RowCountChange
from omnitron.customers.address_hash import HASHED_FIELDS, address_hash
from omnitron.customers.models import Address

# About another row, which a content type and a pk name.
ABOUT = {AuditLog, IntegrationAction}


class Before:
    """What was there before the runs, and since when something is new."""

    def __init__(self, since: datetime) -> None:
        self.since = since
        self.pks = {model: set(model.objects.values_list("pk", flat=True)) for model in _models()}

    def picture(self) -> dict[str, list[str]]:
        """Every table's rows as they are now, sorted."""
        return _Picture(self).of_all()


class _Picture:
    def __init__(self, before: Before) -> None:
        self._before = before
        self._rows = {model: list(model.objects.order_by("pk")) for model in _models()}
        self._places = {
            model: {row.pk: f"new {place}" for place, row in enumerate(self._new(model))}
            for model in self._rows
        }

    def of_all(self) -> dict[str, list[str]]:
        picture = {
            model._meta.label: [self._row(row) for row in rows]
            for model, rows in self._rows.items()
            if model is not RowCountChange
        }
        counts: dict[Any, int] = defaultdict(int)
        for row in self._rows[RowCountChange]:
            counts[row.relation, row.channel_id] += row.change
        picture["row counts"] = [f"{key}: {count}" for key, count in counts.items()]
        return {name: sorted(rows) for name, rows in picture.items()}

    def _new(self, model: type[Model]) -> list[Model]:
        return [row for row in self._rows[model] if row.pk not in self._before.pks[model]]

    def _row(self, row: Model) -> str:
        model = type(row)
        told = {
            field.name: self._told(model, field.name, field.value_from_object(row))
            for field in model._meta.concrete_fields
            # Of two ways to write the same rows, one may number those nobody refers to in another sequence.
            if not (field.primary_key and model in ABOUT)
        }
        if model in ABOUT:
            about = ContentType.objects.get_for_id(row.content_type_id).model_class()
            told["object_id"] = self._pk(about, row.object_id)
        if isinstance(row, AuditLog):
            told |= {name: self._snapshot(about, getattr(row, name)) for name in ("old", "new")}
        if isinstance(row, IntegrationAction):
            told["is_known_as_it_is"] = row.version_date == row.object_modified_date
        if isinstance(row, Address) and row.pk in self._places[Address]:
            content = {name: getattr(row, f"{name}_id", getattr(row, name)) for name in HASHED_FIELDS}
            told["hash_data"] = row.hash_data == address_hash(content)
        return repr(told)

    def _snapshot(self, model: type[Model], values: Mapping[str, Any] | None) -> Any:
        if values is None:
            return None
        told = {name: self._told(model, name, value) for name, value in sorted(values.items())}
        # Its row says whether it is right.
        return {**told, "hash_data": ""} if "hash_data" in told else told

    def _told(self, model: type[Model], name: str, value: Any) -> Any:
        field = model._meta.get_field(name)
        if field.primary_key:
            return self._pk(model, value)
        if field.many_to_one or field.one_to_one:
            return self._pk(field.related_model, value)
        if isinstance(value, dict):
            return sorted(value.items(), key=repr)
        return "now" if self._is_new(field.get_internal_type(), value) else value

    def _is_new(self, kind: str, value: Any) -> bool:
        if kind != "DateTimeField" or value is None:
            return False
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment >= self._before.since

    def _pk(self, model: type[Model], pk: Any) -> Any:
        return self._places.get(model, {}).get(pk, pk)


def _models() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
