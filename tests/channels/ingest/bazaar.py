"""The house's channel, served by a folder of its own among the integrations."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnitron.channels import integrations
from tests.channels.ingest.payloads import House

FOLDERS = Path(__file__).parent / "folders"


def serve(house: House, channel_type: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the house's channel be served by `bazaar` (second method) or `old_bazaar` (first method)."""
    monkeypatch.setattr(integrations, "__path__", [*integrations.__path__, str(FOLDERS)])
    house.channel.channel_type = channel_type
    house.channel.save()
