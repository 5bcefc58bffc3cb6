"""Orders in the admin: what is listed and found, what can be changed, and what a page costs."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from omnitron.core.models import AuditLog, AuditSource
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus
from omnitron.orders.models import Order
from tests.admin.browser import fill_in, form_of
from tests.admin.rows import form_for_new, list_of, page_of
from tests.factories.channels import ChannelFactory, IntegrationActionFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import (
    ApprovedOrderFactory,
    CancellationPlanFactory,
    DiscountItemFactory,
    OrderFactory,
    OrderItemFactory,
    PackageFactory,
    RefundFactory,
    ShippedOrderFactory,
)
from tests.factories.payments import (
    BexTransactionFactory,
    CashRegisterTransactionFactory,
    FundsTransferTransactionFactory,
    LoyaltyTransactionFactory,
    PayOnDeliveryTransactionFactory,
    TransactionFactory,
)

ORDERS = "/admin/orders/order/"


def listed(client: Client, **query: str) -> list[str]:
    """The numbers of the orders a list shows, in its order."""
    response = client.get(ORDERS, query)
    assert response.status_code == 200
    return [order.number for order in response.context["cl"].result_list]


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_list_shows_the_newest_first_with_status_money_and_alerts(admin_client: Client) -> None:
    OrderFactory(number="older")
    newer = ApprovedOrderFactory(
        number="newer",
        currency="eur",
        cancel_status=CancelStatus.MANUEL_REFUND_NEED,
        total_difference=Decimal("-12.50"),
    )
    newer.orderitem_set.update(is_stock_short=True)

    response = admin_client.get(ORDERS)

    assert [order.number for order in response.context["cl"].result_list] == ["newer", "older"]
    for shown in ("200.00 EUR", "approved", "manual refund need", "differs by -12.50", "stock short"):
        assert shown in response.content.decode()


@pytest.mark.parametrize(
    ("case", "query"),
    [
        ("a part of the number", "777"),
        ("a part of the tracking number", "rack-9"),
        ("a part of the customer's e-mail", "zeynep@"),
        ("a part of the customer's phone", "5559876"),
        ("a part of an item's SKU", "mug-bl"),
        ("the whole remote id", "REMOTE-OF-ORDER"),
        ("the whole invoice number", "INV-1"),
    ],
)
def test_an_order_is_found_by(case: str, query: str, admin_client: Client) -> None:
    channel = ChannelFactory()
    customer = CustomerFactory(channel=channel, email="zeynep@example.org", phone_number="05559876543")
    order = OrderFactory(
        number="1277713",
        channel=channel,
        customer=customer,
        items=0,
        tracking_number="TRACK-99",
        invoice_number="INV-1",
    )
    OrderItemFactory(order=order, product__sku="MUG-BLUE")
    IntegrationActionFactory(about=order, channel=channel, remote_id="REMOTE-OF-ORDER")
    OrderFactory(number="another")

    assert listed(admin_client, q=query) == ["1277713"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status__exact": "400"}, ["match"]),
        ({"cancel_status__exact": "waiting"}, ["match"]),
        ({"cancel_status__in": "waiting,confirmed"}, ["match"]),
        ({"is_send__exact": "1"}, ["match"]),
        ({"currency__exact": "eur"}, ["match"]),
        ({"delivery_type__exact": "same_day"}, ["match"]),
        ({"totals": "differ"}, ["match"]),
        ({"totals": "agree"}, ["other"]),
        ({"stock": "short"}, ["match"]),
        ({"amount_from": "150", "amount_to": "200.00"}, ["match"]),
        ({"date_placed_from": "2026-01-31", "date_placed_to": "2026-01-31"}, ["match"]),
        ({"date_placed__year": "2026", "date_placed__month": "1", "date_placed__day": "31"}, ["match"]),
        ({"status__exact": "400", "currency__exact": "try"}, []),
    ],
)
def test_orders_are_filtered_by(query: dict[str, str], found: list[str], admin_client: Client) -> None:
    match = ApprovedOrderFactory(
        number="match",
        cancel_status=CancelStatus.WAITING,
        is_send=True,
        currency="eur",
        delivery_type="same_day",
        total_difference=Decimal("1.00"),
        date_placed=datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC),
    )
    match.orderitem_set.update(is_stock_short=True)
    OrderFactory(number="other", date_placed=datetime(2026, 2, 1, tzinfo=UTC))

    assert listed(admin_client, **query) == found


def test_orders_are_filtered_by_channel_and_payment_option(admin_client: Client) -> None:
    order = OrderFactory(number="match")
    OrderFactory(number="other")

    assert listed(admin_client, channel__id__exact=str(order.channel_id)) == ["match"]
    assert listed(admin_client, payment_option__id__exact=str(order.payment_option_id)) == ["match"]


@pytest.mark.parametrize(
    "query",
    [
        {"status__exact": "approved"},
        {"amount_from": "much"},
        {"amount_to": "1e400"},
        {"date_placed_from": "yesterday"},
        {"totals": "perhaps"},
        {"q": "\x00"},
        {"currency__exact": "\x00"},
        {"date_placed__month": "13", "date_placed__year": "2026"},
        {"channel__id__exact": "x"},
        {"p": "99999999"},
    ],
)
def test_a_list_that_cannot_be_read_never_fails(query: dict[str, str], admin_client: Client) -> None:
    OrderFactory()

    assert admin_client.get(ORDERS, query, follow=True).status_code == 200


def test_a_list_costs_the_same_for_one_and_for_a_hundred_orders(admin_client: Client) -> None:
    OrderFactory.create_batch(1, is_send=True)
    admin_client.get(ORDERS)
    one = queries_of(admin_client, ORDERS)
    OrderFactory.create_batch(99)
    hundred = queries_of(admin_client, ORDERS + "?all=")

    # Session, user, kept count, page, its short items, ends of the date hierarchy, choices of two filters.
    assert (one, hundred) == (8, 8)


def order_with_everything(items: int) -> Order:
    """An order with rows in each of its page's tabs."""
    order = ApprovedOrderFactory(items=items)
    for factory in (
        DiscountItemFactory,
        TransactionFactory,
        FundsTransferTransactionFactory,
        PayOnDeliveryTransactionFactory,
        LoyaltyTransactionFactory,
        BexTransactionFactory,
        CashRegisterTransactionFactory,
        PackageFactory,
    ):
        factory.create_batch(items, order=order)
    for plan in CancellationPlanFactory.create_batch(items, order=order):
        RefundFactory(cancellation_plan=plan)
    return order


