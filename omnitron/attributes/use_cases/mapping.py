"""Say a product in the words of a channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from omnitron.attributes.dto import MappedProduct
from omnitron.attributes.exceptions import ProductMappingException
from omnitron.attributes.models import MarketplaceAttributeConfig, MarketplaceAttributeValue
from omnitron.attributes.rules import FIELDS, RuleError, filled
from omnitron.attributes.selectors import attribute_set_of, configs_of, known_values
from omnitron.catalogs.models import Product
from omnitron.channels.models import Channel


def map_product(product: Product, *, channel: Channel, language: str | None = None) -> MappedProduct:
    """The attributes that `channel` asks of `product`, filled; none when its category has no attribute set.

    `language` ("en-us") prefers the product's localized attributes. Raises ProductMappingException, which names
    every required attribute without a value and every value the channel does not know. At most six statements.
    """
    attribute_set = attribute_set_of(product, channel=channel)
    if attribute_set is None:
        return MappedProduct(pk=product.pk)
    configs = configs_of(attribute_set)
    texts, problems = _filled_all(configs, product=product, language=language)
    known = known_values(attribute_set, attribute_ids=texts, texts=filter(None, texts.values()))
    values: dict[str, dict[str, Any]] = {}
    for config in configs:
        # None where the rule itself has failed, which is among the problems already.
        text = texts.get(config.attribute_id)
        found = known.get((config.attribute_id, text or ""))
        if text == "" and config.is_required:
            problems.append(f'"{config.attribute.name}" is required and has no value')
        elif text and found is None and not config.is_custom:
            problems.append(f'"{config.attribute.name}" has no value "{text}" in "{attribute_set.name}"')
        elif text:
            values[str(config.attribute_id)] = _described(config, found)
    if problems:
        raise ProductMappingException(sku=product.sku, problems="; ".join(problems))
    return MappedProduct(
        pk=product.pk,
        attribute_set_id=attribute_set.pk,
        attribute_set_name=attribute_set.name,
        attribute_set_remote_id=attribute_set.remote_id,
        mapped_attributes={config.attribute.name: texts[config.attribute_id] for config in configs},
        mapped_attribute_values=values,
    )


def _filled_all(
    configs: Iterable[MarketplaceAttributeConfig], *, product: Product, language: str | None
) -> tuple[dict[int, str], list[str]]:
    """The text of each attribute by its pk, and what is wrong with those that have none for it."""
    attributes = _attributes_in(product, language=language)
    fields = {name: getattr(product, name) for name in FIELDS}
    texts, problems = {}, []
    for config in configs:
        attribute = config.attribute
        rule = attribute.filled_by.schema if hasattr(attribute, "filled_by") else {}
        try:
            texts[attribute.pk] = filled(rule, name=attribute.name, attributes=attributes, fields=fields)
        except RuleError as error:
            problems.append(f'"{attribute.name}": {error}')
    return texts, problems


def _attributes_in(product: Product, *, language: str | None) -> Mapping[str, Any]:
    """The product's attributes; those it has in `language`, or in what that is a variety of, go before."""
    if language is None:
        return product.attributes
    for name in (language, language.split("-")[0]):
        localized = product.localized_attributes.get(name)
        if isinstance(localized, dict):
            return product.attributes | localized
    return product.attributes


def _described(config: MarketplaceAttributeConfig, found: MarketplaceAttributeValue | None) -> dict[str, Any]:
    """One of `mapped_attribute_values`. A text of the product's own has neither label nor value."""
    known = {} if found is None else {"label": found.label, "value": found.value}
    return {
        "attribute_name": config.attribute.name,
        **known,
        "attribute_remote_id": config.attribute_remote_id,
        "is_required": config.is_required,
        "is_variant": config.is_variant,
        "is_custom": config.is_custom,
        "is_meta": config.is_meta,
    }
