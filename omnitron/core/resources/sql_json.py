"""JSON built by PostgreSQL from what a serializer declares.

A read serializer is the one declaration of a shape: keys, order, nesting. This module compiles it, once, into
the select list of a query that returns the finished JSON text, so that a page of 100 orders costs one
statement and no Python object a row (docs/performance.md). What it cannot compile it refuses when the shape is
first used; tests compare its output with the serializer's own for every serializer.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cache, singledispatch
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.relations import ManyRelatedField, PrimaryKeyRelatedField

from omnitron.core.resources import fields as wire

MOMENT = """to_char({c} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""

# A file's name as urllib.parse.quote writes it; chr(37), because a percent sign would be a placeholder.
_URL_QUOTED = """(CASE WHEN {c} = '' THEN NULL WHEN {c} ~ '^[A-Za-z0-9_.~/!*()''-]*$' THEN {c} ELSE (
    SELECT string_agg(CASE WHEN sign ~ '[A-Za-z0-9_.~/!*()''-]' THEN sign ELSE regexp_replace(
        upper(encode(convert_to(sign, 'UTF8'), 'hex')), '(..)', chr(37) || '\\1', 'g') END, '' ORDER BY place)
    FROM regexp_split_to_table({c}, '') WITH ORDINALITY AS signs(sign, place)) END)"""


@singledispatch
def column_json(field: serializers.Field, column: str) -> str:
    """The SQL expression that renders `column` as `field` would."""
    raise TypeError(f"{type(field).__name__} has no SQL form")


for _plain in (
    serializers.CharField,
    serializers.IntegerField,
    serializers.BooleanField,
    serializers.JSONField,
    serializers.UUIDField,
    serializers.DateField,
    PrimaryKeyRelatedField,
):
    column_json.register(_plain, lambda field, column: column)


@column_json.register
def _(field: serializers.DecimalField, column: str) -> str:
    return f"({column})::text"


@column_json.register
def _(field: serializers.FloatField, column: str) -> str:
    return f"({column})::float8"


@column_json.register
def _(field: wire.EnumField, column: str) -> str:
    return f"NULLIF(({column})::text, '')"


@column_json.register
def _(field: wire.EnumLabelField, column: str) -> str:
    whens = " ".join(
        f"WHEN {_literal(value)} THEN {_literal(label)}" for value, label in field.labels.items()
    )
    return f"CASE {column} {whens} END"


@column_json.register
def _(field: serializers.DateTimeField, column: str) -> str:
    return MOMENT.format(c=column)


@column_json.register
def _(field: serializers.IPAddressField, column: str) -> str:
    return f"host({column})"


@column_json.register
def _(field: serializers.FileField, column: str) -> str:
    return f"{_literal(settings.MEDIA_URL)} || {_URL_QUOTED.format(c=column)}"


@column_json.register
def _(field: wire.DateTimeRangeField, column: str) -> str:
    lower, upper = (MOMENT.format(c=f"{end}({column})") for end in ("lower", "upper"))
    return (
        f"CASE WHEN {column} IS NOT NULL THEN "
        f"json_build_object('lower', {lower}, 'upper', {upper}, 'bounds', '[)') END"
    )


def _literal(value: object) -> str:
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


class _Compiler:
    """Compiles one serializer, its nested ones included; aliases are unique within the statement."""

    def __init__(self) -> None:
        self._aliases: Iterator[str] = (f"t{number}" for number in itertools.count())

    def select(
        self, serializer: serializers.BaseSerializer, *, model: type[models.Model], where: str = ""
    ) -> str:
        """SELECT the keys of `serializer` FROM its table; `where` may name the new alias as {t}."""
        alias = next(self._aliases)
        keys = ", ".join(
            f'{self._key(field, model=model, alias=alias)} AS "{name}"'
            for name, field in serializer.fields.items()
            if not field.write_only
        )
        condition = f" WHERE {where.format(t=alias)}" if where else ""
        return f'SELECT {keys} FROM "{model._meta.db_table}" {alias}{condition}'

    def _key(self, field: serializers.Field, *, model: type[models.Model], alias: str) -> str:
        if isinstance(field, wire.SqlField):
            return field.sql.format(t=alias)
        if isinstance(field, serializers.ListSerializer | ManyRelatedField):
            return self._many(field, model=model, alias=alias)
        if isinstance(field, serializers.ModelSerializer):
            return self._one(field, model=model, alias=alias)
        return self._column(field, path=list(field.source_attrs), model=model, alias=alias)

    def _column(
        self, field: serializers.Field, *, path: list[str], model: type[models.Model], alias: str
    ) -> str:
        column = model._meta.get_field("id" if path[0] == "pk" else path[0])
        name = f'{alias}."{column.column}"'
        if len(path) == 1 or (len(path) == 2 and path[1] in {"pk", "id"}):
            return column_json(field, name)
        target = column.related_model
        inner = next(self._aliases)
        value = self._column(field, path=path[1:], model=target, alias=inner)
        return f'(SELECT {value} FROM "{target._meta.db_table}" {inner} WHERE {inner}."id" = {name})'

    def _one(self, field: serializers.ModelSerializer, *, model: type[models.Model], alias: str) -> str:
        column = model._meta.get_field(field.source)
        inner = self.select(
            field, model=column.related_model, where=f'{{t}}."id" = {alias}."{column.column}"'
        )
        return f"(SELECT row_to_json(o) FROM ({inner}) o)"

    def _many(self, field: serializers.Field, *, model: type[models.Model], alias: str) -> str:
        target, where = _related_rows(model, field.source, alias=alias)
        if isinstance(field, ManyRelatedField):
            inner = next(self._aliases)
            return (
                f'(SELECT coalesce(json_agg({inner}."id" ORDER BY {inner}."id"), \'[]\') '
                f'FROM "{target._meta.db_table}" {inner} WHERE {where.format(t=inner)})'
            )
        inner_select = self.select(field.child, model=target, where=where + ' ORDER BY {t}."id"')
        return f"(SELECT coalesce(json_agg(row_to_json(o)), '[]') FROM ({inner_select}) o)"


def _related_rows(model: type[models.Model], source: str, *, alias: str) -> tuple[type[models.Model], str]:
    """The model behind a to-many accessor, and the condition for its rows of the row `alias`."""
    for relation in model._meta.related_objects:
        if relation.one_to_many and relation.get_accessor_name() == source:
            return relation.related_model, f'{{t}}."{relation.field.column}" = {alias}."id"'
    field = model._meta.get_field(source)
    if not field.many_to_many:
        raise TypeError(f"{model.__name__}.{source} is no to-many relation")
    through = field.remote_field.through._meta.db_table
    condition = (
        f'{{t}}."id" IN (SELECT "{field.m2m_reverse_name()}" FROM "{through}" '
        f'WHERE "{field.m2m_column_name()}" = {alias}."id")'
    )
    return field.related_model, condition


@cache
def _row_query(serializer_class: type[serializers.ModelSerializer], where: str) -> str:
    return _Compiler().select(serializer_class(), model=serializer_class.Meta.model, where=where)


def read_rows(
    serializer_class: type[serializers.ModelSerializer], queryset: QuerySet, *, limit: int, offset: int = 0
) -> tuple[str, int]:
    """The rows of `queryset`, in its order, as JSON objects joined by commas, and how many there are.

    One statement. The keys and their order are the serializer's. The page is cut on primary keys alone, and only
    its rows are joined and rendered, so that skipped rows cost an index entry each.
    """
    pks = queryset.values("pk")[offset : offset + limit]
    try:
        inner, params = pks.query.sql_with_params()
    except EmptyResultSet:
        return "", 0
    row_query = _row_query(serializer_class, '{t}."id" = page.id')
    statement = (
        "SELECT coalesce(string_agg(row_to_json(wire)::text, ',' ORDER BY page.ord), ''), count(*) "
        f"FROM unnest(ARRAY({inner})) WITH ORDINALITY AS page(id, ord) CROSS JOIN LATERAL ({row_query}) wire"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()


def read_row(serializer_class: type[serializers.ModelSerializer], queryset: QuerySet) -> str | None:
    """The one row of `queryset` as a JSON object, or None when it has none.

    One statement, prepared once a connection: planning a detailed order takes ten times as long as reading it.
    """
    try:
        inner, params = queryset.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return None
    row_query = _row_query(serializer_class, '{t}."id" = (SELECT page.id FROM page)')
    statement = f"WITH page(id) AS ({inner}) SELECT row_to_json(wire)::text FROM ({row_query}) wire"
    with connection.cursor() as cursor:
        cursor.execute(*_prepared(statement, params))
        row = cursor.fetchone()
    return None if row is None else row[0]


# By connection, which forgets its statements when it ends: the names of those it knows, by their text.
_known_statements: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()


def _prepared(statement: str, params: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """What executes `statement` without planning it again, and with which parameters.

    Only for statements whose best plan does not depend on its parameters, and of which there are few texts.
    """
    session = connection.connection
    known = _known_statements.setdefault(session, {})
    if statement not in known:
        name = f"wire_{len(known)}"
        numbered = statement % tuple(f"${number}" for number in range(1, len(params) + 1))
        # Not through Django's cursor: it belongs to the connection, not to the request that comes first.
        with connection.wrap_database_errors, session.cursor() as cursor:
            cursor.execute(f"PREPARE {name} AS {numbered}")
        known[statement] = name
    places = f"({', '.join(['%s'] * len(params))})" if params else ""
    return f"EXECUTE {known[statement]}{places}", params
