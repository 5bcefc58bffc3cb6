"""ProductService: what is sold here appears on the marketplace, follows changes, and leaves it."""

from __future__ import annotations

from typing import Any

import pytest

from omnitron.catalogs.models import Product, ProductCategory, ProductPrice, ProductStock
from omnitron.channels.models import IntegrationAction
from tests.slow.clients.client import Client, Run, recorded
from tests.slow.clients.reading import batches, failures, known_to_channel, why

pytestmark = pytest.mark.slow

# In the demo data three products are new to the channel, two have changed, and one is no longer sold.
NEW = [21, 22, 23]


def _insert(client: Client, answer: str | dict[str, Any] = "new", **options: Any) -> Run:
    answers = {"send_inserted_products": recorded("products")[answer] if isinstance(answer, str) else answer}
    run = client.run("ProductService.insert_products", answers=answers, **options)
    assert (run.raised, run.waited) == (None, [])
    return run


def _sent(run: Run) -> list[dict[str, Any]]:
    (sent,) = run.sent
    return sent["objects"]


def _known_with_their_lists(product: int) -> list[tuple[str | None, str] | None]:
    """What the channel knows of a product, its price and its stock."""
    price = ProductPrice.objects.get(product=product, price_list=1, price_type="default")
    stock = ProductStock.objects.get(product=product, stock_list=1)
    return [
        known_to_channel("product").get(product),
        known_to_channel("productprice").get(price.pk),
        known_to_channel("productstock").get(stock.pk),
    ]


def test_new_products_appear_with_attributes_price_stock_and_categories(client: Client) -> None:
    run = _insert(client)

    assert run.refused == []
    assert [product["pk"] for product in _sent(run)] == NEW
    sweater = _sent(run)[0]
    assert sweater["sku"] == "KZK-1021-YSL-L"
    assert sweater["mapped_attributes"]["mapped_attributes"] == {"Renk": "Yeşil", "Beden": "L"}
    assert sweater["productprice"]["price_list"] == 1
    assert sweater["productstock"]["stock_list"] == 1
    assert [set(node) >= {"pk", "path"} for node in sweater["category_nodes"]] == [True]
    for product, remote_id in zip(NEW, ["MP-21", "MP-22", "MP-23"], strict=True):
        assert _known_with_their_lists(product) == [(remote_id, "success")] * 3
    assert batches() == [("product", "done")]
    assert failures() == []

    again = _insert(client)

    assert again.sent == []
    assert again.batch_steps == ["commit", "done"]


def test_a_product_the_marketplace_refuses_waits_until_it_changes(client: Client) -> None:
    run = _insert(client, "one refused")

    assert run.refused == []
    assert _known_with_their_lists(21) == [("MP-21", "success")] * 3
    assert _known_with_their_lists(22) == [(None, "error")] * 3
    assert failures() == ["Omnitron-ProcessProductBatchRequests"] * 3
    assert batches() == [("product", "done")]
    assert _insert(client).sent == []


def test_a_product_whose_attributes_cannot_be_filled_stays_here(client: Client) -> None:
    Product.objects.filter(pk=22).update(attributes={"beden": "M"})

    run = _insert(client)

    assert run.refused == [("GET", "channel/1/mapped_products/22/", 406)]
    assert [product["pk"] for product in _sent(run)] == [21, 23]
    assert known_to_channel("product")[22] == (None, "error")
    assert failures() == ["Omnitron-GetMappedProducts"]
    assert why("Omnitron-GetMappedProducts").startswith("mapping-")
    assert batches() == [("product", "done")]


def test_a_product_without_a_category_stays_here(client: Client) -> None:
    ProductCategory.objects.filter(product=23).delete()

    run = _insert(client)

    assert [product["pk"] for product in _sent(run)] == [21, 22]
    assert known_to_channel("product")[23] == (None, "error")
    assert why("Omnitron-GetProductCategoryNodes") == "channel_app-ProductCategoryNotFound"


def test_what_is_out_of_stock_stays_here_when_asked(client: Client) -> None:
    ProductStock.objects.filter(product=22, stock_list=1).update(stock=0)

    run = _insert(client, filter_out_of_stock_products=True)

    assert [product["pk"] for product in _sent(run)] == [21, 23]
    assert known_to_channel("product")[22] == (None, "error")
    assert why("Omnitron-GetProductStocks") == "channel_app-OutOfStockOnInsert"


def test_a_marketplace_that_answers_later_is_asked_later(client: Client) -> None:
    run = _insert(client, {"remote_batch_id": "RB-9"}, is_sync=False)
    assert run.batch_steps[-1] == "sent_to_remote"
    assert known_to_channel("product")[21] == (None, "processing")

    answers = {"check_products": recorded("products")["new"]}
    later = client.run("ProductService.get_product_batch_requests", answers=answers)

    assert (later.raised, later.refused, later.batch_steps) == (None, [], ["done"])
    assert _known_with_their_lists(21) == [("MP-21", "success")] * 3
    assert batches() == [("product", "done")]


def test_changed_products_are_told_once(client: Client) -> None:
    answers = {"send_updated_products": recorded("products")["changed"]}

    run = client.run("ProductService.update_products", answers=answers)

    assert (run.raised, run.refused) == (None, [])
    assert {product["pk"]: product["integration_action"]["remote_id"] for product in _sent(run)} == {
        3: "PROD-3",
        12: "PROD-12",
    }
    known = known_to_channel("product")
    assert (known[3], known[12]) == (("PROD-3", "success"), ("PROD-12", "success"))
    assert batches() == [("product", "done")]
    assert failures() == []
    assert client.run("ProductService.update_products").sent == []


def test_a_product_no_longer_sold_leaves_the_marketplace(client: Client) -> None:
    answers = {"send_deleted_products": recorded("products")["gone"]}

    run = client.run("ProductService.delete_products", answers=answers)

    assert (run.raised, run.refused) == (None, [])
    assert [(row["object_id"], row["remote_id"]) for row in _sent(run)] == [(24, "PROD-24")]
    assert [
        each.method for each in run.exchanges if each.path.startswith("channel/1/integration_actions/")
    ] == [
        "GET",
        "GET",
        "DELETE",
    ]
    assert 24 not in known_to_channel("product")
    assert client.run("ProductService.delete_products").sent == []


def test_a_product_the_marketplace_cannot_remove_is_marked(client: Client) -> None:
    answers = {"send_deleted_products": recorded("products")["still there"]}

    run = client.run("ProductService.delete_products", answers=answers)

    assert (run.raised, run.refused, run.batch_steps) == (None, [], ["done"])
    action = IntegrationAction.objects.get(channel=1, content_type__model="product", object_id=24)
    assert (action.remote_id, action.status) == ("PROD-24", "error")
    assert action.state == {"failed_reason_type": "channel_app"}
