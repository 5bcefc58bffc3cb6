"""Periodic housekeeping."""

from __future__ import annotations

from celery import shared_task

from omnitron.core import row_counts


@shared_task(name="omnitron.core.tasks.fold_row_counts")
def fold_row_counts() -> None:
    """Keep the sums behind page counts short."""
    row_counts.fold()
