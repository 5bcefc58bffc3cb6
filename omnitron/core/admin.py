"""Admin of what every application uses: audit log, idempotency keys, kept counts; and of periodic tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django_celery_beat import admin as beat
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from omnitron.core import audit
from omnitron.core.admin_base import HouseWideMixin, OmnitronAdmin, ReadOnlyAdmin
from omnitron.core.admin_display import link_to_object
from omnitron.core.admin_filters import DayRangeFilter, ScopedRelatedFilter
from omnitron.core.admin_forms import RefusableForm
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditLog, IdempotencyKey, RowCountChange

LARGEST_ID = 2**63 - 1


@admin.register(AuditLog)
class AuditLogAdmin(HouseWideMixin, ReadOnlyAdmin):
    """Every change of every row. Searched by the changed row's id, for which there is an index."""

    list_display = ("created_date", "event", "changed_row", "actor", "source", "request_id")
    list_filter = (
        ("source", ChoicesDropdownFilter),
        ("content_type", ScopedRelatedFilter),
        ("actor", AutocompleteSelectFilter),
        ("created_date", DayRangeFilter),
    )
    list_select_related = ("actor",)
    detail_select_related = ("actor", "content_type")
    search_fields = ("object_id",)
    search_help_text = "The id of the changed row"
    date_hierarchy = "created_date"

    @display(description="row")
    def changed_row(self, row: AuditLog) -> str:
        return link_to_object(row.content_type_id, row.object_id)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        if not (term.isascii() and term.isdecimal() and int(term[:20]) <= LARGEST_ID):
            return queryset.none(), False
        # The index leads with the content type: naming all of them keeps it in use.
        kinds = ContentType.objects.values("pk")
        return queryset.filter(content_type__in=kinds, object_id=int(term)), False


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(HouseWideMixin, ReadOnlyAdmin):
    """Which requests may be repeated. The kept answers are not shown: they are other people's."""

    list_display = ("key", "user", "method", "path", "response_status", "created_date")
    list_filter = (("user", AutocompleteSelectFilter), ("created_date", DayRangeFilter))
    list_select_related = ("user",)
    detail_select_related = ("user",)
    search_fields = ("key__exact",)
    search_help_text = "The whole key"
    fields = ("key", "user", "method", "path", "response_status", "created_date", "modified_date")


@admin.register(RowCountChange)
class RowCountChangeAdmin(HouseWideMixin, ReadOnlyAdmin):
    list_display = ("relation", "channel_id", "change")
    search_fields = ("relation__exact",)
    search_help_text = "The whole name of a table"


class _BeatAdmin(HouseWideMixin, OmnitronAdmin):
    """Tables of django-celery-beat: their own `save()` tells the scheduler, so it is that one which is called."""

    is_deletable = True

    def create_row(self, row: Model, values: Mapping[str, Any], *, audit_context: AuditContext) -> Model:
        return self._saved(row, "created", values, audit_context=audit_context)

    def update_row(self, row: Model, values: Mapping[str, Any], *, audit_context: AuditContext) -> Model:
        return self._saved(row, "changed", values, audit_context=audit_context) if values else row

    def delete_row(self, row: Model, *, audit_context: AuditContext) -> None:
        audit.record(
            row, f"{row._meta.model_name}.deleted", audit_context=audit_context, old={"name": str(row)}
        )
        row.delete()

    def _saved(
        self, row: Model, what: str, values: Mapping[str, Any], *, audit_context: AuditContext
    ) -> Model:
        row.save()
        new = {name: None if value is None else str(value) for name, value in values.items()}
        audit.record(row, f"{row._meta.model_name}.{what}", audit_context=audit_context, new=new)
        return row


class _TaskSelectWidget(UnfoldAdminSelectWidget, beat.TaskSelectWidget):
    """The registered tasks, in the admin's own style."""


class PeriodicTaskForm(beat.PeriodicTaskForm, RefusableForm):
    class Meta(beat.PeriodicTaskForm.Meta):
        widgets = {"task": UnfoldAdminTextInputWidget}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["regtask"].widget = _TaskSelectWidget()
        self.fields["task"].widget = UnfoldAdminTextInputWidget()


class PeriodicTaskAdmin(_BeatAdmin):
    form = PeriodicTaskForm
    list_display = ("name", "task", "enabled", "schedule", "last_run_at", "total_run_count")
    list_filter = ("enabled",)
    list_select_related = ("interval", "crontab", "solar", "clocked")
    detail_select_related = list_select_related
    search_fields = ("name", "task")
    fieldsets = (
        (None, {"fields": (("name", "enabled"), ("regtask", "task"), "description")}),
        (
            "Schedule",
            {
                "fields": (
                    ("interval", "crontab"),
                    ("solar", "clocked"),
                    "start_time",
                    "expires",
                    ("one_off", "last_run_at"),
                )
            },
        ),
        ("Arguments", {"fields": (("args", "kwargs"), ("queue", "priority"))}),
    )
    readonly_fields = ("last_run_at",)

    @display(description="schedule")
    def schedule(self, task: PeriodicTask) -> str:
        return str(task.scheduler)


class IntervalScheduleAdmin(_BeatAdmin):
    list_display = ("__str__", "every", "period")


class CrontabScheduleAdmin(_BeatAdmin):
    list_display = ("__str__", "human_readable")


class SolarScheduleAdmin(_BeatAdmin):
    list_display = ("__str__", "event", "latitude", "longitude")


class ClockedScheduleAdmin(_BeatAdmin):
    list_display = ("clocked_time",)


for model, model_admin in (
    (PeriodicTask, PeriodicTaskAdmin),
    (IntervalSchedule, IntervalScheduleAdmin),
    (CrontabSchedule, CrontabScheduleAdmin),
    (SolarSchedule, SolarScheduleAdmin),
    (ClockedSchedule, ClockedScheduleAdmin),
):
    admin.site.unregister(model)
    admin.site.register(model, model_admin)
