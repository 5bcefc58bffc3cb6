"""Rows shown on the page of the row they belong to. Nothing is written through them."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.forms import PaginationInlineFormSet

from omnitron.core.admin_display import link_to


class ReadOnlyFormSet(PaginationInlineFormSet):
    """Rows to look at. It takes nothing from a request, so nothing posted can change or break it."""

    def is_valid(self) -> bool:
        return True

    def save(self, commit: bool = True) -> list[Model]:
        return []


class ReadOnlyInline(TabularInline):
    """Rows that belong to the page's row, in a tab of their own. `fields` says what is shown of them."""

    formset = ReadOnlyFormSet
    tab = True
    extra = 0
    can_delete = False
    hide_title = True
    ordering = ("pk",)
    select_related: ClassVar[tuple[str, ...]] = ()
    prefetch_related: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        queryset = super().get_queryset(request).prefetch_related(*self.prefetch_related)
        return queryset.select_related(*self.select_related) if self.select_related else queryset

    @display(description="id")
    def row_link(self, row: Model) -> str:
        return link_to(row._meta.label_lower, row.pk, row.pk)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("row_link", *self.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
