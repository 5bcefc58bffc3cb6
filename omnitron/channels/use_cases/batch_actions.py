"""The integration actions of a batch: taken when it is committed, decided by its results, released if it fails.

Each of these is a fixed number of statements, whatever the number of objects. Actions are locked by content type
and object, the order in which changes of the objects themselves reach them (`integration_actions_follow`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import F, Model, QuerySet

from omnitron.channels.dto import BatchObject
from omnitron.channels.enums import IntegrationStatus
from omnitron.channels.exceptions import BatchObjectsTakenException
from omnitron.channels.models import BatchRequest, IntegrationAction
from omnitron.core.exceptions import InvalidInput
from omnitron.core.scope import channel_path_of

# Kinds of object a channel is told of. An action of its own is named by "integrationaction".
ACTION = "integrationaction"
KINDS = frozenset(
    {
        "order",
        "orderitem",
        "cancellationrequest",
        "product",
        "productprice",
        "productstock",
        "productimage",
        "productcategory",
        "categorytree",
        "categorynode",
        "marketplaceattribute",
        "marketplaceattributeset",
        "marketplaceattributesetconfig",
        "marketplaceattributeschema",
        "marketplaceattributevalue",
        "marketplaceattributevalueconfig",
    }
)
NAMED_IN_A_REFUSAL = 10

# (content type, object)
Key = tuple[int, int]

_LOCK = """
    SELECT a.id FROM channels_integrationaction a
    JOIN unnest(%s::integer[], %s::bigint[]) AS given(content_type_id, object_id)
        ON a.content_type_id = given.content_type_id AND a.object_id = given.object_id
    WHERE a.channel_id = %s ORDER BY a.content_type_id, a.object_id FOR NO KEY UPDATE OF a
"""
_WRITE = """
    UPDATE channels_integrationaction a SET
        status = given.status, local_batch_id = %s, modified_date = %s,
        previous_status = CASE WHEN given.is_taken THEN a.status END,
        previous_version_date = CASE WHEN given.is_taken THEN a.version_date END,
        -- A result tells of what was taken, not of what the object has become since: that is still to be told.
        version_date = CASE WHEN NOT given.is_taken AND a.local_batch_id = %s
            THEN least(given.version_date, a.version_date)
            ELSE coalesce(given.version_date, a.version_date) END,
        remote_id = coalesce(given.remote_id, a.remote_id),
        state = CASE WHEN given.reason IS NULL THEN a.state - 'failed_reason_type'
            ELSE a.state || jsonb_build_object('failed_reason_type', given.reason) END
    FROM unnest(%s::bigint[], %s::varchar[], %s::timestamptz[], %s::varchar[], %s::varchar[], %s::boolean[])
        AS given(id, status, version_date, remote_id, reason, is_taken)
    WHERE a.id = given.id
