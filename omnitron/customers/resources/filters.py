"""What places are found by besides their columns: names as Turkish writes them, and the codes of others."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db import models
from django.db.models import F, Func, QuerySet, Value
from django.db.models.functions import Lower

from omnitron.core.resources.filters import EnumFilter, IdFilter, StrictFilterSet, filterset_for

# Turkish has two letters i. Whoever asks for "istanbul", "İSTANBUL" or "ISTANBUL" means one city, so all four
# signs count as one, and so does the dot that lower-casing "İ" leaves behind as a sign of its own.
_SIGNS_OF_I = "İIı"
_DOT = "\u0307"
_FOLDED_SIGNS = "iii"
_TO_FOLDED = str.maketrans(_SIGNS_OF_I, _FOLDED_SIGNS, _DOT)


def folded(text: str) -> str:
    """`text` without case, and with one letter i."""
    return text.translate(_TO_FOLDED).lower()


def folded_column(name: str) -> Lower:
    """The same of a column, in SQL."""
    return Lower(Func(F(name), Value(_SIGNS_OF_I + _DOT), Value(_FOLDED_SIGNS), function="TRANSLATE"))


class FoldedNameFilter(django_filters.CharFilter):
    """Compares names without case as Turkish and everyone else writes them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        return queryset.alias(folded_name=folded_column(self.field_name)).filter(
            **{f"folded_name__{self.lookup_expr}": folded(value)}
        )


class MappingFilterSet(StrictFilterSet):
    """`mapping__…` parameters are about one and the same mapping of a place."""

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        queryset = super().filter_queryset(queryset)
        wanted = {
            name: value for name, value in self.form.cleaned_data.items() if name.startswith("mapping__")
        }
        if not wanted:
            return queryset
        return queryset.filter(pk__in=queryset.model._default_manager.filter(**wanted).values("pk"))


class _MappingMixin:
    """Checks its value only: `MappingFilterSet` asks for all of them together."""

    def filter(self, queryset: QuerySet, value: Any) -> QuerySet:
        return queryset


class _MappingCodeFilter(_MappingMixin, django_filters.CharFilter):
    pass


class _MappingTypeFilter(_MappingMixin, EnumFilter):
    pass


def place_filterset(
    model: type[models.Model], *paths: str, ancestors: dict[str, str] | None = None
) -> type[StrictFilterSet]:
    """Filters of a place: its own columns, its names and mappings, and by parameter the ancestors it is below."""
    mapping = model._meta.get_field("mapping").related_model
    kinds = mapping._meta.get_field("integration_type").flatchoices
    extra: dict[str, django_filters.Filter] = {
        "name__iexact": FoldedNameFilter(field_name="name", lookup_expr="exact"),
        "name__icontains": FoldedNameFilter(field_name="name", lookup_expr="contains"),
        "name__istartswith": FoldedNameFilter(field_name="name", lookup_expr="startswith"),
        "mapping__code": _MappingCodeFilter(strip=False),
        "mapping__code__exact": _MappingCodeFilter(strip=False),
        "mapping__integration_type": _MappingTypeFilter(choices=list(kinds)),
        "mapping__integration_type__exact": _MappingTypeFilter(choices=list(kinds)),
    }
    extra |= {name: IdFilter(field_name=path) for name, path in (ancestors or {}).items()}
    columns = filterset_for(
        model, "name", "is_active", "translations", "created_date", "modified_date", *paths, extra=extra
    )
    return type(StrictFilterSet)(f"{model.__name__}FilterSet", (MappingFilterSet, columns), {})
