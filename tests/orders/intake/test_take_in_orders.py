"""What taking orders in does for one of them, what it refuses, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from omnitron.catalogs.models import ProductStock
from omnitron.channels.models import IntegrationAction
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput
from omnitron.core.models import AuditLog, AuditSource
from omnitron.customers.models import Address, Customer
from omnitron.omnicore.orders.enums import ShippingCompany
from omnitron.orders.dto import IncomingDiscount, IncomingOrder, IncomingPayment
from omnitron.orders.enums import RefundInstrument
from omnitron.orders.exceptions import OrderDuplicatedFieldException, OrderStatusByActionException
from omnitron.orders.invariants import broken, short_stocks
from omnitron.orders.models import BenefitApplicant, DiscountItem, Order, OrderItem
from omnitron.orders.service import OrderService
from omnitron.payments.models import Transaction
from tests.factories.orders import ApprovedOrderFactory
from tests.orders.intake.generated import World, incoming_orders
from tests.orders.intake.samples import customer, full_order, item, order

CONTEXT = AuditContext.system(AuditSource.CHANNEL)
TakeIn = Callable[..., list[Order]]
ONE_OF_EACH = (
    Customer,
    Address,
    Order,
    OrderItem,
    DiscountItem,
    BenefitApplicant,
    Transaction,
    IntegrationAction,
    AuditLog,
    ProductStock,
)


@pytest.fixture
def take_in(world: World, audit_context: AuditContext) -> TakeIn:
    def call(*orders: IncomingOrder) -> list[Order]:
        taken = OrderService.take_in_orders(world.channel, orders, audit_context=audit_context)
        by_pk = Order.objects.in_bulk([one.pk for one in taken])
        return [by_pk[one.pk] for one in taken]

    return call


def test_shares_are_given_and_frozen(world: World, take_in: TakeIn) -> None:
    """A line's own discount takes room from those of the order; what is cancelled already was paid for, too."""
    incoming = order(
        world,
        "N-1",
        amount=Decimal("150.00"),
        installment_interest_amount=Decimal("4.50"),
        items=[
            item(world, "1", discount_amount=Decimal("95.00")),
            item(world, "2", price=Decimal("50.00")),
            item(world, "3", price=Decimal("70.00"), status=100),
        ],
        discounts=[IncomingDiscount(values={"name": "A", "amount": Decimal("20.00")}, items=[0])],
    )

    (taken,) = take_in(incoming)

    items = taken.orderitem_set.order_by("pk")
    assert list(items.values_list("discount_amount", "installment_interest_amount", "shipping_share")) == [
        (Decimal("100.00"), Decimal("0.00"), Decimal("0.00")),
        (Decimal("6.25"), Decimal("1.88"), Decimal("4.17")),
        (Decimal("8.75"), Decimal("2.62"), Decimal("5.83")),
    ]
    given = BenefitApplicant.objects.order_by("pk")
    assert list(given.values_list("order_item", "amount")) == [
        (items[0].pk, Decimal("5.00")),
        (items[1].pk, Decimal("6.25")),
        (items[2].pk, Decimal("8.75")),
    ]
    assert taken.discount_amount == Decimal("115.00")
    assert taken.total_difference == Decimal("150.00") - (Decimal("220.00") - 115 + Decimal("4.50") + 10)


def test_what_the_channel_knows_is_kept(world: World, take_in: TakeIn) -> None:
    moment = datetime(2026, 1, 3, tzinfo=UTC)
    shipped = item(
        world,
        "L-1",
        status=500,
        shipping_company=ShippingCompany.ARAS,
        tracking_number="T-1",
        tracking_url="",
        invoice_number="F-1",
        invoice_date=moment,
    )
    (taken,) = take_in(order(world, "N-1", items=[shipped, item(world, "")], tracking_number="T-1"))

    actions = IntegrationAction.objects.filter(channel=world.channel)
    of_order = actions.get(content_type=ContentType.objects.get_for_model(Order), object_id=taken.pk)
    assert of_order.remote_id == "R-N-1"
    assert of_order.version_date == taken.modified_date == of_order.object_modified_date
    assert of_order.state == {"told": {"status": 400, "tracking_number": "T-1"}}
    of_items = actions.filter(content_type=ContentType.objects.get_for_model(OrderItem)).order_by("object_id")
    assert [(action.remote_id, action.state) for action in of_items] == [
        (
            "L-1",
            {
                "told": {
                    "status": 500,
                    "shipping_company": "aras",
                    "tracking_number": "T-1",
                    "invoice_number": "F-1",
                    "invoice_date": "2026-01-03T00:00:00+00:00",
                }
            },
        ),
        (None, {"told": {"status": 400}}),
    ]


def test_a_customer_and_an_address_are_made_once(world: World, take_in: TakeIn) -> None:
    before = Customer.objects.count(), Address.objects.count()
    one = order(world, "N-1", customer=customer())
    other = order(world, "N-2", customer=customer(first_name="Adele"))

    first, second = take_in(one, other)
    (third,) = take_in(replace(one, number="N-3"))

    assert (Customer.objects.count(), Address.objects.count()) == (before[0] + 1, before[1] + 1)
    assert first.customer_id == second.customer_id == third.customer_id
    assert first.shipping_address_id == second.billing_address_id == third.shipping_address_id
    assert Customer.objects.get(pk=first.customer_id).first_name == "Ada"


def test_what_was_taken_in_breaks_no_rule(world: World, take_in: TakeIn) -> None:
    taken = take_in(*incoming_orders(5, 60, world))

    assert list(broken(first=taken[0].pk, last=taken[-1].pk)) == []
    assert short_stocks() == []


