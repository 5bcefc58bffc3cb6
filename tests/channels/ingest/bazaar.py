"""The made-up channel as an integration of either method, which reads its payloads and is never asked anything."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest

from omnitron.channels.integrations import registry
from omnitron.channels.integrations.base import BaseIntegration, CommandIntegration, Integration
from omnitron.channels.integrations.commands import GetOrders
from omnitron.channels.integrations.dto import ChannelOrder
from omnitron.channels.integrations.serializers import ReadSerializer
from tests.channels.ingest.payloads import House, to_order


class BazaarOrders(GetOrders):
    def to_order(self, payload: Mapping[str, Any]) -> ChannelOrder:
        return to_order(payload)


class BazaarSerializer(ReadSerializer):
    def to_order(self, payload: Mapping[str, Any]) -> ChannelOrder:
        return to_order(payload)


class BySecondMethod(CommandIntegration):
    serializer_class = {"get_orders": BazaarOrders}


class ByFirstMethod(Integration):
    actions = {"orders": BazaarSerializer}


def serve(house: House, kind: type[BaseIntegration], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the house's channel be served by `kind`, as if it stood in a folder of its own."""
    name = f"{registry.integrations.__name__}.bazaar.integration"
    module = ModuleType(name)
    module.CommandIntegration = kind
    monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(registry, "channel_types", lambda: ["bazaar"])
    house.channel.channel_type = "bazaar"
    house.channel.save()
