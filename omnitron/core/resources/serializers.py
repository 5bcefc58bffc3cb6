"""The base of every resource's serializer: one declaration of its shape, for reading and for writing."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from rest_framework import serializers

from omnitron.core.resources import fields as wire
from omnitron.core.resources.sql_json import read_row
from omnitron.omnicore import models as columns


class StrictBody(serializers.Serializer):
    """A body whose every field is known. Unknown fields are 400; so is a read-only one that differs from what
    is stored (decisions: a PATCH may repeat it). `read_only_hints` tells by field what changes it instead.
    """

    read_only_hints: dict[str, str] = {}
    # Fields clients are known to send that mean nothing here.
    ignored: frozenset[str] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            self._refuse_unknown(data)
            self._refuse_changed_read_only(data)
        return super().to_internal_value(data)

    def _refuse_unknown(self, data: dict[str, Any]) -> None:
        unknown = [name for name in data if name not in self.fields and name not in self.ignored]
        if unknown:
            raise serializers.ValidationError({name: ["Unknown field."] for name in unknown})

    def _refuse_changed_read_only(self, data: dict[str, Any]) -> None:
        given = [name for name in data if name in self.fields and self.fields[name].read_only]
        if not given:
            return
        stored = self._stored()
        changed = [name for name in given if not _same(data[name], stored.get(name))]
        if changed:
            raise serializers.ValidationError({name: [self._hint(name)] for name in changed})

    def _stored(self) -> dict[str, Any]:
        if self.instance is None:
            return {}
        row = read_row(type(self), type(self.instance).objects.filter(pk=self.instance.pk))
        return json.loads(row) if row is not None else {}

    def _hint(self, name: str) -> str:
        return self.read_only_hints.get(name, "This field is read-only.")


def _same(given: Any, stored: Any) -> bool:
    """Whether a body repeats the stored value; what is empty in both has not been given."""
    if stored in (None, "", [], {}):
        return given in (None, "", [], {})
    return given == stored or (not isinstance(given, bool) and str(given) == str(stored))


# What a field keeps for itself of its arguments; the rest, as choices and querysets, nobody changes.
_OWN_ARGUMENTS = frozenset({"child", "child_relation", "default"})


def _another(field: serializers.Field) -> serializers.Field:
    """An unbound field made of the same arguments."""
    kwargs = {
        name: copy.deepcopy(value) if name in _OWN_ARGUMENTS else value
        for name, value in field._kwargs.items()
    }
    return type(field)(*field._args, **kwargs)


class ResourceSerializer(StrictBody, serializers.ModelSerializer):
    """A model's shape on the wire, in the order of `Meta.fields`; compiled to SQL for reading."""

    serializer_related_field = wire.RowKeyField
    serializer_choice_field = wire.EnumField
    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        columns.MoneyField: wire.MoneyField,
        columns.RateField: wire.MoneyField,
        columns.JSONObjectField: wire.JSONObjectField,
        models.DateTimeField: wire.UtcDateTimeField,
        models.DateField: wire.UtcDateField,
        DateTimeRangeField: wire.DateTimeRangeField,
    }

    def get_fields(self) -> dict[str, serializers.Field]:
        """Fields as the class has them: looking up again at each request what they are made of costs much more."""
        return {name: _another(field) for name, field in self._made_fields().items()}

    @classmethod
    @cache
    def _made_fields(cls) -> dict[str, serializers.Field]:
        return super(ResourceSerializer, cls()).get_fields()

    def build_standard_field(self, field_name: str, model_field: models.Field) -> tuple[type, dict[str, Any]]:
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        if issubclass(field_class, serializers.CharField) and not issubclass(
            field_class, serializers.UUIDField
        ):
            # Channels compare what they sent with what is stored, blanks included.
            kwargs["trim_whitespace"] = False
        if isinstance(model_field, columns.RateField):
            kwargs |= {"min_value": 0, "max_value": 100}
        return field_class, kwargs
