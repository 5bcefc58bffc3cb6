"""What may be written to an order or item once it is placed, by use cases and by the bodies that reach them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from omnitron.core.exceptions import InvalidInput

# What may be changed about an order after it was placed; everything else has an action of its own.
UPDATABLE = frozenset(
    {
        "is_send",
        "invoice_number",
        "invoice_date",
        "e_archive_url",
        "tracking_number",
        "tracking_url",
        "carrier_shipping_code",
        "shipping_company",
        "notes",
        "has_gift_box",
        "gift_box_note",
        "delivery_range",
        "segment",
        "external_status",
        "extra_field",
    }
)
UPDATABLE_OF_ITEM = frozenset(
    {
        "status",
        # By way of update_cancel_status.
        "cancel_status",
        "invoice_number",
        "invoice_date",
        "e_archive_url",
        "tracking_number",
        "tracking_url",
        "carrier_shipping_code",
        "shipping_company",
        "shipment_code",
        "external_status",
        "estimated_delivery_date",
        "shipped_date",
        "delivered_date",
        "attributes",
        "attributes_kwargs",
        "localized_attributes",
        "localized_attributes_kwargs",
        "extra_field",
    }
)


def check_updatable(changes: Mapping[str, Any], updatable: frozenset[str]) -> None:
    """Raise InvalidInput for what is not in `updatable`."""
    if others := set(changes) - updatable:
        raise InvalidInput(**dict.fromkeys(sorted(others), "This field is changed by an action of its own."))


def merge_json(row: Model, changes: dict[str, Any], name: str) -> None:
    """Let the JSON object `name` of `changes`, where it is given, keep the stored keys it does not name."""
    if name in changes:
        changes[name] = getattr(row, name) | changes[name]
