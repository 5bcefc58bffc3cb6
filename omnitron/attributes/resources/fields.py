"""The field this application's shapes have and no other."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from rest_framework import serializers

from omnitron.core.resources.sql_json import column_json


class ModelNameField(serializers.SlugRelatedField):
    """A kind of row by the name of its model, "categorynode"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="model", queryset=ContentType.objects.all(), **kwargs)

    def to_internal_value(self, data: Any) -> ContentType:
        if not isinstance(data, str) or "\x00" in data:
            self.fail("invalid")
        return super().to_internal_value(data)


@column_json.register
def _(field: ModelNameField, column: str) -> str:
    return f"(SELECT kind.model FROM django_content_type kind WHERE kind.id = {column})"
