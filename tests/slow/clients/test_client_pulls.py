"""OrderService.fetch_and_create_order: orders of the marketplace become orders here, once."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest

from omnitron.channels.models import ErrorReport, OperationalEvent
from omnitron.customers.models import Address, Customer
from omnitron.orders.models import Order
from tests.slow.clients.client import Client, Run, recorded
from tests.slow.clients.reading import batches, failures, known_to_channel, why

pytestmark = pytest.mark.slow

DUPLICATE_ADDRESS = ("POST", "channel/1/addresses/", 400)


def _rows(*names: str) -> list[dict[str, Any]]:
    orders = recorded("orders")
    return [orders[name] for name in names]


def _numbered(number: str, **changes: Any) -> dict[str, Any]:
    """The order with one address, under another number and other remote ids."""
    row = copy.deepcopy(recorded("orders")["one address"])
    row["order"] |= {"number": number, "remote_id": f"R-{number}", **changes}
    row["order_items"][0]["remote_id"] = f"I-{number}"
    return row


def _pull(client: Client, rows: list[dict[str, Any]]) -> Run:
    run = client.run("OrderService.fetch_and_create_order", answers={"get_orders": rows})
    assert (run.raised, run.waited) == (None, [])
    return run


def test_an_order_arrives_as_the_marketplace_has_it(client: Client) -> None:
    run = _pull(client, _rows("two addresses"))

    assert run.refused == []
    assert run.batch_steps == ["commit", "done"]
    assert failures() == []
    order = Order.objects.get(number="N-1")
    assert (order.channel_id, order.status, order.currency) == (1, 400, "try")
    assert (order.amount, order.shipping_amount) == (Decimal("2179.80"), Decimal("30.00"))
    assert (order.net_shipping_amount, order.shipping_tax_rate) == (Decimal("25.00"), Decimal("20.00"))
    assert order.extra_field == {"note": "Kapıya bırakın", "id": "R-1"}
    assert (order.tracking_number, order.cargo_company.erp_code) == ("TR-1", "aras")
    assert (order.notes, order.gift_box_note, order.has_gift_box) == ("Zili çalmayın", "Mutlu yıllar", True)
    assert order.date_placed.isoformat() == "2026-01-02T10:11:12.123456+00:00"
    customer = order.customer
    assert (customer.email, customer.phone_number) == ("Yeni.Musteri@Example.com", "05321234567")
    assert (customer.channel_code, customer.extra_field) == ("MP-77", {"segment": "gold"})
    shipping, billing = order.shipping_address, order.billing_address
    assert (shipping.city.name, shipping.township.name) == ("İstanbul", "Kadıköy")
    assert (shipping.district.name, shipping.remote_id) == ("Caferağa", "A-1")
    assert (billing.city.name, billing.company_name, billing.tax_no) == ("Ankara", "Yeni A.Ş.", "1234567890")
    first, second = order.orderitem_set.order_by("pk")
    assert (first.product_id, first.price, first.retail_price) == (1, Decimal("1249.90"), Decimal("1599.90"))
    assert (first.price_list_id, first.stock_list_id) == (1, 1)
    assert (first.extra_field, first.status) == ({"campaign": "C-9", "id": "I-1"}, 400)
    assert (second.product_id, second.tracking_number) == (2, "TR-1-2")
    assert known_to_channel("order")[order.pk] == ("R-1", "success")
    items = known_to_channel("orderitem")
    assert [items[first.pk], items[second.pk]] == [("I-1", "success"), ("I-2", "success")]


def test_one_address_for_both_is_stored_once(client: Client) -> None:
    before = Address.objects.count()

    run = _pull(client, _rows("one address"))

    assert run.refused == [DUPLICATE_ADDRESS]
    (refused,) = [each for each in run.exchanges if each.status == 400]
    assert isinstance(refused.answer["non_field_errors"], str)
    order = Order.objects.get(number="N-2")
    assert order.shipping_address_id == order.billing_address_id
    assert order.shipping_address.city_id == 34
    assert (order.shipping_address.township_id, order.shipping_address.district_id) == (23, 4)
    assert (order.amount, order.status) == (Decimal("929.90"), 400)
    assert Address.objects.count() == before + 1
    assert failures() == []


def test_two_units_are_two_items_with_one_remote_id(client: Client) -> None:
    run = _pull(client, _rows("two units"))

    assert run.refused == [DUPLICATE_ADDRESS]
    items = list(Order.objects.get(number="N-3").orderitem_set.order_by("pk"))
    assert [item.extra_field for item in items] == [{"id": "I-4"}, {"id": "I-4"}]
    known = known_to_channel("orderitem")
    assert [known[item.pk] for item in items] == [("I-4", "success"), ("I-4", "success")]


def test_the_same_pull_again_changes_nothing(client: Client) -> None:
    rows = _rows("two addresses", "one address", "two units")
    first = _pull(client, rows)
    counts = Order.objects.count(), Customer.objects.count(), Address.objects.count()
    modified = list(Order.objects.order_by("pk").values_list("modified_date", flat=True))

    second = _pull(client, rows)

    assert first.batch_steps == ["commit", "commit", "commit", "done"]
    assert second.batch_steps == ["done"]
    assert second.to("POST", "channel/1/create_orders/") == []
    assert second.to("POST", "channel/1/customers/") == []
    assert [each for each in second.exchanges if each.path.startswith("channel/1/customers/1")] == []
    # Every one of the six addresses is known, and found by its hash.
    assert second.refused == [DUPLICATE_ADDRESS] * 6
    assert (Order.objects.count(), Customer.objects.count(), Address.objects.count()) == counts
    assert list(Order.objects.order_by("pk").values_list("modified_date", flat=True)) == modified
    assert batches() == [("order", "done"), (None, "done")]
    assert failures() == []


def test_what_was_just_pulled_is_not_sent_back(client: Client) -> None:
    _pull(client, _rows("two addresses", "one address", "two units"))

    run = client.run("OrderService.update_orders")

    (offered,) = run.to("GET", "channel/1/orders/updates/")
    # The two that wait in the demo data.
    assert [row["pk"] for row in offered.answer["results"]] == [318, 316]


def test_a_product_nobody_knows_drops_that_order_alone(client: Client) -> None:
    unknown = _numbered("N-8")
    unknown["order_items"][0]["product"] = "NO-SUCH-PRODUCT"

    run = _pull(client, [unknown, *_rows("two addresses")])

    assert run.refused == [DUPLICATE_ADDRESS]
    assert run.batch_steps == ["commit", "done"]
    assert not Order.objects.filter(number="N-8").exists()
    assert Order.objects.filter(number="N-1").count() == 1
    assert failures() == ["Omnitron-CreateOrders"]
    assert why("Omnitron-CreateOrders") == "Product not found: remote_id=NO-SUCH-PRODUCT"


def test_a_city_nobody_knows_is_reported_as_such(client: Client) -> None:
    lost = _numbered("N-9")
    lost["order"]["shipping_address"]["city"] = "Atlantis"

    run = _pull(client, [lost, *_rows("two addresses")])

    assert run.refused == []
    (report,) = run.to("POST", "channel/1/error_reports/city/")
    assert (report.status, report.body["remote_code"]) == (201, "1_Atlantis")
    assert not Order.objects.filter(number="N-9").exists()
    assert Order.objects.filter(number="N-1").count() == 1


def test_a_carrier_nobody_knows_fails_the_batch_and_no_order_of_the_run_is_lost(client: Client) -> None:
    """The client gives up the whole batch and goes on creating; what it creates then can be worked with."""
    rows = [
        _numbered("N-20"),
        _numbered("N-21", cargo_company="no-such-carrier"),
        _numbered("N-22"),
        _numbered("N-23", cargo_company="no-such-carrier"),
    ]

    run = _pull(client, rows)

    (begun,) = run.to("POST", "channel/1/batch_requests/")
    batch = f"channel/1/batch_requests/{begun.answer['pk']}/"
    assert run.batch_steps == ["commit", "fail", "commit", "fail", "done"]
    others = [refused for refused in run.refused if refused != DUPLICATE_ADDRESS]
    assert others == [("PATCH", batch, 406), ("PATCH", batch, 406)]
    assert batches() == [("order", "fail")]
    assert set(Order.objects.filter(number__startswith="N-2").values_list("number", flat=True)) == {
        "N-20",
        "N-22",
    }
    known = known_to_channel("order")
    for number in ("N-20", "N-22"):
        order = Order.objects.get(number=number)
        assert known[order.pk] == (f"R-{number}", "success")
        (item,) = order.orderitem_set.all()
        assert known_to_channel("orderitem")[item.pk] == (f"I-{number}", "success")
    assert failures() == ["Omnitron-GetCargoCompany", "Omnitron-CreateOrders", "Omnitron-GetCargoCompany"]


def test_a_number_that_another_begins_with_is_another_order(client: Client) -> None:
    _pull(client, [_numbered("N-10")])

    run = _pull(client, [_numbered("N-1")])

    assert len(run.to("POST", "channel/1/create_orders/")) == 1
    assert set(Order.objects.filter(number__startswith="N-1").values_list("number", flat=True)) == {
        "N-1",
        "N-10",
    }


def test_a_customer_who_moved_is_changed_not_doubled(client: Client) -> None:
    _pull(client, [_numbered("N-30")])
    changed = _numbered("N-31")
    changed["order"]["customer"]["phone_number"] = "05449998877"

    _pull(client, [changed])

    (customer,) = Customer.objects.filter(email="ayse@example.com")
    assert (customer.phone_number, customer.channel_code) == ("05449998877", "MP-78")
    assert Order.objects.filter(customer=customer).count() == 2


def test_an_order_to_a_store_leads_to_that_store(client: Client) -> None:
    row = _numbered("N-40")
    row["order"]["shipping_address"]["retail_store"] = "store-kadikoy"

    run = _pull(client, [row])

    assert run.refused == []
    order = Order.objects.get(number="N-40")
    assert (order.shipping_address.retail_store_id, order.shipping_address.address_type) == (
        1,
        "retail_store",
    )
    assert (order.billing_address.retail_store_id, order.billing_address.address_type) == (None, "customer")


def test_each_order_is_reported_and_newer_clients_tell_events_as_well(client: Client) -> None:
    run = _pull(client, _rows("two addresses", "one address"))

    (batch_id,) = [each.answer["local_batch_id"] for each in run.to("POST", "channel/1/batch_requests/")]
    assert list(ErrorReport.objects.order_by("pk").values_list("error_code", "is_ok")) == [
        (f"{batch_id}-Channel-GetOrders_N-1", True),
        (f"{batch_id}-Channel-GetOrders_N-2", True),
    ]
    told = list(OperationalEvent.objects.values_list("event_type", "level", "action_content_type__model"))
    newer = [("batch_request_error", "info", "batchrequest")] * 2
    assert told == (newer if client.version == "0.0.161" else [])
