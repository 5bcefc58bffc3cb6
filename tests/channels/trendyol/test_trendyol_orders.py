"""What a package is as an order."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations.dto import (
    ChannelAddress,
    ChannelCustomer,
    ChannelDiscount,
    ChannelOrder,
    ChannelPlace,
)
from omnitron.channels.integrations.trendyol.carriers import CARRIERS
from omnitron.channels.integrations.trendyol.orders import channel_order, raw_order
from omnitron.omnicore.orders.enums import OrderStatus
from tests.channels.trendyol.samples import package, sample


def order_of(raw: dict[str, Any], **conf: Any) -> ChannelOrder:
    return channel_order(raw, conf=conf)


def parked(raw: dict[str, Any]) -> OrderParkedException:
    with pytest.raises(OrderParkedException) as caught:
        channel_order(raw, conf={})
    return caught.value


def with_line(name: str = "get_shipment_packages", **changes: Any) -> dict[str, Any]:
    """A package whose first line is changed."""
    raw = package(name)
    raw["lines"][0] |= changes
    return raw


def test_a_package_is_an_order_of_its_own() -> None:
    order = order_of(package())

    assert (order.number, order.remote_id) == ("10654411111-3330111111", "3330111111")
    assert (order.amount, order.currency) == (Decimal("498.90"), "try")
    assert (order.shipping_amount, order.payments, order.discounts) == (Decimal("0.00"), (), [])
    [item] = order.items
    assert (item.remote_id, item.sku, item.product_remote_id) == ("4765111111", "111111", "8683772071724")
    assert (item.quantity, item.price, item.discount_amount) == (1, Decimal("498.90"), Decimal("0.00"))
    assert (item.tax_rate, item.currency, item.status) == (Decimal("20.0"), "try", OrderStatus.DELIVERED)
    assert order.e_archive_url == item.e_archive_url == "https://efatura01.evidea.com/11111111111"


def test_who_buys_and_where_it_goes() -> None:
    order = order_of(package())

    assert order.customer == ChannelCustomer(
        email="pf+j1jm1x11@trendyolmail.com",
        first_name="Trendyol",
        last_name="Customer",
        channel_code="1451111111",
    )
    line = package()["shipmentAddress"]["address1"]
    assert order.shipping_address == ChannelAddress(
        first_name="Trendyol",
        last_name="Customer",
        line=line,
        country=ChannelPlace(code="tr"),
        city=ChannelPlace(name="İstanbul", code="34"),
        township=ChannelPlace(name="Sarıyer", code="54"),
        district=ChannelPlace(name="Maslak Mahallesi", code="21111"),
        postcode="34200",
        email="pf+j1jm1x11@trendyolmail.com",
        remote_id="11111111",
    )
    assert order.billing_address == ChannelAddress(
        first_name="Trendyol",
        last_name="Customer",
        line=line,
        country=ChannelPlace(code="tr"),
        city=ChannelPlace(name="İstanbul"),
        township=ChannelPlace(name="Sarıyer", code="54"),
        email="pf+j1jm1x11@trendyolmail.com",
        tax_office="Company of OMS's Tax Office",
        tax_no="Company of OMS's Tax Number",
        identity_number="11111111111",
        remote_id="11111112",
    )


def test_a_companys_invoice() -> None:
    billing = order_of(package("discounts")).billing_address

    assert (billing.company_name, billing.tax_office, billing.tax_no) == (
        "Örnek Tekstil A.Ş.",
        "Maslak",
        "1234567890",
    )
    assert billing.e_bill_taxpayer is True


def test_abroad_a_county_or_a_state_is_the_township_and_an_empty_line_is_the_whole_address() -> None:
    raw = package()
    raw["shipmentAddress"] |= {"district": "", "countyName": "Cluj", "countyId": 7, "countryCode": "RO"}
    raw["invoiceAddress"] |= {"district": "", "stateName": "Ar Riyad", "address1": "", "countryCode": "SA"}

    order = order_of(raw)

    assert order.shipping_address.country == ChannelPlace(code="ro")
    assert order.shipping_address.township == ChannelPlace(name="Cluj", code="7")
    assert order.billing_address.township == ChannelPlace(name="Ar Riyad")
    assert order.billing_address.line == raw["invoiceAddress"]["fullAddress"]


def test_the_orders_date_is_turkish_the_others_are_gmt() -> None:
    """In the sample the package was made four seconds after the order, if the dates are read so."""
    raw = package()
    raw["packageHistories"] += [
        {"createdDate": 1762300000000, "status": "Shipped"},
        {"createdDate": 1762400000000, "status": "Delivered"},
    ]

    order = order_of(raw)

    assert order.date_placed == datetime(2025, 11, 4, 7, 48, 53, 685000, tzinfo=UTC)
    assert raw["packageHistories"][0]["createdDate"] == 1762242537624
    assert order.modified_date == datetime(2025, 11, 11, 12, 50, 8, 581000, tzinfo=UTC)
    assert raw_order(raw).modified_date == order.modified_date
    assert order.items[0].shipped_date == datetime(2025, 11, 4, 23, 46, 40, tzinfo=UTC)
    assert order.items[0].delivered_date == datetime(2025, 11, 6, 3, 33, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("Awaiting", OrderStatus.PAYMENT_WAITING),
        ("Created", OrderStatus.APPROVED),
        ("Picking", OrderStatus.PREPARING),
        ("Invoiced", OrderStatus.PREPARING),
        ("Shipped", OrderStatus.SHIPPED),
        ("AtCollectionPoint", OrderStatus.READY_FOR_PICKUP),
        ("UnDelivered", OrderStatus.ATTEMPTED_DELIVERY),
        ("Delivered", OrderStatus.DELIVERED),
        ("Returned", OrderStatus.REFUNDED),
        ("Cancelled", OrderStatus.CANCELLED),
        ("UnSupplied", OrderStatus.CANCELLED),
        ("UnPacked", OrderStatus.CANCELLED),
    ],
)
def test_each_status(name: str, status: OrderStatus) -> None:
    raw = with_line(orderLineItemStatusName=name)

    order = order_of(raw | {"status": name})

    assert [item.status for item in order.items] == [status]
    assert order.cancellation_reason is None


@pytest.mark.parametrize("name", ["Repack", "Verified", "created", ""])
def test_an_unknown_status_is_parked(name: str) -> None:
    raw = package(status=name, packageHistories=[{"createdDate": 1, "status": name}])

    error = parked(raw)

    assert (error.cause, error.subject) == (ParkCause.UNKNOWN_STATUS, name)


def test_an_unknown_status_of_a_line_is_parked() -> None:
    error = parked(with_line(orderLineItemStatusName="Vanished"))

    assert (error.cause, error.subject) == (ParkCause.UNKNOWN_STATUS, "Vanished")


@pytest.mark.parametrize(
    ("of_line", "of_package", "status"),
    [
        ("Cancelled", "Created", OrderStatus.CANCELLED),
        ("UnSupplied", "Picking", OrderStatus.CANCELLED),
        ("Returned", "Delivered", OrderStatus.REFUNDED),
        # What of a claim is accepted, another service tells.
        ("ReturnAccepted", "Delivered", OrderStatus.DELIVERED),
        # The package's word is the later one.
        ("Created", "Shipped", OrderStatus.SHIPPED),
        ("Created", "Cancelled", OrderStatus.CANCELLED),
        ("Cancelled", "Returned", OrderStatus.REFUNDED),
    ],
)
def test_a_line_may_be_out_of_its_package(of_line: str, of_package: str, status: OrderStatus) -> None:
    raw = with_line(orderLineItemStatusName=of_line) | {"status": of_package}

    assert [item.status for item in order_of(raw).items] == [status]


def test_what_awaits_its_payment_waits_for_its_payment() -> None:
    """The sample has no `status`; such an order only reserves stock."""
    order = order_of(package("awaiting"))

    assert [item.status for item in order.items] == [OrderStatus.PAYMENT_WAITING]
    assert (order.amount, order.cargo_company, order.tracking_number) == (Decimal("55.95"), None, None)


def test_discounts_of_units_add_up_whoever_pays_them() -> None:
    """The sellers' is the line's own, Trendyol's stands beside it; a unit's cents are its own."""
    order = order_of(package("discounts"))

    clutch, mug = order.items
    assert (clutch.quantity, clutch.price, clutch.discount_amount) == (2, Decimal("51.98"), Decimal("25.99"))
    assert (mug.quantity, mug.price, mug.discount_amount) == (3, Decimal("300.00"), Decimal("70.00"))
    assert order.discounts == [
        ChannelDiscount(
            name="Trendyol",
            offer_type="ty_discount",
            amount=Decimal("30.00"),
            item_remote_ids=["56040535"],
        )
    ]
    given = sum(item.discount_amount for item in order.items) + sum(d.amount for d in order.discounts)
    assert sum(item.price for item in order.items) - given == order.amount == Decimal("225.99")
    assert mug.extra_field["trendyol"]["discountDetails"][2] == {
        "lineItemPrice": "66.66",
        "lineItemSellerDiscount": "23.34",
        "lineItemTyDiscount": "10.00",
    }


@pytest.mark.parametrize(
    "units",
    [
        [{"lineItemPrice": 498.89, "lineItemSellerDiscount": 0.0, "lineItemTyDiscount": 0.0}],
        [{"lineItemPrice": 498.9, "lineItemSellerDiscount": 0.01, "lineItemTyDiscount": 0.0}],
        [{"lineItemPrice": 249.45, "lineItemSellerDiscount": 0, "lineItemTyDiscount": 0}] * 2,
        [],
    ],
)
def test_a_line_that_does_not_add_up_is_parked(units: list[dict[str, float]]) -> None:
    error = parked(with_line(discountDetails=units))

    assert (error.cause, error.subject) == (ParkCause.BROKEN_TOTAL, "4765111111")


def test_another_currency_in_a_line_is_parked() -> None:
    error = parked(with_line(currencyCode="AED"))

    assert (error.cause, error.subject) == (ParkCause.WRONG_CURRENCY, "AED")


@pytest.mark.parametrize("gone", ["lines", "customerId", "shipmentAddress", "packageTotalPrice"])
def test_what_lacks_something_is_not_understood(gone: str) -> None:
    raw = package()
    del raw[gone]

    with pytest.raises(KeyError, match=gone):
        channel_order(raw, conf={})


def test_carriers_are_known_with_and_without_the_marketplace_in_their_name() -> None:
    for name, code in CARRIERS.items():
        for written in (name, f"{name} Marketplace"):
            order = order_of(package(cargoProviderName=written))
            assert order.cargo_company == order.items[0].shipping_company == code

    assert order_of(package(cargoProviderName="Yurtiçi Kargo Marketplace")).cargo_company == "yurtici"


def test_a_carrier_without_a_code_goes_by_its_name() -> None:
    order = order_of(package(cargoProviderName="Trendyol Express Marketplace"))

    assert order.cargo_company == order.items[0].shipping_company == "Trendyol Express"


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"whoPays": 1, "cargoSenderNumber": "210090111111"}, "210090111111"),
        ({"whoPays": 1, "cargoSenderNumber": ""}, "7280027504111111"),
        ({"whoPays": None, "cargoSenderNumber": "210090111111"}, "7280027504111111"),
        ({"whoPays": None, "cargoTrackingNumber": 72602420957047276000}, "72602420957047276000"),
    ],
)
def test_the_tracking_number_is_that_of_who_pays_the_carrier(changes: dict[str, Any], number: str) -> None:
    assert order_of(package(**changes)).tracking_number == number


@pytest.mark.parametrize(
    ("changes", "delivery_type"),
    [
        ({}, "standard"),
        ({"fastDeliveryType": "TodayDelivery"}, "same_day"),
        ({"fastDeliveryType": "SameDayShipping"}, "same_day"),
        ({"fastDeliveryType": "FastDelivery"}, "next_day"),
        ({"fastDeliveryType": "ByDrone"}, None),
        ({"deliveryAddressType": "CollectionPoint"}, "click_and_collect"),
    ],
)
def test_how_it_is_delivered(changes: dict[str, Any], delivery_type: str | None) -> None:
    assert order_of(package(**changes)).delivery_type == delivery_type


def test_export_papers_and_what_else_has_no_column_are_kept() -> None:
    kept = order_of(package()).extra_field["trendyol"]

    assert {name: kept[name] for name in ("micro", "etgbNo", "etgbDate", "hsCode")} == {
        "micro": True,
        "etgbNo": "25341453EX025864",
        "etgbDate": 1762646400000,
        "hsCode": "711111000000",
    }
    assert kept["orderNumber"] == "10654411111"
    assert "originPackageIds" not in kept


def test_a_split_package_is_cancelled_for_those_it_was_split_into() -> None:
    second, first, old = [order_of(raw) for raw in sample("split")["content"]]

    assert [order.number for order in (old, first, second)] == [
        "10654433333-3330133331",
        "10654433333-3330133332",
        "10654433333-3330133333",
    ]
    assert {item.status for item in old.items} == {OrderStatus.CANCELLED}
    assert old.extra_field["trendyol"]["status"] == "UnPacked"
    assert [item.status for order in (first, second) for item in order.items] == [OrderStatus.APPROVED] * 2
    assert first.amount + second.amount == old.amount == Decimal("99.90")
    assert first.extra_field["trendyol"]["originPackageIds"] == [3330133331]
    assert first.extra_field["trendyol"]["createdBy"] == "split"


def test_why_something_was_cancelled_is_trendyols_code() -> None:
    raw = with_line(orderLineItemStatusName="Cancelled", cancelReasonCode=504) | {"status": "Cancelled"}

    assert order_of(raw).cancellation_reason == "504"
