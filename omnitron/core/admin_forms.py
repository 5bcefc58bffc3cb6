"""Forms of the admin: refusals of a use case shown beside its fields, and JSON the database can hold."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextareaWidget


class RefusableForm(forms.ModelForm):
    """A form that shows what a use case refused, field by field.

    The use case decides after the form was found valid; the page is then made once more, with `refusal` set.
    """

    refusal: ClassVar[Mapping[str, Sequence[str] | str]] = {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, messages in self.refusal.items():
            self.add_error(name if name in self.fields else None, messages)
        return cleaned


class CodeWidget(UnfoldAdminTextareaWidget):
    """Text whose columns line up."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "om-code", "rows": 8, "spellcheck": "false", **(attrs or {})})


class JSONFormField(forms.JSONField):
    """JSON that PostgreSQL accepts: no NaN, no NUL, no half of a character, not deeper than Python reads."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, forms.fields.InvalidJSONInput):
            return value
        return json.dumps(value, ensure_ascii=False, indent=2, cls=self.encoder)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was typed, to the letter: it may be what cannot be read."""
        return initial if self.disabled or data is None else forms.fields.InvalidJSONInput(data)

    def to_python(self, value: Any) -> Any:
        try:
            parsed = super().to_python(value)
            if "\\u0000" in json.dumps(parsed, allow_nan=False):
                raise ValueError
            json.dumps(parsed, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": ""}
            ) from error
        return parsed


class JSONObjectFormField(JSONFormField):
    """A JSON object; nothing given is an empty one."""

    # An empty object is a value, not a missing one.
    empty_values: ClassVar[list[Any]] = [None, ""]

    def to_python(self, value: Any) -> Any:
        parsed = super().to_python(value)
        if parsed is None:
            return {}
        if not isinstance(parsed, dict):
            raise ValidationError('Give a JSON object, as in {"key": "value"}.', code="object")
        return parsed
