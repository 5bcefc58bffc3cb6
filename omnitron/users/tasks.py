"""What runs by itself for users."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from omnitron.users import use_cases


@shared_task(name="omnitron.users.tasks.delete_dead_tokens")
def delete_dead_tokens() -> None:
    """Delete tokens and failed logins that nobody asks about any more; safe to run twice."""
    use_cases.delete_dead_tokens(now=timezone.now())
