"""Write down which version of an object its channel was told, or that telling it failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from omnitron.channels.enums import IntegrationStatus
from omnitron.channels.models import IntegrationAction


@dataclass(frozen=True)
class ToldVersion:
    """What is to be written on the action: the version told (None: as before), its status, parts of its state, and
    what is added to parts of it that others add to, too.
    """

    action: int
    version: datetime | None
    status: IntegrationStatus
    added: Mapping[str, Mapping[str, Any]]
    state: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def note_told_versions(rows: Sequence[ToldVersion]) -> None:
    """Keep what became of telling the channel, for all or none. The object's own modified_date decides from then
    on: a change made while the old version was being sent leaves it waiting. What a pull has noted meanwhile stays:
    columns not told now, and a version that is newer.
    """
    write_told_versions(lock_actions([row.action for row in rows]), rows)


def lock_actions(pks: Iterable[int]) -> dict[int, IntegrationAction]:
    """The actions, locked in the sequence in which everybody locks them (docs/locking.md)."""
    locked = IntegrationAction.objects.select_for_update(of=("self",), no_key=True)
    return {
        action.pk: action for action in locked.filter(pk__in=pks).order_by("content_type_id", "object_id")
    }


def write_told_versions(locked: Mapping[int, IntegrationAction], rows: Sequence[ToldVersion]) -> None:
    """`note_told_versions` on actions that are locked."""
    changed = []
    for row in rows:
        action = locked.get(row.action)
        if action is None:
            continue
        action.status = row.status
        action.state = {**action.state, **row.state}
        for name, values in row.added.items():
            action.state[name] = {**action.state.get(name, {}), **values}
        if row.version is not None:
            action.version_date = max(row.version, action.version_date or row.version)
        changed.append(action)
    IntegrationAction.objects.bulk_update(changed, ["status", "state", "version_date"])
