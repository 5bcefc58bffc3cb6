"""For every shape of the project PostgreSQL renders what the serializer itself would have rendered."""

from __future__ import annotations

import importlib
import json
import pkgutil
from importlib.util import find_spec
from typing import Any

import pytest
from django.apps import apps

from omnitron.catalogs.models import Product
from omnitron.catalogs.resources.serializers import ProductSerializer
from omnitron.core.resources.fields import SqlField
from omnitron.core.resources.renderers import JSONRenderer
from omnitron.core.resources.serializers import ResourceSerializer
from omnitron.core.resources.sql_json import read_row, read_rows
from tests.core.awkward import rows_of
from tests.factories.catalogs import ProductFactory

for _config in apps.get_app_configs():
    _package = f"{_config.name}.resources"
    if _config.name.startswith("omnitron.") and find_spec(_package) is not None:
        for _module in pkgutil.iter_modules(importlib.import_module(_package).__path__):
            importlib.import_module(f"{_package}.{_module.name}")


def _subclasses(base: type) -> list[type]:
    return [found for child in base.__subclasses__() for found in (child, *_subclasses(child))]


SHAPES = sorted(
    set(_subclasses(ResourceSerializer)), key=lambda shape: f"{shape.__module__}.{shape.__name__}"
)
# Computed in SQL and by nothing else: a shape's owner tests their values.
SQL_ONLY = {
    name
    for shape in SHAPES
    for name, field in shape().fields.items()
    if isinstance(field, SqlField) and not hasattr(shape.Meta.model, field.source)
}


def _rendered_by_serializer(shape: type[ResourceSerializer], row: Any) -> Any:
    return json.loads(JSONRenderer().render(shape(row).data))


def _comparable(value: Any) -> Any:
    """Without what only SQL computes; rows of a set by pk, for the serializer takes them as they come."""
    if isinstance(value, dict):
        return {key: _comparable(inner) for key, inner in value.items() if key not in SQL_ONLY}
    if isinstance(value, list):
        inner = [_comparable(element) for element in value]
        if all(isinstance(element, dict) and "pk" in element for element in inner):
            return sorted(inner, key=lambda element: element["pk"])
        return inner
    return value


@pytest.mark.django_db
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_postgresql_renders_what_the_serializer_renders(shape: type[ResourceSerializer]) -> None:
    model = shape.Meta.model
    pks = rows_of(model)

    assert pks
    for row in model._default_manager.filter(pk__in=pks):
        by_sql = json.loads(read_row(shape, model._default_manager.filter(pk=row.pk)))
        by_serializer = _rendered_by_serializer(shape, row)
        assert _comparable(by_sql) == _comparable(by_serializer)
        assert list(by_sql) == [name for name, field in shape().fields.items() if not field.write_only]


@pytest.mark.django_db
def test_rows_come_in_the_order_of_the_queryset_and_within_its_limits() -> None:
    for sku in ("b", "d", "a", "c"):
        ProductFactory(sku=sku)

    body, found = read_rows(ProductSerializer, Product.objects.order_by("-sku"), limit=2, offset=1)

    assert [row["sku"] for row in json.loads(f"[{body}]")] == ["c", "b"]
    assert found == 2


@pytest.mark.django_db
def test_no_rows_are_no_text() -> None:
    assert read_rows(ProductSerializer, Product.objects.order_by("pk"), limit=10) == ("", 0)
    assert read_rows(ProductSerializer, Product.objects.none(), limit=10) == ("", 0)
    assert read_row(ProductSerializer, Product.objects.filter(sku="x")) is None


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 100])
def test_any_number_of_rows_costs_one_statement(count: int, django_assert_num_queries: Any) -> None:
    ProductFactory.create_batch(count)

    with django_assert_num_queries(1):
        _, found = read_rows(ProductSerializer, Product.objects.order_by("pk"), limit=500)

    assert found == count
