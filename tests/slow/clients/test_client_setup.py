"""SetupService: the marketplace's categories and attributes are copied here, and followed."""

from __future__ import annotations

from typing import Any

import pytest

from omnitron.attributes.models import (
    MarketplaceAttribute,
    MarketplaceAttributeConfig,
    MarketplaceAttributeSchema,
    MarketplaceAttributeSet,
    MarketplaceAttributeSetConfig,
    MarketplaceAttributeValue,
    MarketplaceAttributeValueConfig,
)
from omnitron.catalogs.models import CategoryNode
from omnitron.channels.models import Channel
from tests.slow.clients.client import Client, Run, recorded
from tests.slow.clients.reading import failures, known_to_channel

pytestmark = pytest.mark.slow


def _copy_categories(client: Client, name: str = "categories") -> Run:
    answers = {"get_category_tree_and_nodes": recorded("setup")[name]}
    run = client.run("SetupService.create_or_update_category_tree_and_nodes", answers=answers)
    assert (run.raised, run.waited) == (None, [])
    return run


def _tree() -> dict[str, tuple[str, str]]:
    """Name and parent's name of every category the channel knows, by remote id."""
    known = known_to_channel("categorynode")
    nodes = CategoryNode.objects.select_related("parent").in_bulk(list(known))
    return {str(known[pk][0]): (node.name, node.parent.name) for pk, node in nodes.items()}


@pytest.fixture
def own_tree(client: Client) -> Channel:
    """The channel has no tree yet."""
    channel = Channel.objects.get(pk=1)
    channel.category_tree = None
    channel.save()
    return channel


def test_categories_become_a_tree_of_the_channels_own(client: Client, own_tree: Channel) -> None:
    run = _copy_categories(client)

    assert run.refused == []
    own_tree.refresh_from_db()
    tree = own_tree.category_tree
    assert tree is not None
    assert tree.pk != 1
    root = CategoryNode.objects.get(tree=tree, parent=None)
    assert _tree() == {
        "C-1": ("Moda", root.name),
        "C-2": ("Kazak", "Moda"),
        "C-3": ("Gömlek", "Moda"),
        "C-4": ("Kitap", root.name),
    }
    assert failures() == []


def test_a_category_renamed_there_is_renamed_here_and_a_new_one_added(
    client: Client, own_tree: Channel
) -> None:
    _copy_categories(client)
    before = CategoryNode.objects.count()

    run = _copy_categories(client, "renamed")

    assert run.refused == []
    assert CategoryNode.objects.count() == before + 1
    tree = _tree()
    assert (tree["C-1"][0], tree["C-2"], tree["C-5"]) == (
        "Moda ve Giyim",
        ("Kazak", "Moda ve Giyim"),
        ("Pantolon", "Moda ve Giyim"),
    )


def test_a_category_that_is_here_by_that_name_is_taken_over(client: Client) -> None:
    """The tree of the demo data has a "Kitap" of its own, which no marketplace knows."""
    run = _copy_categories(client)

    assert run.refused == [("POST", "channel/1/category_nodes/", 400)]
    books = CategoryNode.objects.get(tree=1, name="Kitap")
    assert known_to_channel("categorynode")[books.pk] == ("C-4", "success")


def _copy_attributes_of_categories(client: Client) -> Run:
    answers = {"get_category_attributes": recorded("setup")["attributes of categories"]}
    run = client.run("SetupService.create_or_update_category_attributes", answers=answers)
    assert (run.raised, run.waited) == (None, [])
    return run


def _config(set_name: str, attribute: str) -> dict[str, Any]:
    fields = ("attribute_remote_id", "is_required", "is_variant", "is_custom")
    configs = MarketplaceAttributeConfig.objects.filter(
        attribute_set__name=set_name, attribute__name=attribute
    )
    return configs.values(*fields).get()


