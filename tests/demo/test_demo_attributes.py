"""What channel 1 of a fresh installation asks of products, and the products that have it."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from omnitron.attributes.models import MarketplaceAttributeSchema
from omnitron.attributes.rules import check_rule
from omnitron.catalogs.models import CategoryNode, ProductCategory

pytestmark = [pytest.mark.usefixtures("shared_demo_data"), pytest.mark.django_db]


def test_a_sweater_in_the_words_of_the_channel(api: APIClient) -> None:
    flags = {"is_required": True, "is_variant": True, "is_custom": False, "is_meta": False}

    assert api.get("/api/v1/channel/1/mapped_products/1/").json() == {
        "pk": 1,
        "attribute_set_id": 1,
        "attribute_set_name": "Üst Giyim",
        "attribute_set_remote_id": "CAT-3",
        "mapped_attributes": {"Renk": "Lacivert", "Beden": "M"},
        "mapped_attribute_values": {
            "1": {
                "attribute_name": "Renk",
                "label": "Lacivert",
                "value": "RENK-1",
                "attribute_remote_id": "ATTR-RENK",
                **flags,
            },
            "2": {
                "attribute_name": "Beden",
                "label": "M",
                "value": "BEDEN-2",
                "attribute_remote_id": "ATTR-BEDEN",
                **flags,
            },
        },
    }


def test_every_product_of_the_category_has_what_is_asked(api: APIClient) -> None:
    category = CategoryNode.objects.get(pk=3, tree=1)
    products = set(ProductCategory.objects.filter(category=category).values_list("product", flat=True))

    assert products >= {1, 2, 5}
    for pk in products:
        assert len(api.get(f"/api/v1/channel/1/mapped_products/{pk}/").json()["mapped_attribute_values"]) == 2


def test_the_rules_can_be_read() -> None:
    for schema in MarketplaceAttributeSchema.objects.all():
        check_rule(schema.schema)
