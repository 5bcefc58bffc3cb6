"""What a channel's application could not do with what the channel told it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType

from omnitron.channels.models import Channel, ErrorReport, IntegrationAction
from omnitron.core import records
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput

# By the kind of place that is unknown: the kind it lies in, and what names that in a report.
_LIES_IN = {
    "country": ("country", "country_id"),
    "city": ("country", "country_id"),
    "township": ("city", "city_id"),
    "district": ("township", "township_id"),
}


def report_unknown_place(
    channel: Channel, *, kind: str, audit_context: AuditContext, **report: Any
) -> ErrorReport:
    """Keep that the channel names a country, city, township or district nobody here knows, as a report about the
    place it lies in (a country: about no place, id 0). A mapping of its code (`remote_code`) mends it.

    Source: the address commands of channel_app. Raises InvalidInput without that place's id.
    """
    model, key = _LIES_IN[kind]
    if report.get(key) is None and kind != "country":
        raise InvalidInput(**{key: f"A {kind} lies in one."})
    values = {
        "channel": channel,
        "action_content_type": ContentType.objects.get_by_natural_key("customers", model),
        "action_object_id": report.get(key) or 0,
        "target_content_type": ContentType.objects.get_for_model(Channel),
        "target_object_id": str(channel.pk),
        "error_code": report["err_code"],
        "error_desc": report["err_desc"] or "",
        "raw_request": json.dumps({"type": kind, **report}, ensure_ascii=False),
    }
    return records.create_record(ErrorReport, values, audit_context=audit_context)


def report_refused_change(
    action: IntegrationAction,
    *,
    error_code: str,
    error_desc: str,
    version: datetime,
    audit_context: AuditContext,
) -> ErrorReport:
    """Keep that the channel refuses, for good, what it was told of the object of `action` in this version."""
    values = {
        "channel": Channel(pk=action.channel_id),
        "action_content_type": ContentType.objects.get_for_model(IntegrationAction),
        "action_object_id": action.pk,
        "target_content_type_id": action.content_type_id,
        "target_object_id": str(action.object_id),
        "obj_modified_date": version,
        "error_code": error_code,
        "error_desc": error_desc,
    }
    return records.create_record(ErrorReport, values, audit_context=audit_context)


def report_parked_change(
    channel: Channel, *, order: int, error_code: str, error_desc: str, audit_context: AuditContext
) -> ErrorReport:
    """Keep that the channel reported a change of the order with this pk that the house's rules refuse."""
    values = {
        "channel": channel,
        "action_content_type": ContentType.objects.get_by_natural_key("orders", "order"),
        "action_object_id": order,
        "target_content_type": ContentType.objects.get_for_model(Channel),
        "target_object_id": str(channel.pk),
        "error_code": error_code,
        "error_desc": error_desc,
    }
    return records.create_record(ErrorReport, values, audit_context=audit_context)
