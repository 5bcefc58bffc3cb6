"""The made-up channel by the second method. It reads payloads, and is never asked anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omnitron.channels.integrations import commands, second_method
from omnitron.channels.integrations.dto import ChannelOrder
from tests.channels.ingest.payloads import to_order


class GetOrders(commands.GetOrders):
    def to_order(self, payload: Mapping[str, Any]) -> ChannelOrder:
        return to_order(payload)


class CommandIntegration(second_method.CommandIntegration):
    serializer_class = {"get_orders": GetOrders}
