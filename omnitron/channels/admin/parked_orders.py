"""Admin of what was not taken in: why, what came, and taking it in after all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Max, Min
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from omnitron.channels.enums import ParkCause, ParkedStatus
from omnitron.channels.masking import masked, masked_text
from omnitron.channels.models import ParkedOrder
from omnitron.channels.service import ChannelService
from omnitron.core.admin_actions import ActionForm, ActionPages, PageAction
from omnitron.core.admin_base import ReadOnlyAdmin
from omnitron.core.admin_display import age, link_to, with_age
from omnitron.core.admin_filters import DayRangeFilter, ScopedRelatedFilter
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource

STATUS_COLOURS = {ParkedStatus.PARKED: "warning", ParkedStatus.TAKEN_IN: "success"}
CAUSE_COLOURS = dict.fromkeys(ParkCause, "info") | {
    ParkCause.REFUSED: "danger",
    ParkCause.UNREADABLE: "danger",
}


# As many as are replayed while somebody waits for the page; the rest is for the next click, or for the command.
ORDERS_A_CLICK = 500
SHOWN_GROUPS = 200
PILES = {
    "group": "Orders parked for the same cause and subject",
    "cause": "Orders parked for the same cause",
    "channel": "All parked orders of the channel",
}


class ReplayForm(ActionForm):
    pile = forms.ChoiceField(
        label="What to replay", choices=list(PILES.items()), widget=UnfoldAdminSelectWidget()
    )
    accept_differences = forms.BooleanField(
        label="Accept differences",
        required=False,
        widget=UnfoldBooleanWidget(),
        help_text="Totals that do not add up are stored as they are; figures that changed stay as they are here.",
    )


def _selection(parked: ParkedOrder, pile: str, accept_differences: bool) -> dict[str, Any]:
    return {
        "cause": None if pile == "channel" else parked.cause,
        "subject": parked.subject if pile == "group" else None,
        "accept_differences": accept_differences,
        "limit": ORDERS_A_CLICK,
    }


def _simulate(parked: ParkedOrder, *, pile: str, accept_differences: bool) -> dict[str, Any]:
    chosen = _selection(parked, pile, accept_differences)
    result = ChannelService.simulate_replay(
        parked.channel, audit_context=AuditContext.system(AuditSource.ADMIN), **chosen
    )
    shown = result.as_json()
    for group in (*shown["groups"], *(other for g in shown["groups"] for other in g["failing_differently"])):
        group["cause"] = ParkCause(group["cause"]).label
    return {
        **shown,
        "is_cut_off": result.tried == ORDERS_A_CLICK,
        "digest": ChannelService.digest_of_pile(parked.channel, **chosen),
    }


def _replay(
    parked: ParkedOrder, *, pile: str, accept_differences: bool, digest: str, audit_context: AuditContext
) -> None:
    ChannelService.replay_parked_orders(
        parked.channel,
        digest=digest,
        audit_context=audit_context,
        **_selection(parked, pile, accept_differences),
    )


class ReplayPages(ActionPages):
    """What was parked is taken in after all, once what it was parked for is mended."""

    page_actions = (
        PageAction(
            "replay",
            "Replay",
            "channels.replay_parkedorder",
            _replay,
            ReplayForm,
            hint=f"As it was sent. At most {ORDERS_A_CLICK} at a time, the oldest first.",
            preview=_simulate,
            preview_template="channels/admin/replay_preview.html",
        ),
    )

    def because(self, row: ParkedOrder) -> Mapping[str, tuple[str, ...]]:
        return {} if row.status == ParkedStatus.PARKED else {"replay": ("It was taken in.",)}


@admin.register(ParkedOrder)
class ParkedOrderAdmin(ReplayPages, ReadOnlyAdmin):
    """The payload is shown masked: whoever mends a mapping need not learn who bought."""

    change_form_outer_before_template = "core/admin/action_bar.html"
    actions_list = ("by_cause",)
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

    @action(description="By cause", url_path="by-cause", permissions=["view"], icon="category")
    def by_cause(self, request: HttpRequest) -> HttpResponse:
        """What is parked, by what has to be mended; the largest groups first."""
        pile = self.get_queryset(request).filter(status=ParkedStatus.PARKED).order_by()
        groups = pile.values("channel", "channel__name", "cause", "subject").annotate(
            orders=Count("pk"), oldest=Min("created_date"), tried=Max("tried_date"), example=Min("pk")
        )
        rows = list(groups.order_by("-orders", "channel", "cause", "subject")[: SHOWN_GROUPS + 1])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Parked orders by cause",
            "groups": [self._shown(row) for row in rows[:SHOWN_GROUPS]],
            "is_cut_off": len(rows) > SHOWN_GROUPS,
            "may_replay": request.user.has_perm("channels.replay_parkedorder"),
        }
        return TemplateResponse(request, "channels/admin/by_cause.html", context)

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        filters = {"channel__id__exact": row["channel"], "status__exact": ParkedStatus.PARKED.value}
        filters |= {"cause__exact": row["cause"], "q": row["subject"]}
        return {
            **row,
            "cause": ParkCause(row["cause"]).label,
            "subject": masked_text(row["subject"]),
            "since": age(row["oldest"]),
            "tried": age(row["tried"]),
            "list": f"{reverse(f'{name}_changelist')}?{urlencode(filters)}",
            "replay": reverse(f"{name}_do", args=(row["example"], "replay")),
        }
