"""One row of every model the admin shows, and the addresses of its pages."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from factory.django import DjangoModelFactory

from omnitron.core import audit
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditLog, AuditSource, IdempotencyKey, RowCountChange
from tests.factories import attributes, catalogs, channels, customers, orders, payments, pulls, users

FACTORIES: dict[type[Model], type[DjangoModelFactory]] = {
    factory._meta.model: factory
    for module in (attributes, catalogs, channels, customers, orders, payments, pulls, users)
    for factory in vars(module).values()
    if isinstance(factory, type)
    and issubclass(factory, DjangoModelFactory)
    and factory.__module__ == module.__name__
    and not factory._meta.abstract
}
# Several factories make orders; any of them will do.
FACTORIES[orders.Order] = orders.OrderFactory
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def a_row_of(model: type[Model]) -> Model:
    """A valid row of `model`."""
    return FACTORIES[model]() if model in FACTORIES else _made_by_hand(model)


def _made_by_hand(model: type[Model]) -> Model:
    interval = IntervalSchedule.objects.get_or_create(every=5, period=IntervalSchedule.MINUTES)[0]
    context = AuditContext.system(AuditSource.CRON)
    makers = {
        AuditLog: lambda: audit.record(
            users.UserFactory(), "user.changed", audit_context=context, new={"a": 1}
        ),
        IdempotencyKey: lambda: IdempotencyKey.objects.create(
            user=users.UserFactory(), key="key-1", method="POST", path="/api/v1/orders/", body_digest="0" * 64
        ),
        RowCountChange: lambda: RowCountChange.objects.create(
            relation="orders_order", channel_id=1, change=0
        ),
        Group: lambda: Group.objects.create(name="Operators"),
        IntervalSchedule: lambda: interval,
        PeriodicTask: lambda: PeriodicTask.objects.create(
            name="every so often", task="a.task", interval=interval
        ),
        CrontabSchedule: CrontabSchedule.objects.create,
        SolarSchedule: lambda: SolarSchedule.objects.create(event="sunrise", latitude=41, longitude=29),
        ClockedSchedule: lambda: ClockedSchedule.objects.create(
            clocked_time=timezone.now() + timedelta(days=1)
        ),
    }
    return makers[model]()


def list_of(model: type[Model]) -> str:
    return _address(model, "changelist")


def form_for_new(model: type[Model]) -> str:
    return _address(model, "add")


def page_of(row: Model) -> str:
    return _address(type(row), "change", row.pk)


def history_of(row: Model) -> str:
    return _address(type(row), "history", row.pk)


def deletion_of(row: Model) -> str:
    return _address(type(row), "delete", row.pk)


def _address(model: type[Model], view: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)
