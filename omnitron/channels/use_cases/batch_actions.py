"""The integration actions of a batch: taken when it is committed, decided by its results, released if it fails.

Each of these is a fixed number of statements, whatever the number of objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from omnitron.channels.dto import BatchObject
from omnitron.channels.enums import IntegrationStatus
from omnitron.channels.exceptions import BatchObjectsTakenException
from omnitron.channels.models import BatchRequest, IntegrationAction
from omnitron.channels.use_cases.batch_objects import (
    ACTION,
    KINDS,
    Key,
    check_are_there,
    hold_objects_without_action,
    keys_of_batch,
    listed,
    lock_actions,
    models_of,
)
from omnitron.core.exceptions import InvalidInput

_WRITE = """
    UPDATE channels_integrationaction a SET
        status = given.status, local_batch_id = %s, modified_date = %s,
        previous_status = CASE WHEN given.is_taken THEN a.status END,
        previous_version_date = CASE WHEN given.is_taken THEN a.version_date END,
        -- A result tells of what was taken, not of what the object has become since: that is still to be told.
        version_date = CASE WHEN NOT given.is_taken AND a.local_batch_id = %s
            THEN coalesce(least(given.version_date, a.version_date), a.object_modified_date)
            ELSE coalesce(given.version_date, a.version_date, a.object_modified_date) END,
        remote_id = coalesce(given.remote_id, a.remote_id),
        state = CASE WHEN given.reason IS NULL THEN a.state - 'failed_reason_type'
            ELSE a.state || jsonb_build_object('failed_reason_type', given.reason) END
    FROM unnest(%s::bigint[], %s::varchar[], %s::timestamptz[], %s::varchar[], %s::varchar[], %s::boolean[])
        AS given(id, status, version_date, remote_id, reason, is_taken)
    WHERE a.id = given.id
"""
_NOTE_REASONS = """
    UPDATE channels_integrationaction a
    SET state = a.state || jsonb_build_object('failed_reason_type', given.reason)
    FROM unnest(%s::bigint[], %s::varchar[]) AS given(id, reason) WHERE a.id = given.id
