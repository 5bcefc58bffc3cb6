"""Write down which version of an object its channel was told, or that telling it failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from omnitron.channels.enums import IntegrationStatus
from omnitron.channels.models import IntegrationAction


@dataclass(frozen=True)
class ToldVersion:
    """What is to be written on the action: the version told (None: as before), its status, parts of its state."""

    action: int
    version: datetime | None
    status: IntegrationStatus
    state: dict[str, Any]


@transaction.atomic
def note_told_versions(rows: Sequence[ToldVersion]) -> None:
    """Keep what became of telling the channel, for all or none. The object's own modified_date decides from then
    on: a change made while the old version was being sent leaves it waiting.
    """
    by_pk = {row.action: row for row in rows}
    locked = IntegrationAction.objects.select_for_update(of=("self",), no_key=True)
    actions = list(locked.filter(pk__in=by_pk).order_by("content_type_id", "object_id"))
    for action in actions:
        row = by_pk[action.pk]
        action.status = row.status
        action.state = {**action.state, **row.state}
        if row.version is not None:
            action.version_date = row.version
    IntegrationAction.objects.bulk_update(actions, ["status", "state", "version_date"])
