"""Many rows at once, as plain values: one COPY a table, no object a row, and what the audit log says of each.

A row is a mapping of field names to values as a model would be given them: rows by themselves or by pk, Decimal,
aware moments, members of enums, JSON as Python objects. What is not named has the model's default.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from json.encoder import encode_basestring
from types import NoneType
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import DataError, IntegrityError, connection, models
from psycopg2 import errorcodes
from psycopg2.extras import Range

from omnitron.core import records
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput
from omnitron.core.models import AuditEncoder, AuditLog

_NULL = r"\N"
# Bytes handed to the server at once.
_PIECE = 1 << 20
_needs_escape = re.compile(r"[\\\n\r\t]").search
_COLUMN_IN_CONTEXT = re.compile(r", column (\w+)")
_plain_json = json.JSONEncoder(ensure_ascii=False).encode


class Json(str):
    """JSON that is written out already."""


class _ByType(dict[type, Callable[[Any], str]]):
    """How to write a value, by its type or the first of its bases that is known."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        for base in kind.__mro__:
            if base in self:
                return self.setdefault(kind, self[base])
        raise TypeError(f"A {kind.__name__} cannot be written to a column.")


def _escaped(text: str) -> str:
    """Text as a cell of COPY's text format."""
    if _needs_escape(text) is None:
        return text
    return text.replace("\\", r"\\").replace("\n", r"\n").replace("\r", r"\r").replace("\t", r"\t")


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise InvalidInput(non_field_errors=f"{value} is not a number.")
    return str(value)


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise InvalidInput(non_field_errors=f"{value} has no time zone.")
    return value.isoformat()


def _range(value: Range) -> str:
    ends = (f'"{end.isoformat()}"' if end is not None else "" for end in (value.lower, value.upper))
    return "empty" if value.isempty else f"{value._bounds[0]}{','.join(ends)}{value._bounds[1]}"


def _dumped(value: Any, encoder: type[json.JSONEncoder] | None) -> str:
    """JSON of `value`; the encoder of the field, slow in comparison, only where it is needed."""
    if not value and isinstance(value, dict):
        return "{}"
    try:
        return _plain_json(value)
    except TypeError:
        return json.dumps(value, cls=encoder, ensure_ascii=False)


_CELLS = _ByType(
    {
        NoneType: lambda _: _NULL,
        str: _escaped,
        bool: lambda value: "t" if value else "f",
        int: int.__repr__,
        Decimal: _number,
        datetime: _moment,
        date: date.isoformat,
        Range: _range,
        models.Model: lambda row: int.__repr__(row.pk),
    }
)
_JSON = _ByType(
    {
        NoneType: lambda _: "null",
        str: encode_basestring,
        bool: lambda value: "true" if value else "false",
        int: int.__repr__,
        Decimal: lambda value: f'"{value}"',
        date: lambda value: f'"{value.isoformat()}"',
        dict: lambda value: _dumped(value, AuditEncoder),
        list: lambda value: _dumped(value, AuditEncoder),
        Range: lambda value: _dumped({"lower": value.lower, "upper": value.upper}, AuditEncoder),
        models.Model: lambda row: int.__repr__(row.pk),
    }
)


def json_of(values: Mapping[str, Any]) -> Json:
    """`values` as `records.snapshot` would give them to the audit log."""
    return Json("{" + ", ".join(f'"{name}": {_JSON[type(v)](v)}' for name, v in values.items()) + "}")


