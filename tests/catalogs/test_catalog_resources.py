"""What products, prices, stocks and catalogs have of their own, through the API."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.catalogs.models import Product, ProductPrice, ProductStock
from omnitron.core.models import AuditLog
from tests.factories.catalogs import (
    CatalogFactory,
    PriceListFactory,
    ProductFactory,
    ProductPriceFactory,
    ProductStockFactory,
    StockListFactory,
)
from tests.factories.orders import OrderItemFactory

pytestmark = pytest.mark.django_db


def pks(api: APIClient, path: str, **parameters: Any) -> list[int]:
    response = api.get(f"/api/v1/{path}/", {"sort": "id", **parameters})
    assert response.status_code == 200, response.content
    return [row["pk"] for row in response.json()["results"]]


def test_a_catalog_tells_its_lists(api: APIClient) -> None:
    catalog = CatalogFactory()
    extra = PriceListFactory.create_batch(2)
    catalog.extra_price_lists.set(extra)

    row = api.get(f"/api/v1/catalogs/{catalog.pk}/").json()

    assert (row["price_list"], row["stock_list"]) == (catalog.price_list_id, catalog.stock_list_id)
    assert row["extra_price_lists"] == [price_list.pk for price_list in extra]
    assert row["extra_stock_lists"] == []


def test_the_extra_lists_of_a_catalog_can_be_replaced(api: APIClient) -> None:
    catalog, price_list = CatalogFactory(), PriceListFactory()
    url = f"/api/v1/catalogs/{catalog.pk}/"

    assert api.patch(url, {"extra_price_lists": [price_list.pk]}).json()["extra_price_lists"] == [
        price_list.pk
    ]
    audit = AuditLog.objects.get()
    assert (audit.old, audit.new) == ({"extra_price_lists": []}, {"extra_price_lists": [price_list.pk]})
    assert api.patch(url, {"extra_price_lists": []}).json()["extra_price_lists"] == []
    unknown = api.patch(url, {"extra_price_lists": [2**62]})
    assert unknown.json() == {"extra_price_lists": [f'Invalid pk "{2**62}" - object does not exist.']}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"sku": "Shirt-Red"}, "a"),
        ({"sku": "shirt-red"}, ""),
        ({"sku__iexact": "shirt-red"}, "a"),
        ({"sku__contains": "Shirt"}, "ab"),
        ({"sku__in": "Shirt-Red,Mug,nothing"}, "ac"),
        ({"sku__startswith": "M"}, "c"),
        ({"name__icontains": "mUG"}, "c"),
        ({"product_type": "0"}, "ac"),
        ({"product_type": "bundle"}, "b"),
        ({"product_type__in": "1,2"}, "b"),
        ({"is_active": "0"}, "c"),
        ({"is_active": "True"}, "ab"),
        ({"attributes__color": "red"}, "a"),
        ({"attributes__size": "42"}, "ab"),
        ({"attributes__deep__er": "x"}, "c"),
        ({"listing_code__isnull": "false"}, "b"),
        ({"base_code": " blank"}, "c"),
        ({"search": "shirt"}, "ab"),
        ({"search": "cup"}, "c"),
    ],
)
def test_product_filters(api: APIClient, parameters: dict[str, str], expected: str) -> None:
    rows = {
        "a": ProductFactory(sku="Shirt-Red", attributes={"color": "red", "size": 42}),
        "b": ProductFactory(sku="Shirt-Blue", product_type=2, listing_code="L", attributes={"size": "42"}),
        "c": ProductFactory(
            sku="Mug",
            name="A mug or cup",
            base_code=" blank",
            is_active=False,
            attributes={"deep": {"er": "x"}},
        ),
    }

    assert pks(api, "products", **parameters) == [rows[name].pk for name in expected]


@pytest.mark.parametrize("path", ["product_prices", "product_stocks", "product_stock"])
def test_prices_and_stocks_are_found_by_product(api: APIClient, path: str) -> None:
    factory = ProductPriceFactory if path == "product_prices" else ProductStockFactory
    list_name = "price_list" if path == "product_prices" else "stock_list"
    first, second, third = (factory(product__attributes={"color": color}) for color in ("red", "blue", "red"))
    list_pk = getattr(second, f"{list_name}_id")

    assert pks(api, path, product=first.product_id) == [first.pk]
    assert pks(api, path, product__pk__in=f"{third.product_id},{first.product_id}") == [first.pk, third.pk]
    assert pks(api, path, **{"product__pk__in": f"{second.product_id}", list_name: list_pk}) == [second.pk]
    assert pks(api, path, product__attributes__color="red") == [first.pk, third.pk]
    assert pks(api, path, product__sku=second.product.sku) == [second.pk]
    assert pks(api, path, search=second.product.sku.lower()) == [second.pk]
    assert pks(api, path, pk__in=f"{second.pk}", limit=1) == [second.pk]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"price": "19.9"}, "a"),
        ({"price__gt": "19.90"}, "b"),
        ({"price__gte": "19.90", "price__lt": "100"}, "a"),
        ({"price__in": "19.90,100"}, "ab"),
        ({"currency_type": "eur"}, "b"),
        ({"price_type": "default"}, "ab"),
        ({"retail_price__isnull": "true"}, "b"),
        ({"tax_rate": "20"}, "ab"),
    ],
)
def test_price_filters(api: APIClient, parameters: dict[str, str], expected: str) -> None:
    rows = {
        "a": ProductPriceFactory(price="19.90"),
        "b": ProductPriceFactory(price="100.00", currency_type="eur", retail_price=None),
    }

    assert pks(api, "product_prices", **parameters) == [rows[name].pk for name in expected]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("19.90", "19.90"),
        ("19.9", "19.90"),
        (19.9, "19.90"),
        (0.125, "0.13"),
        (1.005, "1.01"),
        (0, "0.00"),
        (1e2, "100.00"),
        (9999999999.99, "9999999999.99"),
    ],
)
def test_money_in_and_out(api: APIClient, given: Any, stored: str) -> None:
    price = ProductPriceFactory()

    assert api.patch(f"/api/v1/product_prices/{price.pk}/", {"price": given}).json()["price"] == stored


@pytest.mark.parametrize(
    "given",
    [
        "1.005",
        "9999999999999",
        9999999999999,
        1e300,
        -0.01,
        "-1",
        "NaN",
        "Infinity",
        "",
        "1,5",
        None,
        True,
        [],
        {},
    ],
)
def test_money_that_is_none_is_refused_by_name(api: APIClient, given: Any) -> None:
    price = ProductPriceFactory()
    stored = ProductPrice.objects.values().get()

    response = api.patch(f"/api/v1/product_prices/{price.pk}/", {"price": given})

    assert (response.status_code, list(response.json())) == (400, ["price"])
    assert ProductPrice.objects.values().get() == stored


@pytest.mark.parametrize("given", ["100.01", "-0.01", "1000", "abc"])
def test_a_rate_is_a_percentage(api: APIClient, given: str) -> None:
    price = ProductPriceFactory()

    response = api.patch(f"/api/v1/product_prices/{price.pk}/", {"tax_rate": given})

    assert (response.status_code, list(response.json())) == (400, ["tax_rate"])
    assert str(ProductPrice.objects.get().tax_rate) == "20.00"


def test_the_same_price_twice_in_a_list_is_refused(api: APIClient) -> None:
    price = ProductPriceFactory()
    body = {"product": price.product_id, "price_list": price.price_list_id, "price": "1", "tax_rate": "1"}

    response = api.post("/api/v1/product_prices/", body)

    assert (response.status_code, list(response.json())) == (400, ["non_field_errors"])
    assert ProductPrice.objects.count() == 1
    assert api.post("/api/v1/product_prices/", body | {"price_type": "campaign"}).status_code == 201


def test_the_same_sku_twice_is_refused_by_name(api: APIClient) -> None:
    ProductFactory(sku="A-1")

    response = api.post("/api/v1/products/", {"sku": "A-1", "name": "Shirt"})

    assert response.json() == {"sku": ["product with this sku already exists."]}
    assert Product.objects.count() == 1


@pytest.mark.parametrize("given", [-1, 2**31, 1.5, "x", None])
def test_a_stock_is_a_number_of_things(api: APIClient, given: Any) -> None:
    stock = ProductStockFactory(stock=5)

    response = api.patch(f"/api/v1/product_stocks/{stock.pk}/", {"stock": given})

    assert (response.status_code, list(response.json())) == (400, ["stock"])
    assert ProductStock.objects.get().stock == 5


def test_what_orders_have_reserved_is_not_written_over_the_api(api: APIClient) -> None:
    stock = ProductStockFactory(sold_quantity_unreported=3)
    url = f"/api/v1/product_stocks/{stock.pk}/"

    assert api.patch(url, {"sold_quantity_unreported": 0}).json() == {
        "sold_quantity_unreported": ["Orders reserve it; create_mapping and cancellations give it back."]
    }
    assert api.patch(url, {"sold_quantity_unreported": 3, "stock": 9}).json()["stock"] == 9
    body = {
        "product": ProductFactory().pk,
        "stock_list": StockListFactory().pk,
        "sold_quantity_unreported": 1,
    }
    assert api.post("/api/v1/product_stocks/", body).status_code == 400
    assert ProductStock.objects.get().sold_quantity_unreported == 3


def test_a_product_that_was_sold_cannot_be_deleted(api: APIClient) -> None:
    item = OrderItemFactory()
    price = ProductPriceFactory(product=item.product)

    response = api.delete(f"/api/v1/products/{item.product_id}/")

    assert response.status_code == 406
    assert response.json() == {
        "non_field_errors": f"product {item.product_id} cannot be deleted: order items refer to it.",
        "error_code": "omnitron_100_2",
    }
    assert ProductPrice.objects.filter(pk=price.pk).exists()
    assert AuditLog.objects.count() == 0
