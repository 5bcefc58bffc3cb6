"""Exact row counts that are kept, not counted: triggers note every change, readers add them up."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, models

from omnitron.core.scope import channel_path_of

# As text, because every page of every list asks it and building it would take longer than reading it.
SUM = """
    SELECT coalesce(sum(change), 0) FROM core_rowcountchange
    WHERE relation = %(table)s
    AND (%(channel_ids)s::bigint[] IS NULL OR channel_id = ANY(%(channel_ids)s::bigint[]))
"""
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
    if channel_ids is not None and channel_path_of(model) != "channel":
        return None
    with connection.cursor() as cursor:
        cursor.execute(SUM, {"table": table, "channel_ids": channel_ids})
        (total,) = cursor.fetchone()
    return int(total)


def fold() -> None:
    """Replace the changes noted so far by their sums. Safe to run at any time, and twice at once."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD)
