"""Which attributes a channel asks of a product, and which values of them it knows."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from omnitron.attributes.models import (
    MarketplaceAttributeConfig,
    MarketplaceAttributeSet,
    MarketplaceAttributeSetConfig,
    MarketplaceAttributeValue,
    MarketplaceAttributeValueConfig,
)
from omnitron.catalogs.models import CategoryNode, Product, ProductCategory
from omnitron.channels.models import Channel


def attribute_set_of(product: Product, *, channel: Channel) -> MarketplaceAttributeSet | None:
    """The set of the product's category in the channel's tree: of the category added last, of the nearest node
    upwards that has one, of its sets the newest. Without any, the channel's set for all categories, or None.

    Two statements.
    """
    paths = ProductCategory.objects.filter(product=product, category__tree=channel.category_tree_id)
    ways = [
        [int(pk) for pk in reversed(path.strip("/").split("/"))]
        for path in paths.order_by("-pk").values_list("category__path", flat=True)
    ]
    named = {pk for way in ways for pk in way}
    configs = MarketplaceAttributeSetConfig.objects.filter(
        Q(object_id__in=named) | Q(object_id__isnull=True),
        attribute_set__channel=channel,
        content_type=ContentType.objects.get_for_model(CategoryNode),
    ).select_related("attribute_set")
    # Of several for one object the newest is written last, and stays.
    sets = {config.object_id: config.attribute_set for config in configs.order_by("pk")}
    return next((sets[pk] for way in ways for pk in way if pk in sets), sets.get(None))


def configs_of(attribute_set: MarketplaceAttributeSet) -> list[MarketplaceAttributeConfig]:
    """The attributes of a set, with what fills them, in the order they were added. One statement."""
    configs = MarketplaceAttributeConfig.objects.filter(attribute_set=attribute_set)
    return list(configs.select_related("attribute__filled_by").order_by("pk"))


def known_values(
    attribute_set: MarketplaceAttributeSet, *, attribute_ids: Iterable[int], texts: Iterable[str]
) -> dict[tuple[int, str], MarketplaceAttributeValue]:
    """The values of these attributes that read or are coded as one of `texts` and that the set allows, by attribute
    and text; a label goes before a code, the oldest before the others.

    Only those that may match are read: an attribute may have fifty thousand. At most three statements; as one, the
    planner expects to find quickly what a set names of an attribute, and reads all that the set names.
    """
    texts = set(texts)
    matching = MarketplaceAttributeValue.objects.filter(
        Q(label__in=texts) | Q(value__in=texts), attribute__in=set(attribute_ids)
    )
    # Of those with the same key the last one stays.
    allowed = _allowed(list(matching.order_by("-pk")), attribute_set=attribute_set)
    by_code = {(row.attribute_id, row.value): row for row in allowed}
    return by_code | {(row.attribute_id, row.label): row for row in allowed}


def _allowed(
    values: list[MarketplaceAttributeValue], *, attribute_set: MarketplaceAttributeSet
) -> list[MarketplaceAttributeValue]:
    """Those of `values` that the set names, and those of attributes of which it names none."""
    configs = MarketplaceAttributeValueConfig.objects.filter(attribute_set=attribute_set)
    named = set(configs.filter(attribute_value__in=values).values_list("attribute_value", flat=True))
    others = {value.attribute_id for value in values if value.pk not in named}
    limited = set(configs.filter(attribute__in=others).values_list("attribute", flat=True).distinct())
    return [value for value in values if value.pk in named or value.attribute_id not in limited]
