"""Lists of the admin: totals are kept, not counted, and never counted further than anybody reads."""

from __future__ import annotations

from collections.abc import Callable

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.views import ChangeList

COUNT_LIMIT = 10_000
# What a list's address may carry without narrowing the list.
NOT_NARROWING = frozenset({"p", "o", "e", "all", "_popup", "_to_field", "_facets"})


class AtLeast(int):
    """A count that was given up: "10000+"."""

    def __str__(self) -> str:
        return f"{int(self)}+"


def capped_count(queryset: QuerySet, *, limit: int = COUNT_LIMIT) -> int:
    """How many rows there are, counted no further than `limit`."""
    found = queryset.order_by()[: limit + 1].count()
    return AtLeast(limit) if found > limit else found


class CappedPaginator(Paginator):
    """Asks `kept` for the total first; counts, up to COUNT_LIMIT, only where that knows nothing."""

    def __init__(
        self, queryset: QuerySet, per_page: int, *args: object, kept: Callable[[], int | None] | None = None
    ) -> None:
        super().__init__(queryset, per_page, *args)
        self.kept = kept

    @cached_property
    def count(self) -> int:
        kept = self.kept() if self.kept else None
        return capped_count(self.object_list) if kept is None else kept


def is_narrowed(request: HttpRequest) -> bool:
    """Whether a list shows only a part of its rows."""
    return bool(set(request.GET) - NOT_NARROWING)


class OmnitronChangeList(ChangeList):
    """Knows that a list which nothing narrows shows all there is."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not is_narrowed(request):
            self.full_result_count = self.result_count
