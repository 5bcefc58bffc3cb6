"""Exact row counts that are kept, not counted: triggers note every change, readers add them up."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, models
from django.db.models import Sum

from omnitron.core.models import RowCountChange
from omnitron.core.scope import channel_path_of

FOLD = """
    WITH folded AS (DELETE FROM core_rowcountchange RETURNING relation, channel_id, change)
    INSERT INTO core_rowcountchange (relation, channel_id, change)
    SELECT relation, channel_id, sum(change) FROM folded GROUP BY relation, channel_id
"""
# Tables with the triggers of orders/migrations/0003.
COUNTED = frozenset({"orders_order", "orders_orderitem"})


def kept_count(model: type[models.Model], *, channel_ids: Sequence[int] | None = None) -> int | None:
    """How many rows `model` has, those of `channel_ids` only if given; None when the table is not counted so."""
    table = model._meta.db_table
    if table not in COUNTED:
        return None
    changes = RowCountChange.objects.filter(relation=table)
    if channel_ids is not None:
        if channel_path_of(model) != "channel":
            return None
        changes = changes.filter(channel_id__in=channel_ids)
    return changes.aggregate(total=Sum("change"))["total"] or 0


def fold() -> None:
    """Replace the changes noted so far by their sums. Safe to run at any time, and twice at once."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD)
