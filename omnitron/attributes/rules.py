"""The rule by which an attribute of a channel is filled from a product: pure, nothing is read or written here.

A rule is a JSON object (docs/channel-attributes.md). `{}` takes the product's attribute of the same name. `parts`
are put one after the other: `{"attribute": key}` and `{"field": name}` of the product, `{"text": …}` as it stands.
`values` says by what a text is replaced, `default` what stands where the product has nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Columns of a product that a rule may name.
FIELDS = ("sku", "name", "base_code", "listing_code")
_PART_KINDS = frozenset({"attribute", "field", "text"})


class RuleError(ValueError):
    """A rule that says nothing, or a product whose value is no single text."""


def check_rule(rule: Mapping[str, Any]) -> None:
    """Raise RuleError unless `rule` can be read."""
    if unknown := sorted(set(rule) - {"parts", "values", "default"}):
        raise RuleError(f"A rule knows parts, values and default, not {', '.join(unknown)}.")
    if "parts" in rule:
        _check_parts(rule["parts"])
    values = rule.get("values", {})
    if not isinstance(values, dict) or not all(isinstance(text, str) for text in values.values()):
        raise RuleError("values must be an object of texts.")
    if not isinstance(rule.get("default", ""), str):
        raise RuleError("default must be a text.")


def filled(
    rule: Mapping[str, Any], *, name: str, attributes: Mapping[str, Any], fields: Mapping[str, str | None]
) -> str:
    """The text a product with these `attributes` and `fields` (FIELDS) gives to the attribute `name`; "" for none.

    A part without a value leaves the whole without one. Raises RuleError for a value that is no single text.
    """
    texts = []
    for part in rule.get("parts", [{"attribute": name}]):
        ((kind, given),) = part.items()
        text = given if kind == "text" else _text((attributes if kind == "attribute" else fields).get(given))
        if not text:
            return str(rule.get("default", ""))
        texts.append(text)
    joined = "".join(texts)
    return str(rule.get("values", {}).get(joined, joined))


def _check_parts(parts: Any) -> None:
    if not isinstance(parts, list) or not parts:
        raise RuleError("parts must be a list of at least one part.")
    for part in parts:
        if not isinstance(part, dict) or len(part) != 1 or not set(part) <= _PART_KINDS:
            raise RuleError("A part is an object with one of: attribute, field, text.")
        ((kind, given),) = part.items()
        if not isinstance(given, str) or not given:
            raise RuleError(f"The {kind} of a part must be a text.")
        if kind == "field" and given not in FIELDS:
            raise RuleError(f"A part may name these fields: {', '.join(FIELDS)}.")


def _text(value: Any) -> str:
    """A value of a product as text: numbers and booleans as JSON writes them, null as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise RuleError("the product holds no single value")
