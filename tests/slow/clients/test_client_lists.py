"""PriceService, StockService and ImageService: lists of the channel's catalog are told as they change."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import F

from omnitron.catalogs.models import Product, ProductPrice, ProductStock
from omnitron.channels.models import Channel
from tests.slow.clients.client import Client, Run
from tests.slow.clients.reading import batches, failures, known_to_channel, why

pytestmark = pytest.mark.slow

KINDS = {
    "price": ("PriceService", ProductPrice, "productprice"),
    "stock": ("StockService", ProductStock, "productstock"),
}
# Products of the demo data with a price or stock that the channel knows in an older version.
CHANGED = {"price": [2, 9], "stock": [1, 2, 5]}


def _success(products: Any) -> list[dict[str, Any]]:
    """What the marketplace answers where it takes all of these products."""
    return [
        {"sku": sku, "remote_id": f"MP-{pk}", "status": "SUCCESS", "message": ""}
        for pk, sku in Product.objects.filter(pk__in=list(products)).values_list("pk", "sku")
    ]


def _tell(client: Client, what: str, kind: str, answer: Any, **options: Any) -> Run:
    """Run `insert_product_prices` and the like; the marketplace has the same answer for inserts and updates."""
    service = {"image": "ImageService"}.get(kind) or KINDS[kind][0]
    plural = f"{kind}s"
    flow = f"{service}.{what}_product_{plural}"
    if what.endswith("_extra"):
        flow = f"{service}.{what.removesuffix('_extra')}_product_{plural}_from_extra_{kind}_list"
    answers = {f"send_inserted_{plural}": answer, f"send_updated_{plural}": answer, f"check_{plural}": answer}
    if what == "check":
        flow = f"{service}.get_{kind}_batch_requests"
    run = client.run(flow, answers=answers, **options)
    assert (run.raised, run.waited, run.refused) == (None, [], [])
    return run


def _objects(run: Run) -> list[dict[str, Any]]:
    (sent,) = run.sent
    return sent["objects"]


@pytest.mark.parametrize("kind", KINDS)
def test_new_ones_of_products_the_channel_has_are_told_once(client: Client, kind: str) -> None:
    run = _tell(client, "insert", kind, _success(range(1, 25)))

    _, model, content_type = KINDS[kind]
    told = {row["pk"]: row["remote_id"] for row in _objects(run)}
    products = dict(model.objects.filter(pk__in=told).values_list("pk", "product"))
    assert sorted(products.values()) == [18, 19, 20]
    # With each goes by which name the marketplace knows its product.
    assert told == {pk: f"PROD-{product}" for pk, product in products.items()}
    known = known_to_channel(content_type)
    assert {known[pk] for pk in told} == {(f"MP-{product}", "success") for product in products.values()}
    assert batches() == [(content_type, "done")]
    assert failures() == []
    assert _tell(client, "insert", kind, []).sent == []


@pytest.mark.parametrize("kind", KINDS)
def test_changed_ones_are_told_once_with_product_and_counterpart(client: Client, kind: str) -> None:
    counterpart = {"price": "add_stock", "stock": "add_price"}[kind]

    run = _tell(
        client, "update", kind, _success(range(1, 25)), add_product_objects=True, **{counterpart: True}
    )

    _, _, content_type = KINDS[kind]
    other = {"price": "productstock", "stock": "productprice"}[kind]
    assert sorted(row["product"]["pk"] for row in _objects(run)) == CHANGED[kind]
    for row in _objects(run):
        assert row["product"]["pk"] == row[other]["product"]
        assert known_to_channel(content_type)[row["pk"]][1] == "success"
        assert known_to_channel(other)[row[other]["pk"]][1] == "success"
    assert batches() == [(content_type, "done")]
    assert failures() == []
    assert _tell(client, "update", kind, []).sent == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_of_one_is_told_and_one_the_marketplace_refuses_is_marked(client: Client, kind: str) -> None:
    _tell(client, "update", kind, _success(range(1, 25)))
    _, model, content_type = KINDS[kind]
    first, second = model.objects.filter(product__in=[1, 2], **{f"{kind}_list": 1}).order_by("product")
    for row in (first, second):
        setattr(row, kind, F(kind) + 1)
        row.save()
    answer = _success([1]) + [
        {**_success([2])[0], "status": "FAIL", "remote_id": None, "message": "Too high"}
    ]

    run = _tell(client, "update", kind, answer)

    assert [row["pk"] for row in _objects(run)] == [first.pk, second.pk]
    known = known_to_channel(content_type)
    assert (known[first.pk], known[second.pk]) == (("MP-1", "success"), ("MP-2", "error"))
    process = {"price": "Omnitron-ProcessPriceBatchRequests", "stock": "Omnitron-ProcessStockBatchRequests"}
    assert why(process[kind]) == "channel_app-Too high"


@pytest.mark.parametrize("kind", KINDS)
def test_a_marketplace_that_answers_later_is_asked_later(client: Client, kind: str) -> None:
    _, _, content_type = KINDS[kind]
    run = _tell(client, "update", kind, {"remote_batch_id": "RB-1"}, is_sync=False)
    assert run.batch_steps == ["commit", "sent_to_remote"]
    assert batches() == [(content_type, "sent_to_remote")]

    later = _tell(client, "check", kind, _success(range(1, 25)))

    assert later.batch_steps == ["done"]
    known = known_to_channel(content_type)
    assert {known[row["pk"]][1] for row in _objects(run)} == {"success"}


@pytest.mark.parametrize("kind", KINDS)
def test_extra_lists_are_told_by_themselves(client: Client, kind: str) -> None:
    channel = Channel.objects.get(pk=1)
    key = {"price": "CURRENCY_MAPPINGS", "stock": "WAREHOUSE_CODES"}[kind]
    channel.conf = {**channel.conf, key: {"2": "eu"}}
    channel.save()
    _, model, content_type = KINDS[kind]

    run = _tell(client, "insert_extra", kind, _success(range(1, 25)))

    rows, code = _objects(run)
    assert code == "eu"
    assert {row[f"{kind}_list"] for row in rows} == {2}
    # The channel has all products but the three new ones and the one that is no longer sold.
    assert sorted(row["product"] for row in rows) == list(range(1, 21))
    known = known_to_channel(content_type)
    assert {known[row["pk"]][1] for row in rows} == {"success"}
    assert _tell(client, "insert_extra", kind, []).sent == []

    changed = model.objects.get(pk=rows[0]["pk"])
    setattr(changed, kind, F(kind) + 1)
    changed.save()
    run = _tell(client, "update_extra", kind, _success(range(1, 25)))
    assert [row["pk"] for row in _objects(run)[0]] == [changed.pk]
    assert _tell(client, "update_extra", kind, []).sent == []


@pytest.mark.parametrize(("what", "products"), [("insert", [18, 19, 20]), ("update", [4])])
def test_images_go_out_but_the_client_cannot_finish_their_batch(
    client: Client, what: str, products: list[int]
) -> None:
    """It takes the list of a product's images for one image, and fails the batch: they are offered again."""
    run = _tell(client, what, "image", _success(range(1, 25)))

    offered = [row["pk"] for row in _objects(run)]
    assert [row["product"] for row in _objects(run)] == products
    assert run.batch_steps == ["commit", "fail"]
    assert failures() == ["Omnitron-ProcessImageBatchRequests"]
    assert why("Omnitron-ProcessImageBatchRequests").startswith("'list' object has no attribute 'pk'")
    assert [row["pk"] for row in _objects(_tell(client, what, "image", []))] == offered
