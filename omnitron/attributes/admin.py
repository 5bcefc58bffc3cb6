"""Admin of what channels ask of products. A row is made in a channel and stays in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from omnitron.attributes.models import (
    MarketplaceAttribute,
    MarketplaceAttributeConfig,
    MarketplaceAttributeSchema,
    MarketplaceAttributeSet,
    MarketplaceAttributeSetConfig,
    MarketplaceAttributeValue,
    MarketplaceAttributeValueConfig,
)
from omnitron.attributes.service import AttributeService
from omnitron.core.admin_base import OmnitronAdmin
from omnitron.core.admin_filters import ScopedRelatedFilter
from omnitron.core.admin_inlines import ReadOnlyInline
from omnitron.core.audit import AuditContext


class AttributeAdmin(OmnitronAdmin):
    """Writes through the service, which keeps rows that name each other within one channel."""

    is_deletable = True

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, "channel") if obj is not None and hasattr(obj, "channel_id") else fields

    def create_row(self, row: Model, values: Mapping[str, Any], *, audit_context: AuditContext) -> Model:
        return AttributeService.create_row(self.model, values, audit_context=audit_context)

    def update_row(self, row: Model, values: Mapping[str, Any], *, audit_context: AuditContext) -> Model:
        return AttributeService.update_row(row, values, audit_context=audit_context)

    def delete_row(self, row: Model, *, audit_context: AuditContext) -> None:
        AttributeService.delete_row(row, audit_context=audit_context)


class AttributeConfigInline(ReadOnlyInline):
    model = MarketplaceAttributeConfig
    fields = ("attribute", "attribute_remote_id", "is_required", "is_variant", "is_custom", "is_meta")
    select_related = ("attribute",)


@admin.register(MarketplaceAttributeSet)
class MarketplaceAttributeSetAdmin(AttributeAdmin):
    list_display = ("name", "channel", "remote_id", "modified_date")
    list_filter = (("channel", ScopedRelatedFilter),)
    list_select_related = ("channel",)
    detail_select_related = list_select_related
    search_fields = ("name", "remote_id__exact")
    search_help_text = "A part of the name, or the whole remote id"
    autocomplete_fields = ("channel",)
    inlines = (AttributeConfigInline,)


@admin.register(MarketplaceAttributeSetConfig)
class MarketplaceAttributeSetConfigAdmin(AttributeAdmin):
    list_display = ("attribute_set", "content_type", "object_id", "modified_date")
    list_filter = (("attribute_set__channel", ScopedRelatedFilter),)
    list_select_related = ("attribute_set", "content_type")
    detail_select_related = list_select_related
    search_fields = ("attribute_set__name", "object_id__exact")
    search_help_text = "A part of the set's name, or the whole id of the category"
    autocomplete_fields = ("attribute_set",)


@admin.register(MarketplaceAttribute)
class MarketplaceAttributeAdmin(AttributeAdmin):
    list_display = ("name", "channel", "modified_date")
    list_filter = (("channel", ScopedRelatedFilter),)
    list_select_related = ("channel",)
    detail_select_related = list_select_related
    search_fields = ("name",)
    autocomplete_fields = ("channel",)


@admin.register(MarketplaceAttributeConfig)
class MarketplaceAttributeConfigAdmin(AttributeAdmin):
    list_display = ("attribute", "attribute_set", "is_required", "is_variant", "is_custom", "modified_date")
    list_filter = (("attribute_set__channel", ScopedRelatedFilter), "is_required", "is_variant", "is_custom")
    list_select_related = ("attribute", "attribute_set")
    detail_select_related = list_select_related
    search_fields = ("attribute__name", "attribute_set__name")
    autocomplete_fields = ("attribute", "attribute_set")


@admin.register(MarketplaceAttributeValue)
class MarketplaceAttributeValueAdmin(AttributeAdmin):
    list_display = ("label", "value", "attribute", "channel", "modified_date")
    list_filter = (("channel", ScopedRelatedFilter),)
    list_select_related = ("attribute", "channel")
    detail_select_related = list_select_related
    search_fields = ("label", "value__exact")
    search_help_text = "A part of the label, or the whole value"
    autocomplete_fields = ("channel", "attribute")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        fields = super().get_readonly_fields(request, obj)
        return fields if obj is None else (*fields, "attribute")


@admin.register(MarketplaceAttributeValueConfig)
class MarketplaceAttributeValueConfigAdmin(AttributeAdmin):
    list_display = ("attribute_value", "attribute_set", "modified_date")
    list_filter = (("attribute_set__channel", ScopedRelatedFilter),)
    list_select_related = ("attribute_value", "attribute_set")
    detail_select_related = list_select_related
    search_fields = ("attribute_value__label", "attribute_set__name")
    autocomplete_fields = ("attribute_value", "attribute_set")


@admin.register(MarketplaceAttributeSchema)
class MarketplaceAttributeSchemaAdmin(AttributeAdmin):
    """The rule is described in docs/channel-attributes.md."""

    list_display = ("name", "attribute", "channel", "modified_date")
    list_filter = (("channel", ScopedRelatedFilter),)
    list_select_related = ("attribute", "channel")
    detail_select_related = list_select_related
    search_fields = ("name",)
    autocomplete_fields = ("channel", "attribute")
