"""From a basket in a real shop to an order here, and back to the shop."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from omnitron.channels.enums import ParkCause
from omnitron.channels.integrations.oscar.integration import Integration
from omnitron.channels.models import Channel, ParkedOrder
from omnitron.channels.service import ChannelService
from omnitron.core.audit import AuditContext
from omnitron.customers.models import Customer
from omnitron.local.demo_shop import CUSTOMER, DemoShop
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.service import OrderItemService, OrderService
from tests.slow.oscar.shopper import GUEST_EMAIL, Shopper, ShopStaff

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
REASON = 1


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """A command for the channel; the result it prints."""

    def run_command(name: str, channel: Channel, *options: str) -> dict[str, Any]:
        capsys.readouterr()
        with suppress(SystemExit):  # something was parked; the result says so as well
            call_command(name, "--channel", str(channel.pk), *options)
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    return run_command


@pytest.fixture
def pull(run: Callable[..., dict[str, Any]], channel: Channel) -> Callable[..., dict[str, Any]]:
    """`pull_orders` of these numbers: what became of them."""

    def pull_numbers(*numbers: str) -> dict[str, Any]:
        result = run("pull_orders", channel, "--order-numbers-to-fetch", *numbers)
        assert result["error"] is None
        names = ("seen", "created", "updated", "unchanged", "parked", "failed")
        return {name: result[name] for name in names if result[name]}

    return pull_numbers


@pytest.fixture
def push(run: Callable[..., dict[str, Any]], channel: Channel) -> Callable[[], dict[str, Any]]:
    def push_changes() -> dict[str, Any]:
        result = run("push_updates", channel)
        assert result["error"] is None
        return {name: result[name] for name in ("told", "refused", "postponed") if result[name]}

    return push_changes


def bought(shop: DemoShop, *products: tuple[str, int], shipping: str = "standart-kargo") -> dict[str, Any]:
    """A guest's order, as the shop confirms it."""
    guest = Shopper(shop.address)
    for sku, quantity in products:
        guest.add(sku, quantity=quantity)
    return guest.check_out(shipping=shipping)


def items_of(order: Order) -> list[tuple[str, int, int, Decimal, Decimal, Decimal]]:
    """SKU, units, status, price, discount and tax rate of each item."""
    items = order.orderitem_set.select_related("product").order_by("pk")
    return [
        (
            item.product.sku,
            item.attributes.get("quantity", 1),
            item.status,
            item.price,
            item.discount_amount,
            item.tax_rate,
        )
        for item in items
    ]


def test_what_a_guest_bought_is_here(
    demo_shop: DemoShop, channel: Channel, pull: Callable[..., dict[str, Any]]
) -> None:
    placed = bought(demo_shop, ("KHV-1013-250", 3), ("KTP-1014-TR", 1))
    assert pull(placed["number"]) == {"seen": 1, "created": 1}

    order = Order.objects.get(channel=channel)
    assert order.number == placed["number"]
    assert order.status == OrderStatus.APPROVED
    assert (order.currency, order.amount) == ("try", Decimal("1369.60"))
    assert (order.shipping_amount, order.shipping_tax_rate) == (Decimal("79.90"), Decimal("20.00"))
    assert (order.discount_amount, order.total_difference) == (Decimal("0.00"), Decimal("0.00"))
    assert order.date_placed == datetime.fromisoformat(placed["date_placed"])
    assert items_of(order) == [
        ("KHV-1013-250", 3, 400, Decimal("869.70"), Decimal("0.00"), Decimal("1.00")),
        ("KTP-1014-TR", 1, 400, Decimal("420.00"), Decimal("0.00"), Decimal("0.00")),
    ]
    customer = order.customer
    assert (customer.email, customer.first_name, customer.last_name) == (GUEST_EMAIL, "Zeynep", "Kaya")
    address = order.shipping_address
    assert (address.first_name, address.last_name) == ("Zeynep", "Kaya")
    assert address.line == "Bağdat Caddesi No: 101 D: 7"
    assert (address.country.code, address.city.name, address.township.name) == ("tr", "İstanbul", "Kadıköy")
    assert (address.postcode, address.phone_number) == ("34710", "+905321112233")


def test_what_the_customer_bought_with_a_voucher_is_here(
    demo_shop: DemoShop, channel: Channel, pull: Callable[..., dict[str, Any]]
) -> None:
    customer = Shopper(demo_shop.address)
    customer.log_in(demo_shop.password)
    customer.add("KZK-1001-LCV-M")
    customer.add("SAT-1010-GMS", quantity=2)
    customer.use_voucher()
    placed = customer.check_out(shipping="hizli-kargo", guest_email=None)
    assert pull(placed["number"]) == {"seen": 1, "created": 1}

    order = Order.objects.get(channel=channel)
    assert (order.amount, order.shipping_amount) == (Decimal("8293.01"), Decimal("149.90"))
    assert order.total_difference == Decimal("0.00")
    assert items_of(order) == [
        ("KZK-1001-LCV-M", 1, 400, Decimal("1249.90"), Decimal("124.99"), Decimal("10.00")),
        ("SAT-1010-GMS", 2, 400, Decimal("7798.00"), Decimal("779.80"), Decimal("20.00")),
    ]
    assert (order.customer.email, order.customer.first_name) == (CUSTOMER, "Ayşe")


