"""What drf-spectacular must be told of orders."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema

from omnitron.orders.actions import RULES
from omnitron.orders.enums import PackageStatus
from omnitron.orders.state_page import state_text

# On the wire the codes are strings; named in settings as enums of the schema.
PACKAGE_STATUS_CHOICES = [(str(value), label) for value, label in PackageStatus.choices]
PACKAGE_STATUS_NAMES = [(label, label) for label in PackageStatus.labels]

AVAILABLE_ACTIONS = {
    "type": "array",
    "readOnly": True,
    "description": "What may be done with the order as it stands, and why not; a 406 carries the same codes.",
    "items": {
        "type": "object",
        "properties": {
            "action": {"type": "string", "enum": list(RULES)},
            "allowed": {"type": "boolean"},
            "because": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
                    "required": ["code", "message"],
                },
            },
        },
        "required": ["action", "allowed", "because"],
    },
}


class OrderDetailSchema(OpenApiSerializerExtension):
    """The detailed order ends with `available_actions`, which the view adds."""

    target_class = "omnitron.orders.resources.serializers.OrderDetailSerializer"

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        schema["properties"]["available_actions"] = AVAILABLE_ACTIONS
        schema.setdefault("required", []).append("available_actions")
        return schema


def with_states(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """The tables of states in the description of the whole; named in settings as a postprocessing hook."""
    result["info"]["description"] = f"{result['info'].get('description', '')}\n\n{state_text()}".strip()
    return result
