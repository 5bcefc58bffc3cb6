"""Filters of the admin's lists that read no more than the user may see and refuse what they cannot read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.db.models.fields.related import RelatedField
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import (
    DropdownFilter,
    RangeDateFilter,
    RangeNumericFilter,
    RelatedDropdownFilter,
)

from omnitron.core.scope import visible_to

LARGEST_AMOUNT = Decimal(10) ** 10


class ScopedRelatedFilter(RelatedDropdownFilter):
    """Filter by a row of a small table, of which a limited user sees only the reachable ones."""

    def field_choices(
        self, field: RelatedField, request: HttpRequest, model_admin: ModelAdmin
    ) -> list[tuple[Any, str]]:
        rows = visible_to(field.remote_field.model._default_manager.all(), request.user)
        return sorted(((row.pk, str(row)) for row in rows), key=lambda choice: choice[1].casefold())

    def has_output(self) -> bool:
        return True


class DayRangeFilter(RangeDateFilter):
    """From a day to a day, both of them whole."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        first = self._day("from")
        last = self._day("to")
        conditions = {}
        if first is not None:
            conditions[f"{self.parameter_name}__gte"] = _midnight(first)
        if last is not None and last < date.max:
            conditions[f"{self.parameter_name}__lt"] = _midnight(last + timedelta(days=1))
        return queryset.filter(**conditions)

    def _day(self, end: str) -> date | None:
        given = self.used_parameters.get(f"{self.parameter_name}_{end}")
        try:
            return date.fromisoformat(given) if given else None
        except ValueError as error:
            raise IncorrectLookupParameters from error


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class AmountRangeFilter(RangeNumericFilter):
    """From an amount to an amount, both included."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        conditions = {}
        for end, lookup in (("from", "gte"), ("to", "lte")):
            given = self.used_parameters.get(f"{self.parameter_name}_{end}")
            if given:
                conditions[f"{self.parameter_name}__{lookup}"] = _amount(given)
        return queryset.filter(**conditions)


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise IncorrectLookupParameters from error
    if not amount.is_finite() or abs(amount) >= LARGEST_AMOUNT:
        raise IncorrectLookupParameters
    return amount


class NarrowingFilter(DropdownFilter):
    """A choice of named conditions: `choices_by_value` maps each value of the parameter to what it keeps."""

    choices_by_value: ClassVar[Mapping[str, tuple[str, Callable[[QuerySet], QuerySet]]]] = {}

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [(value, title) for value, (title, _) in self.choices_by_value.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        if not value:
            return queryset
        if value not in self.choices_by_value:
            raise IncorrectLookupParameters
        _, narrow = self.choices_by_value[value]
        return narrow(queryset)
