"""Admin of files of tracking numbers. They are handed in through the API; here one looks."""

from __future__ import annotations

from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from omnitron.core.admin_base import HouseWideMixin, ReadOnlyAdmin
from omnitron.core.admin_filters import DayRangeFilter, ScopedRelatedFilter
from omnitron.orders.models import TrackingUpload, TrackingUploadRow


@admin.register(TrackingUpload)
class TrackingUploadAdmin(HouseWideMixin, ReadOnlyAdmin):
    list_display = (
        "file_name",
        "state",
        "created_by",
        "total_rows",
        "updated_rows",
        "unchanged_rows",
        "refused_rows",
        "created_date",
    )
    list_filter = (("state", ChoicesDropdownFilter), ("created_date", DayRangeFilter))
    list_select_related = ("created_by",)
    detail_select_related = ("created_by",)
    search_fields = ("file_name",)
    exclude = ("content",)


@admin.register(TrackingUploadRow)
class TrackingUploadRowAdmin(HouseWideMixin, ReadOnlyAdmin):
    list_display = (
        "row_number",
        "upload",
        "order_number",
        "sku",
        "tracking_number",
        "shipping_company",
        "result",
        "error_message",
    )
    list_filter = (("result", ChoicesDropdownFilter), ("upload", ScopedRelatedFilter))
    list_select_related = ("upload",)
    detail_select_related = ("upload",)
    search_fields = ("order_number__exact",)
    search_help_text = "The whole number of the order"
