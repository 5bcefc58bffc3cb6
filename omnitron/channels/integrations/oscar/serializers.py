"""What is asked of the shop, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers

from omnitron.channels.integrations.client import ChannelResponse
from omnitron.channels.integrations.dto import ChannelOrder, OrderPage, RawOrder
from omnitron.channels.integrations.oscar.conversion import channel_order, has_gone
from omnitron.channels.integrations.oscar.units import units_here
from omnitron.channels.integrations.pages import id_of, page_of
from omnitron.channels.integrations.serializers import ReadSerializer

ENDPOINT = "api/staff/orders/"
PAGE_SIZE = 100
# Ours on the left, the shop's on the right. It leaves out no order, so `fetch_all_orders` is not passed on.
PARAMETERS = {
    "start_date": "date_changed_after",
    "end_date": "date_changed_before",
    "created_before": "date_placed_before",
    "order_ids": "id",
    "order_numbers_to_fetch": "number",
    "order_id": "id_after",
}


class ReadOrderSerializer(ReadSerializer):
    """Orders of the shop, those that changed longest ago first; the filters are those of `commands.GetOrders`."""

    start_date = serializers.DateTimeField(required=False)
    end_date = serializers.DateTimeField(required=False)
    created_before = serializers.DateTimeField(required=False)
    order_ids = serializers.ListField(child=serializers.IntegerField(), required=False)
    order_numbers_to_fetch = serializers.ListField(child=serializers.CharField(), required=False)
    order_id = serializers.IntegerField(required=False)
    fetch_all_orders = serializers.BooleanField(required=False)

    def get_endpoint(self) -> str:
        return ENDPOINT

    def get_params(self) -> dict[str, Any]:
        """The query's parameters. Raises DRF's ValidationError for a filter that is unknown or no value for it."""
        if unknown := set(self.filter_params) - set(self.fields):
            raise serializers.ValidationError({name: ["Unknown filter."] for name in sorted(unknown)})
        given = self.run_validation(dict(self.filter_params))
        if self.remote_id is not None:
            given["order_ids"] = [self.remote_id]
        asked = {PARAMETERS[name]: _as_text(value) for name, value in given.items() if name in PARAMETERS}
        return {**asked, "page_size": PAGE_SIZE}

    def next_endpoint(self, response: ChannelResponse) -> str | None:
        """Only its query is taken: the shop may know itself by another name than we do."""
        following = response.data["next"]
        return None if following is None else f"{ENDPOINT}?{urlsplit(following).query}"

    def to_page(self, response: ChannelResponse) -> OrderPage:
        return page_of(response.data["results"], raw_order, total=response.data["count"])

    def to_order(self, payload: Mapping[str, Any]) -> ChannelOrder:
        """Raises OrderParkedException for what cannot be understood."""
        here = None
        # Most orders need no look at what is here.
        if any(map(has_gone, payload.get("lines", ()))):
            here = units_here(self.integration.channel_id, payload["number"])
        return channel_order(payload, statuses=self.integration.conf.get("statuses", {}), here=here)


def raw_order(payload: Mapping[str, Any]) -> RawOrder:
    return RawOrder(
        remote_id=id_of(payload["id"]),
        number=payload["number"],
        modified_date=datetime.fromisoformat(payload["date_changed"]),
        payload=payload,
    )


def _as_text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
