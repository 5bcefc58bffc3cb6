"""What is missing and nobody can fill: somebody has looked into it, and says so."""

from __future__ import annotations

from django.db import transaction

from omnitron.channels.enums import WindowStatus
from omnitron.channels.exceptions import NoHoleException
from omnitron.channels.models import PullWindow
from omnitron.core import records
from omnitron.core.audit import AuditContext


@transaction.atomic
def acknowledge_hole(window: PullWindow, *, note: str, audit_context: AuditContext) -> PullWindow:
    """Say of a hole that what is missing in it is known, and why it stays missing. The ledger still calls it a
    hole; the report does not call for anybody any more, until more is missing than now.

    Raises NoHoleException, and InvalidInput for an empty note.
    """
    locked = records.lock_record(window)
    if locked.status != WindowStatus.HOLE:
        raise NoHoleException(start=locked.window_from.isoformat(), status=locked.get_status_display())
    values = {"acknowledged_missing": locked.missing, "acknowledged_note": note.strip()}
    records.write_changes(locked, values, audit_context=audit_context)
    return locked
