"""Pages by number: `{count, next, previous, results}`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from rest_framework import pagination, serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from omnitron.core.resources.renderers import raw_response
from omnitron.core.resources.sql_json import read_rows

DEFAULT_LIMIT = 10
# A larger `limit` is served as this one, never refused: clients ask for 10,000.
LARGEST_LIMIT = 500
LAST_PAGE = 2**31


class PageParameters(pagination.PageNumberPagination):
    """What the OpenAPI schema is told of pages; `paginated` below does the work."""

    page_size = DEFAULT_LIMIT
    page_size_query_param = "limit"
    max_page_size = LARGEST_LIMIT


@dataclass(frozen=True)
class Page:
    """A page as asked for: its number from 1, and how many rows it holds."""

    number: int
    limit: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.limit


def requested_page(request: Request) -> Page:
    """`page` and `limit` of the request; 400 unless they are positive whole numbers."""
    number = _positive(request, "page", default=1)
    limit = min(_positive(request, "limit", default=DEFAULT_LIMIT), LARGEST_LIMIT)
    if number > LAST_PAGE:
        raise NotFound("There is no such page.")
    return Page(number=number, limit=limit)


def _positive(request: Request, name: str, *, default: int) -> int:
    given = request.query_params.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 20 and int(given) > 0):
        raise ValidationError({name: ["Give a positive whole number."]})
    return int(given)


def paginated(
    request: Request,
    queryset: QuerySet,
    serializer_class: type[serializers.ModelSerializer],
    *,
    count: Callable[[], int],
) -> Response:
    """The requested page of `queryset`; `count` is asked only when the page itself does not tell.

    Raises NotFound past the end. One statement, and one more for the count of a full page.
    """
    page = requested_page(request)
    rows, found = read_rows(serializer_class, queryset, limit=page.limit, offset=page.offset)
    if not found and page.number > 1:
        raise NotFound("There is no such page.")
    total = page.offset + found if found < page.limit else max(count(), page.offset + found)
    url = request.build_absolute_uri()
    following = replace_query_param(url, "page", page.number + 1) if total > page.offset + found else None
    return raw_response(
        f'{{"count":{total},"next":{json.dumps(following)},"previous":{json.dumps(_previous(url, page))},'
        f'"results":[{rows}]}}'
    )


def listed(request: Request, queryset: QuerySet, shown: Callable[[Iterable[Any]], list[Any]]) -> Response:
    """The requested page of `queryset`, its rows made by Python: for what no serializer compiles to SQL.

    Refuses parameters other than `page` and `limit`. Raises NotFound past the end. Two statements.
    """
    if unknown := sorted(set(request.query_params) - {"page", "limit", "format"}):
        raise ValidationError({name: ["Unknown parameter."] for name in unknown})
    page = requested_page(request)
    total = queryset.count()
    rows = list(queryset[page.offset : page.offset + page.limit])
    if not rows and page.number > 1:
        raise NotFound("There is no such page.")
    url = request.build_absolute_uri()
    following = replace_query_param(url, "page", page.number + 1) if total > page.offset + len(rows) else None
    return Response(
        {"count": total, "next": following, "previous": _previous(url, page), "results": shown(rows)}
    )


def _previous(url: str, page: Page) -> str | None:
    if page.number == 1:
        return None
    if page.number == 2:
        return remove_query_param(url, "page")
    return replace_query_param(url, "page", page.number - 1)
