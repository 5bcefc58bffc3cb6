"""What the server holds after a flow, in the words of the tests."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F

from omnitron.channels.models import BatchRequest, ErrorReport, IntegrationAction


def known_to_channel(model: str) -> dict[int, tuple[str | None, str]]:
    """Remote id and status of every action of the channel's, by the pk of its object."""
    rows = IntegrationAction.objects.filter(channel=1, content_type__model=model)
    return {row.object_id: (row.remote_id, row.status) for row in rows}


def action_of(row: Any) -> IntegrationAction:
    content_type = ContentType.objects.get_for_model(type(row))
    return IntegrationAction.objects.get(channel=1, content_type=content_type, object_id=row.pk)


def failures() -> list[str]:
    """What the clients reported as having gone wrong, by the name of their command, oldest first."""
    rows = ErrorReport.objects.filter(is_ok=False).order_by("pk")
    return list(rows.values_list("error_desc", flat=True))


def why(name: str) -> str:
    """The reason given in the one report of this command."""
    return str(ErrorReport.objects.get(is_ok=False, error_desc=name).raw_response)


def batches() -> list[tuple[str | None, str]]:
    """Kind and status of all batch requests, oldest first."""
    rows = BatchRequest.objects.order_by("pk").values_list("content_type__model", "status")
    return list(rows)


def tell_everything() -> None:
    """The channel knows all there is: nothing of the demo data waits for it any more."""
    IntegrationAction.objects.filter(channel=1).update(version_date=F("object_modified_date"))
