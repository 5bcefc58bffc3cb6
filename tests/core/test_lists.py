"""Pages, filters, sorting and search as all lists do them; products stand for all."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from rest_framework.test import APIClient

from omnitron.catalogs.models import Product
from tests.factories.catalogs import ProductFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/products/"


def test_pages_from_the_first_to_the_last(api: APIClient) -> None:
    ProductFactory.create_batch(5)
    pks = sorted(Product.objects.values_list("pk", flat=True), reverse=True)

    first = api.get(URL, {"limit": 2, "is_active": "true"}).json()
    second = api.get(first["next"]).json()
    third = api.get(second["next"]).json()

    assert [page["count"] for page in (first, second, third)] == [5, 5, 5]
    assert [row["pk"] for page in (first, second, third) for row in page["results"]] == pks
    assert first["next"] == "http://testserver/api/v1/products/?is_active=true&limit=2&page=2"
    assert first["previous"] is None
    assert second["previous"] == "http://testserver/api/v1/products/?is_active=true&limit=2"
    assert third["previous"] == "http://testserver/api/v1/products/?is_active=true&limit=2&page=2"
    assert third["next"] is None


def test_a_full_last_page_has_no_next(api: APIClient) -> None:
    ProductFactory.create_batch(4)

    page = api.get(URL, {"limit": 2, "page": 2}).json()

    assert (page["count"], len(page["results"]), page["next"]) == (4, 2, None)
    assert api.get(URL, {"limit": 2, "page": 3}).status_code == 404


def test_an_empty_list_is_a_first_page_and_nothing_more(api: APIClient) -> None:
    assert api.get(URL).json() == {"count": 0, "next": None, "previous": None, "results": []}
    assert api.get(URL, {"page": 2}).status_code == 404


def test_ten_rows_unless_asked_for_more_and_never_more_than_500(api: APIClient) -> None:
    Product.objects.bulk_create(ProductFactory.build_batch(501))

    assert len(api.get(URL).json()["results"]) == 10
    assert len(api.get(URL, {"limit": 200}).json()["results"]) == 200
    huge = api.get(URL, {"limit": 10**15}).json()
    assert (huge["count"], len(huge["results"])) == (501, 500)
    assert huge["next"].endswith("page=2")


@pytest.mark.parametrize("name", ["page", "limit"])
@pytest.mark.parametrize("value", ["0", "-1", "1.0", "x", "", " 1", "١", "1" * 30])
def test_a_page_or_limit_that_is_no_positive_number_is_refused(api: APIClient, name: str, value: str) -> None:
    response = api.get(URL, {name: value})

    assert (response.status_code, response.json()) == (400, {name: ["Give a positive whole number."]})


def test_a_page_beyond_everything_is_not_found(api: APIClient) -> None:
    assert api.get(URL, {"page": 2**31 + 1}).status_code == 404
    assert api.get(URL, {"page": 10**18}).status_code == 404


def test_rows_alike_are_sorted_by_pk(api: APIClient) -> None:
    rows = [ProductFactory(name=name) for name in ("b", "a", "b", "a")]

    def order(sort: str) -> list[int]:
        return [rows.index(row) for row in (by_pk(pk) for pk in pks(sort))]

    def by_pk(pk: int) -> Product:
        return next(row for row in rows if row.pk == pk)

    def pks(sort: str) -> list[int]:
        return [row["pk"] for row in api.get(URL, {"sort": sort}).json()["results"]]

    assert order("name") == [1, 3, 0, 2]
    assert order("-name") == [2, 0, 3, 1]


@pytest.mark.parametrize("sort", ["attributes", "parent__sku", "--sku", "?", "", "sku,name", "sku;drop"])
def test_nothing_else_can_be_sorted_by(api: APIClient, sort: str) -> None:
    response = api.get(URL, {"sort": sort})

    assert (response.status_code, list(response.json())) == (400, ["sort"])


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("colour=red", "colour"),
        ("sku=", "sku"),
        ("sku=a&sku=b", "sku"),
        ("sku=%00", "sku"),
        ("sku=a%0Ab", "sku"),
        ("sku__regex=a", "sku__regex"),
        ("parent__sku=a", "parent__sku"),
        ("product_type=9", "product_type"),
        ("created_date=x", "created_date"),
        ("created_date__date=2020-13-01", "created_date__date"),
        ("created_date__gt=9999-12-31T23:59:59-14:00", "created_date__gt"),
        ("created_date__gt=0001-01-01T00:00:00%2B14:00", "created_date__gt"),
        ("pk__in=1,,2", "pk__in"),
        ("pk__in=1,x", "pk__in"),
        ("id__gt=1e3", "id__gt"),
        ("search=", "search"),
        ("search=%20", "search"),
        ("search=%00", "search"),
        ("format=json", None),
        ("format=xml", "detail"),
    ],
)
def test_a_parameter_that_cannot_be_obeyed_is_refused_by_name(
    api: APIClient, query: str, named: str | None
) -> None:
    ProductFactory()

    response = api.get(f"{URL}?{query}")

    if named is None:
        assert response.status_code == 200
    else:
        assert response.status_code == (404 if named == "detail" else 400)
        assert list(response.json()) == [named]


def test_all_mistakes_are_named_at_once(api: APIClient) -> None:
    response = api.get(URL, {"colour": "red", "size": "L", "sku": ""})

    assert response.json() == {
        "colour": ["Unknown parameter."],
        "size": ["Unknown parameter."],
        "sku": ["Give a value, or leave the parameter out."],
    }


@pytest.mark.parametrize(
    "model",
    ["batchrequest", "channel", "order", "orderitem", "cancellationrequest", "product", "productprice"],
)
def test_a_content_type_is_one_row(api: APIClient, model: str) -> None:
    page = api.get("/api/v1/content_types/", {"model": model}).json()

    assert page["count"] == 1
    row = page["results"][0]
    assert list(row) == ["id", "app_label", "model"]
    assert (ContentType.objects.get(pk=row["id"]).model, row["model"]) == (model, model)


def test_content_types_are_known_to_whoever_is_known(api_of: Any) -> None:
    assert api_of().get("/api/v1/content_types/", {"model": "order"}).json()["count"] == 1
    assert APIClient().get("/api/v1/content_types/").status_code == 401
    assert api_of().post("/api/v1/content_types/", {}).status_code == 405
