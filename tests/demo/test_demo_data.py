"""What `load_demo_data` leaves behind."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils.dateparse import parse_datetime

from omnitron.catalogs.models import Catalog, ProductPrice, ProductStock
from omnitron.channels.models import Channel, IntegrationAction
from omnitron.customers.address_hash import HASHED_FIELDS, address_hash
from omnitron.customers.models import Address, City, Country, Customer, District
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus
from omnitron.orders.models import (
    CancellationPlanOrderItem,
    CancellationReason,
    CargoCompany,
    DiscountItem,
    Order,
    OrderItem,
)
from omnitron.orders.transitions import order_status_of
from omnitron.payments.models import Transaction
from tests.demo.invariants import BROKEN, broken
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory

GOLDEN = Path(__file__).parents[1] / "orders" / "golden" / "printed_orders.json"

pytestmark = [pytest.mark.usefixtures("shared_demo_data"), pytest.mark.django_db]


def load() -> str:
    out = StringIO()
    call_command("load_demo_data", stdout=out)
    return out.getvalue()


def test_every_rule_of_orders_holds() -> None:
    assert broken() == {}


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (
            "UPDATE catalogs_productstock SET sold_quantity_unreported = 99 WHERE id = 1",
            "what is reserved is what the stock counts",
        ),
        (
            "UPDATE orders_packageitem SET quantity = 2 WHERE id = 1",
            "packages hold no more units of an item than it has",
        ),
        ("UPDATE orders_package SET order_id = 301 WHERE id = 1", "a package holds items of its order"),
        (
            "UPDATE orders_orderitem SET status = 450 WHERE order_id = 316",
            "an item whose every unit has left is shipped",
        ),
        (
            "UPDATE orders_package SET status = 600 WHERE id = 1",
            "a package that has left has a date of shipping, another has none",
        ),
        (
            "UPDATE orders_orderitem SET datasource_id = 2 WHERE id = 421",
            "an active item of a vendor is in an order of that vendor",
        ),
        (
            "UPDATE orders_orderitem SET status = 450 WHERE id = 421",
            "a vendor's item has the status of its item",
        ),
        (
            "UPDATE orders_vendororder SET status = 450",
            "a vendor order has the lowest status of its active items",
        ),
        ("DELETE FROM core_rowcountchange", "the kept number of orders is the counted one"),
    ],
)
def test_the_rules_see_what_breaks_them(statement: str, rule: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert rule in BROKEN
    assert rule in broken()


def test_a_second_load_changes_nothing_and_says_so() -> None:
    before = Order.objects.count(), Customer.objects.count()
    assert load() == "There are channels already: the demo data is not loaded.\n"
    assert (Order.objects.count(), Customer.objects.count()) == before


def test_every_status_is_there() -> None:
    assert set(Order.objects.values_list("status", flat=True)) == set(OrderStatus)
    assert set(OrderItem.objects.values_list("status", flat=True)) == set(OrderStatus)
    assert set(Order.objects.values_list("cancel_status", flat=True)) == {None, *CancelStatus}


def test_the_status_of_every_order_is_the_derived_one() -> None:
    for order in Order.objects.prefetch_related("orderitem_set"):
        items = [item.status for item in order.orderitem_set.all()]
        assert order_status_of(items, without_items=order.status) == order.status, order.pk


def test_there_are_approved_orders_of_several_items_with_a_captured_card_payment() -> None:
    captured = Transaction.objects.filter(
        transaction_type="purchase", status="confirmed", order__status=OrderStatus.APPROVED
    )
    amounts = {
        row.order_id: (row.amount, row.order.orderitem_set.count())
        for row in captured.select_related("order")
    }
    assert amounts[306] == (Decimal("3079.60"), 3)
    assert sum(items >= 2 for _, items in amounts.values()) >= 5


def test_a_channel_application_finds_what_it_asks_for() -> None:
    channel = Channel.objects.get(pk=1)
    assert (channel.channel_type, channel.is_active, channel.catalog_id) == ("sales_channel", True, 1)
    assert channel.conf["cancellation_reason_id"] == 1
    assert not {"CUSTOMER_IDENTIFIER_FIELD", "reason_mapping"} & set(channel.conf)
    assert channel.conf_secrets == ""

    catalog = Catalog.objects.get(pk=1)
    products = IntegrationAction.objects.filter(
        channel=channel, content_type__model="product", remote_id__in=["PROD-1", "PROD-2"]
    )
    assert sorted(products.values_list("remote_id", "object_id")) == [("PROD-1", 1), ("PROD-2", 2)]
    for product in (1, 2):
        assert ProductPrice.objects.get(product=product, price_list=catalog.price_list_id).price > 0
        assert ProductStock.objects.get(product=product, stock_list=catalog.stock_list_id).stock > 0

    assert CargoCompany.objects.get(erp_code="aras").is_active
    assert CancellationReason.objects.get(pk=10).is_active
    country = Country.objects.get(code="tr", name="Türkiye", is_active=True)
    district = District.objects.get(name="Caferağa", is_active=True)
    assert (district.township.name, district.city.name, district.city.country) == (
        "Kadıköy",
        "İstanbul",
        country,
    )
    assert district.township.city == district.city
    assert City.objects.filter(country=country, is_active=True).count() == 81


def test_the_channel_knows_its_orders_and_items_by_their_remote_ids() -> None:
    orders = set(Order.objects.filter(channel=1).values_list("pk", flat=True))
    items = set(OrderItem.objects.filter(order__channel=1).values_list("pk", flat=True))
    actions = IntegrationAction.objects.filter(channel=1)
    assert set(actions.filter(content_type__model="order").values_list("object_id", flat=True)) == orders
    assert set(actions.filter(content_type__model="orderitem").values_list("object_id", flat=True)) == items


def test_only_two_shipped_orders_have_news_for_the_channel() -> None:
    versions = dict(
        IntegrationAction.objects.filter(content_type__model="order").values_list("object_id", "version_date")
    )
    stale = [
        order.pk
        for order in Order.objects.filter(pk__in=versions)
        if order.modified_date > versions[order.pk]
    ]
    assert sorted(stale) == [316, 318]


def test_a_waiting_cancellation_remembers_where_each_item_was() -> None:
    waiting = CancellationPlanOrderItem.objects.filter(cancellation_plan__status=CancelStatus.WAITING)
    assert sorted(set(waiting.values_list("previous_status", flat=True))) == [400, 550]
    assert {row.order_item.status for row in waiting.select_related("order_item")} == {50}


def test_there_is_something_of_everything_an_operator_sees() -> None:
    assert set(Order.objects.values_list("currency", flat=True)) == {"try", "eur", "usd", "gbp"}
    assert OrderItem.objects.filter(attributes={"quantity": 4}).count() == 1
    assert OrderItem.objects.filter(datasource__isnull=False, vendororderitem__isnull=False).count() == 1
    assert Order.objects.filter(delivery_type="click_and_collect").count() == 3
    assert Order.objects.filter(installment_interest_amount__gt=0).count() == 2
    assert DiscountItem.objects.count() == 4
    assert Order.objects.get(status=OrderStatus.WAITING).payment_option_slug == "credit_card"
    assert set(
        Order.objects.filter(status=OrderStatus.PAYMENT_WAITING).values_list("payment_option_slug", flat=True)
    ) == {"funds_transfer"}
    assert set(
        Order.objects.filter(status=OrderStatus.CONFIRMATION_WAITING).values_list(
            "payment_option_slug", flat=True
        )
    ) == {"pay_on_delivery"}


def test_addresses_are_found_again_by_their_content() -> None:
    for address in Address.objects.all():
        content = {name: getattr(address, name) for name in HASHED_FIELDS}
        assert address.hash_data == address_hash(content), address.pk


def test_what_is_created_next_gets_a_free_pk() -> None:
    highest = Order.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert OrderFactory().pk == highest + 1
    assert CustomerFactory(channel=Channel.objects.get(pk=1)).pk == 1868 + 1  # the order made one, too


# Elided in the documents' samples.
ELIDED = {"{...}", "{..}", " "}
NOT_COLUMNS = {
    "pk",
    "channel",
    "fundstransfertransaction_set",
    "orderitem_set",
    "discountitem_set",
    "transaction_set",
    "payondeliverytransaction_set",
    "loyaltytransaction_set",
    "bextransaction_set",
    "cancellationplan_set",
    "cashregistertransaction_set",
    "status_display",
    "benefitapplicant_set",
    "data_source",
    "net_amount",
}


def printed_orders() -> list[dict[str, Any]]:
    golden = json.loads(GOLDEN.read_text())
    return [
        *golden["list"]["response"]["results"],
        *golden["by_number"]["response"]["results"],
        golden["detail"]["response"],
    ]


READ = {
    "status": int,
    "date_placed": parse_datetime,
    "modified_date": parse_datetime,
    # A typo in one sample.
    "cancel_status": lambda value: value.replace("refund_ned", "refund_need"),
}


def differences(row: Order | OrderItem, printed: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Columns whose value is not the printed one."""
    found = {}
    for name, value in printed.items():
        if name in NOT_COLUMNS or (isinstance(value, str) and value in ELIDED):
            continue
        stored = row._meta.get_field(name).value_from_object(row)
        if isinstance(stored, Decimal):
            value = Decimal(str(value))
        elif name in READ:
            value = READ[name](value)
        if stored != value and (stored or value):
            found[name] = (stored, value)
    return found


@pytest.mark.parametrize("printed", printed_orders(), ids=lambda printed: printed["number"])
def test_a_printed_order_is_stored_as_printed(printed: dict[str, Any]) -> None:
    order = Order.objects.get(number=printed["number"])
    assert order.pk == printed["pk"]
    assert differences(order, printed) == {}
    items = list(order.orderitem_set.order_by("pk"))
    for item, printed_item in zip(items, printed.get("orderitem_set", items), strict=True):
        if isinstance(printed_item, dict):
            assert differences(item, printed_item) == {}
            assert item.price - item.discount_amount == Decimal(printed_item["net_amount"])


def test_only_the_order_whose_items_are_not_all_printed_has_a_difference() -> None:
    differing = Order.objects.exclude(total_difference=0).values_list("number", "total_difference")
    assert list(differing) == [("1535788520612146", Decimal("199.90"))]
