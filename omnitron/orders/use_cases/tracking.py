"""Files of tracking numbers: kept by the request, judged as a whole, then written chunk by chunk."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta

from django.core.files import File
from django.db import OperationalError, transaction
from django.utils import timezone
from psycopg2.errorcodes import LOCK_NOT_AVAILABLE

from omnitron.core import audit
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import OmnitronException
from omnitron.core.transactions import run_on_commit
from omnitron.orders.exceptions import TrackingFileEmptyException, TrackingFileTooLargeException
from omnitron.orders.models import TrackingUpload, TrackingUploadRow
from omnitron.orders.tracking.files import read_tracking_file
from omnitron.orders.tracking.rows import MAX_BYTES
from omnitron.orders.tracking_models import TrackingResult, TrackingUploadStatus
from omnitron.orders.use_cases.tracking_judging import judge
from omnitron.orders.use_cases.tracking_writing import finish, lock_upload, write_chunk

logger = logging.getLogger(__name__)

# A job nobody has moved for so long has lost its worker.
LEFT_BEHIND_AFTER = timedelta(minutes=2)
# How often in a row somebody else may hold an order for longer than LOCK_TIMEOUT.
LOCK_ATTEMPTS = 5
ROWS_AN_INSERT = 1_000

Progress = Callable[[TrackingUpload], None]


@transaction.atomic
def bulk_tracking_number_update(
    uploaded_file: File, *, audit_context: AuditContext, in_background: bool = True
) -> TrackingUpload:
    """Keep a CSV or XLSX of tracking numbers and have it worked off after the commit; the job is what comes back.

    What is wrong with the file itself or its headings is raised here, TrackingFile…Exception, and nothing is kept.
    Of an order limited users cannot reach, a row says that there is none.
    """
    content = uploaded_file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise TrackingFileTooLargeException(limit=MAX_BYTES, unit="bytes")
    read_tracking_file(content)
    name = (uploaded_file.name or "").replace("\0", "")[-255:]
    upload = TrackingUpload.objects.create(
        created_by=audit_context.actor,
        source=audit_context.source,
        request_id=audit_context.request_id,
        file_name=name,
        content=content,
    )
    kept = {"file_name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    audit.record(upload, "trackingupload.created", audit_context=audit_context, new=kept)
    if in_background:
        run_on_commit("omnitron.orders.tasks.update_tracking_numbers", job_id=upload.pk)
    return upload


def update_tracking_numbers(job_id: int, *, on_progress: Progress | None = None) -> None:
    """Judge all rows of an uploaded file, then write; go on where a worker that died left off.

    Safe to run twice, also at once: a chunk is one transaction under the job's lock. Raises OperationalError
    when orders stay locked; the periodic task goes on later.
    """
    upload = TrackingUpload.objects.select_related("created_by").get(pk=job_id)
    if upload.state == TrackingUploadStatus.WAITING:
        _judge_all(upload)
    while (moved := _write_patiently(job_id)) is not None:
        if on_progress is not None:
            on_progress(moved)


def tracking_uploads_left_behind() -> list[int]:
    """Jobs that are not finished though nobody works on them, the oldest first."""
    unfinished = [TrackingUploadStatus.WAITING, TrackingUploadStatus.WRITING]
    jobs = TrackingUpload.objects.filter(
        state__in=unfinished, modified_date__lt=timezone.now() - LEFT_BEHIND_AFTER
    )
    return list(jobs.order_by("pk").values_list("pk", flat=True))


def _judge_all(upload: TrackingUpload) -> None:
    """The verdict on every row, kept in one transaction; the file is read and judged before, without a lock."""
    try:
        rows = list(read_tracking_file(bytes(upload.content or b"")))
        if not rows:
            raise TrackingFileEmptyException
    except OmnitronException as refusal:
        _keep(upload.pk, [], refusal=refusal)
        return
    _keep(upload.pk, judge(rows, actor=upload.created_by))


@transaction.atomic
def _keep(job_id: int, rows: list[TrackingUploadRow], *, refusal: OmnitronException | None = None) -> None:
    upload = lock_upload(job_id)
    if upload is None or upload.state != TrackingUploadStatus.WAITING:
        return
    if refusal is not None:
        upload.error_code, upload.error_message = refusal.code, str(refusal)[:1024]
        finish(upload, TrackingUploadStatus.REFUSED)
        return
    for row in rows:
        row.upload = upload
    TrackingUploadRow.objects.bulk_create(rows, batch_size=ROWS_AN_INSERT)
    results = [row.result for row in rows]
    upload.total_rows = len(rows)
    upload.unchanged_rows = results.count(TrackingResult.UNCHANGED)
    upload.refused_rows = results.count(TrackingResult.REFUSED)
    upload.state = TrackingUploadStatus.WRITING
    upload.save(update_fields=["total_rows", "unchanged_rows", "refused_rows", "state"])


def _write_patiently(job_id: int) -> TrackingUpload | None:
    for attempt in range(1, LOCK_ATTEMPTS + 1):
        try:
            return write_chunk(job_id)
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", None) != LOCK_NOT_AVAILABLE or attempt == LOCK_ATTEMPTS:
                raise
            logger.info("Tracking upload %s waits for an order somebody else holds.", job_id)
    return None