def test_what_a_category_asks_for_becomes_a_set_of_attributes(client: Client, own_tree: Channel) -> None:
    _copy_categories(client)

    run = _copy_attributes_of_categories(client)

    if client.version == "0.0.161":
        # It imports what no published omnisdk has, and gives up category by category.
        assert failures() == ["Omnitron-BulkCreateOrUpdateCategoryAttributes"] * 3
        return
    sets = dict(MarketplaceAttributeSet.objects.exclude(remote_id="CAT-3").values_list("remote_id", "name"))
    assert sets == {"C-2": "Kazak", "C-3": "Gömlek"}
    about = MarketplaceAttributeSetConfig.objects.filter(attribute_set__remote_id__startswith="C-")
    nodes = CategoryNode.objects.in_bulk(list(about.values_list("object_id", flat=True)))
    assert {row.attribute_set.name: nodes[row.object_id].name for row in about} == {
        "Kazak": "Kazak",
        "Gömlek": "Gömlek",
    }
    collar = {"attribute_remote_id": "AT-1", "is_variant": False, "is_custom": False}
    assert _config("Kazak", "Yaka") == {**collar, "is_required": True}
    assert _config("Gömlek", "Yaka") == {**collar, "is_required": False}
    assert _config("Kazak", "Desen") == {
        "attribute_remote_id": "AT-2",
        "is_required": False,
        "is_variant": True,
        "is_custom": True,
    }
    values = MarketplaceAttributeValue.objects.filter(attribute__name="Yaka").order_by("value")
    assert list(values.values_list("value", "label")) == [
        ("V-1", "V yaka"),
        ("V-2", "Balıkçı"),
        ("V-3", "Hakim"),
    ]
    bound = MarketplaceAttributeValueConfig.objects.filter(attribute_set__name="Gömlek")
    assert sorted(bound.values_list("attribute_value__value", flat=True)) == ["V-1", "V-3"]
    assert MarketplaceAttributeSchema.objects.filter(name="1 Yaka Schema").count() == 1
    assert failures() == []
    # The schema of an attribute in two categories is there already, the second time.
    assert run.refused == [("POST", "channel/1/attribute_schemas/", 400)]


def test_the_same_attributes_again_make_nothing_new(client: Client, own_tree: Channel) -> None:
    _copy_categories(client)
    _copy_attributes_of_categories(client)
    models = (
        MarketplaceAttribute,
        MarketplaceAttributeConfig,
        MarketplaceAttributeSchema,
        MarketplaceAttributeSet,
        MarketplaceAttributeSetConfig,
        MarketplaceAttributeValue,
        MarketplaceAttributeValueConfig,
    )
    before = [model.objects.count() for model in models]

    run = _copy_attributes_of_categories(client)

    assert [model.objects.count() for model in models] == before
    assert {status for _, _, status in run.refused} <= {400}


def _copy_attributes(client: Client, name: str = "attributes") -> Run:
    answers = {"get_attributes": recorded("setup")[name]}
    run = client.run("SetupService.create_or_update_attributes", answers=answers)
    assert (run.raised, run.waited) == (None, [])
    return run


def test_attributes_by_themselves_are_copied_and_renamed(client: Client) -> None:
    run = _copy_attributes(client)

    assert run.refused == []
    fabric = MarketplaceAttribute.objects.get(name="Kumaş")
    assert known_to_channel("marketplaceattribute")[fabric.pk] == ("AT-7", "success")
    values = fabric.marketplaceattributevalue_set.order_by("value")
    assert list(values.values_list("value", "label")) == [("V-70", "Pamuk"), ("V-71", "Yün")]
    assert {known_to_channel("marketplaceattributevalue")[row.pk][0] for row in values} == {"V-70", "V-71"}
    assert MarketplaceAttributeSchema.objects.filter(name="1 1 Kumaş Schema").count() == 1

    again = _copy_attributes(client, "attributes renamed")

    assert again.refused == []
    fabric.refresh_from_db()
    assert fabric.name == "Kumaş türü"
    assert list(values.values_list("value", "label")) == [("V-70", "Organik pamuk"), ("V-71", "Yün")]
    assert failures() == []


def test_the_channel_learns_which_settings_its_application_wants(client: Client) -> None:
    answers = {"get_channel_conf_schema": recorded("setup")["schema"]}

    run = client.run("SetupService.update_channel_conf_schema", answers=answers)

    assert (run.raised, run.refused) == (None, [])
    assert Channel.objects.get(pk=1).schema == recorded("setup")["schema"]
    assert failures() == []
