"""The made-up channel by the first method. It reads payloads, and is never asked anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omnitron.channels.integrations import first_method, serializers
from omnitron.channels.integrations.dto import ChannelOrder
from tests.channels.ingest.payloads import to_order


class ReadOrderSerializer(serializers.ReadSerializer):
    def to_order(self, payload: Mapping[str, Any]) -> ChannelOrder:
        return to_order(payload)


class Integration(first_method.Integration):
    actions = {first_method.ORDERS: ReadOrderSerializer}
