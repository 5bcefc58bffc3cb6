"""A marketplace whose every command answers from a recording: the CHANNEL_MODULE of the clients under test.

`ANSWERS` holds the recording by command ("get_orders"), `SENT` what the marketplace was given, in order.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from channel_app.channel.integration import ChannelIntegration as Template
from channel_app.core import data as dto
from channel_app.core.commands import ChannelCommandInterface

ANSWERS: dict[str, Any] = {}
SENT: list[dict[str, Any]] = []


def plain(value: Any) -> Any:
    """What JSON can hold of the clients' objects."""
    if dataclasses.is_dataclass(value):
        return plain(dataclasses.asdict(value))
    if hasattr(value, "get_parameters"):
        return plain(value.get_parameters())
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


class Command(ChannelCommandInterface):
    """One question to the marketplace. Where a test recorded nothing there is no news, or success."""

    key = ""
    # What the flow is given: each command's own.
    tell: Callable[[Any, Any], Any]

    def get_data(self) -> Any:
        return self.objects

    def validated_data(self, data: Any) -> Any:
        return data

    def transform_data(self, data: Any) -> Any:
        return data

    def send_request(self, transformed_data: Any) -> Any:
        SENT.append({"command": self.key, "objects": plain(transformed_data)})
        return ANSWERS.get(self.key, [])

    def normalize_response(self, data: Any, validated_data: Any, transformed_data: Any, response: Any) -> Any:
        return self.tell(data, response)

    def first_report(self, response: Any) -> Any:
        return (self.create_report(response) or [None])[0]


class GetOrders(Command):
    def tell(self, data: Any, response: Any) -> Iterator[Any]:
        for row in response:
            order = dict(row["order"])
            order["customer"] = dto.CustomerDto(**order["customer"])
            order["shipping_address"] = dto.AddressDto(**order["shipping_address"])
            order["billing_address"] = dto.AddressDto(**order["billing_address"])
            items = [dto.OrderItemDto(**item) for item in row["order_items"]]
            create = dto.ChannelCreateOrderDto(order=dto.ChannelOrderDto(**order), order_item=items)
            yield create, self.create_report(row), None


class GetUpdatedOrderItems(Command):
    def tell(self, data: Any, response: Any) -> Iterator[Any]:
        for row in response:
            yield dto.ChannelUpdateOrderItemDto(**row), self.create_report(row), None


class GetCancelledOrders(Command):
    def tell(self, data: Any, response: Any) -> Iterator[Any]:
        for row in response:
            yield dto.CancelOrderDto(**row), self.first_report(row), None


class GetCancellationRequests(Command):
    def tell(self, data: Any, response: Any) -> Iterator[Any]:
        for row in response:
            yield dto.CancellationRequestDto(**row), self.create_report(row), None


class UpdateCancellationRequest(Command):
    """The answer names the remote ids the marketplace does not take."""

    def tell(self, data: Any, response: Any) -> Any:
        taken = data.remote_id not in response
        result = dto.BatchRequestResponseDto(status="SUCCESS", remote_id=data.remote_id) if taken else None
        return result, self.create_report({"taken": taken} if taken else None), data


class Send(Command):
    """Objects go to the marketplace: told at once, or {"remote_batch_id"} to ask about later."""

    row: type = dto.BatchRequestResponseDto

    def tell(self, data: Any, response: Any) -> Any:
        reports = self.create_report(response)
        if isinstance(response, dict):
            self.batch_request.remote_batch_id = response["remote_batch_id"]
            return "", reports, data
        return [self.row(**row) for row in response], reports, data


class SendOrders(Send):
    row = dto.OrderBatchRequestResponseDto


class SendProducts(Send):
    row = dto.ProductBatchRequestResponseDto


class Check(Send):
    """What has become of a batch of before; its flow expects a list of reports."""


class CheckProducts(SendProducts):
    """The flows of products and orders expect one report."""

    def tell(self, data: Any, response: Any) -> Any:
        return [self.row(**row) for row in response], self.first_report(response), data


class CheckOrders(CheckProducts):
    row = dto.OrderBatchRequestResponseDto


def tree_of(rows: list[dict[str, Any]], parent: Any) -> list[Any]:
    nodes = []
    for row in rows:
        above = parent if parent.remote_id else None
        node = dto.CategoryNodeDto(name=row["name"], remote_id=row["id"], children=[], parent=above)
        node.children = tree_of(row.get("children", []), node)
        nodes.append(node)
    return nodes


class GetCategoryTreeAndNodes(Command):
    def tell(self, data: Any, response: Any) -> Any:
        root = dto.CategoryNodeDto(name="root", remote_id=None, children=[])
        root.children = tree_of(response, root)
        return dto.CategoryTreeDto(root=root), self.first_report(response), data


class GetCategoryAttributes(Command):
    """The recording is by remote id of the category."""

    def tell(self, data: Any, response: Any) -> Any:
        row = dict(response[data.remote_id])
        row["attributes"] = [
            dto.CategoryAttributeDto(
                **{**each, "values": [dto.CategoryAttributeValueDto(**value) for value in each["values"]]}
            )
            for each in row["attributes"]
        ]
        return dto.CategoryDto(**row), self.first_report(row), data


class GetAttributes(Command):
    def tell(self, data: Any, response: Any) -> Any:
        attributes = [
            dto.AttributeDto(**{**row, "values": [dto.AttributeValueDto(**value) for value in row["values"]]})
            for row in response
        ]
        return attributes, self.first_report(response), data


class GetChannelConfSchema(Command):
    def tell(self, data: Any, response: Any) -> Any:
        return response, self.first_report(response), data


COMMANDS = {
    "get_orders": GetOrders,
    "get_updated_order_items": GetUpdatedOrderItems,
    "get_cancelled_orders": GetCancelledOrders,
    "get_cancellation_requests": GetCancellationRequests,
    "update_cancellation_request": UpdateCancellationRequest,
    "send_updated_orders": SendOrders,
    "check_orders": CheckOrders,
    "send_inserted_products": SendProducts,
    "send_updated_products": SendProducts,
    "send_deleted_products": SendProducts,
    "check_products": CheckProducts,
    "check_deleted_products": CheckProducts,
    "send_inserted_prices": Send,
    "send_updated_prices": Send,
    "check_prices": Check,
    "send_inserted_stocks": Send,
    "send_updated_stocks": Send,
    "check_stocks": Check,
    "send_inserted_images": Send,
    "send_updated_images": Send,
    "check_images": Check,
    "get_category_tree_and_nodes": GetCategoryTreeAndNodes,
    "get_category_attributes": GetCategoryAttributes,
    "get_attributes": GetAttributes,
    "get_channel_conf_schema": GetChannelConfSchema,
}


class ChannelIntegration(Template):
    """The clients make one for each question."""

    actions = {key: type(command.__name__, (command,), {"key": key}) for key, command in COMMANDS.items()}
