"""Rows of any model with values that are hard to write down as JSON."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from factory.django import DjangoModelFactory
from psycopg2.extras import DateTimeTZRange

import tests.factories
from omnitron.omnicore.models import RateField

TEXT = "\"quoted\" 'single' \\ back\nline\ttab \x01\x7f </b> İıŞ 漢字 🧾 \u2028"
JSON = {
    "": None,
    'key "quoted"': [1, -0.0, 1.50, 1e300, 10**30, "1.50", True, {}, []],
    "nested": {"b": {"c": TEXT}, "a": [[], [{}]]},
}
MOMENT_WITHOUT_MICROSECONDS = datetime(2020, 2, 29, 23, 59, 59, tzinfo=UTC)
MOMENT_WITH_FEW_MICROSECONDS = datetime(1999, 12, 31, 0, 0, 0, 70, tzinfo=UTC)


def factories() -> dict[type[models.Model], type[DjangoModelFactory]]:
    """The factory of each model that has one; of several the most general."""
    for module in pkgutil.iter_modules(tests.factories.__path__):
        importlib.import_module(f"tests.factories.{module.name}")
    found: dict[type[models.Model], type[DjangoModelFactory]] = {}
    waiting = list(DjangoModelFactory.__subclasses__())
    while waiting:
        factory = waiting.pop(0)
        waiting += factory.__subclasses__()
        if not factory._meta.abstract and factory._meta.model is not None:
            found.setdefault(factory._meta.get_model_class(), factory)
    return found


def rows_of(model: type[models.Model]) -> list[int]:
    """The pks of a plain row, one with as many nulls as the columns allow, and two with awkward values."""
    if model is ContentType:
        return list(ContentType.objects.values_list("pk", flat=True))
    make = factories()[model]
    plain, empty, full, other = make(), make(), make(), make()
    for field in model._meta.concrete_fields:
        _set(empty, field, _emptiest(field))
        _set(full, field, _awkward(field, moment=MOMENT_WITHOUT_MICROSECONDS, cents="9999999999.99"))
        _set(other, field, _awkward(field, moment=MOMENT_WITH_FEW_MICROSECONDS, cents="0.00"))
    return [row.pk for row in (plain, empty, full, other)]


KEEP = object()


def _set(row: models.Model, field: models.Field, value: Any) -> None:
    if value is not KEEP:
        rows = models.QuerySet(type(row)).filter(pk=row.pk)
        rows.update(**{field.name: value})


def _emptiest(field: models.Field) -> Any:
    if isinstance(field, models.JSONField):
        return {} if not field.null else None
    # An address needs an owner, whichever; the constraint does not say which. A category tree has one root.
    if not field.null or field.name in {"customer", "parent"}:
        return KEEP
    return None


def _awkward(field: models.Field, *, moment: datetime, cents: str) -> Any:
    if field.primary_key or field.is_relation or field.choices or field.name == "object_id":
        return KEEP
    for kind, value in (
        (models.JSONField, JSON),
        (models.FileField, "order_items/İş_100%_('漢').png"),
        (models.SlugField, KEEP),
        (models.GenericIPAddressField, "2001:db8::1"),
        (models.CharField, KEEP if field.unique else TEXT[: field.max_length]),
        (models.TextField, TEXT),
        (models.DateTimeField, moment),
        (models.DateField, date(2020, 2, 29)),
        (RateField, Decimal("0.10")),
        (models.DecimalField, Decimal(cents)),
        (models.FloatField, -0.0),
        (models.BooleanField, True),
        (DateTimeRangeField, DateTimeTZRange(moment, None if cents == "0.00" else moment, "[)")),
    ):
        if isinstance(field, kind):
            return value
    return KEEP
