"""The first method's serializers: they know where a class is read, and what an order there means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from omnitron.channels.integrations.client import ChannelResponse
from omnitron.channels.integrations.dto import ChannelOrder, OrderPage

if TYPE_CHECKING:
    from omnitron.channels.integrations.base import BaseIntegration


class ReadSerializer(serializers.Serializer):
    """Reads one class of objects: `get_endpoint` and `get_params` say what is asked, the rest what was answered."""

    # The path, below the channel's address, of what is asked for (the documents' `get_endpoint()`).
    get_endpoint: Callable[[], str]
    # The orders of an answer, as they came.
    to_page: Callable[[ChannelResponse], OrderPage]
    # An order in Omnitron's words; raises OrderParkedException for what cannot be understood.
    to_order: Callable[[Mapping[str, Any]], ChannelOrder]

    def __init__(
        self, *, integration: BaseIntegration, remote_id: str | None, filter_params: Mapping[str, Any]
    ) -> None:
        super().__init__()
        self.integration, self.remote_id, self.filter_params = integration, remote_id, filter_params

    def get_params(self) -> dict[str, Any]:
        """The query's parameters."""
        return {}

    def next_endpoint(self, response: ChannelResponse) -> str | None:
        """Where the next page is; None after the last."""
        return None
