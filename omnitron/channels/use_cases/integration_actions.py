"""Integration actions as a channel application's set-up writes them: one by one, outside of any batch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet

from omnitron.channels import selectors
from omnitron.channels.models import Channel, IntegrationAction
from omnitron.channels.use_cases.batch_objects import check_are_there, models_of
from omnitron.channels.use_cases.batch_requests import lock_channel
from omnitron.core import records
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput


@transaction.atomic
def create_integration_action(
    channel: Channel,
    *,
    content_type: ContentType,
    object_id: int,
    audit_context: AuditContext,
    remote_id: str | None = None,
    version_date: datetime | None = None,
    state: dict[str, Any] | None = None,
) -> IntegrationAction:
    """Keep that `channel` knows an object, as `remote_id`, in the version of `version_date` (UTC).

    Raises InvalidInput for a kind or object channels are not told of, and where there is an action already.
    """
    model = models_of([content_type.model])[content_type.model]
    # A batch may be about to make the same action.
    lock_channel(channel.pk)
    check_are_there(model, {object_id}, channel_id=channel.pk)
    values = {
        "channel": channel,
        "content_type": content_type,
        "object_id": object_id,
        "remote_id": remote_id,
        "version_date": version_date,
        "state": state or {},
    }
    return records.create_record(IntegrationAction, values, audit_context=audit_context)


def update_integration_action(
    integration_action: IntegrationAction, *, audit_context: AuditContext, **changes: Any
) -> IntegrationAction:
    """Change `remote_id`, `version_date` or `state`. Raises InvalidInput."""
    return records.update_record(integration_action, changes, audit_context=audit_context)


def delete_integration_action(integration_action: IntegrationAction, *, audit_context: AuditContext) -> None:
    """The channel knows the object no longer."""
    records.delete_record(integration_action, audit_context=audit_context)


def actions_of_what_is_gone(kind: str, *, channel_id: int) -> QuerySet[IntegrationAction]:
    """Actions of `kind` ("product") whose object is gone or no longer active. Raises InvalidInput."""
    if not kind:
        raise InvalidInput(model="Say of which kind: product, for one.")
    return selectors.actions_of_what_is_gone(models_of([kind])[kind], channel_id=channel_id)