def test_nothing_is_nothing(world: World, take_in: TakeIn) -> None:
    assert take_in() == []


BAD_VALUES: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "status 50": ({"status": 50}, OrderStatusByActionException),
    "below zero": ({"shipping_amount": Decimal("-1.00")}, InvalidInput),
    "no amount": ({"amount": None}, InvalidInput),
    "no number": ({"amount": Decimal("NaN")}, InvalidInput),
    "no end": ({"amount": Decimal("Infinity")}, InvalidInput),
    "too much": ({"amount": Decimal(10) ** 11}, InvalidInput),
    "no date": ({"date_placed": None}, InvalidInput),
    "a date without a time zone": ({"date_placed": datetime(2026, 1, 1)}, InvalidInput),  # noqa: DTZ001
    "too long": ({"notes": "x" * 321}, InvalidInput),
    "no text": ({"notes": "a\0b"}, InvalidInput),
    "half a character": ({"notes": "\ud800"}, InvalidInput),
    "no JSON": ({"extra_field": {"a": float("nan")}}, InvalidInput),
    "no address of a machine": ({"remote_addr": "here"}, InvalidInput),
    "an unknown currency": ({"currency": "xxx", "items": []}, InvalidInput),
    "interest that is no cents": ({"installment_interest_amount": Decimal("0.001")}, InvalidInput),
    "no e-mail": ({"customer": customer(email=None)}, InvalidInput),
    "a channel's payment": (
        {"payments": [IncomingPayment(RefundInstrument.CHANNEL, {"amount": Decimal(1)})]},
        InvalidInput,
    ),
    "too high discounts": (
        {"discounts": [IncomingDiscount({"name": "A", "amount": Decimal("200.01")})]},
        InvalidInput,
    ),
    "a discount of nothing": (
        {"discounts": [IncomingDiscount({"name": "A", "amount": Decimal(1)}, [2])]},
        InvalidInput,
    ),
}
BAD_ITEMS: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "another currency": ({"price_currency": "eur"}, InvalidInput),
    "status 50": ({"status": 50}, OrderStatusByActionException),
    "an unknown status": ({"status": 401}, InvalidInput),
    "half a unit": ({"attributes": {"quantity": "0.5"}}, InvalidInput),
    "no price": ({"price": None}, InvalidInput),
    "a share": ({"shipping_share": Decimal("1.00")}, InvalidInput),
    "a discount beyond its price": ({"discount_amount": Decimal("100.01")}, InvalidInput),
}


def refuses(world: World, take_in: TakeIn, bad: IncomingOrder, error: type[Exception]) -> Exception:
    """A good order and a bad one: refused, and nothing is there."""
    before = [list(model.objects.order_by("pk").values()) for model in ONE_OF_EACH]

    with pytest.raises(error) as refused:
        take_in(full_order(world, "GOOD"), bad)

    assert [list(model.objects.order_by("pk").values()) for model in ONE_OF_EACH] == before
    return refused.value


@pytest.mark.parametrize("name", BAD_VALUES)
def test_a_bad_order_is_refused_and_the_batch_with_it(name: str, world: World, take_in: TakeIn) -> None:
    changes, error = BAD_VALUES[name]
    refuses(world, take_in, order(world, "BAD", **changes), error)


@pytest.mark.parametrize("name", BAD_ITEMS)
def test_a_bad_item_is_refused_and_the_batch_with_it(name: str, world: World, take_in: TakeIn) -> None:
    changes, error = BAD_ITEMS[name]
    refuses(world, take_in, order(world, "BAD", items=[item(world, "1", **changes)]), error)


def test_an_item_below_one_of_another_order_is_refused(world: World, take_in: TakeIn) -> None:
    parent = ApprovedOrderFactory().orderitem_set.first()
    refuses(world, take_in, order(world, "BAD", items=[item(world, "1", parent=parent)]), InvalidInput)


def test_a_number_is_taken_in_once(world: World, take_in: TakeIn) -> None:
    take_in(order(world, "N-1"))

    error = refuses(world, take_in, order(world, "N-1"), OrderDuplicatedFieldException)
    assert error.params["number"] == "N-1"
    error = refuses(world, take_in, order(world, "GOOD"), OrderDuplicatedFieldException)
    assert error.params["number"] == "GOOD"


def test_a_bad_field_is_named(world: World, take_in: TakeIn) -> None:
    bad = order(world, "BAD", notes="x" * 321)
    assert list(refuses(world, take_in, bad, InvalidInput).errors) == ["notes"]
    bad = order(world, "BAD", date_placed=None)
    assert list(refuses(world, take_in, bad, InvalidInput).errors) == ["date_placed"]


def test_a_hundred_orders_cost_as_many_statements_as_one(world: World, take_in: TakeIn) -> None:
    take_in(full_order(world, "WARM"))
    costs = []
    for numbers in ([1], range(2, 102)):
        orders = [full_order(world, f"N-{number}") for number in numbers]
        with CaptureQueriesContext(connection) as captured:
            OrderService.take_in_orders(world.channel, orders, audit_context=CONTEXT)
        kinds = [query["sql"].split()[0] for query in captured]
        costs.append({kind: kinds.count(kind) for kind in kinds})

    # A COPY a table; the channel, customers, addresses, three times pks, stocks; the stocks again.
    expected = {"SAVEPOINT": 1, "SELECT": 7, "COPY": 16, "UPDATE": 1, "RELEASE": 1}
    assert costs == [expected, expected]
