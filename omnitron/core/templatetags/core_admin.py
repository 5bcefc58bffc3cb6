"""Template tags of the admin."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from django import template
from django.contrib.admin.views.main import ChangeList
from django.db.models import Max, Min
from django.utils import formats, timezone
from django.utils.text import capfirst

register = template.Library()


@register.inclusion_tag("admin/date_hierarchy.html")
def bounded_date_hierarchy(cl: ChangeList) -> dict[str, Any]:
    """The years, months or days to drill down into.

    Django's own asks which of them have rows, which reads the whole table. Here they are all that lie between the
    first and the last row, two look-ups in an index.
    """
    field = cl.date_hierarchy
    ends = cl.root_queryset.order_by().aggregate(first=Min(field), last=Max(field))
    if ends["first"] is None:
        return {"show": False}
    first, last = (timezone.localtime(ends[end]).date() for end in ("first", "last"))
    year, month, day = (_chosen(cl, field, part) for part in ("year", "month", "day"))

    def link(**parts: int) -> str:
        params = {f"{field}__{part}": str(value) for part, value in parts.items()}
        return cl.get_query_string(params, [f"{field}__"])

    if year is None:
        choices = [
            {"link": link(year=number), "title": str(number)} for number in range(first.year, last.year + 1)
        ]
        return {"show": True, "back": None, "choices": choices}
    if month is None:
        choices = [
            {"link": link(year=year, month=start.month), "title": _month_name(start)}
            for start in (date(year, number, 1) for number in range(1, 13))
            if (first.year, first.month) <= (start.year, start.month) <= (last.year, last.month)
        ]
        return {"show": True, "back": {"link": link(), "title": "All dates"}, "choices": choices}
    if day is None:
        days = (date(year, month, number + 1) for number in range(calendar.monthrange(year, month)[1]))
        choices = [
            {"link": link(year=year, month=month, day=one.day), "title": _day_name(one)}
            for one in days
            if first <= one <= last
        ]
        return {"show": True, "back": {"link": link(year=year), "title": str(year)}, "choices": choices}
    chosen = date(year, month, day)
    return {
        "show": True,
        "back": {"link": link(year=year, month=month), "title": _month_name(chosen)},
        "choices": [{"title": _day_name(chosen)}],
    }


def _chosen(cl: ChangeList, field: str, part: str) -> int | None:
    # The list has been filtered by it already, so it is a number and a date.
    value = cl.params.get(f"{field}__{part}")
    return int(value[-1] if isinstance(value, list) else value) if value else None


def _month_name(day: date) -> str:
    return capfirst(formats.date_format(day, "YEAR_MONTH_FORMAT"))


def _day_name(day: date) -> str:
    return capfirst(formats.date_format(day, "MONTH_DAY_FORMAT"))
