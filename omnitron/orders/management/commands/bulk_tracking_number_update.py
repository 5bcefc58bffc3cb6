"""A file of tracking numbers, worked off here and now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import OmnitronException
from omnitron.core.models import AuditSource
from omnitron.orders.models import TrackingUpload, TrackingUploadRow
from omnitron.orders.service import OrderService, TrackingService
from omnitron.orders.tracking_models import TrackingResult, TrackingUploadStatus


class Command(BaseCommand):
    help = (
        "Gives orders the tracking numbers of a CSV or XLSX, as the endpoint of the same name does. Every order "
        "can be reached. Interrupted, it is finished in the background. Exit code 1 when a row is refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        upload = self._kept(options["file"])
        with tqdm(unit="row", disable=options["verbosity"] < 1) as bar:

            def show(moved: TrackingUpload) -> None:
                bar.total = moved.total_rows
                bar.update(moved.done_rows - bar.n)

            TrackingService.update_tracking_numbers(upload.pk, on_progress=show)
        upload = TrackingUpload.objects.defer("content").get(pk=upload.pk)
        if upload.state == TrackingUploadStatus.REFUSED:
            raise CommandError(f"{upload.error_code} {upload.error_message}")
        refused = TrackingUploadRow.objects.filter(upload=upload, result=TrackingResult.REFUSED)
        for row in refused.order_by("row_number").iterator():
            self.stderr.write(f"row {row.row_number}: {row.error_code} {row.error_message}")
        self.stdout.write(
            f"{upload.updated_rows} updated, {upload.unchanged_rows} unchanged, {upload.refused_rows} refused"
        )
        if upload.refused_rows:
            raise CommandError(f"{upload.refused_rows} of {upload.total_rows} rows are refused.")

    def _kept(self, path: Path) -> TrackingUpload:
        try:
            with path.open("rb") as stream:
                return OrderService.bulk_tracking_number_update(
                    File(stream, name=path.name),
                    audit_context=AuditContext.system(AuditSource.CRON),
                    in_background=False,
                )
        except OSError as error:
            raise CommandError(str(error)) from error
        except OmnitronException as refusal:
            raise CommandError(f"{refusal.code} {refusal}") from refusal
