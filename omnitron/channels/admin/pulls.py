"""Admin of pulling orders: what was pulled, what it brought, what is known of every order ever shown."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.contrib import admin
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from omnitron.channels.enums import WindowStatus
from omnitron.channels.masking import masked_text
from omnitron.channels.models import CredentialBudget, PullCount, PulledOrder, PullState, PullWindow
from omnitron.channels.service import ChannelService
from omnitron.core.admin_actions import ActionForm, ActionPages, PageAction
from omnitron.core.admin_base import HouseWideMixin, ReadOnlyAdmin
from omnitron.core.admin_display import NOTHING, link_to, two_lines
from omnitron.core.admin_filters import DayRangeFilter, ScopedRelatedFilter

WINDOW_COLOURS = {
    WindowStatus.PULLING: "info",
    WindowStatus.OPEN: "warning",
    WindowStatus.PROVED: "success",
    WindowStatus.HOLE: "danger",
}


@admin.register(PullState)
class PullStateAdmin(ReadOnlyAdmin):
    list_display = ("channel", "outcome", "failures", "open_until", "started_date", "finished_date", "error")
    list_filter = (("channel", ScopedRelatedFilter),)
    list_select_related = ("channel",)
    detail_select_related = list_select_related
    fields = (
        "channel",
        ("failures", "open_until"),
        ("started_date", "finished_date"),
        "clock_offset",
        "error",
    )
    readonly_fields = ("error",)

    @display(
        description="state", label={"left in peace": "danger", "failing": "warning", "in order": "success"}
    )
    def outcome(self, state: PullState) -> str:
        if state.open_until is not None and state.open_until > timezone.now():
            return "left in peace"
        return "failing" if state.failures else "in order"

    @display(description="last error")
    def error(self, state: PullState) -> str:
        return masked_text(state.last_error)[:500] or NOTHING


class AcknowledgeForm(ActionForm):
    note = forms.CharField(
        label="Why it stays missing",
        max_length=PullWindow._meta.get_field("acknowledged_note").max_length,
        widget=UnfoldAdminTextInputWidget(),
    )


class HolePages(ActionPages):
    """A hole nobody can fill need not call for somebody for ever."""

    page_actions = (
        PageAction(
            "acknowledge",
            "Acknowledge",
            "channels.acknowledge_pullwindow",
            ChannelService.acknowledge_hole,
            AcknowledgeForm,
            hint="It stays a hole; the report counts it as known until more is missing in it.",
        ),
    )

    def because(self, row: PullWindow) -> Mapping[str, tuple[str, ...]]:
        return {} if row.status == WindowStatus.HOLE else {"acknowledge": ("It is no hole.",)}


@admin.register(PullWindow)
class PullWindowAdmin(HolePages, ReadOnlyAdmin):
    """The ledger: a channel without a gap between its windows, and all of them proved, has lost nothing."""

    change_form_outer_before_template = "core/admin/action_bar.html"
    list_display = (
        "window",
        "channel",
        "status_label",
        "reason",
        "seen",
        "created",
        "updated",
        "parked",
        "failed",
        "missing",
        "finished_date",
    )
    list_filter = (
        ("channel", ScopedRelatedFilter),
        ("status", ChoicesDropdownFilter),
        ("window_from", DayRangeFilter),
    )
    list_select_related = ("channel",)
    detail_select_related = list_select_related
    fields = (
        ("channel", "status"),
        "reason",
        ("window_from", "window_to", "asked_from"),
        ("seen", "created", "updated", "unchanged"),
        ("parked", "failed", "missing"),
        ("attempts", "requests", "seconds"),
        ("started_date", "finished_date", "judged_date"),
        ("acknowledged_missing", "acknowledged_note"),
    )

    @display(description="window", ordering="window_from")
    def window(self, window: PullWindow) -> str:
        return two_lines(
            f"{window.window_from:%Y-%m-%d %H:%M:%S}", f"to {window.window_to:%Y-%m-%d %H:%M:%S}"
        )

    @display(description="status", ordering="status", label=WINDOW_COLOURS)
    def status_label(self, window: PullWindow) -> tuple[str, str]:
        label = window.get_status_display()
        return window.status, f"{label}, acknowledged" if window.is_acknowledged else label


@admin.register(PullCount)
class PullCountAdmin(ReadOnlyAdmin):
    list_display = ("channel", "span_from", "span_to", "counted", "held", "created_date")
    list_filter = (("channel", ScopedRelatedFilter), ("span_from", DayRangeFilter))
    list_select_related = ("channel",)
    detail_select_related = list_select_related


@admin.register(PulledOrder)
class PulledOrderAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "remote_id",
        "channel",
        "order_link",
        "remote_modified_date",
        "first_seen_date",
        "late_by",
    )
    list_filter = (
        ("channel", ScopedRelatedFilter),
        ("first_seen_date", DayRangeFilter),
        ("remote_modified_date", DayRangeFilter),
    )
    list_select_related = ("channel",)
    detail_select_related = list_select_related
    search_fields = ("number__exact", "remote_id__exact")
    search_help_text = "The whole number, or the whole id at the channel"
    fields = (
        ("number", "remote_id"),
        ("channel", "order_link"),
        ("remote_modified_date", "previous_modified_date"),
        ("first_seen_date", "late_by"),
        "digest",
    )
    readonly_fields = ("order_link",)

    @display(description="order")
    def order_link(self, pulled: PulledOrder) -> str:
        return link_to("orders.order", pulled.order_id, pulled.number) if pulled.order_id else NOTHING


@admin.register(CredentialBudget)
class CredentialBudgetAdmin(HouseWideMixin, ReadOnlyAdmin):
    """By a digest of the credentials: several channels may share one."""

    list_display = ("__str__", "retries", "period_start", "not_before", "modified_date")
    search_fields = ("fingerprint__exact",)
    search_help_text = "The whole fingerprint"
