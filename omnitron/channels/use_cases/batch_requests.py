"""Batch requests: what a channel application works on at once, from the first word to the last.

Lock order: the channel (two workers decide about commits one after the other), the batch, its actions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from omnitron.channels.dto import BatchObject
from omnitron.channels.enums import BatchRequestStatus, IntegrationStatus
from omnitron.channels.exceptions import (
    BatchContentTypeException,
    BatchRequestCommittedException,
    BatchRequestStatusException,
)
from omnitron.channels.models import BatchRequest, Channel, IntegrationAction
from omnitron.channels.transitions import BATCH_STATUS
from omnitron.channels.use_cases import batch_actions
from omnitron.channels.use_cases.batch_objects import ACTION, models_of
from omnitron.core import audit, records
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput
from omnitron.omnicore.state_machine import IllegalTransition

# While the channel works on it.
REMOTE = frozenset({BatchRequestStatus.SENT_TO_REMOTE, BatchRequestStatus.ONGOING})
# A batch that was begun and never committed: the cancellation flow of channel_app leaves one each time.
UNUSED_AFTER = timedelta(days=1)

# What is kept of a batch that is over: its objects, and what became of them.
_KEEP_OBJECTS = """
    UPDATE channels_batchrequest b SET objects_sent = coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'pk', a.object_id, 'content_type', t.model, 'remote_id', a.remote_id,
            'version_date', to_char(a.version_date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'failed_reason_type', a.state -> 'failed_reason_type', 'status', a.status) ORDER BY a.id)
        FROM channels_integrationaction a JOIN django_content_type t ON t.id = a.content_type_id
        WHERE a.local_batch_id = b.local_batch_id), '[]')
    WHERE b.id = %s
"""


def lock_channel(pk: int) -> Channel:
    """The channel, locked until the transaction ends: what is decided about its batches is decided in turn."""
    return Channel.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


@transaction.atomic
def create_batch_request(channel: Channel, *, audit_context: AuditContext) -> BatchRequest:
    """A batch of the channel's, `initialized`, without objects."""
    batch = BatchRequest.objects.create(channel=channel)
    audit.record(batch, records.event(batch, "created"), audit_context=audit_context)
    return batch


@transaction.atomic
def update_batch_request(
    batch: BatchRequest,
    *,
    status: BatchRequestStatus,
    now: datetime,
    audit_context: AuditContext,
    objects: Sequence[BatchObject] = (),
    content_type: str | None = None,
    remote_batch_id: str | None = None,
) -> BatchRequest:
    """Move the batch along the table of batch statuses, all or nothing.

    `commit` takes `objects` (a further one adds some, or tells results), `done` decides them, `fail` gives them
    back. `content_type` is the kind the batch is about ("order"). `now` (UTC) tells which other batches are stale.

    Raises BatchRequestStatusException, BatchRequestCommittedException, BatchObjectsTakenException,
    BatchContentTypeException, InvalidInput.
    """
    lock_channel(batch.channel_id)
    locked = records.lock_record(batch)
    _check_edge(locked, status)
    if locked.status == BatchRequestStatus.FAIL:
        return locked
    changes = {"status": status}
    if remote_batch_id is not None:
        changes["remote_batch_id"] = remote_batch_id
    if content_type is not None:
        changes["content_type"] = _kind(locked, content_type)
    kind = changes.get("content_type", locked.content_type)
    _work(locked, status, objects, kind=kind, now=now, audit_context=audit_context)
    _move(locked, changes, audit_context=audit_context)
    return locked


@transaction.atomic
def expire_batch_request(batch: BatchRequest, *, now: datetime, audit_context: AuditContext) -> bool:
    """End a committed batch that nobody has touched for BATCH_REQUEST_EXPIRY_MINUTES: failed while something of it
    is undecided, else done. Says whether it was stale.
    """
    lock_channel(batch.channel_id)
    locked = records.lock_record(batch)
    if locked.status != BatchRequestStatus.COMMIT or locked.modified_date > _stale_before(now):
        return False
    _expire(locked, audit_context=audit_context)
    return True


