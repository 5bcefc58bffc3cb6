"""Serializer fields of the wire contract: how values are written out and read in.

Each field that stands for a column also has a SQL form (`sql_json.py`): reads are rendered by PostgreSQL.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from psycopg2.extras import DateTimeTZRange
from rest_framework import serializers

from omnitron.core.scope import visible_to
from omnitron.omnicore.money import quantize

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_NAME = re.compile("[a-z_]+")


class MoneyField(serializers.DecimalField):
    """An amount. Out: "19.62". In: a string of at most two decimals, or a JSON number, which is read by its
    shortest decimal form and rounded HALF_UP. Not negative unless `min_value` says otherwise.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("min_value", Decimal(0))
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool):
            self.fail("invalid")
        if isinstance(data, float):
            try:
                data = quantize(Decimal(repr(data)))
            except InvalidOperation:
                self.fail("invalid")
        return super().to_internal_value(data)


class EnumField(serializers.ChoiceField):
    """A member of an enum column. Out: its value as a string ("400"). In: the value, string or number, or its
    name ("approved"); `""` is null where null is allowed (decisions: "not given").
    """

    default_error_messages = {"invalid_choice": '"{input}" is not one of: {known}.'}

    def __init__(self, choices: list[tuple[Any, str]], **kwargs: Any) -> None:
        kwargs.pop("allow_blank", None)
        super().__init__(choices=[(str(value), str(label)) for value, label in choices], **kwargs)
        names = {str(label): value for value, label in choices if _NAME.fullmatch(str(label))}
        self._values = names | {str(value): value for value, label in choices}

    def to_internal_value(self, data: Any) -> Any:
        if data == "" and self.allow_null:
            return None
        if isinstance(data, bool) or not isinstance(data, str | int) or str(data) not in self._values:
            self.fail("invalid_choice", input=data, known=", ".join(self.choices))
        return self._values[str(data)]

    def to_representation(self, value: Any) -> str | None:
        return None if value in (None, "") else str(value)


class EnumLabelField(serializers.ChoiceField):
    """The name of an enum column's value ("approved"); read-only."""

    def __init__(self, choices: list[tuple[Any, str]], **kwargs: Any) -> None:
        self.labels = {value: str(label) for value, label in choices}
        super().__init__(choices=[(label, label) for label in self.labels.values()], read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str | None:
        return None if value is None else self.labels[value]


class RowKeyField(serializers.PrimaryKeyRelatedField):
    """The pk of another row, as a number or a string of digits; only rows the user may reach exist."""

    def get_queryset(self) -> QuerySet:
        queryset = super().get_queryset()
        request = self.context.get("request")
        return queryset if request is None else visible_to(queryset, request.user)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not (
            isinstance(data, int) or (isinstance(data, str) and data.isdecimal())
        ):
            self.fail("incorrect_type", data_type=type(data).__name__)
        # One body often names a row several times: addresses, lists. It is looked up once.
        found = self.context.setdefault("rows_found", {})
        key = (self.queryset.model, str(data))
        if key not in found:
            found[key] = super().to_internal_value(data)
        return found[key]


class UtcDateTimeField(serializers.DateTimeField):
    """A moment. Out: ISO 8601 UTC with microseconds and `Z`. In: ISO 8601, a blank instead of the `T` allowed;
    without an offset it is UTC. Years before 1900 and from 2200 on are refused as mistakes.
    """

    default_error_messages = {"range": "The year must be between 1900 and 2199."}

    def to_internal_value(self, value: Any) -> datetime:
        if isinstance(value, str):
            value = self._parse(value)
        moment = super().to_internal_value(value)
        if not EARLIEST <= moment < LATEST:
            self.fail("range")
        return moment

    def _parse(self, value: str) -> Any:
        try:
            parsed = parse_datetime(value)
        except ValueError:
            return value
        if parsed is None or not EARLIEST.year <= parsed.year < LATEST.year:
            if parsed is not None:
                self.fail("range")
            return value
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed


class UtcDateField(serializers.DateField):
    """A day, within the same years as a moment. A full moment is cut to its day: channel clients send it so."""

    default_error_messages = {"range": "The year must be between 1900 and 2199."}

    def to_internal_value(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > 10 and (moment := self._moment(value)):
            value = moment.date()
        day = super().to_internal_value(value)
        if not EARLIEST.year <= day.year < LATEST.year:
            self.fail("range")
        return day

    def _moment(self, value: str) -> datetime | None:
        try:
            return parse_datetime(value)
        except ValueError:
            return None


class DateTimeRangeField(serializers.Field):
    """A span of time. Out: `{"lower", "upper", "bounds"}`. In: the same without bounds, or `{"start", "end"}`."""

    default_error_messages = {
        "shape": 'Give an object with "lower" and "upper" (or "start" and "end").',
        "order": "The lower end must not be after the upper one.",
    }

    def to_internal_value(self, data: Any) -> DateTimeTZRange:
        known = {"lower", "upper", "start", "end", "bounds"}
        if not isinstance(data, dict) or not set(data) <= known or {"lower", "start"} <= set(data):
            self.fail("shape")
        if data.get("bounds", "[)") != "[)":
            self.fail("shape")
        moment = UtcDateTimeField(allow_null=True)
        ends = []
        for name, twin in (("lower", "start"), ("upper", "end")):
            value = data.get(name, data.get(twin))
            ends.append(None if value is None else moment.run_validation(value))
        lower, upper = ends
        if lower is not None and upper is not None and lower > upper:
            self.fail("order")
        return DateTimeTZRange(lower, upper, "[)")

    def to_representation(self, value: Any) -> dict[str, Any] | None:
        moment = UtcDateTimeField()
        return {
            "lower": None if value.lower is None else moment.to_representation(value.lower),
            "upper": None if value.upper is None else moment.to_representation(value.upper),
            "bounds": "[)",
        }


class JSONObjectField(serializers.JSONField):
    """A JSON object; anything else is refused."""

    default_error_messages = {"object": "Give a JSON object."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("object")
        return super().to_internal_value(data)


class SqlField(serializers.ReadOnlyField):
    """A read-only value computed from columns of the row, given both as SQL and as an attribute.

    `sql` is an expression over `{t}`, the row's alias; the Python value, for those who render with the
    serializer, is `source` as usual; `schema` is its OpenAPI schema.
    """

    def __init__(self, *, sql: str, schema: dict[str, Any], **kwargs: Any) -> None:
        self.sql = sql
        self.schema = schema
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> Any:
        return str(value) if isinstance(value, Decimal) else value
