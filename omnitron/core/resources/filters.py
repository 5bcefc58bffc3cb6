"""Filters of lists: every parameter is known, and none is silently ignored.

Real clients have cancelled the wrong order because a server ignored a filter, so an unknown parameter, one
without a value and one given twice are 400 and named; `…__in=` with nothing in it finds nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.db import models
from django.db.models import Q, QuerySet
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

# Known on every list and not a column's filter.
PARAMETERS = frozenset({"page", "limit", "sort", "search", "format"})

_RANGE = ("gt", "gte", "lt", "lte")
_TEXT = ("iexact", "contains", "icontains", "startswith", "istartswith")
LARGEST_ID = 2**63 - 1


class _Boolean(forms.Field):
    def clean(self, value: Any) -> bool:
        spellings = {"true": True, "1": True, "false": False, "0": False}
        if str(value).lower() not in spellings:
            raise forms.ValidationError("Give true or false.")
        return spellings[str(value).lower()]


class _Enum(forms.Field):
    """A member by its value, or by its name where it is stored as a code."""

    def __init__(self, *, choices: Iterable[tuple[Any, str]] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.values = {str(label): value for value, label in choices} | {
            str(value): value for value, _ in choices
        }

    def clean(self, value: Any) -> Any:
        if value not in self.values:
            raise forms.ValidationError(f'"{value}" is not one of: {", ".join(self.values)}.')
        return self.values[value]


class BooleanFilter(django_filters.Filter):
    field_class = _Boolean


class EnumFilter(django_filters.Filter):
    field_class = _Enum


class _IdField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=-LARGEST_ID, max_value=LARGEST_ID, **kwargs)


class IdFilter(django_filters.Filter):
    field_class = _IdField


class _AmountField(forms.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=30, decimal_places=10, **kwargs)


class AmountFilter(django_filters.Filter):
    field_class = _AmountField


class _MomentField(IsoDateTimeField):
    """A moment in UTC: PostgreSQL knows no offsets beyond 15:59, Python does."""

    def clean(self, value: Any) -> datetime:
        moment = super().clean(value)
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            raise forms.ValidationError("This moment is out of range.") from None


class MomentFilter(django_filters.Filter):
    field_class = _MomentField


class IpFilter(django_filters.Filter):
    field_class = forms.GenericIPAddressField


class _InMixin(django_filters.BaseInFilter):
    pass


def in_filter(base: type[django_filters.Filter]) -> type[django_filters.Filter]:
    """A filter of several values of `base`, separated by commas."""
    return type(f"{base.__name__}In", (_InMixin, base), {})


class RelatedJsonFilter:
    """`<column>__<key>=<value>` over a JSON column: rows whose object holds that key with that value."""

    def __init__(self, column: str) -> None:
        self.prefix = f"{column}__"
        self.column = column

    def filter(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        keys = name.removeprefix(self.prefix).split("__")
        condition = Q()
        for candidate in _json_readings(value):
            for key in reversed(keys):
                candidate = {key: candidate}
            condition |= Q(**{f"{self.column}__contains": candidate})
        return queryset.filter(condition)


def _json_readings(value: str) -> list[Any]:
    """What a parameter may mean in JSON: the text itself, and the number, boolean or null it spells."""
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError):
        return [value]
    is_scalar = parsed is None or (isinstance(parsed, bool | int | float) and abs(parsed) < 1e300)
    return [value, parsed] if is_scalar else [value]


class StrictFilterSet(django_filters.FilterSet):
    """A filter set that looks only at the parameters given, and at each of them.

    Building a form over all known filters would cost more than the query, so it is narrowed first.
    """

    json_filters: tuple[RelatedJsonFilter, ...] = ()

    def __init__(self, data: Any = None, queryset: Any = None, **kwargs: Any) -> None:
        self.json_values: list[tuple[RelatedJsonFilter, str, str]] = []
        self.is_empty = False
        narrowed = {} if data is not None else dict(type(self).base_filters)
        errors = {}
        for name in data or ():
            if name in PARAMETERS:
                continue
            if problem := self._take(name, data, narrowed):
                errors[name] = [problem]
        if errors:
            raise ValidationError(errors)
        self.base_filters = narrowed
        super().__init__(data, queryset, **kwargs)

    def _take(self, name: str, data: Any, narrowed: dict[str, django_filters.Filter]) -> str | None:
        values = data.getlist(name)
        known = type(self).base_filters.get(name)
        json_filter = next((f for f in self.json_filters if name.startswith(f.prefix)), None)
        if known is None and json_filter is None:
            return "Unknown parameter."
        if len(values) > 1 and not isinstance(known, django_filters.MultipleChoiceFilter):
            return "Give this parameter once."
        if "\x00" in values[0] or not values[0].isprintable():
            return "Control characters are not allowed."
        if values[0] == "":
            if not name.endswith("__in"):
                return "Give a value, or leave the parameter out."
            self.is_empty = True
        elif name.endswith("__in") and "" in values[0].split(","):
            return "Give values separated by single commas."
        elif known is not None:
            narrowed[name] = known
        else:
            self.json_values.append((json_filter, name, values[0]))
        return None

    def is_valid(self) -> bool:
        # Most lists are asked without a filter; an empty form costs a twentieth of such a request.
        return not self.filters or super().is_valid()

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        if self.is_empty:
            return queryset.none()
        for json_filter, name, value in self.json_values:
            queryset = json_filter.filter(queryset, name, value)
        return super().filter_queryset(queryset) if self.filters else queryset


def filterset_for(
    model: type[models.Model], *paths: str, extra: dict[str, django_filters.Filter] | None = None
) -> type[StrictFilterSet]:
    """A filter set over `paths` ("status", "order__number") with the lookups that suit each column's type.

    `pk` and `id` are always there. `extra` adds or replaces filters by name.
    """
    filters: dict[str, Any] = {}
    json_filters = []
    for path in ("pk", "id", *paths):
        field = _resolve(model, path)
        if isinstance(field, models.JSONField):
            json_filters.append(RelatedJsonFilter(path))
        else:
            filters |= _filters_of(field, path)
    filters |= extra or {}
    name = f"{model.__name__}FilterSet"
    return type(StrictFilterSet)(
        name,
        (StrictFilterSet,),
        filters
        | {"json_filters": tuple(json_filters), "Meta": type("Meta", (), {"model": model, "fields": []})},
    )


def _resolve(model: type[models.Model], path: str) -> models.Field:
    *steps, last = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model
    return model._meta.pk if last == "pk" else model._meta.get_field(last)


def _filters_of(field: models.Field, path: str) -> dict[str, django_filters.Filter]:
    base, lookups, options = _kind(field)
    column = "id" if path == "pk" else path
    filters = {path: base(field_name=column, lookup_expr="exact", **options)}
    filters[f"{path}__exact"] = filters[path]
    for lookup in lookups:
        filters[f"{path}__{lookup}"] = base(field_name=column, lookup_expr=lookup, **options)
    filters[f"{path}__in"] = in_filter(base)(field_name=column, lookup_expr="in", **options)
    if isinstance(field, models.DateTimeField):
        for lookup in ("date", *(f"date__{bound}" for bound in _RANGE)):
            filters[f"{path}__{lookup}"] = django_filters.DateFilter(field_name=path, lookup_expr=lookup)
    if field.null:
        filters[f"{path}__isnull"] = BooleanFilter(field_name=path, lookup_expr="isnull")
    return filters


def _kind(field: models.Field) -> tuple[type[django_filters.Filter], tuple[str, ...], dict[str, Any]]:
    """Filter class, lookups beyond exact and in, and options for a column."""
    if field.is_relation:
        return IdFilter, (), {}
    if field.choices:
        bounds = _RANGE if isinstance(field, models.IntegerField) else ()
        return EnumFilter, bounds, {"choices": list(field.flatchoices)}
    for column, filter_class, lookups in _KINDS:
        if isinstance(field, column):
            return filter_class, lookups, {}
    return django_filters.CharFilter, _TEXT, {"strip": False}


# The first that fits; everything else is text.
_KINDS: tuple[tuple[type[models.Field], type[django_filters.Filter], tuple[str, ...]], ...] = (
    (models.BooleanField, BooleanFilter, ()),
    (models.DateTimeField, MomentFilter, _RANGE),
    (models.DateField, django_filters.DateFilter, _RANGE),
    (models.DecimalField, AmountFilter, _RANGE),
    (models.IntegerField, IdFilter, _RANGE),
    (models.GenericIPAddressField, IpFilter, ()),
    (models.UUIDField, django_filters.UUIDFilter, ()),
)


class StrictFilterBackend(DjangoFilterBackend):
    """django-filter, told to answer 400 as DRF's errors are shaped."""

    def get_filterset_kwargs(self, request: Request, queryset: QuerySet, view: APIView) -> dict[str, Any]:
        return {"data": request.query_params, "queryset": queryset, "request": request}


