"""What every model shares: the two time stamps, and helpers to declare columns the database defends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone


class TimeStampedQuerySet(models.QuerySet):
    """A queryset whose `update()`, and with it `bulk_update()`, moves `modified_date`; Django's own does not."""

    def update(self, **values: Any) -> int:
        values.setdefault("modified_date", timezone.now())
        return super().update(**values)


class TimeStampedModel(models.Model):
    """`created_date` and `modified_date` (UTC, microseconds); the latter moves on every write.

    Channels find what changed by `modified_date`, so it must not depend on how a row was written: `save()`,
    `save(update_fields=…)`, `update()` and `bulk_update()` all move it.
    """

    created_date = models.DateTimeField(default=timezone.now, editable=False)
    modified_date = models.DateTimeField(auto_now=True)

    objects = TimeStampedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is not None:
            update_fields = {*update_fields, "modified_date"}
        super().save(*args, update_fields=update_fields, **kwargs)


class JSONObjectField(models.JSONField):
    """A JSON object, `{}` where nothing was given."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("encoder", DjangoJSONEncoder)
        super().__init__(**kwargs)


class MoneyField(models.DecimalField):
    """An amount in the order's currency: 12 digits, two of them cents."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(**kwargs)


class RateField(models.DecimalField):
    """A percentage, 0 to 100, two places."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 5)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(**kwargs)


def one_of(field: str, choices: type[models.Choices]) -> models.CheckConstraint:
    """A constraint that `field` holds a member of `choices`: Django's `choices` alone protects nothing."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": choices.values}), name=f"%(app_label)s_%(class)s_{field}_known"
    )


def not_negative(*fields: str) -> list[models.CheckConstraint]:
    """One constraint a field that it is not below zero."""
    return [
        models.CheckConstraint(
            condition=Q(**{f"{field}__gte": 0}), name=f"%(app_label)s_%(class)s_{field}_not_negative"
        )
        for field in fields
    ]
