"""Periodic housekeeping."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from omnitron.core import idempotency, row_counts


@shared_task(name="omnitron.core.tasks.fold_row_counts")
def fold_row_counts() -> None:
    """Keep the sums behind page counts short."""
    row_counts.fold()


@shared_task(name="omnitron.core.tasks.delete_old_idempotency_keys")
def delete_old_idempotency_keys() -> None:
    """Forget the answers kept for repetitions nobody will send any more."""
    idempotency.delete_older(timezone.now() - settings.IDEMPOTENCY_KEY_LIFETIME)
