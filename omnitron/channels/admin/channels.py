"""Admin of channels, vendors and how other systems word a status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin

from omnitron.channels.integrations.registry import channel_types
from omnitron.channels.models import Channel, DataSource, ExternalStatus
from omnitron.channels.secrets import MASK
from omnitron.channels.service import ChannelService
from omnitron.core.admin_actions import ActionPages, PageAction
from omnitron.core.admin_base import OmnitronAdmin
from omnitron.core.admin_filters import ScopedRelatedFilter
from omnitron.core.audit import AuditContext


@admin.register(Channel)
class ChannelAdmin(ActionPages, OmnitronAdmin):
    """Channels are deactivated here, not deleted. Secrets stand in `conf` as a mask, never as themselves."""

    change_form_outer_before_template = "core/admin/action_bar.html"
    page_actions = (
        PageAction(
            name="request_pull",
            title="Pull orders now",
            permission="channels.change_channel",
            run=ChannelService.request_pull,
            hint="A worker pulls what changed since the last run. The ledger: Pull windows.",
            done="a worker was sent; Pull windows shows what it brings",
        ),
        PageAction(
            name="request_push",
            title="Tell it what changed",
            permission="channels.change_channel",
            run=ChannelService.request_push,
            hint="A worker tells the channel what changed here since it was last told.",
            done="a worker was sent",
        ),
    )

    list_display = ("name", "channel_type", "catalog", "is_active", "modified_date")
    list_filter = ("is_active", ("catalog", ScopedRelatedFilter))
    list_select_related = ("catalog",)
    search_fields = ("name", "channel_type")
    autocomplete_fields = ("catalog", "category_tree")
    ordering = ("name",)
    fieldsets = (
        (None, {"fields": (("name", "channel_type"), ("catalog", "category_tree"), "is_active")}),
        (
            "Configuration",
            {
                "fields": ("conf", "schema"),
                "description": (
                    f'A secret is shown as "{MASK}" and stays as it is while you leave that there. '
                    "Write a new value over it to change it; remove the key to forget it."
                ),
            },
        ),
    )

    def because(self, row: Channel) -> Mapping[str, tuple[str, ...]]:
        if row.channel_type in channel_types():
            return {}
        reason = (f"Channels of the type {row.channel_type} are served by an application, not from here.",)
        return dict.fromkeys(("request_pull", "request_push"), reason)

    def create_row(self, row: Channel, values: Mapping[str, Any], *, audit_context: AuditContext) -> Channel:
        return ChannelService.create_channel(**values, audit_context=audit_context)

    def update_row(self, row: Channel, values: Mapping[str, Any], *, audit_context: AuditContext) -> Channel:
        return ChannelService.update_channel(row, audit_context=audit_context, **values)


@admin.register(DataSource)
class DataSourceAdmin(OmnitronAdmin):
    list_display = ("name", "code", "is_active", "modified_date")
    list_filter = ("is_active",)
    search_fields = ("name", "code")
    is_deletable = True


@admin.register(ExternalStatus)
class ExternalStatusAdmin(OmnitronAdmin):
    list_display = ("name", "code", "modified_date")
    search_fields = ("name", "code")
    is_deletable = True
