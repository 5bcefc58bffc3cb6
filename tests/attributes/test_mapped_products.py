"""A product in the words of a channel: which set, how each attribute is filled, which values are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.attributes.models import MarketplaceAttributeConfig, MarketplaceAttributeSet
from omnitron.catalogs.models import CategoryNode, Product
from omnitron.channels.models import Channel
from tests.factories import attributes as rows
from tests.factories.catalogs import (
    CategoryNodeFactory,
    CategoryTreeFactory,
    ProductCategoryFactory,
    ProductFactory,
)
from tests.factories.channels import ChannelFactory

pytestmark = pytest.mark.django_db

NOTHING = {
    "attribute_set_id": None,
    "attribute_set_name": None,
    "attribute_set_remote_id": None,
    "mapped_attributes": {},
    "mapped_attribute_values": {},
}


@pytest.fixture
def channel() -> Channel:
    return ChannelFactory(category_tree=CategoryTreeFactory())


@pytest.fixture
def leaf(channel: Channel) -> CategoryNode:
    root = channel.category_tree.categorynode_set.get()
    return CategoryNodeFactory(parent=CategoryNodeFactory(parent=root))


@pytest.fixture
def shirts(channel: Channel, leaf: CategoryNode) -> MarketplaceAttributeSet:
    found = rows.AttributeSetFactory(channel=channel, name="Gömlek", remote_id="601")
    rows.AttributeSetConfigFactory(attribute_set=found, object_id=leaf.pk)
    return found


def asked(
    shirts: MarketplaceAttributeSet, name: str, *labels: str, **flags: Any
) -> MarketplaceAttributeConfig:
    """An attribute that the set asks for, with its values: label "Kırmızı" has the code "KIRMIZI-1"."""
    config = rows.AttributeConfigFactory(
        attribute_set=shirts, attribute__name=name, attribute_remote_id=f"R-{name}", **flags
    )
    for label in labels:
        rows.AttributeValueFactory(attribute=config.attribute, label=label, value=f"{label}-1")
    return config


def get(api: APIClient, channel: Channel, product: Product, **headers: Any) -> Any:
    return api.get(f"/api/v1/channel/{channel.pk}/mapped_products/{product.pk}/", headers=headers)


def product_in(node: CategoryNode, **attributes: Any) -> Product:
    return ProductCategoryFactory(category=node, product__attributes=attributes).product


def test_a_product_in_the_words_of_the_channel(
    api: APIClient, channel: Channel, leaf: CategoryNode, shirts: MarketplaceAttributeSet
) -> None:
    colour = asked(shirts, "Renk", "Kırmızı", "Mavi", is_required=True, is_variant=True)
    cut = asked(shirts, "Kesim", "Dar")
    note = asked(shirts, "Not", is_custom=True, is_meta=True)
    product = product_in(leaf, Renk="Mavi", Not="El dikişi", Diğer=1)

    response = get(api, channel, product)

    assert response.status_code == 200, response.content
    flags = {"is_required": False, "is_variant": False, "is_custom": False, "is_meta": False}
    assert response.json() == {
        "pk": product.pk,
        "attribute_set_id": shirts.pk,
        "attribute_set_name": "Gömlek",
        "attribute_set_remote_id": "601",
        "mapped_attributes": {"Renk": "Mavi", "Kesim": "", "Not": "El dikişi"},
        "mapped_attribute_values": {
            str(colour.attribute_id): {
                "attribute_name": "Renk",
                "label": "Mavi",
                "value": "Mavi-1",
                "attribute_remote_id": "R-Renk",
                **flags,
                "is_required": True,
                "is_variant": True,
            },
            str(note.attribute_id): {
                "attribute_name": "Not",
                "attribute_remote_id": "R-Not",
                **flags,
                "is_custom": True,
                "is_meta": True,
            },
        },
    }
    assert str(cut.attribute_id) not in response.json()["mapped_attribute_values"]


@pytest.mark.parametrize(
    ("attributes", "flags", "labels", "expected"),
    [
        # What the product holds, what the set says, the values it knows: the text and the code, or the refusal.
        ({"Renk": "Mavi"}, {}, ("Mavi",), ("Mavi", "Mavi-1")),
        ({"Renk": "Mavi-1"}, {}, ("Mavi",), ("Mavi-1", "Mavi-1")),
        ({"Renk": 42}, {}, ("42",), ("42", "42-1")),
        ({"Renk": 1.5}, {}, ("1.5",), ("1.5", "1.5-1")),
        ({"Renk": True}, {}, ("true",), ("true", "true-1")),
        ({"Renk": "Mavi"}, {"is_custom": True}, ("Mavi",), ("Mavi", "Mavi-1")),
        ({"Renk": "Mor"}, {"is_custom": True}, ("Mavi",), ("Mor", None)),
        ({"Renk": "Mor"}, {"is_custom": True, "is_required": True}, (), ("Mor", None)),
        ({}, {}, ("Mavi",), ("", None)),
        ({"Renk": None}, {}, ("Mavi",), ("", None)),
        ({"Renk": ""}, {}, ("Mavi",), ("", None)),
        ({"Renk": False}, {}, ("false",), ("false", "false-1")),
        ({"Renk": 0}, {}, ("0",), ("0", "0-1")),
        ({}, {"is_required": True}, ("Mavi",), '"Renk" is required and has no value'),
        ({"Renk": None}, {"is_required": True}, (), '"Renk" is required and has no value'),
        ({"renk": "Mavi"}, {"is_required": True}, ("Mavi",), '"Renk" is required and has no value'),
        ({"Renk": "Mor"}, {}, ("Mavi",), '"Renk" has no value "Mor" in "Gömlek"'),
        ({"Renk": "mavi"}, {"is_required": True}, ("Mavi",), '"Renk" has no value "mavi" in "Gömlek"'),
        ({"Renk": "Mor"}, {}, (), '"Renk" has no value "Mor" in "Gömlek"'),
        ({"Renk": ["Mavi"]}, {"is_custom": True}, (), '"Renk": the product holds no single value'),
        ({"Renk": {"tr": "Mavi"}}, {}, (), '"Renk": the product holds no single value'),
    ],
)
def test_one_attribute(
    api: APIClient,
    channel: Channel,
    leaf: CategoryNode,
    shirts: MarketplaceAttributeSet,
    attributes: dict[str, Any],
    flags: dict[str, bool],
    labels: tuple[str, ...],
    expected: tuple[str, str | None] | str,
) -> None:
    config = asked(shirts, "Renk", *labels, **flags)
    # Values of other attributes are nobody's here.
    asked(rows.AttributeSetFactory(channel=channel), "Beden", "Mor")
    product = product_in(leaf, **attributes)

    response = get(api, channel, product)

    if isinstance(expected, str):
        assert response.status_code == 406
        assert response.json() == {
            "error": f"{product.sku} cannot be mapped: {expected}",
            "error_code": "attributes_100_1",
        }
        return
    assert response.status_code == 200, response.content
    text, code = expected
    assert response.json()["mapped_attributes"] == {"Renk": text}
    values = response.json()["mapped_attribute_values"]
    assert set(values) == ({str(config.attribute_id)} if text else set())
    assert [value.get("value") for value in values.values()] == ([code] if text else [])


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, ""),
        ({"parts": [{"attribute": "renk"}]}, "lacivert"),
        ({"parts": [{"attribute": "renk"}], "values": {"lacivert": "Lacivert", "mavi": "Mavi"}}, "Lacivert"),
        ({"parts": [{"attribute": "renk"}], "values": {"mavi": "Mavi"}}, "lacivert"),
        ({"parts": [{"attribute": "renk"}, {"text": "_sabit_"}, {"attribute": "no"}]}, "lacivert_sabit_1"),
        ({"parts": [{"field": "sku"}, {"text": "-TR"}]}, "GML-1-TR"),
        ({"parts": [{"text": "Türkiye"}]}, "Türkiye"),
        ({"parts": [{"attribute": "renk"}, {"attribute": "beden"}], "default": "Standart"}, "Standart"),
        ({"parts": [{"field": "listing_code"}], "default": "Yok"}, "Yok"),
        ({"default": "Yok"}, "Yok"),
        ({"default": "Yok", "values": {"Yok": "Var"}}, "Yok"),
    ],
)
def test_a_rule_fills_its_attribute(
    api: APIClient,
    channel: Channel,
    leaf: CategoryNode,
    shirts: MarketplaceAttributeSet,
    rule: dict[str, Any],
    expected: str,
) -> None:
    config = asked(shirts, "Renk", is_custom=True)
    rows.AttributeSchemaFactory(channel=channel, attribute=config.attribute, schema=rule)
    product = ProductFactory(sku="GML-1", attributes={"renk": "lacivert", "no": 1})
    ProductCategoryFactory(category=leaf, product=product)

    assert get(api, channel, product).json()["mapped_attributes"] == {"Renk": expected}


def test_every_reason_is_named(
    api: APIClient, channel: Channel, leaf: CategoryNode, shirts: MarketplaceAttributeSet
) -> None:
    asked(shirts, "Renk", "Mavi", is_required=True)
    asked(shirts, "Beden", "S")
    asked(shirts, "Kalıp")
    product = product_in(leaf, Beden="XXL", Kalıp=[])

    assert get(api, channel, product).json()["error"] == (
        f'{product.sku} cannot be mapped: "Kalıp": the product holds no single value; '
        '"Renk" is required and has no value; "Beden" has no value "XXL" in "Gömlek"'
    )


def test_a_set_that_names_values_allows_no_others(
    api: APIClient, channel: Channel, leaf: CategoryNode, shirts: MarketplaceAttributeSet
) -> None:
    config = asked(shirts, "Renk", "Mavi", "Mor")
    product = product_in(leaf, Renk="Mor")
    assert get(api, channel, product).status_code == 200

    blue, purple = config.attribute.marketplaceattributevalue_set.order_by("pk")
    other_set = rows.AttributeSetFactory(channel=channel)
    rows.AttributeValueConfigFactory(attribute_set=other_set, attribute_value=blue)
    assert get(api, channel, product).status_code == 200

    rows.AttributeValueConfigFactory(attribute_set=shirts, attribute_value=blue)
    assert get(api, channel, product).status_code == 406

    rows.AttributeValueConfigFactory(attribute_set=shirts, attribute_value=purple)
    assert get(api, channel, product).status_code == 200


def test_labels_go_before_codes_and_the_oldest_before_the_others(
    api: APIClient, channel: Channel, leaf: CategoryNode, shirts: MarketplaceAttributeSet
) -> None:
    config = asked(shirts, "Parça")
    for label, code in (("2", "1"), ("1", "314396"), ("1", "999")):
        rows.AttributeValueFactory(attribute=config.attribute, label=label, value=code)

    mapped = get(api, channel, product_in(leaf, Parça="1")).json()["mapped_attribute_values"]

    assert mapped[str(config.attribute_id)]["value"] == "314396"


def test_the_set_is_the_nearest_upwards_then_the_one_for_all(api: APIClient, channel: Channel) -> None:
    def set_for(node: CategoryNode | None) -> MarketplaceAttributeSet:
        found = rows.AttributeSetFactory(channel=channel)
        rows.AttributeSetConfigFactory(attribute_set=found, object_id=node and node.pk)
        return found

    def mapped_set() -> int | None:
        return get(api, channel, product).json()["attribute_set_id"]

    root = channel.category_tree.categorynode_set.get()
    clothes = CategoryNodeFactory(parent=root)
    leaf = CategoryNodeFactory(parent=clothes)
    product = product_in(leaf)
    # Another channel's set for the same category, and one for a category beside it.
    rows.AttributeSetConfigFactory(
        attribute_set__channel__category_tree=channel.category_tree, object_id=leaf.pk
    )
    set_for(CategoryNodeFactory(parent=clothes))
    assert get(api, channel, product).json() == {"pk": product.pk, **NOTHING}

    assert mapped_set() is None
    assert set_for(None).pk == mapped_set()
    assert set_for(clothes).pk == mapped_set()
    assert set_for(leaf).pk == mapped_set()
    assert set_for(leaf).pk == mapped_set()
    # The category added last decides, as it is the first that applications read.
    other = CategoryNodeFactory(parent=root)
    ProductCategoryFactory(product=product, category=other)
    ProductCategoryFactory(product=product)
    assert set_for(other).pk == mapped_set()


def test_a_product_of_no_category_of_the_channel_asks_for_nothing(
    api: APIClient, channel: Channel, shirts: MarketplaceAttributeSet
) -> None:
    asked(shirts, "Renk", is_required=True)
    elsewhere, nowhere = ProductCategoryFactory().product, ProductFactory()

    for product in (elsewhere, nowhere):
        assert get(api, channel, product).json() == {"pk": product.pk, **NOTHING}
    assert get(api, ChannelFactory(), nowhere).json() == {"pk": nowhere.pk, **NOTHING}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en-us", "Navy"),
        ("EN-US, tr;q=0.5", "Navy"),
        ("en-gb", "Dark blue"),
        ("de", "Lacivert"),
        ("fr", "Lacivert"),
        ("*", "Lacivert"),
        ("", "Lacivert"),
    ],
)
def test_the_language_asked_for_goes_before(
    api: APIClient,
    channel: Channel,
    leaf: CategoryNode,
    shirts: MarketplaceAttributeSet,
    language: str,
    expected: str,
) -> None:
    asked(shirts, "Renk", is_custom=True)
    asked(shirts, "Beden", is_custom=True)
    product = ProductFactory(
        attributes={"Renk": "Lacivert", "Beden": "S"},
        localized_attributes={"en-us": {"Renk": "Navy"}, "en": {"Renk": "Dark blue"}, "de": "Marineblau"},
    )
    ProductCategoryFactory(category=leaf, product=product)

    mapped = get(api, channel, product, accept_language=language).json()["mapped_attributes"]

    assert mapped == {"Renk": expected, "Beden": "S"}


def test_a_mapping_costs_the_same_for_one_attribute_and_for_a_hundred(
    api: APIClient,
    channel: Channel,
    leaf: CategoryNode,
    shirts: MarketplaceAttributeSet,
    django_assert_num_queries: Any,
) -> None:
    asked(shirts, "A0", "x")
    product = product_in(leaf, **{f"A{number}": "x" for number in range(100)})
    get(api, channel, product)

    # The channel, the product, its categories, their sets, the set's attributes, the values that may match, those
    # of them that the set names, and the attributes of which it names any.
    with django_assert_num_queries(8):
        assert len(get(api, channel, product).json()["mapped_attribute_values"]) == 1
    for number in range(1, 100):
        asked(shirts, f"A{number}", "x")
        ProductCategoryFactory(product=product)
    with django_assert_num_queries(8):
        assert len(get(api, channel, product).json()["mapped_attribute_values"]) == 100


def test_who_may_ask(api: APIClient, api_of: Callable[..., APIClient], channel: Channel) -> None:
    product = ProductFactory()

    assert api.get(f"/api/v1/channel/{channel.pk}/mapped_products/{product.pk + 1}/").status_code == 404
    assert api.get(f"/api/v1/channel/{channel.pk + 99}/mapped_products/{product.pk}/").status_code == 404
    assert api.post(f"/api/v1/channel/{channel.pk}/mapped_products/{product.pk}/", {}).status_code == 405
    assert get(api_of(), channel, product).status_code == 403
    reader = api_of("catalogs.view_product", channels=[channel])
    assert get(reader, channel, product).status_code == 200
    assert get(reader, ChannelFactory(), product).status_code == 404