"""


def models_of(names: Iterable[str]) -> dict[str, type[Model]]:
    """The models of the kinds `names`. Raises InvalidInput for a kind no channel is told of."""
    if unknown := sorted(set(names) - set(_models())):
        raise InvalidInput(content_type=f"Channels are not told of: {', '.join(unknown)}.")
    return {name: _models()[name] for name in names}


@cache
def _models() -> dict[str, type[Model]]:
    return {model._meta.model_name: model for model in apps.get_models() if model._meta.model_name in KINDS}


def take(batch: BatchRequest, objects: Sequence[BatchObject], *, now: datetime) -> None:
    """Mark `objects` as being worked on by `batch`; those that came with a reason are errors at once.

    An object that this batch is working on already is a result: success, or an error with its reason. That, and
    nothing else, ends what `update_orders` of channel_app says when some of its orders failed. Objects that come
    with neither a reason nor a remote id among them tell no results: the same commit was sent again, for its
    answer was lost.

    Raises InvalidInput for objects that are not there or not the channel's, BatchObjectsTakenException.
    """
    _write(batch, objects, now=now, is_final=False)


def decide(batch: BatchRequest, objects: Sequence[BatchObject], *, now: datetime) -> None:
    """Write the results of `objects`, and success for everything else the batch is still working on.

    Raises InvalidInput, BatchObjectsTakenException.
    """
    _write(batch, objects, now=now, is_final=True)
    _processing(batch).update(
        status=IntegrationStatus.SUCCESS, previous_status=None, previous_version_date=None
    )


def release(batch: BatchRequest, objects: Sequence[BatchObject] = ()) -> None:
    """Give back what the batch is still working on: each action is as the batch found it, so that its object is
    offered again. One the batch made goes away, unless it carries a remote id, which nobody could tell again.
    """
    reasons = {(item.content_type, item.pk): item.failed_reason_type for item in objects}
    actions = list(_processing(batch).select_related("content_type").order_by("content_type", "object_id"))
    for action in actions:
        if reason := reasons.get((action.content_type.model, action.object_id)):
            action.state = action.state | {"failed_reason_type": reason}
    IntegrationAction.objects.bulk_update([action for action in actions if action.state], ["state"])
    made_here = _processing(batch).filter(previous_status=None)
    made_here.filter(remote_id=None).delete()
    made_here.update(status=IntegrationStatus.ERROR, version_date=None)
    _processing(batch).update(
        status=F("previous_status"),
        version_date=F("previous_version_date"),
        previous_status=None,
        previous_version_date=None,
    )


def _write(batch: BatchRequest, objects: Sequence[BatchObject], *, now: datetime, is_final: bool) -> None:
    _note_on_actions(batch, [item for item in objects if item.content_type == ACTION])
    wanted = _merged(batch, [item for item in objects if item.content_type != ACTION])
    if not wanted:
        return
    known = {(row.content_type_id, row.object_id): row for row in _lock(batch, wanted)}
    _check_free(batch, known.values())
    changes = []
    new = []
    tells_results = is_final or any(item.failed_reason_type or item.remote_id for item in wanted.values())
    for key, item in wanted.items():
        row = known.get(key)
        is_taken_already = (
            row is not None
            and row.status == IntegrationStatus.PROCESSING
            and row.local_batch_id == batch.local_batch_id
        )
        if is_taken_already and not tells_results:
            continue
        is_result = is_final or is_taken_already
        status = _status(item, is_result=is_result)
        if row is None:
            new.append(_new(batch, key, item, status=status))
        else:
            reason = item.failed_reason_type
            changes.append((row.pk, status, item.version_date, item.remote_id, reason, not is_result))
    IntegrationAction.objects.bulk_create(new)
    if changes:
        columns = [list(column) for column in zip(*changes, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [batch.local_batch_id, now, batch.local_batch_id, *columns])


def _status(item: BatchObject, *, is_result: bool) -> IntegrationStatus:
    if item.failed_reason_type:
        return IntegrationStatus.ERROR
    return IntegrationStatus.SUCCESS if is_result else IntegrationStatus.PROCESSING


def _new(batch: BatchRequest, key: Key, item: BatchObject, *, status: IntegrationStatus) -> IntegrationAction:
    return IntegrationAction(
        channel_id=batch.channel_id,
        content_type_id=key[0],
        object_id=key[1],
        local_batch_id=batch.local_batch_id,
        status=status,
        version_date=item.version_date,
        remote_id=item.remote_id,
        state={"failed_reason_type": item.failed_reason_type} if item.failed_reason_type else {},
    )


def _merged(batch: BatchRequest, objects: Sequence[BatchObject]) -> dict[Key, BatchObject]:
    """Each object once, as it was named last; a remote id named before is kept."""
    models = models_of({item.content_type for item in objects})
    types = ContentType.objects.get_for_models(*models.values())
    merged: dict[Key, BatchObject] = {}
    for item in objects:
        key = types[models[item.content_type]].pk, item.pk
        earlier = merged.get(key)
        if earlier is not None and item.remote_id is None:
            item = replace(item, remote_id=earlier.remote_id)
        merged[key] = item
    for name, model in models.items():
        pks = {item.pk for item in merged.values() if item.content_type == name}
        check_are_there(model, pks, channel_id=batch.channel_id)
    return merged


def check_are_there(model: type[Model], pks: set[int], *, channel_id: int) -> None:
    """Raises InvalidInput for rows of `model` that do not exist or are another channel's."""
    path = channel_path_of(model)
    scope = {} if path is None else {path: channel_id}
    missing = sorted(pks - set(model._base_manager.filter(pk__in=pks, **scope).values_list("pk", flat=True)))
    if missing:
        listed = _listed(f"{model._meta.model_name} {pk}" for pk in missing)
        raise InvalidInput(objects=f"Not there, or not of this channel: {listed}.")


def _lock(batch: BatchRequest, wanted: Mapping[Key, BatchObject]) -> list[IntegrationAction]:
    types, pks = zip(*wanted, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(types), list(pks), batch.channel_id])
        found = [pk for (pk,) in cursor.fetchall()]
    return list(IntegrationAction.objects.filter(pk__in=found)) if found else []


def _check_free(batch: BatchRequest, rows: Iterable[IntegrationAction]) -> None:
    taken = [
        row
        for row in rows
        if row.status == IntegrationStatus.PROCESSING and row.local_batch_id != batch.local_batch_id
    ]
    if taken:
        objects = _listed(
            f"{ContentType.objects.get_for_id(row.content_type_id).model} {row.object_id}" for row in taken
        )
        raise BatchObjectsTakenException(objects=objects)


def _note_on_actions(batch: BatchRequest, objects: Sequence[BatchObject]) -> None:
    """Deletions are reported on the actions themselves: one that failed stays, with its reason."""
    for item in objects:
        action = IntegrationAction.objects.filter(pk=item.pk, channel_id=batch.channel_id).first()
        if action is None:
            raise InvalidInput(objects=f"Not there, or not of this channel: {ACTION} {item.pk}.")
        if item.failed_reason_type:
            action.status = IntegrationStatus.ERROR
            action.state = action.state | {"failed_reason_type": item.failed_reason_type}
            action.save(update_fields=["status", "state"])


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = len(names) - NAMED_IN_A_REFUSAL
    return ", ".join(names[:NAMED_IN_A_REFUSAL]) + (f" and {more} more" if more > 0 else "")


def _processing(batch: BatchRequest) -> QuerySet[IntegrationAction]:
    return IntegrationAction.objects.filter(
        local_batch_id=batch.local_batch_id, status=IntegrationStatus.PROCESSING
    )
