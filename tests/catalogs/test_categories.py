"""Category trees, and the categories of a product as a channel's application asks for them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from omnitron.catalogs.models import CategoryNode, CategoryTree
from omnitron.catalogs.use_cases import categories
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput
from omnitron.core.models import AuditLog
from omnitron.users.models import User
from tests.factories.catalogs import CategoryNodeFactory, ProductCategoryFactory
from tests.factories.channels import ChannelFactory

pytestmark = pytest.mark.django_db


def place(node: CategoryNode) -> tuple[Any, ...]:
    node.refresh_from_db()
    return node.path, node.depth, node.numchild


def test_a_tree_is_made_with_its_root(audit_context: AuditContext) -> None:
    tree = categories.create_tree(name="Pazaryeri", audit_context=audit_context)

    root = CategoryNode.objects.get()
    assert (root.tree, root.parent, root.name) == (tree, None, "Pazaryeri")
    assert place(root) == (f"/{root.pk}/", 1, 0)
    events = list(AuditLog.objects.order_by("pk").values_list("event", flat=True))
    assert events == ["categorytree.created", "categorynode.created"]


def test_a_category_stands_below_its_parent(audit_context: AuditContext) -> None:
    tree = categories.create_tree(name="Pazaryeri", audit_context=audit_context)
    root = CategoryNode.objects.get()
    clothes = categories.create_node(root, name="Giyim", audit_context=audit_context)
    shirts = categories.create_node(clothes, name="Gömlek", sort=2, audit_context=audit_context)
    home = categories.create_node(root, name="Ev", audit_context=audit_context)

    assert place(root) == (f"/{root.pk}/", 1, 2)
    assert place(clothes) == (f"/{root.pk}/{clothes.pk}/", 2, 1)
    assert place(shirts) == (f"/{root.pk}/{clothes.pk}/{shirts.pk}/", 3, 0)
    assert place(home) == (f"/{root.pk}/{home.pk}/", 2, 0)
    assert {node.tree for node in CategoryNode.objects.all()} == {tree}


def test_a_name_stands_once_below_a_parent(audit_context: AuditContext) -> None:
    node = CategoryNodeFactory(name="Giyim")
    before = list(CategoryNode.objects.order_by("pk").values())

    with pytest.raises(InvalidInput) as refused:
        categories.create_node(node.parent, name="Giyim", audit_context=audit_context)

    assert "category_node_once_a_parent" in str(refused.value)
    assert list(CategoryNode.objects.order_by("pk").values()) == before
    assert AuditLog.objects.count() == 0
    assert categories.create_node(node, name="Giyim", audit_context=audit_context).depth == 3


def test_a_category_that_was_gone_through_moves_its_date(audit_context: AuditContext) -> None:
    node = CategoryNodeFactory(name="Giyim")
    before = node.modified_date

    seen = categories.update_node(node, {}, audit_context=audit_context)
    assert (seen.modified_date > before, AuditLog.objects.count()) == (True, 0)

    renamed = categories.update_node(node, {"name": "Moda"}, audit_context=audit_context)
    assert renamed.modified_date > seen.modified_date
    audit = AuditLog.objects.get()
    assert (audit.event, audit.old, audit.new) == (
        "categorynode.changed",
        {"name": "Giyim"},
        {"name": "Moda"},
    )


def test_the_admin_makes_trees_and_categories_as_everyone_does(client: Client, admin_user: User) -> None:
    client.force_login(admin_user)
    add = reverse("admin:catalogs_categorynode_add")

    client.post(reverse("admin:catalogs_categorytree_add"), {"name": "Pazaryeri"})
    root = CategoryNode.objects.get()
    assert client.post(add, {"parent": root.pk, "name": "Giyim", "sort": 0}).status_code == 302
    node = CategoryNode.objects.get(name="Giyim")
    assert place(node) == (f"/{root.pk}/{node.pk}/", 2, 0)

    assert client.post(add, {"parent": "", "name": "Ev", "sort": 0}).status_code == 200
    assert client.post(add, {"parent": root.pk, "name": "Giyim", "sort": 0}).status_code == 200
    assert CategoryNode.objects.count() == 2
    page = reverse("admin:catalogs_categorynode_change", args=(node.pk,))
    client.post(page, {"name": "Moda", "initial-name": "Giyim", "sort": 0, "initial-sort": 0})
    node.refresh_from_db()
    assert (node.name, node.parent) == ("Moda", root)


def test_a_tree_goes_with_its_categories(api: APIClient) -> None:
    tree = ProductCategoryFactory().category.tree

    tree.delete()

    assert (CategoryTree.objects.count(), CategoryNode.objects.count()) == (0, 0)


def test_the_categories_of_a_product_tell_their_paths(api: APIClient, django_assert_num_queries: Any) -> None:
    channel = ChannelFactory()
    row = ProductCategoryFactory()
    other = ProductCategoryFactory(product=row.product)
    ProductCategoryFactory()
    url = f"/api/v1/channel/{channel.pk}/product_categories"

    with django_assert_num_queries(2):
        page = api.get(f"{url}/detailed/", {"product": row.product_id, "page": 1}).json()

    assert (page["count"], page["next"]) == (2, None)
    assert [shown["category"] for shown in page["results"]] == [
        {"pk": node.pk, "name": node.name, "path": f"/{node.parent_id}/{node.pk}/"}
        for node in (other.category, row.category)
    ]
    assert [shown["pk"] for shown in page["results"]] == [other.pk, row.pk]
    assert api.get(f"{url}/{row.pk}/").json()["category"] == row.category_id
    assert api.get(f"{url}/detailed/", {"colour": "red"}).json() == {"colour": ["Unknown parameter."]}
    assert api.get(f"/api/v1/channel/{channel.pk + 1}/product_categories/detailed/").status_code == 404
    assert api.post(f"{url}/", {}).status_code == 405