class SearchFilter(BaseFilterBackend):
    """`search=`: `view.search(queryset, term)` decides what it looks at."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: APIView) -> QuerySet:
        term = request.query_params.get("search")
        if term is None:
            return queryset
        term = term.strip()
        if not term or not term.isprintable():
            raise ValidationError({"search": ["Give something to search for."]})
        return view.search(queryset, term)

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [_parameter("search", view.search.__doc__ or "")]


class SortFilter(BaseFilterBackend):
    """`sort=field` or `-field`, newest first by default; ties are broken by pk, so that pages never overlap."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: APIView) -> QuerySet:
        given = request.query_params.get("sort")
        if given is None:
            return queryset.order_by(*view.default_sort)
        descending, field = given.startswith("-"), given.removeprefix("-")
        if field not in self._sortable(view):
            raise ValidationError({"sort": [f'"{given}" is no column to sort by.']})
        sign = "-" if descending else ""
        if field in {"id", "pk"}:
            return queryset.order_by(f"{sign}pk")
        return queryset.order_by(f"{sign}{field}", f"{sign}pk")

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        known = ", ".join(sorted(self._sortable(view)))
        return [_parameter("sort", f"A column, descending with a leading minus: {known}. Default: -pk.")]

    def _sortable(self, view: APIView) -> set[str]:
        columns = view.model._meta.concrete_fields
        return {"pk"} | {field.name for field in columns if not isinstance(field, models.JSONField)}


def _parameter(name: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": {"type": "string"},
    }