class BulkRows:
    """Rows of `model`, gathered and then inserted by one COPY. Their time stamps are `now`.

    `constants` are columns all of them share. Without a pk among its values a row is numbered by the database,
    and then all must be.
    """

    def __init__(
        self, model: type[models.Model], *, now: datetime, is_numbered: bool = True, **constants: Any
    ) -> None:
        fields = [f for f in model._meta.concrete_fields if is_numbered or not f.primary_key]
        quoted = ", ".join(connection.ops.quote_name(field.column) for field in fields)
        self.model = model
        self._copy = f"COPY {connection.ops.quote_name(model._meta.db_table)} ({quoted}) FROM STDIN"
        self._lines: list[str] = []
        stamps = {field.name: now for field in fields if field.name in ("created_date", "modified_date")}
        given = {**stamps, **constants}
        values = {field.name: given.get(field.name, field.get_default()) for field in fields}
        self._places = {field.name: place for place, field in enumerate(fields)}
        self._writers = {field.name: _writer(field) for field in fields}
        self._cells = [self._writers[name](value) for name, value in values.items()]
        self._names = [f'"{name}": ' for name in values]
        self._told = [f'"{name}": {_JSON[type(value)](value)}' for name, value in values.items()]

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, values: Mapping[str, Any]) -> None:
        """Gather a row. Raises InvalidInput for a number or moment that is none, KeyError for an unknown field."""
        cells = self._cells.copy()
        places, writers = self._places, self._writers
        for name, value in values.items():
            cells[places[name]] = writers[name](value)
        self._lines.append("\t".join(cells))

    def whole(self, values: Mapping[str, Any]) -> Json:
        """All columns of a row of these values, as `records.snapshot` would give them to the audit log."""
        told = self._told.copy()
        places, names = self._places, self._names
        for name, value in values.items():
            place = places[name]
            told[place] = names[place] + _JSON[type(value)](value)
        return Json("{" + ", ".join(told) + "}")

    def insert(self) -> None:
        """Write what was gathered, in the caller's transaction; no statement where there is nothing.

        Raises InvalidInput for text no database can hold. What the database refuses is named by `refusals_named`.
        """
        if not self._lines:
            return
        try:
            content = ("\n".join(self._lines) + "\n").encode()
        except UnicodeEncodeError as error:
            raise InvalidInput(non_field_errors="There is half a character in a text.") from error
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.copy_expert(self._copy, BytesIO(content), _PIECE)
        self._lines.clear()


class AuditRows:
    """Audit rows of new records, gathered and inserted together."""

    def __init__(self, *, audit_context: AuditContext, now: datetime) -> None:
        self._rows = BulkRows(
            AuditLog,
            now=now,
            is_numbered=False,
            # By pk: in a request it is a lazy object.
            actor=None if audit_context.actor is None else audit_context.actor.pk,
            source=audit_context.source,
            request_id=audit_context.request_id,
            note=audit_context.note,
        )
        self._kinds: dict[type[models.Model], tuple[int, str]] = {}

    def created(self, model: type[models.Model], pk: int, new: Json) -> None:
        """The record `pk` of `model` was created as `new`."""
        kind = self._kinds.get(model)
        if kind is None:
            content_type = ContentType.objects.get_for_model(model)
            kind = self._kinds[model] = (content_type.pk, f"{model._meta.model_name}.created")
        self._rows.add({"content_type": kind[0], "object_id": pk, "event": kind[1], "new": new})

    def insert(self) -> None:
        self._rows.insert()


def new_pks(counts: Mapping[type[models.Model], int]) -> dict[type[models.Model], Iterator[int]]:
    """So many pks of each model that nobody else gets, ascending; one statement."""
    wanted = [(model, count) for model, count in counts.items() if count]
    if not wanted:
        return {model: iter(()) for model in counts}
    array = "ARRAY(SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s))"
    parameters = [
        part for model, count in wanted for part in (model._meta.db_table, model._meta.pk.column, count)
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([array] * len(wanted))}", parameters)
        numbers = cursor.fetchone()
    drawn = {model: iter(pks) for (model, _), pks in zip(wanted, numbers, strict=True)}
    return {model: drawn.get(model, iter(())) for model in counts}


@contextmanager
def refusals_named() -> Iterator[None]:
    """Turn what the database refuses of the rows into InvalidInput that names it: violated constraints, missing
    values, values that do not fit. All that was written inside is undone then.
    """
    try:
        with records.constraints_named():
            yield
    except IntegrityError as error:
        diagnosis = error.__cause__.diag
        if error.__cause__.pgcode != errorcodes.NOT_NULL_VIOLATION:
            raise
        raise InvalidInput(**{diagnosis.column_name: "This field may not be null."}) from error
    except DataError as error:
        diagnosis = error.__cause__.diag
        column = _COLUMN_IN_CONTEXT.search(diagnosis.context or "")
        name = column.group(1) if column else "non_field_errors"
        raise InvalidInput(**{name: diagnosis.message_primary}) from error


def _writer(field: models.Field) -> Callable[[Any], str]:
    """What makes a cell of a value of `field`."""
    if not isinstance(field, models.JSONField):
        return _cell

    encoder = field.encoder

    def json_cell(value: Any) -> str:
        if value is None:
            return _NULL
        text = value if type(value) is Json else _dumped(value, encoder)
        # JSON has no other sign that COPY takes for its own.
        return text.replace("\\", r"\\") if "\\" in text else text

    return json_cell


def _cell(value: Any) -> str:
    return _CELLS[type(value)](value)
