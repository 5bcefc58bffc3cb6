"""Admin of the work that channel applications do."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from omnitron.channels.enums import BatchRequestStatus, EventLevel, IntegrationStatus
from omnitron.channels.exceptions import BatchRequestStatusException
from omnitron.channels.models import (
    BatchRequest,
    ErrorReport,
    IntegrationAction,
    IntegrationMapping,
    OperationalEvent,
)
from omnitron.channels.service import BatchRequestService
from omnitron.channels.transitions import FINISHED
from omnitron.core.admin_actions import ActionPages, PageAction, told
from omnitron.core.admin_base import HouseWideMixin, OmnitronAdmin, ReadOnlyAdmin
from omnitron.core.admin_display import link_to_object, shortened
from omnitron.core.admin_filters import DayRangeFilter, ScopedRelatedFilter
from omnitron.core.audit import AuditContext

STATUS_COLOURS = {
    IntegrationStatus.SUCCESS: "success",
    IntegrationStatus.ERROR: "danger",
    IntegrationStatus.PROCESSING: "info",
}
BATCH_COLOURS = {
    BatchRequestStatus.INITIALIZED: "default",
    BatchRequestStatus.COMMIT: "info",
    BatchRequestStatus.SENT_TO_REMOTE: "info",
    BatchRequestStatus.ONGOING: "warning",
    BatchRequestStatus.DONE: "success",
    BatchRequestStatus.FAIL: "danger",
}
LEVEL_COLOURS = {EventLevel.INFO: "info", EventLevel.WARNING: "warning", EventLevel.ERROR: "danger"}


@admin.register(IntegrationMapping)
class IntegrationMappingAdmin(HouseWideMixin, OmnitronAdmin):
    """Codes of any record, whatever channel it belongs to: not for users limited to channels."""

    list_display = ("code", "integration_type", "mapped_row", "modified_date")
    list_filter = (("integration_type", ChoicesDropdownFilter), ("content_type", ScopedRelatedFilter))
    search_fields = ("code__exact",)
    search_help_text = "The whole code"
    detail_select_related = ("content_type",)
    is_deletable = True

    @display(description="row")
    def mapped_row(self, mapping: IntegrationMapping) -> str:
        return link_to_object(mapping.content_type_id, mapping.object_id)


@admin.register(IntegrationAction)
class IntegrationActionAdmin(ReadOnlyAdmin):
    list_display = ("remote_id", "channel", "known_row", "status_label", "version_date", "modified_date")
    list_filter = (
        ("channel", ScopedRelatedFilter),
        ("content_type", ScopedRelatedFilter),
        ("status", ChoicesDropdownFilter),
    )
    list_select_related = ("channel",)
    detail_select_related = ("channel", "content_type")
    search_fields = ("remote_id__exact",)
    search_help_text = "The whole remote id"

    @display(description="row")
    def known_row(self, row: IntegrationAction) -> str:
        return link_to_object(row.content_type_id, row.object_id)

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def status_label(self, row: IntegrationAction) -> tuple[str, str]:
        return row.status, row.get_status_display()


def _give_up(batch: BatchRequest, *, audit_context: AuditContext) -> None:
    BatchRequestService.update_batch_request(
        batch, status=BatchRequestStatus.FAIL, now=timezone.now(), audit_context=audit_context
    )


class BatchActionPages(ActionPages):
    """A batch that was sent to its channel waits without limit: who knows that no answer comes gives it up."""

    page_actions = (
        PageAction(
            "fail",
            "Give up",
            "channels.change_batchrequest",
            _give_up,
            hint="What it still works on is offered to the channel's application again.",
        ),
    )

    def because(self, row: BatchRequest) -> Mapping[str, tuple[str, ...]]:
        if row.status not in FINISHED:
            return {}
        refusal = BatchRequestStatusException(
            current=row.status, target=BatchRequestStatus.FAIL, allowed="nothing"
        )
        return {"fail": (told(refusal),)}


@admin.register(BatchRequest)
class BatchRequestAdmin(BatchActionPages, ReadOnlyAdmin):
    change_form_outer_before_template = "core/admin/action_bar.html"
    list_display = (
        "local_batch_id",
        "channel",
        "content_type",
        "status_label",
        "remote_batch_id",
        "created_date",
        "modified_date",
    )
    list_filter = (
        ("channel", ScopedRelatedFilter),
        ("content_type", ScopedRelatedFilter),
        ("status", ChoicesDropdownFilter),
        ("created_date", DayRangeFilter),
    )
    list_select_related = ("channel", "content_type")
    detail_select_related = list_select_related
    search_fields = ("local_batch_id__exact", "remote_batch_id__exact")
    search_help_text = "The whole local or remote batch id"
    fields = (
        "local_batch_id",
        "remote_batch_id",
        "channel",
        "content_type",
        "status",
        "objects_sent",
        "created_date",
        "modified_date",
    )

    @display(description="status", ordering="status", label=BATCH_COLOURS)
    def status_label(self, batch: BatchRequest) -> tuple[str, str]:
        return batch.status, batch.get_status_display()


@admin.register(ErrorReport)
class ErrorReportAdmin(ReadOnlyAdmin):
    list_display = ("error_code", "outcome", "channel", "action_row", "target_row", "created_date")
    list_filter = (
        ("channel", ScopedRelatedFilter),
        "is_ok",
        ("action_content_type", ScopedRelatedFilter),
        ("created_date", DayRangeFilter),
    )
    list_select_related = ("channel",)
    detail_select_related = ("channel",)
    search_fields = ("error_code", "target_object_id__exact")
    search_help_text = "A part of the error code, or the whole id of the target"
    fields = (
        ("error_code", "is_ok"),
        "channel",
        ("action_row", "target_row"),
        "error_desc",
        "request_shown",
        "response_shown",
        ("obj_modified_date", "created_date"),
    )
    readonly_fields = ("action_row", "target_row", "request_shown", "response_shown")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        queryset = super().get_queryset(request)
        if (request.resolver_match.url_name or "").endswith("_changelist"):
            # Bodies may be megabytes long, and the list shows none of them.
            queryset = queryset.defer("raw_request", "raw_response", "error_desc")
        return queryset

    @display(description="outcome", label={"ok": "success", "error": "danger"})
    def outcome(self, report: ErrorReport) -> str:
        return "ok" if report.is_ok else "error"

    @display(description="action")
    def action_row(self, report: ErrorReport) -> str:
        return link_to_object(report.action_content_type_id, report.action_object_id)

    @display(description="target")
    def target_row(self, report: ErrorReport) -> str:
        if report.target_content_type_id is None:
            return report.target_object_id or "–"
        return link_to_object(report.target_content_type_id, report.target_object_id)

    @display(description="request")
    def request_shown(self, report: ErrorReport) -> str:
        return shortened(report.raw_request)

    @display(description="response")
    def response_shown(self, report: ErrorReport) -> str:
        return shortened(report.raw_response)


@admin.register(OperationalEvent)
class OperationalEventAdmin(ReadOnlyAdmin):
    list_display = ("event_type", "level_label", "channel", "message_shown", "created_date")
    list_filter = (
        ("channel", ScopedRelatedFilter),
        ("level", ChoicesDropdownFilter),
        ("created_date", DayRangeFilter),
    )
    list_select_related = ("channel",)
    detail_select_related = ("channel", "action_content_type")
    search_fields = ("event_type", "trace_id__exact")
    search_help_text = "A part of the event's type, or a whole trace id"

    @display(description="level", ordering="level", label=LEVEL_COLOURS)
    def level_label(self, event: OperationalEvent) -> tuple[str, str]:
        return event.level, event.get_level_display()

    @display(description="message")
    def message_shown(self, event: OperationalEvent) -> str:
        return event.message[:120]