def test_windows_are_pulled_without_losing_or_doubling(
    demo_shop: DemoShop,
    channel: Channel,
    staff: ShopStaff,
    audit_context: AuditContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if the seconds in which the shop is not asked yet were over."""
    limits = replace(Integration.limits, settle=timedelta(seconds=-2))
    monkeypatch.setattr(Integration, "limits", limits)
    for _ in range(3):
        bought(demo_shop, ("CRP-1006-STD", 1))
    there = staff.page(page_size=1)["count"]

    first = ChannelService.pull_orders(channel, audit_context=audit_context)
    assert first.error is None
    assert (first.intake.created + first.intake.parked, first.intake.failed) == (there, 0)
    assert ParkedOrder.objects.count() == first.intake.parked

    again = ChannelService.pull_orders(channel, audit_context=audit_context)
    assert again.error is None
    assert (again.intake.created, again.intake.updated, again.intake.failed) == (0, 0, 0)
    assert Order.objects.filter(channel=channel).count() == first.intake.created


def test_the_first_method_by_name(demo_shop: DemoShop, channel: Channel, audit_context: AuditContext) -> None:
    number = bought(demo_shop, ("CRP-1006-STD", 2))["number"]
    result = ChannelService.get_class(
        channel, ["orders"], 10, None, {"order_numbers_to_fetch": [number]}, audit_context=audit_context
    )
    assert result["orders"].created == 1
    assert Order.objects.get(channel=channel).number == number
    channel.refresh_from_db()
    assert channel.conf["auth_token"] == "********"


def test_shipping_here_reaches_the_shop_and_comes_back_as_nothing_new(
    demo_shop: DemoShop,
    channel: Channel,
    staff: ShopStaff,
    pull: Callable[..., dict[str, Any]],
    push: Callable[[], dict[str, Any]],
    audit_context: AuditContext,
) -> None:
    number = bought(demo_shop, ("KHV-1013-250", 2))["number"]
    pull(number)
    order = Order.objects.get(channel=channel)
    assert push() == {}

    order = OrderService.update_order(order, tracking_number="7340099", audit_context=audit_context)
    order = OrderService.change_order_status(order, status=OrderStatus.SHIPPED, audit_context=audit_context)
    assert push() == {"told": 1}

    there = staff.order(number)
    assert (there["status"], [line["status"] for line in there["lines"]]) == ("Shipped", ["Shipped"])
    [event] = there["shipping_events"]
    assert (event["event_type"], event["notes"], event["lines"][0]["quantity"]) == ("Shipped", "7340099", 2)

    assert push() == {}
    assert pull(number).get("parked", 0) == 0
    order.refresh_from_db()
    assert (order.status, order.tracking_number) == (OrderStatus.SHIPPED, "7340099")
    assert push() == {}
    assert staff.order(number) == there


def test_cancelling_one_of_two_units_here_cancels_one_unit_in_the_shop(
    demo_shop: DemoShop,
    channel: Channel,
    staff: ShopStaff,
    pull: Callable[..., dict[str, Any]],
    push: Callable[[], dict[str, Any]],
    audit_context: AuditContext,
) -> None:
    number = bought(demo_shop, ("KTP-1014-TR", 2), ("CRP-1006-STD", 1))["number"]
    pull(number)
    order = Order.objects.get(channel=channel)
    books = OrderItem.objects.get(order=order, product__sku="KTP-1014-TR")
    _, one = OrderItemService.split_order_item(books, quantity=1, audit_context=audit_context)
    _cancel(order, [one.pk], audit_context)
    assert push() == {"told": 1}

    there = staff.order(number)
    assert [line["units"]["Cancelled"] for line in there["lines"]] == [1, 0]
    assert there["status"] == "Pending"

    assert pull(number).get("parked", 0) == 0
    assert sorted(OrderItem.objects.filter(order=order).values_list("status", flat=True)) == [100, 400, 400]


def test_cancelling_here_cancels_the_order_in_the_shop(
    demo_shop: DemoShop,
    channel: Channel,
    staff: ShopStaff,
    pull: Callable[..., dict[str, Any]],
    push: Callable[[], dict[str, Any]],
    audit_context: AuditContext,
) -> None:
    number = bought(demo_shop, ("KTP-1014-TR", 2))["number"]
    pull(number)
    order = Order.objects.get(channel=channel)
    _cancel(order, list(order.orderitem_set.values_list("pk", flat=True)), audit_context)
    assert push() == {"told": 1}

    there = staff.order(number)
    assert (there["status"], [line["status"] for line in there["lines"]]) == ("Cancelled", ["Cancelled"])
    assert pull(number).get("parked", 0) == 0
    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELLED


def test_what_staff_do_in_the_shop_arrives_here(
    demo_shop: DemoShop, channel: Channel, staff: ShopStaff, pull: Callable[..., dict[str, Any]]
) -> None:
    shipped, cancelled = (bought(demo_shop, ("FNR-1015-LED", 1))["number"] for _ in range(2))
    assert pull(shipped, cancelled) == {"seen": 2, "created": 2}
    staff.change(shipped, status="Shipped", tracking_number="7340055").raise_for_status()
    staff.change(cancelled, status="Cancelled").raise_for_status()

    assert pull(shipped, cancelled) == {"seen": 2, "updated": 2}
    orders = {order.number: order for order in Order.objects.filter(channel=channel)}
    assert (orders[shipped].status, orders[shipped].tracking_number) == (OrderStatus.SHIPPED, "7340055")
    assert orders[cancelled].status == OrderStatus.CANCELLED
    assert orders[cancelled].refund_amount == orders[cancelled].amount
    assert pull(shipped, cancelled) == {"seen": 2, "unchanged": 2}


def test_an_order_that_comes_when_part_of_a_line_is_gone(
    demo_shop: DemoShop,
    channel: Channel,
    staff: ShopStaff,
    pull: Callable[..., dict[str, Any]],
    push: Callable[[], dict[str, Any]],
    audit_context: AuditContext,
) -> None:
    placed = bought(demo_shop, ("TSH-1005-GRI-S", 3))
    number = placed["number"]
    [line] = staff.order(number)["lines"]
    staff.change(number, status="Cancelled", lines=[{"id": line["id"], "quantity": 1}]).raise_for_status()
    assert pull(number) == {"seen": 1, "created": 1}
    order = Order.objects.get(channel=channel)
    assert (order.status, order.amount) == (OrderStatus.APPROVED, Decimal(placed["total_incl_tax"]))
    assert [(units, status, price) for _, units, status, price, _, _ in items_of(order)] == [
        (2, 400, Decimal("799.80")),
        (1, 100, Decimal("399.90")),
    ]

    OrderService.change_order_status(order, status=OrderStatus.DELIVERED, audit_context=audit_context)
    assert push() == {"told": 1}
    [line] = staff.order(number)["lines"]
    assert line["units"] == {"Shipped": 2, "Delivered": 2, "Returned": 0, "Cancelled": 1}
    assert pull(number).get("parked", 0) == 0


def test_part_of_a_line_cancelled_in_the_shop_waits_for_somebody(
    demo_shop: DemoShop, channel: Channel, staff: ShopStaff, pull: Callable[..., dict[str, Any]]
) -> None:
    number = bought(demo_shop, ("TSH-1005-GRI-S", 3))["number"]
    pull(number)
    before = Order.objects.filter(channel=channel).values().get()
    [line] = staff.order(number)["lines"]
    staff.change(number, status="Cancelled", lines=[{"id": line["id"], "quantity": 1}]).raise_for_status()
    assert pull(number) == {"seen": 1, "parked": 1}
    parked = ParkedOrder.objects.get()
    assert (parked.cause, parked.subject) == (ParkCause.ILLEGAL_MOVE, "TSH-1005-GRI-S")
    assert Order.objects.filter(channel=channel).values().get() == before


def test_a_customer_who_buys_again_is_the_same_customer(
    demo_shop: DemoShop, channel: Channel, pull: Callable[..., dict[str, Any]]
) -> None:
    numbers = [bought(demo_shop, ("CRP-1006-STD", 1))["number"] for _ in range(2)]
    pull(*numbers)
    assert (
        Order.objects.filter(channel=channel).values("customer", "shipping_address").distinct().count() == 1
    )
    assert Customer.objects.filter(email=GUEST_EMAIL).count() == 1


def test_a_revoked_token_is_no_obstacle(
    demo_shop: DemoShop, channel: Channel, pull: Callable[..., dict[str, Any]], audit_context: AuditContext
) -> None:
    conf = ChannelService.conf_with_secrets(channel, audit_context=audit_context)
    ChannelService.update_channel(
        channel, conf={**conf, "auth_token": "revoked-long-ago"}, audit_context=audit_context
    )
    number = bought(demo_shop, ("CRP-1006-STD", 1))["number"]
    assert pull(number) == {"seen": 1, "created": 1}


def _cancel(order: Order, items: list[int], audit_context: AuditContext) -> None:
    OrderService.cancel_order(
        order, reasons=dict.fromkeys(items, REASON), cancel_items=items, audit_context=audit_context
    )
    OrderService.approved_order_cancel(order, audit_context=audit_context)