def test_a_page_costs_the_same_for_one_and_for_twenty_items(admin_client: Client) -> None:
    small, large = order_with_everything(items=1), order_with_everything(items=20)
    admin_client.get(page_of(small))

    assert queries_of(admin_client, page_of(small)) == queries_of(admin_client, page_of(large))


def test_the_page_shows_figures_items_payments_and_what_happened(admin_client: Client) -> None:
    order = ApprovedOrderFactory(items=2, shipping_amount=Decimal("19.90"), captured_by_card=True)
    fill_in(admin_client, page_of(order), notes="Ring twice")

    page = admin_client.get(page_of(order))
    inlines = [inline.opts.verbose_name_plural for inline in page.context["inline_admin_formsets"]]
    figures = {figure.name: figure.amount for figure in page.context["figures"]}

    assert inlines == ["items", "card payments"]
    assert ">219.90 TRY<" in figures["Amount"]
    assert ">19.90 TRY<" in figures["Shipping"]
    assert ">0.00 TRY<" in figures["Difference"]
    assert [entry.event for entry in page.context["timeline"]] == ["order.changed"]
    assert page.context["timeline"][0].changes[0].new == "Ring twice"
    assert page.context["timeline"][0].actor == "ada"


def test_saving_writes_what_was_changed_and_one_audit_row(admin_client: Client) -> None:
    order = ApprovedOrderFactory(notes="before")

    response = fill_in(admin_client, page_of(order), notes="after", is_send="on", shipping_company="aras")

    stored = Order.objects.get(pk=order.pk)
    row = AuditLog.objects.get()
    assert response.status_code == 302
    assert (stored.notes, stored.is_send, stored.shipping_company) == ("after", True, "aras")
    assert (row.event, row.object_id, row.source) == ("order.changed", order.pk, AuditSource.ADMIN)
    assert row.actor.username == "ada"
    assert row.request_id == response["X-Request-ID"]
    assert row.old == {"notes": "before", "is_send": False, "shipping_company": None}
    assert row.new == {"notes": "after", "is_send": True, "shipping_company": "aras"}


