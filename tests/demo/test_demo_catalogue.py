"""What the application of a fresh installation's channel 1 has to fetch of the catalogue."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.catalogs.models import CategoryNode, Product, ProductCategory

pytestmark = [pytest.mark.usefixtures("shared_demo_data"), pytest.mark.django_db]


WAITING = {
    "products/inserts": [21, 22, 23],
    "products/updates": [3, 12],
    "products/inserts_or_updates": [21, 22, 23, 3, 12],
    "product_prices/inserts": [69, 73, 77],
    "product_prices/updates": [5, 33],
    "product_stocks/inserts": [35, 37, 39],
    "product_stocks/updates": [1, 3, 9],
    "product_images/inserts": [20, 21, 22],
    "product_images/updates": [5],
    "extra_product_prices/inserts": sorted([*range(2, 80, 4), *range(3, 80, 4)]),
    "extra_product_prices/updates": [],
    "extra_product_stocks/inserts": list(range(2, 41, 2)),
    "extra_product_stocks/updates": [],
}


def test_what_waits(api: APIClient) -> None:
    def pks(path: str, **parameters: Any) -> list[int]:
        page = api.get(f"/api/v1/channel/1/{path}/", {"limit": 100, **parameters}).json()
        return [row["pk"] for row in page["results"]]

    assert {path: pks(path) for path in WAITING} == WAITING
    assert pks("products/inserts", product_type=0) == [21, 22, 23]
    assert pks("extra_product_prices/inserts", price_list=3) == list(range(3, 80, 4))
    assert pks("integration_actions/deleted", model="product") == [92]


def test_the_categories_are_a_tree_with_every_product_in_it() -> None:
    nodes = {node.pk: node for node in CategoryNode.objects.all()}
    assert len(nodes) == 24
    for node in nodes.values():
        above = nodes[node.parent_id] if node.parent_id else None
        assert node.path == f"{above.path if above else '/'}{node.pk}/"
        assert node.depth == (above.depth + 1 if above else 1)
        assert node.numchild == sum(other.parent_id == node.pk for other in nodes.values())
    placed: Any = ProductCategory.objects.filter(category__tree=1, category__numchild=0)
    assert set(placed.values_list("product", flat=True)) == set(Product.objects.values_list("pk", flat=True))