"""


def take(batch: BatchRequest, objects: Sequence[BatchObject], *, now: datetime) -> None:
    """Mark `objects` as being worked on by `batch`; those that came with a reason are errors at once.

    Objects that this batch holds already are results: success, or an error with its reason. That, and nothing else,
    ends what `update_orders` of channel_app says when some of its orders failed. Where all of them come exactly as
    they are held, it is the same commit again, for its answer was lost: they stay as they are.

    Raises InvalidInput for objects that are not there or not the channel's, BatchObjectsTakenException.
    """
    _write(batch, objects, now=now, is_final=False)


def decide(batch: BatchRequest, objects: Sequence[BatchObject], *, now: datetime) -> None:
    """Write the results of `objects`, and success for everything else the batch is still working on. An object of
    the batch that is gone by now is no obstacle.

    Raises InvalidInput, BatchObjectsTakenException.
    """
    _write(batch, objects, now=now, is_final=True)
    _processing(batch).update(
        status=IntegrationStatus.SUCCESS, version_date=Coalesce("version_date", "object_modified_date")
    )
    _held(batch).filter(previous_status__isnull=False).update(
        previous_status=None, previous_version_date=None
    )


def release(batch: BatchRequest, objects: Sequence[BatchObject] = ()) -> None:
    """Give back what the batch took and nobody decided: each action is as the batch found it, so that its object is
    offered again. One the batch made goes away, unless it carries a remote id, which nobody could tell again.
    """
    lock_actions(batch, (), action_pks=(), with_processing=True)
    _note_reasons(batch, {(item.content_type, item.pk): item.failed_reason_type for item in objects})
    made_here = _processing(batch).filter(previous_status=None)
    made_here.filter(remote_id=None).delete()
    made_here.update(status=IntegrationStatus.ERROR, version_date=None)
    undecided = {IntegrationStatus.PROCESSING, IntegrationStatus.ERROR}
    _held(batch).filter(status__in=undecided, previous_status__isnull=False).update(
        status=F("previous_status"),
        version_date=F("previous_version_date"),
        previous_status=None,
        previous_version_date=None,
    )


def _note_reasons(batch: BatchRequest, reasons: Mapping[tuple[str, int], str | None]) -> None:
    if not any(reasons.values()):
        return
    rows = _processing(batch).values_list("pk", "content_type__model", "object_id")
    found = [(pk, reasons.get((model, object_id))) for pk, model, object_id in rows]
    noted = [(pk, reason) for pk, reason in found if reason]
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_REASONS, [[pk for pk, _ in noted], [reason for _, reason in noted]])


def _write(batch: BatchRequest, objects: Sequence[BatchObject], *, now: datetime, is_final: bool) -> None:
    on_actions = {item.pk: item for item in objects if item.content_type == ACTION}
    wanted = _merged([item for item in objects if item.content_type != ACTION])
    held, known_before = keys_of_batch(batch, wanted)
    _check_are_there(batch, {key: item for key, item in wanted.items() if key not in held})
    hold_objects_without_action(key for key in wanted if key not in known_before)
    rows = lock_actions(batch, wanted, action_pks=on_actions, with_processing=is_final)
    known = {(row.content_type_id, row.object_id): row for row in rows}
    named = [row for key, row in known.items() if key in wanted or row.pk in on_actions]
    _check_free(batch, named)
    _note_on_actions(batch, on_actions, {row.pk for row in rows}, is_final=is_final)
    tells_results = is_final or any(
        not _repeats(item, known[key]) for key, item in wanted.items() if key in held and key in known
    )
    changes, new = [], []
    for key, item in wanted.items():
        row = known.get(key)
        is_held = row is not None and row.local_batch_id == batch.local_batch_id
        if is_held and (not tells_results or (not is_final and _is_decided(item, row))):
            continue
        is_result = is_final or (is_held and row.status == IntegrationStatus.PROCESSING)
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


def _repeats(item: BatchObject, row: IntegrationAction) -> bool:
    """Whether the object comes as the batch, which holds `row`, knows it already."""
    is_as_taken = (
        item.failed_reason_type is None
        and row.status == IntegrationStatus.PROCESSING
        and item.remote_id in {None, row.remote_id}
        and item.version_date in {None, row.version_date}
    )
    return is_as_taken or _is_decided(item, row)


def _is_decided(item: BatchObject, row: IntegrationAction) -> bool:
    """Whether the batch, which holds `row`, has decided the object so: it takes nothing a second time."""
    return (
        row.status != IntegrationStatus.PROCESSING
        and row.status == _status(item, is_result=True)
        and (item.failed_reason_type == row.state.get("failed_reason_type"))
    )


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


def _merged(objects: Sequence[BatchObject]) -> dict[Key, BatchObject]:
    """Each object once, as it was named last, in the order of locks; a remote id named before is kept."""
    models = models_of({item.content_type for item in objects})
    types = ContentType.objects.get_for_models(*models.values())
    merged: dict[Key, BatchObject] = {}
    for item in objects:
        key = types[models[item.content_type]].pk, item.pk
        earlier = merged.get(key)
        if earlier is not None and item.remote_id is None:
            item = replace(item, remote_id=earlier.remote_id)
        merged[key] = item
    return dict(sorted(merged.items(), key=lambda row: (KINDS.index(row[1].content_type), row[1].pk)))


def _check_are_there(batch: BatchRequest, wanted: Mapping[Key, BatchObject]) -> None:
    for name, model in models_of({item.content_type for item in wanted.values()}).items():
        pks = {item.pk for item in wanted.values() if item.content_type == name}
        check_are_there(model, pks, channel_id=batch.channel_id)


def _check_free(batch: BatchRequest, rows: Iterable[IntegrationAction]) -> None:
    taken = [
        row
        for row in rows
        if row.status == IntegrationStatus.PROCESSING and row.local_batch_id != batch.local_batch_id
    ]
    if taken:
        objects = listed(
            f"{ContentType.objects.get_for_id(row.content_type_id).model} {row.object_id}" for row in taken
        )
        raise BatchObjectsTakenException(objects=objects)


def _note_on_actions(
    batch: BatchRequest, named: Mapping[int, BatchObject], there: set[int], *, is_final: bool
) -> None:
    """Deletions are reported on the actions themselves: one that failed stays, with its reason. Those that
    succeeded, the application deletes, and may still name.
    """
    if not is_final and (missing := sorted(set(named) - there)):
        names = listed(f"{ACTION} {pk}" for pk in missing)
        raise InvalidInput(objects=f"Not there, or not of this channel: {names}.")
    failed = [(pk, item.failed_reason_type) for pk, item in named.items() if item.failed_reason_type]
    if not failed:
        return
    pks = [pk for pk, _ in failed]
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_REASONS, [pks, [reason for _, reason in failed]])
    IntegrationAction.objects.filter(pk__in=pks, channel_id=batch.channel_id).update(
        status=IntegrationStatus.ERROR
    )


def _held(batch: BatchRequest) -> QuerySet[IntegrationAction]:
    return IntegrationAction.objects.filter(local_batch_id=batch.local_batch_id)


def _processing(batch: BatchRequest) -> QuerySet[IntegrationAction]:
    return _held(batch).filter(status=IntegrationStatus.PROCESSING)
