"""Packages of the documentation's samples, taken in from the stream: what stands here afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from omnitron.catalogs.models import Product, ProductStock
from omnitron.channels.enums import IntegrationMappingType, ParkCause, WindowStatus
from omnitron.channels.integrations.dto import Intake
from omnitron.channels.integrations.trendyol.integration import CommandIntegration
from omnitron.channels.integrations.trendyol.values import stamp
from omnitron.channels.models import Channel, ParkedOrder, PullWindow
from omnitron.channels.service import ChannelService
from omnitron.core.audit import AuditContext
from omnitron.core.clock import SimulatedClock
from omnitron.core.models import AuditSource
from omnitron.omnicore.orders.enums import OrderStatus, ShippingCompany
from omnitron.orders.models import CargoCompany, Order
from tests.channels.trendyol.marketplace import Trendyol
from tests.channels.trendyol.samples import package, sample
from tests.factories.catalogs import ProductFactory, ProductStockFactory
from tests.factories.channels import IntegrationMappingFactory
from tests.factories.customers import CityFactory, CountryFactory, DistrictFactory, TownshipFactory
from tests.factories.orders import CancellationReasonFactory, CargoCompanyFactory

CONTEXT = AuditContext.system(AuditSource.CRON)
SKUS = ("111111", "merchantSku", "sku-3", "A", "B")


@dataclass
class House:
    """What the samples refer to, and the integration that pulls them."""

    trendyol: Trendyol
    integration: CommandIntegration
    clock: SimulatedClock
    express: CargoCompany

    def pull(self, *packages: dict[str, Any]) -> Intake:
        """Take these packages in, changed a minute after those before."""
        self.clock.sleep(60)
        changed = stamp(self.clock.now())
        self.trendyol.packages = [raw | {"lastModifiedDate": changed} for raw in packages]
        self.clock.sleep(60)
        return self.integration.get_orders(
            start_date=datetime.fromtimestamp(changed // 1000, tz=UTC),
            end_date=self.clock.now(),
            fetch_all_orders=True,
        )

    def reserved(self, sku: str) -> int:
        return ProductStock.objects.get(product__sku=sku).sold_quantity_unreported


@pytest.fixture
def house(
    channel: Channel, trendyol: Trendyol, integration: CommandIntegration, clock: SimulatedClock
) -> House:
    country = CountryFactory(code="tr", name="Türkiye")
    city = CityFactory(country=country, name="İstanbul")
    DistrictFactory(township=TownshipFactory(city=city, name="Sarıyer"), name="Maslak Mahallesi")
    products = [ProductFactory(sku=sku) for sku in SKUS]
    for product in products:
        ProductStockFactory(product=product, stock_list=channel.catalog.stock_list)
    for company in (ShippingCompany.ARAS, ShippingCompany.YURTICI):
        CargoCompanyFactory(shipping_company=company)
    express = CargoCompanyFactory(shipping_company=ShippingCompany.EXTERNAL_COMPANY)
    map_carrier(channel, express, "Trendyol Express")
    channel.conf = channel.conf | {"cancellation_reason_id": CancellationReasonFactory().pk}
    channel.save()
    # It was read before.
    del integration.channel
    return House(trendyol, integration, clock, express)


def map_carrier(channel: Channel, carrier: CargoCompany, name: str) -> None:
    IntegrationMappingFactory(
        about=carrier,
        integration_type=IntegrationMappingType.SALES_CHANNEL,
        code=f"{channel.pk}_{name}",
    )


def delivered() -> dict[str, Any]:
    """The sample, with a tax number where it says "Company of OMS's Tax Number"."""
    raw = package()
    raw["invoiceAddress"]["taxNumber"] = "1234567890"
    return raw


def order(number: str) -> Order:
    return Order.objects.get(number=number)


def statuses(number: str) -> list[int]:
    return list(order(number).orderitem_set.order_by("pk").values_list("status", flat=True))


def test_the_sample_is_an_order_here(house: House) -> None:
    assert house.pull(delivered()) == Intake(seen=1, created=1)

    placed = order("10654411111-3330111111")
    assert (placed.amount, placed.currency, placed.status) == (
        Decimal("498.90"),
        "try",
        OrderStatus.DELIVERED,
    )
    assert placed.total_difference == Decimal("0.00")
    assert placed.date_placed == datetime(2025, 11, 4, 7, 48, 53, 685000, tzinfo=UTC)
    assert (placed.tracking_number, placed.cargo_company) == ("210090111111", house.express)
    assert placed.extra_field["trendyol"]["etgbNo"] == "25341453EX025864"
    assert placed.shipping_address.district.name == "Maslak Mahallesi"
    assert placed.billing_address.tax_no == "1234567890"
    assert placed.customer.channel_code == "1451111111"
    [item] = placed.orderitem_set.all()
    assert (item.product.sku, item.price, item.tax_rate, item.status) == (
        "111111",
        Decimal("498.90"),
        Decimal("20.00"),
        OrderStatus.DELIVERED,
    )


def test_the_same_sample_again_changes_nothing(house: House) -> None:
    house.pull(delivered())
    window = {"start_date": house.clock.now().replace(hour=0), "end_date": house.clock.now()}

    assert house.integration.get_orders(**window, fetch_all_orders=True) == Intake(seen=1, unchanged=1)
    assert Order.objects.count() == 1


def test_discounts_whoever_pays_them(house: House) -> None:
    assert house.pull(package("discounts")) == Intake(seen=1, created=1)

    placed = order("10654422222-3330122222")
    assert (placed.amount, placed.total_difference) == (Decimal("225.99"), Decimal("0.00"))
    items = placed.orderitem_set.order_by("pk")
    assert [(item.price, item.discount_amount) for item in items] == [
        (Decimal("51.98"), Decimal("25.99")),
        (Decimal("300.00"), Decimal("100.00")),
    ]
    discounts = list(placed.discountitem_set.values_list("name", "offer_type", "amount"))
    assert ("Trendyol", "ty_discount", Decimal("30.00")) in discounts


def test_what_awaits_its_payment_reserves_and_no_more(house: House) -> None:
    awaiting = package("awaiting")
    number = "252647418-3330111222"

    house.pull(awaiting)
    assert (statuses(number), house.reserved("merchantSku")) == ([OrderStatus.PAYMENT_WAITING], 1)

    line = awaiting["lines"][0] | {"orderLineItemStatusName": "Created"}
    assert house.pull(awaiting | {"status": "Created", "lines": [line]}) == Intake(seen=1, updated=1)
    assert (statuses(number), house.reserved("merchantSku")) == ([OrderStatus.APPROVED], 1)


def test_what_is_not_paid_gives_its_stock_back(house: House) -> None:
    awaiting = package("awaiting")
    house.pull(awaiting)

    line = awaiting["lines"][0] | {"orderLineItemStatusName": "Cancelled"}
    assert house.pull(awaiting | {"status": "Cancelled", "lines": [line]}) == Intake(seen=1, updated=1)

    assert statuses("252647418-3330111222") == [OrderStatus.CANCELLED]
    assert house.reserved("merchantSku") == 0


def test_a_package_that_is_split(house: House) -> None:
    second, first, old = sample("split")["content"]
    created = [line | {"orderLineItemStatusName": "Created"} for line in old["lines"]]
    house.pull(old | {"status": "Created", "lines": created})
    assert (house.reserved("A"), house.reserved("B")) == (2, 1)

    assert house.pull(second, first, old) == Intake(seen=3, created=2, updated=1)

    assert statuses("10654433333-3330133331") == [OrderStatus.CANCELLED] * 2
    assert statuses("10654433333-3330133332") == [OrderStatus.APPROVED]
    assert statuses("10654433333-3330133333") == [OrderStatus.APPROVED]
    assert (house.reserved("A"), house.reserved("B")) == (2, 1)
    orders = Order.objects.filter(number__startswith="10654433333-")
    assert sum(row.amount - row.refund_amount for row in orders) == Decimal("99.90")


@pytest.mark.parametrize(
    ("changes", "cause", "subject"),
    [
        ({"status": "Repack"}, ParkCause.UNKNOWN_STATUS, "Repack"),
        ({"cargoProviderName": "Kurye Ali"}, ParkCause.UNKNOWN_CARRIER, "Kurye Ali"),
        ({"packageTotalPrice": 498.80}, ParkCause.BROKEN_TOTAL, "-0.10"),
    ],
)
def test_what_is_parked_takes_no_other_with_it(
    house: House, changes: dict[str, Any], cause: ParkCause, subject: str
) -> None:
    other = package("discounts")

    assert house.pull(package(**changes), other) == Intake(seen=2, created=1, parked=1)

    parked = ParkedOrder.objects.get()
    assert (parked.cause, parked.subject) == (cause, subject)
    assert parked.payload["shipmentPackageId"] == 3330111111
    assert Product.objects.count() == len(SKUS)


def test_a_pull_and_the_proof_that_nothing_is_missing(house: House) -> None:
    """Three months at first, older ones counted in the stream; from then on what changed."""
    now, channel = house.clock.now(), house.integration.channel
    house.trendyol.packages = [
        delivered() | {"shipmentPackageId": number, "lastModifiedDate": stamp(now - timedelta(days=days))}
        for number, days in enumerate((1, 20, 40, 80), start=1)
    ]

    created = []
    for _ in range(3):
        run = ChannelService.pull_orders(channel, clock=house.clock, audit_context=CONTEXT)
        assert run.error is None
        created.append(run.intake.created)
        house.clock.advance(timedelta(days=3))

    assert created == [4, 0, 0]
    windows = PullWindow.objects.filter(window_to__lt=now)
    assert set(windows.values_list("status", flat=True)) == {WindowStatus.PROVED}
    assert windows.count() == 88
