"""What drf-spectacular must be told so that the schema says the truth."""

from __future__ import annotations

from typing import Any

import django_filters
from drf_spectacular.extensions import OpenApiFilterExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.permissions import AllowAny

from omnitron.core.resources import fields as wire
from omnitron.core.resources import filters
from omnitron.core.resources.idempotency import HEADER, PATTERN, UNSAFE
from omnitron.core.resources.viewsets import RowViewSet
from omnitron.omnicore.orders.enums import OrderStatus

# On the wire the codes are strings; named in settings as enums of the schema.
ORDER_STATUS_CHOICES = [(str(value), label) for value, label in OrderStatus.choices]
ORDER_STATUS_NAMES = [(label, label) for label in OrderStatus.labels]

IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": f"^{PATTERN}$"},
    OpenApiParameter.HEADER,
    description="The same key and body again are answered as the first time, without doing anything again.",
)
FIELD_ERRORS = {
    "type": "object",
    "description": "Messages by field, nested as the body is; `non_field_errors` where no field is to blame.",
    "additionalProperties": {},
}
DETAIL = {"type": "object", "properties": {"detail": {"type": "string"}}, "required": ["detail"]}
OUTDATED = {
    "type": "object",
    "properties": {
        "detail": {"type": "string"},
        "difference": {"type": "array", "items": {"type": "object", "additionalProperties": {}}},
    },
    "required": ["detail", "difference"],
}
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

    def get_override_parameters(self) -> list[Any]:
        if self.method in UNSAFE and isinstance(self.view, RowViewSet):
            return [IDEMPOTENCY_KEY]
        return []

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction=direction)
        if direction == "response":
            for code, (schema, description) in self._errors().items():
                bodies.setdefault(
                    code, {"description": description, "content": {"application/json": {"schema": schema}}}
                )
        return bodies

    def _errors(self) -> dict[str, tuple[dict[str, Any], str]]:
        if AllowAny in self.view.permission_classes:
            return {"400": (FIELD_ERRORS, "Unusable input, by field.")}
        errors = {
            "401": (DETAIL, "No token, or a dead one."),
            "403": (DETAIL, "The user lacks the permission."),
        }
        errors["400"] = (FIELD_ERRORS, "Unusable input, by field.")
        if self.method != "GET":
            errors["406"] = (REFUSAL, "Refused by a business rule.")
        if self.get_override_parameters():
            errors["409"] = (DETAIL, "The same Idempotency-Key is being worked on.")
            errors["422"] = (DETAIL, "The Idempotency-Key was used for another request.")
        if getattr(self.view, "action", None) in getattr(self.view, "digest_actions", ()):
            errors["412"] = (OUTDATED, "The digest says something else than would be done now.")
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


class StrictFilterSchema(OpenApiFilterExtension):
    """The parameters of a list, with the types their filters read."""

    target_class = "omnitron.core.resources.filters.StrictFilterBackend"
    # Above the one for django-filter, which would also match and knows less.
    priority = 1

    def get_schema_operation_parameters(
        self, auto_schema: AutoSchema, *args: Any, **kwargs: Any
    ) -> list[Any]:
        filterset_class = getattr(auto_schema.view, "filterset_class", None)
        if filterset_class is None:
            return []
        known_filters = filterset_class.base_filters
        # `x__exact` is `x` again, but for the order number.
        parameters = [
            _parameter(name, known)
            for name, known in known_filters.items()
            if known is not known_filters.get(name.removesuffix("__exact")) or not name.endswith("__exact")
        ]
        for json_filter in filterset_class.json_filters:
            name = f"{json_filter.prefix}key"
            description = (
                f"Rows whose `{json_filter.column}` holds this value; any key of it in place of `key`."
            )
            parameters.append(
                {"name": name, "in": "query", "description": description, "schema": {"type": "string"}}
            )
        return parameters


def _parameter(name: str, known: django_filters.Filter) -> dict[str, Any]:
    schema = _schema_of(known)
    parameter: dict[str, Any] = {"name": name, "in": "query", "schema": schema}
    if isinstance(known, django_filters.BaseInFilter):
        parameter |= {
            "schema": {"type": "array", "items": schema},
            "style": "form",
            "explode": False,
            "description": "Several values, separated by commas.",
        }
    return parameter


def _schema_of(known: django_filters.Filter) -> dict[str, Any]:
    if isinstance(known, filters.EnumFilter):
        return {"type": "string", "enum": sorted({str(value) for value, _ in known.extra["choices"]})}
    for filter_class, schema in _FILTER_SCHEMAS:
        if isinstance(known, filter_class):
            return schema
    return {"type": "string"}


_FILTER_SCHEMAS: tuple[tuple[type[django_filters.Filter], dict[str, Any]], ...] = (
    (filters.BooleanFilter, {"type": "boolean"}),
    (filters.IdFilter, {"type": "integer"}),
    (filters.AmountFilter, {"type": "number"}),
    (filters.IpFilter, {"type": "string", "format": "ip"}),
    (filters.MomentFilter, {"type": "string", "format": "date-time"}),
    (django_filters.DateFilter, {"type": "string", "format": "date"}),
    (django_filters.UUIDFilter, {"type": "string", "format": "uuid"}),
)