def stale_batch_requests(*, now: datetime) -> QuerySet[BatchRequest]:
    """Committed batches that nobody has touched for BATCH_REQUEST_EXPIRY_MINUTES, oldest first."""
    stale = BatchRequest.objects.filter(
        status=BatchRequestStatus.COMMIT, modified_date__lte=_stale_before(now)
    )
    return stale.order_by("pk")


def delete_unused_batch_requests(*, now: datetime) -> int:
    """Delete batches that were begun a day ago and never committed; say how many."""
    unused = BatchRequest.objects.filter(
        status=BatchRequestStatus.INITIALIZED, modified_date__lte=now - UNUSED_AFTER
    )
    return unused.delete()[0]


def _work(
    batch: BatchRequest,
    status: BatchRequestStatus,
    objects: Sequence[BatchObject],
    *,
    kind: ContentType | None,
    now: datetime,
    audit_context: AuditContext,
) -> None:
    """What the move does to the objects."""
    if objects and status in REMOTE:
        raise InvalidInput(objects="Objects are committed before, and decided afterwards.")
    if status == BatchRequestStatus.COMMIT and objects:
        if kind is None:
            raise InvalidInput(content_type="Say which kind of object the batch is about.")
        _check_commits_alone(batch, kind, now, audit_context)
        batch_actions.take(batch, objects, now=now)
    elif status == BatchRequestStatus.DONE:
        batch_actions.decide(batch, objects, now=now)
        _keep_objects(batch)
    elif status == BatchRequestStatus.FAIL:
        _keep_objects(batch)
        batch_actions.release(batch, objects)


def _check_edge(batch: BatchRequest, target: BatchRequestStatus) -> None:
    try:
        BATCH_STATUS.check(BatchRequestStatus(batch.status), target)
    except IllegalTransition as error:
        allowed = ", ".join(error.allowed) or "nothing"
        raise BatchRequestStatusException(current=batch.status, target=target, allowed=allowed) from None


def _kind(batch: BatchRequest, name: str) -> ContentType:
    if name == ACTION:
        given = ContentType.objects.get_for_model(IntegrationAction)
    else:
        given = ContentType.objects.get_for_model(models_of([name])[name])
    if batch.content_type is not None and batch.content_type != given:
        raise BatchContentTypeException(known=batch.content_type.model, given=name)
    return given


def _check_commits_alone(
    batch: BatchRequest, kind: ContentType, now: datetime, audit_context: AuditContext
) -> None:
    """Refuse while another batch works on this kind of object; one whose worker died is ended and no obstacle."""
    working = IntegrationAction.objects.filter(
        local_batch_id=OuterRef("local_batch_id"), status=IntegrationStatus.PROCESSING
    )
    others = BatchRequest.objects.filter(
        Exists(working), channel_id=batch.channel_id, content_type=kind, status=BatchRequestStatus.COMMIT
    ).exclude(pk=batch.pk)
    for other in others.select_for_update(of=("self",), no_key=True).order_by("pk"):
        if other.modified_date > _stale_before(now):
            raise BatchRequestCommittedException(other=other.pk, channel=batch.channel_id, kind=kind.model)
        _expire(other, audit_context=audit_context)


def _stale_before(now: datetime) -> datetime:
    return now - timedelta(minutes=settings.BATCH_REQUEST_EXPIRY_MINUTES)


def _expire(locked: BatchRequest, *, audit_context: AuditContext) -> None:
    is_undecided = IntegrationAction.objects.filter(
        local_batch_id=locked.local_batch_id, status=IntegrationStatus.PROCESSING
    ).exists()
    _keep_objects(locked)
    batch_actions.release(locked)
    status = BatchRequestStatus.FAIL if is_undecided else BatchRequestStatus.DONE
    _move(locked, {"status": status}, audit_context=audit_context)


def _keep_objects(batch: BatchRequest) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_OBJECTS, [batch.pk])


def _move(locked: BatchRequest, changes: dict[str, object], *, audit_context: AuditContext) -> None:
    """The one writer of a batch's status. Saved even where nothing moved: the batch is alive."""
    before = locked.status
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(changes))
    if locked.status != before:
        audit.record(
            locked,
            records.event(locked, "status.changed"),
            audit_context=audit_context,
            old={"status": before},
            new={"status": locked.status},
        )