def test_saving_without_a_change_writes_nothing(admin_client: Client) -> None:
    order = ShippedOrderFactory(invoice_date=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC))
    before = Order.objects.values().get(pk=order.pk)

    assert admin_client.post(page_of(order), form_of(admin_client.get(page_of(order)))).status_code == 302
    assert Order.objects.values().get(pk=order.pk) == before
    assert AuditLog.objects.count() == 0


def test_two_people_who_change_different_fields_both_keep_what_they_wrote(admin_client: Client) -> None:
    order = ApprovedOrderFactory()
    first = form_of(admin_client.get(page_of(order))) | {"notes": "from the first"}
    second = form_of(admin_client.get(page_of(order))) | {"segment": "from the second"}

    admin_client.post(page_of(order), first)
    admin_client.post(page_of(order), second)

    stored = Order.objects.get(pk=order.pk)
    assert (stored.notes, stored.segment) == ("from the first", "from the second")


def test_a_forged_post_changes_neither_money_nor_status_nor_owner(admin_client: Client) -> None:
    order = ApprovedOrderFactory()
    item = order.orderitem_set.first()
    before = Order.objects.values().get(pk=order.pk)
    forged = {
        "amount": "1.00",
        "refund_amount": "1.00",
        "total_difference": "5.00",
        "status": str(OrderStatus.DELIVERED.value),
        "cancel_status": "completed",
        "number": "mine",
        "channel": str(ChannelFactory().pk),
        "customer": str(CustomerFactory().pk),
        "orderitem_set-TOTAL_FORMS": "1",
        "orderitem_set-INITIAL_FORMS": "1",
        "orderitem_set-0-id": str(item.pk),
        "orderitem_set-0-order": str(order.pk),
        "orderitem_set-0-price": "1.00",
        "orderitem_set-0-DELETE": "on",
    }

    response = fill_in(admin_client, page_of(order), **forged)

    assert response.status_code == 302
    assert Order.objects.values().get(pk=order.pk) == before
    assert order.orderitem_set.get(pk=item.pk).price == Decimal("100.00")
    assert AuditLog.objects.count() == 0


def test_unusable_input_is_shown_beside_its_field_and_nothing_is_written(admin_client: Client) -> None:
    order = ApprovedOrderFactory()

    response = fill_in(admin_client, page_of(order), notes="after", e_archive_url="not an address")

    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == ["e_archive_url"]
    assert Order.objects.get(pk=order.pk).notes is None
    assert AuditLog.objects.count() == 0


def test_orders_are_neither_added_nor_deleted_here(admin_client: Client) -> None:
    order = OrderFactory()

    assert admin_client.get(form_for_new(Order)).status_code == 403
    assert admin_client.post(form_for_new(Order), {}).status_code == 403
    assert admin_client.post(f"{ORDERS}{order.pk}/delete/", {"post": "yes"}).status_code == 403
    admin_client.post(list_of(Order), {"action": "delete_selected", "_selected_action": [order.pk]})
    assert Order.objects.filter(pk=order.pk).exists()


def test_the_count_of_an_unnarrowed_list_is_not_counted(admin_client: Client) -> None:
    OrderFactory.create_batch(3)

    with CaptureQueriesContext(connection) as queries:
        response = admin_client.get(ORDERS)

    assert response.context["cl"].result_count == 3
    assert [query["sql"] for query in queries if "COUNT(" in query["sql"]] == []


def test_orders_are_sorted_by_number_and_date(admin_client: Client) -> None:
    OrderFactory(number="b", date_placed=datetime(2026, 1, 1, tzinfo=UTC))
    OrderFactory(number="a", date_placed=datetime(2026, 1, 2, tzinfo=UTC))
    page = admin_client.get(ORDERS).content.decode()

    # Columns count from 0.
    assert listed(admin_client, o="0") == ["a", "b"]
    assert listed(admin_client, o="2") == ["b", "a"]
    assert [number for number in range(10) if f"?o={number}" in page] == [0, 2]
