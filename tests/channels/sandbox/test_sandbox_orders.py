"""An order of the sandbox in Omnitron's words, and what of it cannot be understood."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations.dto import ChannelPayment
from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.integrations.sandbox.orders import STATUSES, channel_order, raw_order
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.enums import RefundInstrument
from omnitron.payments.enums import TransactionStatus
from tests.channels.sandbox.visits import Visit

RAW = {
    "id": 10000007,
    "number": "SB7-000007",
    "placed": "2026-11-18T09:30:00.000Z",
    "modified": "2026-11-19T15:00:00.123Z",
    "status": "Shipped",
    "currency": "TRY",
    "totals": {
        "gross": "1449.70",
        "discount": "125.00",
        "shipping": "59.90",
        "instalment_interest": "59.61",
        "total": "1444.21",
    },
    "customer": {
        "id": 500001,
        "email": "musteri1.7@example.com",
        "first_name": "Işıl",
        "last_name": "Tığ",
        "phone": "+905551112233",
    },
    "shipment_address": {
        "id": 5000010,
        "first_name": "Işıl",
        "last_name": "Tığ",
        "phone": "+905551112233",
        "line": "Moda Caddesi No: 3 D: 4",
        "country_code": "TR",
        "city": "İstanbul",
        "district": "Kadıköy",
        "neighbourhood": "Caferağa",
        "postcode": "34710",
        "company": None,
        "tax_office": None,
        "tax_number": None,
    },
    "lines": [
        {
            "id": 100000070,
            "sku": "GML-1002-BYZ-L",
            "barcode": "8690000010027",
            "quantity": 1,
            "price": "899.90",
            "discount": "0.00",
            "vat_rate": "10.00",
            "currency": "TRY",
            "status": "Shipped",
            "shipping_provider": "Aras Kargo",
            "tracking_number": "TR10000007",
            "invoice_number": None,
        },
        {
            "id": 100000071,
            "sku": "CRP-1006-STD",
            "barcode": "8690000010065",
            "quantity": 3,
            "price": "183.27",
            "discount": "75.00",
            "vat_rate": "10.00",
            "currency": "TRY",
            "status": "Cancelled",
            "shipping_provider": "Aras Kargo",
            "tracking_number": None,
            "invoice_number": None,
        },
    ],
    "discounts": [{"code": "HOSGELDIN50", "amount": "50.00"}],
    "payment": {"type": "card", "instalments": 6, "bin": "454360", "reference": "P123456789"},
    "shipping_provider": "Aras Kargo",
    "tracking_number": "TR10000007",
    "invoice_number": None,
    "cancellation_reason": None,
    "instructions": "",
}
RAW["invoice_address"] = RAW["shipment_address"] | {
    "id": 5000011,
    "company": "Tığ Tekstil Ltd. Şti.",
    "tax_office": "Kadıköy",
    "tax_number": "1234567890",
}


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    raw = deepcopy(RAW)
    part = raw
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = to
    return raw


def test_an_order() -> None:
    order = channel_order(RAW, pos="demo")

    assert (order.number, order.remote_id) == ("SB7-000007", "10000007")
    assert order.date_placed == datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
    assert order.modified_date == datetime(2026, 11, 19, 15, 0, 0, 123000, tzinfo=UTC)
    assert (order.currency, order.amount, order.shipping_amount) == (
        "try",
        Decimal("1444.21"),
        Decimal("59.90"),
    )
    assert (order.installment_interest_amount, order.installment_count) == (Decimal("59.61"), 6)
    assert (order.payment_option, order.cargo_company, order.notes) == ("credit_card", "aras", None)
    assert [(row.code, row.amount) for row in order.discounts] == [("HOSGELDIN50", Decimal("50.00"))]
    assert order.payments == [
        ChannelPayment(
            instrument=RefundInstrument.CARD,
            amount=Decimal("1444.21"),
            status=TransactionStatus.CONFIRMED,
            date=order.date_placed,
            reference="P123456789",
            bin_number="454360",
            installment_count=6,
            pos="demo",
        )
    ]
    address = order.shipping_address
    assert (address.country.code, address.city.name) == ("tr", "İstanbul")
    assert (address.township.name, address.district.name) == ("Kadıköy", "Caferağa")
    assert order.billing_address.tax_no == "1234567890"
    assert (order.customer.channel_code, order.customer.first_name) == ("500001", "Işıl")


def test_its_lines() -> None:
    shipped, cancelled = channel_order(RAW, pos=None).items

    assert (shipped.remote_id, shipped.sku, shipped.quantity) == ("100000070", "GML-1002-BYZ-L", 1)
    assert (shipped.price, shipped.discount_amount, shipped.tax_rate) == (
        Decimal("899.90"),
        Decimal("0.00"),
        Decimal("10.00"),
    )
    assert (shipped.status, shipped.tracking_number) == (OrderStatus.SHIPPED, "TR10000007")
    assert (cancelled.quantity, cancelled.price, cancelled.discount_amount) == (
        3,
        Decimal("549.81"),
        Decimal("75.00"),
    )
    assert (cancelled.status, cancelled.tracking_number) == (OrderStatus.CANCELLED, None)


def test_what_the_marketplace_collected_has_no_payment_row() -> None:
    raw = changed("payment", to={"type": "marketplace", "instalments": 1, "bin": None, "reference": "P1"})

    order = channel_order(raw, pos="demo")

    assert (order.payment_option, order.payments) == ("channel", [])


def test_amounts_of_every_order_add_up() -> None:
    visit = Visit(orders=150, faults=FaultPlan(changed=0.2, cancelled=0.1, line_cancelled=0.1, returned=0.1))

    for raw in visit.truth.orders.values():
        order = channel_order(raw, pos=None)
        lines = sum(item.price - item.discount_amount for item in order.items)
        discounts = sum(row.amount for row in order.discounts)
        assert order.amount == (lines - discounts + order.shipping_amount + order.installment_interest_amount)
        assert {item.status for item in order.items} >= {STATUSES[raw["status"]]}


def test_the_pull_knows_an_order_without_looking_inside() -> None:
    raw = raw_order({"id": 5, "number": "SB7-5", "modified": "2026-11-19T15:00:00.123Z"})

    assert (raw.remote_id, raw.number) == ("5", "SB7-5")
    assert raw.modified_date == datetime(2026, 11, 19, 15, 0, 0, 123000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "cause", "subject"),
    [
        (changed("lines", 0, "status", to="Lost"), ParkCause.UNKNOWN_STATUS, "Lost"),
        (changed("payment", "type", to="barter"), ParkCause.UNKNOWN_PAYMENT_OPTION, "barter"),
        (changed("shipping_provider", to="Posta Güvercini"), ParkCause.UNKNOWN_CARRIER, "Posta Güvercini"),
    ],
)
def test_what_cannot_be_understood(raw: dict[str, Any], cause: ParkCause, subject: str) -> None:
    with pytest.raises(OrderParkedException) as refusal:
        channel_order(raw, pos=None)

    assert (refusal.value.cause, refusal.value.subject) == (cause, subject)
