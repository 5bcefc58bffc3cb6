"""Category trees and nodes as a channel's application sets them up, in the requests it sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.catalogs.models import CategoryNode, CategoryTree
from omnitron.channels.models import Channel
from omnitron.core.models import AuditLog
from tests.factories.catalogs import CategoryNodeFactory, CategoryTreeFactory
from tests.factories.channels import ChannelFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel() -> Channel:
    return ChannelFactory(category_tree=CategoryTreeFactory(name="Pazaryeri"))


def url_of(channel: Channel, path: str) -> str:
    return f"/api/v1/channel/{channel.pk}/{path}/"


def root_of(channel: Channel) -> CategoryNode:
    return CategoryNode.objects.get(tree=channel.category_tree, parent=None)


def test_a_channel_gets_a_tree_and_then_its_nodes(api: APIClient) -> None:
    channel = ChannelFactory()

    made = api.post(url_of(channel, "category_trees"), {"name": "Sales Channel Tree 1"})
    assert made.status_code == 201, made.content
    tree = made.json()
    patched = api.patch(f"/api/v1/channels/{channel.pk}/", {"category_tree": tree["pk"]})
    assert (patched.status_code, patched.json()["category_tree"]) == (200, tree["pk"])
    root = api.get(url_of(channel, f"category_trees/{tree['pk']}")).json()["category_root"]
    stored = CategoryNode.objects.get()
    assert root == {"pk": stored.pk, "path": f"/{stored.pk}/"}

    node = api.post(url_of(channel, "category_nodes"), {"name": "Ayakkabı", "node": root["pk"]})
    assert node.status_code == 201, node.content
    pk = node.json()["pk"]
    assert node.json() == {
        "pk": pk,
        "name": "Ayakkabı",
        "node": root["pk"],
        "tree": tree["pk"],
        "path": f"/{root['pk']}/{pk}/",
        "depth": 2,
        "numchild": 0,
        "sort": 0,
        "created_date": node.json()["created_date"],
        "modified_date": node.json()["modified_date"],
    }
    assert api.get(url_of(channel, f"category_nodes/{pk}")).json() == node.json()


def test_a_name_that_stands_below_the_parent_is_found_in_its_details(
    api: APIClient, channel: Channel
) -> None:
    node = CategoryNodeFactory(parent=root_of(channel), name="Ayakkabı")
    url = url_of(channel, "category_nodes")
    before = list(CategoryNode.objects.order_by("pk").values())

    refused = api.post(url, {"name": "Ayakkabı", "node": node.parent_id})

    assert refused.status_code == 400
    assert refused.json() == {"non_field_errors": ["There is one already (category_node_once_a_parent)."]}
    assert list(CategoryNode.objects.order_by("pk").values()) == before
    assert AuditLog.objects.count() == 0
    detailed = api.get(f"{url}{node.parent_id}/detailed/").json()
    assert detailed["children"] == [{"pk": node.pk, "name": "Ayakkabı"}]
    assert (detailed["node"], detailed["numchild"]) == (None, 1)
    assert api.get(f"{url}{node.pk}/detailed/").json()["children"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "Ev"}, "node"),
        ({"name": "Ev", "node": None}, "node"),
        ({"name": "Ev", "node": 2**62}, "node"),
        ({"node": "root"}, "name"),
        ({"name": "Ev", "node": "root", "path": "/1/"}, "path"),
        ({"name": "Ev", "node": "root", "colour": "red"}, "colour"),
        ({"name": "Ev", "node": "root", "channel": 0}, "channel"),
    ],
)
def test_a_node_that_cannot_be(api: APIClient, channel: Channel, body: dict[str, Any], field: str) -> None:
    if body.get("node") == "root":
        body = body | {"node": root_of(channel).pk}

    refused = api.post(url_of(channel, "category_nodes"), body)

    assert (refused.status_code, list(refused.json())) == (400, [field])
    assert CategoryNode.objects.count() == 1


def test_a_patch_renames_and_an_empty_one_moves_the_date(api: APIClient, channel: Channel) -> None:
    node = CategoryNodeFactory(parent=root_of(channel), name="Ayakkabı")
    url = url_of(channel, f"category_nodes/{node.pk}")
    before = api.get(url).json()

    seen = api.patch(url, {}).json()
    assert seen["modified_date"] > before["modified_date"]
    assert seen == before | {"modified_date": seen["modified_date"]}
    assert AuditLog.objects.count() == 0

    renamed = api.patch(url, {"name": "Çanta"}).json()
    assert (renamed["name"], renamed["modified_date"] > seen["modified_date"]) == ("Çanta", True)
    assert AuditLog.objects.get().event == "categorynode.changed"

    elsewhere = CategoryNodeFactory(parent=root_of(channel))
    assert api.patch(url, {"node": elsewhere.pk}).json() == {"node": ["A category stays where it was made."]}
    assert api.patch(url, renamed).status_code == 200


def test_nodes_are_those_of_the_channels_tree(api: APIClient, channel: Channel) -> None:
    leaf = CategoryNodeFactory(parent=CategoryNodeFactory(parent=root_of(channel)))
    foreign = CategoryNodeFactory()
    url = url_of(channel, "category_nodes")

    leaves = api.get(url, {"numchild": 0, "limit": 10000, "page": 1}).json()
    assert ([row["pk"] for row in leaves["results"]], leaves["next"]) == ([leaf.pk], None)
    assert [row["pk"] for row in api.get(url, {"node": leaf.parent_id}).json()["results"]] == [leaf.pk]
    assert api.get(url, {"colour": "red"}).json() == {"colour": ["Unknown parameter."]}
    for response in (api.get(f"{url}{foreign.pk}/"), api.patch(f"{url}{foreign.pk}/", {"name": "x"})):
        assert response.status_code == 404
    assert api.get(f"{url}{foreign.pk}/detailed/").status_code == 404
    assert api.post(url, {"name": "x", "node": foreign.pk}).json() == {
        "node": [f'Invalid pk "{foreign.pk}" - object does not exist.']
    }
    assert api.get(url_of(ChannelFactory(), "category_nodes")).json()["results"] == []
    assert api.delete(f"{url}{leaf.pk}/").status_code == 405


def test_a_user_of_another_channel_finds_nothing(api_of: Callable[..., APIClient], channel: Channel) -> None:
    client = api_of("catalogs.view_categorynode", "catalogs.view_categorytree", channels=[ChannelFactory()])

    assert client.get(url_of(channel, "category_nodes")).status_code == 404
    assert client.get(url_of(channel, "category_trees")).status_code == 404


@pytest.mark.parametrize("path", ["category_trees", "category_nodes"])
def test_a_list_costs_the_same_for_one_row_and_for_a_hundred(
    api: APIClient, channel: Channel, path: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        assert api.get(url_of(channel, path), {"limit": 500}).json()["count"] == 1
    root = root_of(channel)
    CategoryTree.objects.bulk_create(CategoryTree(name=f"Tree {n}") for n in range(99))
    CategoryNode.objects.bulk_create(
        CategoryNode(tree=root.tree, parent=root, name=f"Node {n}", path=f"{n}") for n in range(99)
    )

    with django_assert_num_queries(2):
        assert api.get(url_of(channel, path), {"limit": 500}).json()["count"] == 100
