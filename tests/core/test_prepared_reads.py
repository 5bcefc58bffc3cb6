"""Single rows are read by statements that a connection prepares once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection, transaction

from omnitron.catalogs.models import Product
from omnitron.catalogs.resources.serializers import ProductSerializer
from omnitron.core.resources.sql_json import read_row
from omnitron.core.scope import visible_to
from omnitron.orders.models import Order
from omnitron.orders.resources.serializers import OrderSerializer
from tests.factories.catalogs import ProductFactory
from tests.factories.channels import ChannelFactory
from tests.factories.orders import OrderFactory
from tests.factories.users import UserFactory


def sku_of(pk: int) -> str | None:
    row = read_row(ProductSerializer, Product.objects.filter(pk=pk))
    return None if row is None else json.loads(row)["sku"]


def prepared() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%catalogs_product%'"
        )
        (count,) = cursor.fetchone()
    return count


@pytest.mark.django_db
def test_a_statement_is_prepared_once_and_reads_what_it_is_asked_for(django_assert_num_queries: Any) -> None:
    products = ProductFactory.create_batch(8)
    sku_of(products[0].pk)
    before = prepared()

    for product in products:
        with django_assert_num_queries(1):
            assert sku_of(product.pk) == product.sku
    assert sku_of(products[-1].pk + 1) is None
    assert prepared() == before


@pytest.mark.django_db
def test_a_row_is_read_as_it_is_now() -> None:
    product = ProductFactory(sku="old")
    for sku in ("a", "b", "c"):
        Product.objects.filter(pk=product.pk).update(sku=sku)
        assert sku_of(product.pk) == sku


@pytest.mark.django_db
def test_what_a_rolled_back_transaction_prepared_is_still_there() -> None:
    product = ProductFactory()

    def prepare_and_fail() -> None:
        with transaction.atomic():
            sku_of(product.pk)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        prepare_and_fail()
    assert sku_of(product.pk) == product.sku


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_prepares_anew() -> None:
    product = ProductFactory()

    for _ in range(2):
        assert sku_of(product.pk) == product.sku
        connection.close()


@pytest.mark.django_db
def test_each_number_of_channels_a_user_is_limited_to_has_its_statement() -> None:
    mine, other = OrderFactory(), OrderFactory()
    for channels in ([mine.channel], [mine.channel, ChannelFactory()]):
        user = UserFactory(is_limited_to_channels=True)
        user.channels.set(channels)

        def seen(order: Order, user: Any = user) -> bool:
            return read_row(OrderSerializer, visible_to(Order.objects.filter(pk=order.pk), user)) is not None

        assert (seen(mine), seen(other)) == (True, False)
