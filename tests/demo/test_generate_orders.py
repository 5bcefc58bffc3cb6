"""What `generate_orders` adds to the demo data."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from omnitron.catalogs.models import ProductPrice, ProductStock
from omnitron.core.row_counts import kept_count
from omnitron.customers.address_hash import HASHED_FIELDS, address_hash
from omnitron.customers.models import Address
from omnitron.orders.demo import tables
from omnitron.orders.models import Order, OrderItem
from omnitron.payments.models import Transaction
from tests.demo.invariants import broken
from tests.factories.orders import OrderFactory

DEMO_ORDERS = 50


def generate(orders: int = 500, **options: object) -> str:
    out = StringIO()
    call_command("generate_orders", orders=orders, stdout=out, **options)
    return out.getvalue()


def contents() -> dict[str, str]:
    """A digest of every row of every table written to, by table."""
    digests = {}
    with connection.cursor() as cursor:
        for table in tables.COLUMNS:
            columns = tables.COLUMNS[table]
            cursor.execute(
                f"SELECT md5(string_agg(r::text, ',' ORDER BY r)) FROM (SELECT {columns} FROM {table}) r"
            )
            digests[table] = cursor.fetchone()[0]
    return digests


def test_every_rule_of_orders_holds(demo_data: None) -> None:
    generate(seed=3)
    assert Order.objects.count() == DEMO_ORDERS + 500
    assert broken() == {}


def test_it_tells_how_fast_it_was_in_one_line(demo_data: None) -> None:
    assert re.fullmatch(
        r"20 orders in \d+\.\d s \(\d+ orders/s\), vacuumed and analyzed in \d+\.\d s\n", generate(20)
    )


@pytest.mark.django_db(transaction=True)
def test_the_same_seed_makes_the_same_rows_in_batches_of_any_size(demo_data: None) -> None:
    generate(300, seed=7)
    first = contents()
    for other_seed, batch_size, is_same in ((7, 64, True), (8, 5000, False)):
        call_command("flush", interactive=False, verbosity=0)
        call_command("load_demo_data", verbosity=0)
        generate(300, seed=other_seed, batch_size=batch_size)
        assert (contents() == first) is is_same


def test_a_second_run_adds_other_orders(demo_data: None) -> None:
    generate(200, seed=1)
    generate(200, seed=1)
    assert Order.objects.count() == DEMO_ORDERS + 400
    assert Order.objects.values("number").distinct().count() == DEMO_ORDERS + 400
    assert broken() == {}


def test_the_kept_counts_are_the_counted_ones(demo_data: None) -> None:
    generate(200)
    assert kept_count(Order) == Order.objects.count() == DEMO_ORDERS + 200
    assert kept_count(OrderItem) == OrderItem.objects.count()
    assert kept_count(Order, channel_ids=[1]) == Order.objects.filter(channel=1).count()


def test_what_is_created_afterwards_gets_a_free_pk(demo_data: None) -> None:
    generate(50)
    highest = Order.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert OrderFactory().pk > highest


def test_generated_orders_reserve_no_stock(demo_data: None) -> None:
    before = dict(ProductStock.objects.values_list("pk", "sold_quantity_unreported"))
    generate(200)
    assert dict(ProductStock.objects.values_list("pk", "sold_quantity_unreported")) == before


def test_orders_look_like_a_shop(demo_data: None) -> None:
    highest = Order.objects.order_by("-pk").values_list("pk", flat=True)[0]
    generate(2000)
    orders = Order.objects.filter(pk__gt=highest)
    items = OrderItem.objects.filter(order__pk__gt=highest)

    assert 2.4 < items.count() / 2000 < 2.6
    assert 550 < orders.values("customer").distinct().count() < 800
    assert 1500 < orders.filter(status=550).count() < 1800
    assert {100, 300, 400, 450, 500, 550, 600} <= set(orders.values_list("status", flat=True))
    assert 1600 < orders.filter(currency="try").count() < 1900
    assert set(orders.values_list("channel", flat=True)) == {1, 2}
    assert 400 < orders.filter(discount_amount__gt=0).count() < 600
    assert all(re.fullmatch(r"1\d{15}", number) for number in orders.values_list("number", flat=True))
    assert not orders.filter(status__gte=500, status__lt=600, tracking_number=None).exists()
    assert not orders.filter(status__lt=500, status__gte=200).exclude(tracking_number=None).exists()
    card = orders.filter(payment_option__payment_type="credit_card").count()
    assert Transaction.objects.filter(order__in=orders, transaction_type="purchase").count() == card
    dates = list(orders.order_by("pk").values_list("date_placed", flat=True))
    assert dates == sorted(dates)
    assert datetime(2023, 11, 15, tzinfo=UTC) < dates[0] < datetime(2023, 11, 30, tzinfo=UTC)
    assert datetime(2026, 11, 14, tzinfo=UTC) < dates[-1] < datetime(2026, 11, 15, tzinfo=UTC)


def test_generated_addresses_are_found_again_by_their_content(demo_data: None) -> None:
    highest = Address.objects.order_by("-pk").values_list("pk", flat=True)[0]
    generate(100)
    generated = Address.objects.filter(pk__gt=highest)
    assert generated.count() > 30
    for address in generated:
        content = {name: getattr(address, name) for name in HASHED_FIELDS}
        assert address.hash_data == address_hash(content), address.pk


def test_items_between_the_bounds_asked_for(demo_data: None) -> None:
    highest = OrderItem.objects.order_by("-pk").values_list("pk", flat=True)[0]
    generate(100, items_min=7, items_max=8)
    generated = OrderItem.objects.filter(pk__gt=highest)
    assert {
        generated.filter(order=pk).count() for pk in generated.values_list("order", flat=True).distinct()
    } == {7, 8}


def test_every_column_that_must_be_filled_is_named() -> None:
    by_table = {model._meta.db_table: model for model in apps.get_models()}
    missing = {}
    for table, columns in tables.COLUMNS.items():
        fields = by_table[table]._meta.concrete_fields
        required = {
            field.column
            for field in fields
            if not (field.null or field.primary_key or field.has_db_default())
        }
        if left_out := required - set(columns.split(", ")):
            missing[table] = left_out
    assert missing == {}


@pytest.mark.parametrize("arguments", [{"orders": 5, "items_min": 3, "items_max": 2}])
def test_impossible_wishes_are_refused(demo_data: None, arguments: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="--items-min is above --items-max"):
        generate(**arguments)
    assert Order.objects.count() == DEMO_ORDERS


@pytest.mark.django_db
def test_an_empty_installation_is_refused() -> None:
    with pytest.raises(
        CommandError, match="There is no active channel that has a catalog with priced products"
    ):
        generate(5)


def test_without_products_it_is_refused_and_nothing_is_written(demo_data: None) -> None:
    ProductPrice.objects.all().delete()
    with pytest.raises(
        CommandError, match="There is no active channel that has a catalog with priced products"
    ):
        generate(5)
    assert Order.objects.count() == DEMO_ORDERS
