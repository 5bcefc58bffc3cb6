"""The documents' first method: an Integration asks for objects by serializers that know their endpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from omnitron.channels.exceptions import (
    IntegrationActionException,
    IntegrationNotDefineResponseProcess,
)
from omnitron.channels.integrations.base import BaseIntegration
from omnitron.channels.integrations.client import ChannelResponse
from omnitron.channels.integrations.dto import Intake
from omnitron.channels.integrations.pages import readable
from omnitron.channels.integrations.reading import ToOrder
from omnitron.channels.integrations.serializers import ReadSerializer

ORDERS = "orders"


class Integration(BaseIntegration):
    """The first method: `get_class` asks for each class by a serializer that knows its endpoint."""

    actions: ClassVar[Mapping[str, type[ReadSerializer]]] = {}

    def get_orders(self, **filters: Any) -> Intake:
        """Fetch orders and take them in, by `get_class`."""
        return self.get_class([ORDERS], filter_params=filters)[ORDERS]

    def order_reader(self) -> ToOrder:
        """The reader of the class "orders"."""
        return self._serializer(ORDERS, None, {}).to_order

    def get_class(
        self,
        class_names: Sequence[str],
        *,
        timeout: float | None = None,
        remote_id: str | None = None,
        filter_params: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Ask for every class of `class_names`, page by page; what `response_process` makes of them, by name.

        Raises IntegrationActionException for a name without a serializer, and what `request_process` raises.
        """
        results = {}
        for name in class_names:
            serializer = self._serializer(name, remote_id, filter_params or {})
            endpoint, params, result = serializer.get_endpoint(), serializer.get_params(), Intake()
            while endpoint is not None:
                response = self.request_process("GET", endpoint, params=params, timeout=timeout)
                result += self.response_process(response, self.channel_id, None, self, serializer, name)
                # The next page's address has them in it.
                endpoint, params = serializer.next_endpoint(response), None
            results[name] = result
        return results

    def response_process(
        self,
        response: ChannelResponse,
        channel_id: int,
        obj: Any,
        integration_obj: BaseIntegration,
        serializer: ReadSerializer,
        action_name: str,
    ) -> Intake:
        """What is done with a successful answer, by its method; for GET and "orders" `create_order` for each.

        Raises IntegrationNotDefineResponseProcess for a method other than GET, POST, PATCH, PUT and DELETE.
        """
        processes = {
            "GET": self.process_get,
            "POST": self.process_change,
            "PATCH": self.process_change,
            "PUT": self.process_change,
            "DELETE": self.process_change,
        }
        if response.method not in processes:
            raise IntegrationNotDefineResponseProcess(method=response.method)
        return processes[response.method](response, serializer, action_name, obj)

    def process_get(
        self, response: ChannelResponse, serializer: ReadSerializer, action_name: str, obj: Any
    ) -> Intake:
        """Orders are taken in one by one; another class is its integration's own business."""
        if action_name != ORDERS:
            raise self._unknown(action_name)
        before, self.intake = self.intake, Intake()
        for page in readable([response], serializer.to_page, channel=self.channel.name):
            for raw in page.orders:
                self.create_order(raw)
            if page.unusable:
                self.take_in(replace(page, orders=[]), to_order=serializer.to_order)
        intake, self.intake = self.intake, before + self.intake
        return intake

    def process_change(
        self, response: ChannelResponse, serializer: ReadSerializer, action_name: str, obj: Any
    ) -> Intake:
        """The channel has taken a change; there is nothing to keep of its answer."""
        return Intake()

    def _serializer(
        self, name: str, remote_id: str | None, filter_params: Mapping[str, Any]
    ) -> ReadSerializer:
        if name not in self.actions:
            raise self._unknown(name)
        return self.actions[name](integration=self, remote_id=remote_id, filter_params=filter_params)

    def _unknown(self, name: str) -> IntegrationActionException:
        known = ", ".join(sorted(self.actions))
        return IntegrationActionException(integration=type(self).__module__, key=name, known=known)
