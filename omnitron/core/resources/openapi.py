"""What drf-spectacular must be told so that the schema says the truth."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from omnitron.core.resources import fields as wire
from omnitron.core.resources.viewsets import RowViewSet

FIELD_ERRORS = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
DETAIL = {"type": "object", "properties": {"detail": {"type": "string"}}, "required": ["detail"]}
REFUSAL = {
    "type": "object",
    "properties": {"non_field_errors": {"type": "string"}, "error_code": {"type": "string"}},
    "required": ["non_field_errors", "error_code"],
}


def only_v1(endpoints: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Describe each operation once: /api/i1/ serves the same views."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]


class OmnitronSchema(AutoSchema):
    """The detailed shape where a view has one, and the errors every operation may answer."""

    def get_response_serializers(self) -> Any:
        if not isinstance(self.view, RowViewSet) or self.method == "DELETE":
            return super().get_response_serializers()
        if self.view.action == "retrieve":
            return getattr(self.view, "detail_serializer_class", None) or self.view.serializer_class
        return self.view.serializer_class

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction=direction)
        if direction == "response":
            for code, (schema, description) in self._errors().items():
                bodies.setdefault(
                    code, {"description": description, "content": {"application/json": {"schema": schema}}}
                )
        return bodies

    def _errors(self) -> dict[str, tuple[dict[str, Any], str]]:
        errors = {
            "401": (DETAIL, "No token, or a dead one."),
            "403": (DETAIL, "The user lacks the permission."),
        }
        if self.method != "GET" or self._is_list_view():
            errors["400"] = (FIELD_ERRORS, "Unusable input, by field.")
        if self.method != "GET":
            errors["406"] = (REFUSAL, "Refused by a business rule.")
        if "{" in self.path or self._is_list_view():
            errors["404"] = (DETAIL, "There is no such row or page.")
        return errors


class DateTimeRangeSchema(OpenApiSerializerFieldExtension):
    target_class = wire.DateTimeRangeField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        moment = {"type": "string", "format": "date-time", "nullable": True}
        return {
            "type": "object",
            "properties": {"lower": moment, "upper": moment, "bounds": {"type": "string"}},
        }


class SqlFieldSchema(OpenApiSerializerFieldExtension):
    target_class = wire.SqlField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        return dict(self.target.schema)


class JSONObjectSchema(OpenApiSerializerFieldExtension):
    target_class = wire.JSONObjectField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": {}}


class JSONSchema(OpenApiSerializerFieldExtension):
    target_class = serializers.JSONField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        return {}
