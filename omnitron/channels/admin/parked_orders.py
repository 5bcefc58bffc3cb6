"""Admin of what was not taken in: why, what came, and taking it in after all."""

from __future__ import annotations

import json

from django.contrib import admin
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from omnitron.channels.enums import ParkCause, ParkedStatus
from omnitron.channels.masking import masked, masked_text
from omnitron.channels.models import ParkedOrder
from omnitron.core.admin_base import ReadOnlyAdmin
from omnitron.core.admin_display import link_to, with_age
from omnitron.core.admin_filters import DayRangeFilter, ScopedRelatedFilter

STATUS_COLOURS = {ParkedStatus.PARKED: "warning", ParkedStatus.TAKEN_IN: "success"}
CAUSE_COLOURS = dict.fromkeys(ParkCause, "info") | {
    ParkCause.REFUSED: "danger",
    ParkCause.UNREADABLE: "danger",
}


@admin.register(ParkedOrder)
class ParkedOrderAdmin(ReadOnlyAdmin):
    """The payload is shown masked: whoever mends a mapping need not learn who bought."""

    list_display = (
        "number",
        "channel",
        "cause_label",
        "subject_shown",
        "parked_since",
        "attempts",
        "status_label",
    )
    list_filter = (
        ("channel", ScopedRelatedFilter),
        ("status", ChoicesDropdownFilter),
        ("cause", ChoicesDropdownFilter),
        ("created_date", DayRangeFilter),
    )
    list_select_related = ("channel", "pulled_order")
    detail_select_related = list_select_related
    search_fields = ("pulled_order__number__exact", "pulled_order__remote_id__exact", "subject__exact")
    search_help_text = "The whole number, id at the channel, or subject"
    fields = (
        ("number", "channel"),
        ("status", "cause", "subject_shown"),
        "detail_shown",
        ("attempts", "tried_date", "created_date"),
        "pulled",
        "payload_shown",
    )
    readonly_fields = ("number", "subject_shown", "detail_shown", "pulled", "payload_shown")

    @display(description="number")
    def number(self, parked: ParkedOrder) -> str:
        return parked.pulled_order.number

    @display(description="cause", ordering="cause", label=CAUSE_COLOURS)
    def cause_label(self, parked: ParkedOrder) -> tuple[str, str]:
        return parked.cause, parked.get_cause_display()

    @display(description="subject", ordering="subject")
    def subject_shown(self, parked: ParkedOrder) -> str:
        return masked_text(parked.subject)

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def status_label(self, parked: ParkedOrder) -> tuple[str, str]:
        return parked.status, parked.get_status_display()

    @display(description="parked", ordering="created_date")
    def parked_since(self, parked: ParkedOrder) -> str:
        return with_age(parked.created_date)

    @display(description="why")
    def detail_shown(self, parked: ParkedOrder) -> str:
        return masked_text(parked.detail)

    @display(description="as pulled")
    def pulled(self, parked: ParkedOrder) -> str:
        return link_to("channels.pulledorder", parked.pulled_order_id, parked.pulled_order.remote_id)

    @display(description="payload")
    def payload_shown(self, parked: ParkedOrder) -> str:
        shown = json.dumps(masked(parked.payload), ensure_ascii=False, indent=2)
        return format_html('<pre class="om-payload">{}</pre>', shown)
