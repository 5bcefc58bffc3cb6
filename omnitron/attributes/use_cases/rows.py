"""Write what a channel asks of products. Rows that name each other are of one channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from omnitron.attributes.models import (
    MarketplaceAttribute,
    MarketplaceAttributeSchema,
    MarketplaceAttributeSetConfig,
    MarketplaceAttributeValue,
    MarketplaceAttributeValueConfig,
)
from omnitron.attributes.rules import RuleError, check_rule
from omnitron.catalogs.models import CategoryNode
from omnitron.channels.models import Channel
from omnitron.core import records
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput

Row = TypeVar("Row", bound=models.Model)
Values = Mapping[str, Any]

SCHEMA_SUFFIX = " Schema"


@transaction.atomic
def create_row(model: type[Row], values: Values, *, audit_context: AuditContext) -> Row:
    """A new row of one of this application's models.

    A schema named as channel applications name them, "<channel> <attribute> Schema", is the attribute's rule unless
    that has one. Raises InvalidInput where the rows named are of several channels, where a set is for something
    else than a category of the channel's, where a rule cannot be read, and for a duplicate.
    """
    if model is MarketplaceAttributeSchema and values.get("attribute") is None:
        values = {**values, "attribute": _attribute_of_schema(values["channel"], name=values["name"])}
    values = _completed(model, values)
    _check(model, values)
    return records.create_record(model, values, audit_context=audit_context)


@transaction.atomic
def update_row(row: Row, changes: Values, *, audit_context: AuditContext) -> Row:
    """Write `changes` to `row` and return it, locked. It stays in its channel, and a value with its attribute.

    Raises InvalidInput as `create_row` does.
    """
    changes = _completed(type(row), changes)
    locked = records.lock_record(row)
    stored = {field.name: getattr(locked, field.name) for field in locked._meta.concrete_fields}
    fixed = ("channel", "attribute") if isinstance(row, MarketplaceAttributeValue) else ("channel",)
    for name in fixed:
        if changes.get(name, stored.get(name)) != stored.get(name):
            raise InvalidInput(**{name: f"A row stays with its {name}."})
    _check(type(row), {**stored, **changes})
    records.write_changes(locked, changes, audit_context=audit_context)
    return locked


def _completed(model: type[models.Model], values: Values) -> Values:
    """`values` and what they imply."""
    if model is MarketplaceAttributeValueConfig and "attribute_value" in values:
        return {**values, "attribute": values["attribute_value"].attribute}
    return values


def _check(model: type[models.Model], values: Values) -> None:
    """Raise InvalidInput unless a row of `model` may hold `values`."""
    named = {name: _channel_id(value) for name, value in values.items()}
    channels = {name: channel_id for name, channel_id in named.items() if channel_id is not None}
    if len(set(channels.values())) > 1:
        raise InvalidInput(**dict.fromkeys(channels, "These are not of one channel."))
    if model in _RULES:
        _RULES[model](values)


def _channel_id(value: Any) -> int | None:
    return value.pk if isinstance(value, Channel) else getattr(value, "channel_id", None)


def _check_schema(values: Values) -> None:
    try:
        check_rule(values.get("schema", {}))
    except RuleError as error:
        raise InvalidInput(schema=str(error)) from error


def _check_set_config(values: Values) -> None:
    if values["content_type"] != ContentType.objects.get_for_model(CategoryNode):
        raise InvalidInput(content_type="An attribute set is for a category: categorynode.")
    object_id = values.get("object_id")
    if object_id is None:
        return
    tree_id = values["attribute_set"].channel.category_tree_id
    if not CategoryNode.objects.filter(pk=object_id, tree=tree_id).exists():
        raise InvalidInput(object_id="The channel's category tree has no such node.")


_RULES: dict[type[models.Model], Callable[[Values], None]] = {
    MarketplaceAttributeSchema: _check_schema,
    MarketplaceAttributeSetConfig: _check_set_config,
}


def _attribute_of_schema(channel: Channel, *, name: str) -> MarketplaceAttribute | None:
    """The attribute that `name` says it is the schema of, unless that has one already."""
    if not name.endswith(SCHEMA_SUFFIX):
        return None
    # One of an application's two ways of setting up attributes writes the channel twice.
    prefix, rest, names = f"{channel.pk} ", name.removesuffix(SCHEMA_SUFFIX), []
    while rest.startswith(prefix):
        rest = rest.removeprefix(prefix)
        names.append(rest)
    found = MarketplaceAttribute.objects.filter(channel=channel, name__in=names, filled_by__isnull=True)
    return max(found, key=lambda attribute: len(attribute.name), default=None)
