"""What every page of the admin does: show a user only reachable rows, and write through audited use cases.

A subclass for records without rules of their own needs only its columns and filters. One whose records have rules
overrides `create_row`, `update_row` or `delete_row` with a call of its service.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import unquote
from django.core.paginator import Paginator
from django.db import OperationalError, models
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from psycopg2.errorcodes import LOCK_NOT_AVAILABLE
from unfold.admin import ModelAdmin

from omnitron.core import records
from omnitron.core.admin_forms import CodeWidget, JSONFormField, JSONObjectFormField, RefusableForm
from omnitron.core.admin_lists import CappedPaginator, is_narrowed
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput, OmnitronException
from omnitron.core.history import audit_rows_of, timeline
from omnitron.core.models import AuditSource
from omnitron.core.row_counts import kept_count
from omnitron.core.scope import channel_ids_of, channel_path_of, visible_to
from omnitron.omnicore.models import JSONObjectField

Refusal = Mapping[str, Any]


def admin_audit_context(request: HttpRequest) -> AuditContext:
    """Who clicks, through the admin, under the request's id."""
    return AuditContext(actor=request.user, source=AuditSource.ADMIN, request_id=request.request_id)


def refusal_of(error: Exception) -> Refusal | None:
    """What to tell the user of `error`, by field; None for an error of ours."""
    if isinstance(error, InvalidInput):
        return error.errors
    if isinstance(error, OmnitronException):
        return {"non_field_errors": [str(error)]}
    if isinstance(error, OperationalError) and getattr(error.__cause__, "pgcode", None) == LOCK_NOT_AVAILABLE:
        return {"non_field_errors": ["Somebody else is changing this right now. Try again."]}
    return None


class ScopedFieldsMixin:
    """Related rows to choose from: only reachable ones, so that no other one can be saved either."""

    def get_field_queryset(self, db: str | None, db_field: models.Field, request: HttpRequest) -> QuerySet:
        queryset = super().get_field_queryset(db, db_field, request)
        if queryset is None:
            queryset = db_field.remote_field.model._default_manager.all()
        return visible_to(queryset, request.user)


