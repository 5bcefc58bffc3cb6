"""One line or payment of an order that is here, by the documents' `create_orderitem` and `create_transaction`."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType

from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations.dto import ChannelOrderItem, ChannelPayment
from omnitron.channels.integrations.one_by_one import take_in_item, take_in_payment
from omnitron.channels.models import IntegrationAction
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.enums import RefundInstrument
from omnitron.orders.models import OrderItem
from omnitron.payments.enums import TransactionStatus
from omnitron.payments.models import LoyaltyTransaction, Transaction
from tests.channels.ingest.payloads import CONTEXT, House, an_order
from tests.factories.payments import PosFactory

LINE = ChannelOrderItem(
    remote_id="L1",
    sku="KETTLE",
    quantity=1,
    price=Decimal("100.00"),
    tax_rate=Decimal("20.00"),
    status=OrderStatus.PREPARING,
    currency="try",
    tracking_number="T-1",
)
PAYMENT = ChannelPayment(RefundInstrument.CARD, Decimal("160.00"), TransactionStatus.PENDING, reference="P-1")


@pytest.fixture
def taken_in(house: House) -> House:
    house.take_in(an_order())
    return house


def action_of(row: object) -> IntegrationAction:
    content_type = ContentType.objects.get_for_model(row)
    return IntegrationAction.objects.get(content_type=content_type, object_id=row.pk)


def test_a_line_that_is_here_is_updated_and_known_so(taken_in: House) -> None:
    order = taken_in.order()

    item = take_in_item(taken_in.channel, order.pk, LINE, audit_context=CONTEXT)

    assert (item.status, item.tracking_number, OrderItem.objects.count()) == (450, "T-1", 2)
    assert (action_of(item).version_date, action_of(item).remote_id) == (item.modified_date, "L1")
    assert action_of(item).state["told"] == {"status": 450, "tracking_number": "T-1"}


def test_a_line_that_is_new_is_added_with_its_stock_reserved(taken_in: House) -> None:
    order = taken_in.order()
    two = replace(LINE, remote_id="L3", quantity=2)

    item = take_in_item(taken_in.channel, order.pk, two, audit_context=CONTEXT)

    assert (item.order, item.product) == (order, taken_in.kettle)
    assert (item.reserved_units, item.attributes) == (2, {"quantity": 2})
    assert (item.stock_list, action_of(item).remote_id) == (taken_in.channel.catalog.stock_list, "L3")
    assert taken_in.order().total_difference == Decimal("-100.00")


def test_a_line_of_a_product_nobody_knows_is_refused(taken_in: House) -> None:
    with pytest.raises(OrderParkedException) as refused:
        take_in_item(taken_in.channel, taken_in.order().pk, replace(LINE, sku="POT"), audit_context=CONTEXT)

    assert (refused.value.cause, OrderItem.objects.count()) == ("unknown_product", 2)


def test_a_payment_is_found_again_by_its_reference(taken_in: House) -> None:
    order, pos = taken_in.order(), PosFactory(slug="main", channel=taken_in.channel)
    first = take_in_payment(taken_in.channel, order, replace(PAYMENT, pos="main"), audit_context=CONTEXT)

    confirmed = replace(PAYMENT, pos="main", status=TransactionStatus.CONFIRMED)
    second = take_in_payment(taken_in.channel, order, confirmed, audit_context=CONTEXT)
    other = take_in_payment(taken_in.channel, order, replace(PAYMENT, reference="P-2"), audit_context=CONTEXT)

    assert (first.pk, second.status, second.pos) == (second.pk, "confirmed", pos)
    assert second.transaction_date == order.date_placed
    assert other.pk != first.pk
    assert (action_of(second).remote_id, action_of(other).remote_id) == ("P-1", "P-2")
    assert taken_in.order().modified_date > order.modified_date


def test_a_payment_without_a_reference_is_found_again_by_its_amount(taken_in: House) -> None:
    points = ChannelPayment(RefundInstrument.LOYALTY, Decimal("5.00"), TransactionStatus.CONFIRMED)

    rows = [
        take_in_payment(taken_in.channel, taken_in.order(), points, audit_context=CONTEXT) for _ in range(2)
    ]

    assert rows[0] == rows[1] == LoyaltyTransaction.objects.get()


def test_what_was_paid_at_the_channel_has_no_row(taken_in: House) -> None:
    paid = replace(PAYMENT, instrument=RefundInstrument.CHANNEL)

    assert take_in_payment(taken_in.channel, taken_in.order(), paid, audit_context=CONTEXT) is None
    assert Transaction.objects.count() == 0


def test_a_payment_at_a_pos_nobody_knows_is_refused(taken_in: House) -> None:
    with pytest.raises(OrderParkedException) as refused:
        take_in_payment(taken_in.channel, taken_in.order(), replace(PAYMENT, pos="?"), audit_context=CONTEXT)

    assert (refused.value.cause, refused.value.subject) == ("unknown_payment_option", "?")
    assert Transaction.objects.count() == 0
