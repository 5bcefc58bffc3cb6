"""Admin of channels, vendors and how other systems word a status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin

from omnitron.channels.models import Channel, DataSource, ExternalStatus
from omnitron.channels.secrets import MASK
from omnitron.channels.service import ChannelService
from omnitron.core.admin_base import OmnitronAdmin
from omnitron.core.admin_filters import ScopedRelatedFilter
from omnitron.core.audit import AuditContext


@admin.register(Channel)
class ChannelAdmin(OmnitronAdmin):
    """Channels are deactivated here, not deleted. Secrets stand in `conf` as a mask, never as themselves."""

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
