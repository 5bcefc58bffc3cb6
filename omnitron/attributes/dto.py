"""What the mapping of a product is handed out as."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class MappedProduct:
    """A product in the words of a channel.

    `mapped_attributes` holds each attribute's text by its name, "" where the product has none. Of those that have a
    text, `mapped_attribute_values` holds by the attribute's pk, as text, the channel's own value and what the set
    says of the attribute.
    """

    pk: int
    attribute_set_id: int | None = None
    attribute_set_name: str | None = None
    attribute_set_remote_id: str | None = None
    mapped_attributes: dict[str, str] = field(default_factory=dict)
    mapped_attribute_values: dict[str, dict[str, Any]] = field(default_factory=dict)
