"""The reservation of stock: exact, in two statements, and safe against two orders at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from omnitron.catalogs.models import ProductStock
from omnitron.catalogs.stock import Reservation, StockRequest, release, reserve
from tests.factories.catalogs import ProductFactory, ProductStockFactory, StockListFactory
from tests.waiting import until_somebody_waits_for_us


def of(stock: ProductStock, units: int) -> StockRequest:
    return StockRequest(product_id=stock.product_id, stock_list_id=stock.stock_list_id, units=units)


def sold(*stocks: ProductStock) -> list[int]:
    by_pk = dict(ProductStock.objects.values_list("pk", "sold_quantity_unreported"))
    return [by_pk[stock.pk] for stock in stocks]


@pytest.mark.django_db
def test_units_are_reserved_and_short_stock_is_flagged_not_refused() -> None:
    plenty, exact, short, empty = (ProductStockFactory(stock=stock) for stock in (10, 3, 2, 0))

    reservations = reserve([of(plenty, 4), of(exact, 3), of(short, 3), of(empty, 1)])

    assert reservations == [
        Reservation(units=4, is_short=False),
        Reservation(units=3, is_short=False),
        Reservation(units=3, is_short=True),
        Reservation(units=1, is_short=True),
    ]
    assert sold(plenty, exact, short, empty) == [4, 3, 3, 1]


@pytest.mark.django_db
def test_items_of_one_product_share_its_stock_in_their_order() -> None:
    stock = ProductStockFactory(stock=3, sold_quantity_unreported=1)

    reservations = reserve([of(stock, 1), of(stock, 1), of(stock, 1)])

    assert [reservation.is_short for reservation in reservations] == [False, False, True]
    assert sold(stock) == [4]


@pytest.mark.django_db
def test_where_no_stock_is_kept_nothing_is_reserved(django_assert_num_queries: Any) -> None:
    stock = ProductStockFactory()
    elsewhere = StockRequest(product_id=stock.product_id, stock_list_id=StockListFactory().pk, units=2)
    unknown = StockRequest(product_id=ProductFactory().pk, stock_list_id=stock.stock_list_id, units=2)
    without_list = StockRequest(product_id=stock.product_id, stock_list_id=None, units=2)

    assert reserve([elsewhere, unknown, without_list]) == [Reservation(units=0, is_short=False)] * 3
    with django_assert_num_queries(0):
        assert reserve([without_list]) == [Reservation(units=0, is_short=False)]
        assert reserve([]) == []
        release([without_list])
    assert sold(stock) == [0]


@pytest.mark.django_db
def test_what_is_released_is_free_again_and_never_less_than_nothing() -> None:
    stock, other = ProductStockFactory(), ProductStockFactory()
    reserve([of(stock, 5), of(other, 2)])

    release([of(stock, 2), of(stock, 1), of(other, 3)])

    assert sold(stock, other) == [2, 0]


@pytest.mark.django_db
@pytest.mark.parametrize("operation", [reserve, release])
@pytest.mark.parametrize("count", [1, 100])
def test_any_number_of_items_costs_one_select_and_one_update(operation: Any, count: int) -> None:
    stocks = ProductStockFactory.create_batch(count)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        operation([of(stock, 1) for stock in reversed(stocks)])

    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 2
    assert statements[0].startswith("SELECT")
    assert statements[0].endswith('ORDER BY "catalogs_productstock"."id" ASC FOR NO KEY UPDATE')
    assert statements[1].startswith("UPDATE")


@pytest.mark.django_db
def test_a_reservation_moves_the_modified_date() -> None:
    stock = ProductStockFactory()

    reserve([of(stock, 1)])

    assert ProductStock.objects.get().modified_date > stock.modified_date


@pytest.mark.django_db(transaction=True)
def test_reserving_outside_a_transaction_is_a_mistake() -> None:
    with pytest.raises(TransactionManagementError):
        reserve([of(ProductStockFactory(), 1)])


@pytest.mark.django_db(transaction=True)
def test_two_orders_at_once_both_count() -> None:
    stock = ProductStockFactory(stock=3)

    def other_order() -> list[Reservation]:
        try:
            with transaction.atomic():
                return reserve([of(stock, 2)])
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            first = reserve([of(stock, 2)])
            outcome = pool.submit(other_order)
            until_somebody_waits_for_us()
        second = outcome.result(timeout=10)

    assert first == [Reservation(units=2, is_short=False)]
    assert second == [Reservation(units=2, is_short=True)]
    assert sold(stock) == [4]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_of_two_orders_would_be_lost() -> None:
    """The control of the test above: the same interleaving, reading without a lock."""
    stock = ProductStockFactory(stock=3)

    def unlocked(units: int) -> None:
        row = ProductStock.objects.get(pk=stock.pk)
        row.sold_quantity_unreported += units
        row.save(update_fields=["sold_quantity_unreported"])

    def other_order() -> None:
        try:
            unlocked(2)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            unlocked(2)
            outcome = pool.submit(other_order)
            until_somebody_waits_for_us()
        outcome.result(timeout=10)

    assert sold(stock) == [2]