class OmnitronAdmin(ScopedFieldsMixin, ModelAdmin):
    """The admin of one model. `detail_select_related` names what a single row's page shows of other rows."""

    form = RefusableForm
    formfield_overrides: ClassVar[dict[type[models.Field], dict[str, Any]]] = {
        JSONObjectField: {"form_class": JSONObjectFormField, "widget": CodeWidget},
        models.URLField: {"assume_scheme": "https"},
        models.JSONField: {"form_class": JSONFormField, "widget": CodeWidget},
    }
    ordering = ("-pk",)
    list_per_page = 50
    list_filter_submit = True
    list_fullwidth = True
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    change_list_template = "core/admin/change_list.html"
    object_history_template = "core/admin/object_history.html"
    detail_select_related: ClassVar[tuple[str, ...]] = ()
    is_deletable: ClassVar[bool] = False
    # How rows lead to their channel where the model itself does not say so.
    channel_path: ClassVar[str | None] = None

    # Reading

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        queryset = self.limited(super().get_queryset(request), request)
        if self.detail_select_related and (request.resolver_match.url_name or "").endswith("_change"):
            queryset = queryset.select_related(*self.detail_select_related)
        return queryset

    def limited(self, queryset: QuerySet, request: HttpRequest) -> QuerySet:
        """`queryset` as far as the user may reach it."""
        if self.channel_path is None:
            return visible_to(queryset, request.user)
        channel_ids = channel_ids_of(request.user)
        return (
            queryset if channel_ids is None else queryset.filter(**{f"{self.channel_path}__in": channel_ids})
        )

    def get_paginator(
        self, request: HttpRequest, queryset: QuerySet, per_page: int, *args: Any, **kwargs: Any
    ) -> Paginator:
        """An unnarrowed list asks for the kept count; any other is counted, no further than anybody reads."""
        if is_narrowed(request):
            return CappedPaginator(queryset, per_page)
        return CappedPaginator(
            queryset,
            per_page,
            kept=lambda: kept_count(self.model, channel_ids=channel_ids_of(request.user)),
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # PostgreSQL's text holds no NUL: nothing can be found by one.
        if any("\x00" in value for values in request.GET.lists() for value in (values[0], *values[1])):
            return HttpResponseRedirect(f"{request.path}?e=1")
        return super().changelist_view(request, extra_context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return super().get_search_results(request, queryset, search_term.replace("\x00", ""))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The audit trail, not Django's own log, which knows only what was done in the admin."""
        row = self.get_object(request, unquote(object_id))
        entries = timeline(audit_rows_of(row)) if row is not None else []
        return super().history_view(request, object_id, {**(extra_context or {}), "timeline": entries})

    def construct_change_message(self, *args: Any, **kwargs: Any) -> list[Any]:
        """See `log_addition`."""
        return []

    def log_addition(self, *args: Any) -> None:
        """Every change writes an audit row; Django's log beside it would say the same again."""

    def log_change(self, *args: Any) -> None:
        """See `log_addition`."""

    def log_deletions(self, *args: Any) -> None:
        """See `log_addition`."""

    # Writing

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Each field also posts the value its user was shown, so that only what the user changed is written.

        What somebody else changed in the meantime then stays, instead of being set back.
        """
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and not isinstance(db_field, models.FileField):
            field.show_hidden_initial = True
        return field

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "admin_refusal", None)
        return form if refusal is None else type(form.__name__, (form,), {"refusal": refusal})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What a use case refuses is rolled back, and the same form is shown again with the reason."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (InvalidInput, OmnitronException, OperationalError) as error:
            refusal = refusal_of(error)
            if refusal is None or request.method != "POST":
                raise
            request.admin_refusal = refusal
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        columns = {field.name for field in (*self.opts.concrete_fields, *self.opts.many_to_many)}
        given = form.changed_data if change else form.cleaned_data
        values = {name: form.cleaned_data[name] for name in given if name in columns}
        context = admin_audit_context(request)
        if change:
            row = self.update_row(obj, values, audit_context=context)
        else:
            row = self.create_row(obj, values, audit_context=context)
        obj.pk = row.pk
        obj._state.adding = False
        self._refuse_beyond_reach(request, row)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: list[Any], change: bool) -> None:
        """Many-to-many values were written with the row; inlines write nothing."""

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Model, inline: InlineModelAdmin, prefix: str
    ) -> dict[str, Any]:
        """Inlines are never bound to what was posted: they show what is stored, and no more."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        return {name: value for name, value in kwargs.items() if name not in {"data", "files", "save_as_new"}}

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.delete_row(obj, audit_context=admin_audit_context(request))

    def create_row(self, row: Model, values: Mapping[str, Any], *, audit_context: AuditContext) -> Model:
        """Store a new record with `values`. `row` is Django's unsaved instance."""
        return records.create_record(self.model, values, audit_context=audit_context)

    def update_row(self, row: Model, values: Mapping[str, Any], *, audit_context: AuditContext) -> Model:
        """Write `values`, which the user changed, to the stored record `row`."""
        return records.update_record(row, values, audit_context=audit_context)

    def delete_row(self, row: Model, *, audit_context: AuditContext) -> None:
        records.delete_record(row, audit_context=audit_context)

    def _refuse_beyond_reach(self, request: HttpRequest, row: Model) -> None:
        """A limited user may not write a row that then leads to no channel of theirs."""
        path = channel_path_of(self.model)
        if path is None or channel_ids_of(request.user) is None:
            return
        if not self.get_queryset(request).filter(pk=row.pk).exists():
            step = path.split("__")[0]
            raise InvalidInput(**{step: "A user limited to channels must name one of them here."})

    # Deleting: one at a time, on a page of its own

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_deletable and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_deleted_objects(
        self, objs: list[Model], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Names kinds, not rows: there may be millions, and some of channels the user may not see.

        Whether anything protects the row is decided when it is deleted.
        """
        kinds = sorted(
            str(relation.related_model._meta.verbose_name_plural)
            for relation in self.opts.get_fields()
            if getattr(relation, "on_delete", None) is models.CASCADE and relation.auto_created
        )
        named = [f"{obj._meta.verbose_name}: {obj}" for obj in objs]
        return (
            [*named, *(f"its {kind}" for kind in kinds)],
            {str(self.opts.verbose_name): len(objs)},
            set(),
            [],
        )

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except (InvalidInput, OmnitronException, OperationalError) as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            for text in refusal.values():
                self.message_user(request, text if isinstance(text, str) else " ".join(text), messages.ERROR)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=(object_id,)))


class ReadOnlyAdmin(OmnitronAdmin):
    """Rows that are written elsewhere: seen here, never changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class HouseWideMixin:
    """Records about the whole house (users, audit, queues): nobody who is limited to channels sees them."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return not request.user.is_limited_to_channels and super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not request.user.is_limited_to_channels and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return not request.user.is_limited_to_channels and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return not request.user.is_limited_to_channels and super().has_delete_permission(request, obj)
