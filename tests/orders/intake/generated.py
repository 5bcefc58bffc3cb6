"""Orders of many shapes as a channel might hand them over, from a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from omnitron.catalogs.models import Product, StockList
from omnitron.channels.models import Channel, DataSource
from omnitron.core.audit import AuditContext
from omnitron.customers.models import Customer, District
from omnitron.customers.use_cases import create_address
from omnitron.omnicore.money import ZERO
from omnitron.omnicore.orders.enums import OrderStatus, ShippingCompany
from omnitron.orders.dto import IncomingDiscount, IncomingItem, IncomingOrder, IncomingPayment
from omnitron.orders.enums import RefundInstrument
from omnitron.payments.enums import TransactionStatus
from omnitron.payments.models import PaymentOption, Pos
from tests.factories.catalogs import ProductFactory, ProductStockFactory, StockListFactory
from tests.factories.channels import ChannelFactory, DataSourceFactory
from tests.factories.customers import CustomerFactory, DistrictFactory
from tests.factories.payments import PaymentOptionFactory, PosFactory

CENT = Decimal("0.01")
PLACED = datetime(2026, 1, 2, 10, 11, 12, 123456, tzinfo=UTC)
STATUSES = [400] * 6 + [200, 300, 450, 500, 550, 100, 600]
NAMES = ["Ayşe", "Ada", "O'Neil", 'A "B"', "back\\slash", "tab\tand\nline", "", "😀", r"\N", "{x}"]


@dataclass
class World:
    """What is there before any order is taken in."""

    channel: Channel = field(default_factory=ChannelFactory)
    products: list[Product] = field(default_factory=list)
    stock_lists: list[StockList | None] = field(default_factory=list)
    vendors: list[DataSource] = field(default_factory=list)
    districts: list[District] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    pos: Pos = field(default_factory=PosFactory)
    payment_option: PaymentOption = field(default_factory=PaymentOptionFactory)


def world(audit_context: AuditContext) -> World:
    """Products with stock, with little, with none; two vendors; customers known by code, by e-mail, by both."""
    made = World(
        products=ProductFactory.create_batch(5),
        vendors=DataSourceFactory.create_batch(2),
        districts=DistrictFactory.create_batch(2),
    )
    stock_list = made.channel.catalog.stock_list
    made.stock_lists = [stock_list, stock_list, stock_list, StockListFactory(), None]
    for product, stock in zip(made.products, (1000, 1000, 7, 0), strict=False):
        ProductStockFactory(product=product, stock_list=stock_list, stock=stock)
    made.customers = [
        CustomerFactory(channel=made.channel, channel_code="C-0", email="zero@example.com"),
        CustomerFactory(channel=made.channel, channel_code=None, email="one@example.com"),
        CustomerFactory(channel=made.channel, channel_code="C-2", email="one@example.com"),
        # Of another channel: never found.
        CustomerFactory(channel_code="C-3", email="three@example.com"),
    ]
    values = _address(Random(0), made)
    create_address({**values, "customer": made.customers[0]}, audit_context=audit_context)
    return made


def incoming_orders(seed: int, count: int, world: World) -> list[IncomingOrder]:
    random = Random(seed)
    return [_order(random, world, f"N-{seed}-{place}") for place in range(count)]


def _money(random: Random, most: int) -> Decimal:
    return random.randint(0, most) * CENT


def _order(random: Random, world: World, number: str) -> IncomingOrder:
    currency = random.choice(["try", "try", "eur"])
    has_discounts = random.random() < 0.5
    items = [
        _item(random, world, f"{number}/{place}", currency=currency, has_own_discount=not has_discounts)
        for place in range(random.choice([0, 1, 1, 2, 2, 3, 5]))
    ]
    shipping = _address(random, world)
    values: dict[str, Any] = {
        "date_placed": PLACED + timedelta(seconds=random.randint(0, 10**7)),
        "amount": _money(random, 100_000),
        "shipping_amount": _money(random, 3000),
        "discount_amount": _money(random, 3000),
        "extra_field": {
            "id": f"R-{number}",
            "note": random.choice(NAMES),
            "nested": {"list": [1, None, "ş"]},
        },
    }
    if currency != "try" or random.random() < 0.5:
        values["currency"] = currency
    optional = {
        "status": random.choice([200, OrderStatus.APPROVED, 350]),
        "net_shipping_amount": random.choice([None, _money(random, 3000)]),
        "shipping_interest_amount": _money(random, 500),
        "installment_interest_amount": _money(random, 5000),
        "installment_count": random.randint(1, 12),
        "shipping_tax_rate": Decimal("20.00"),
        "payment_option": random.choice([None, world.payment_option]),
        "shipping_company": ShippingCompany.ARAS,
        "tracking_number": random.choice(NAMES),
        "invoice_number": "F-1",
        "invoice_date": PLACED,
        "remote_addr": random.choice(["192.0.2.1", "2001:db8::1", None]),
        "has_gift_box": random.choice([True, False, None]),
        "notes": random.choice(NAMES),
        "is_send": random.random() < 0.5,
        "cancellation_info": {"reason": "x"},
    }
    values |= {name: value for name, value in optional.items() if random.random() < 0.4}
    return IncomingOrder(
        number=number,
        remote_id=f"R-{number}",
        values=values,
        customer=_customer(random),
        shipping_address=shipping,
        billing_address=shipping if random.random() < 0.6 else _address(random, world),
        items=items,
        discounts=_discounts(random, items) if has_discounts else (),
        payments=[_payment(random, world, currency) for _ in range(random.choice([0, 0, 1, 2, 3]))],
    )


def _item(
    random: Random, world: World, remote_id: str, *, currency: str, has_own_discount: bool
) -> IncomingItem:
    place = random.randrange(len(world.products))
    price = _money(random, 50_000)
    values: dict[str, Any] = {
        "price": price,
        "price_currency": currency,
        "tax_rate": Decimal("20.00"),
        "stock_list": world.stock_lists[place],
        "extra_field": {"id": remote_id} if random.random() < 0.9 else {},
    }
    optional = {
        "status": random.choice(STATUSES),
        "datasource": random.choice([*world.vendors, None]),
        "attributes": random.choice(
            [{"quantity": random.randint(1, 5)}, {"quantity": "2"}, {"size": "XL"}, {}]
        ),
        "retail_price": price + 1,
        "tracking_number": random.choice(NAMES),
        "tracking_url": "https://example.com/1",
        "shipping_company": ShippingCompany.MNG,
        "invoice_date": PLACED,
        "estimated_delivery_date": date(2026, 1, 9),
        "image": "order_items/1.png",
        "original_stock": 12,
    }
    values |= {name: value for name, value in optional.items() if random.random() < 0.5}
    if has_own_discount and random.random() < 0.5:
        values["discount_amount"] = random.randint(0, int(price / CENT)) * CENT
    return IncomingItem(
        product=world.products[place],
        values=values,
        remote_id=values["extra_field"].get("id", ""),
    )


def _discounts(random: Random, items: list[IncomingItem]) -> list[IncomingDiscount]:
    left = int(sum((item.values["price"] for item in items), ZERO) / CENT)
    discounts = []
    for number in range(random.choice([1, 1, 2, 3])):
        amount = random.randint(0, left)
        left -= amount
        named = [place for place in range(len(items)) if random.random() < 0.4]
        values = {"name": f"Discount {number}", "amount": amount * CENT}
        if random.random() < 0.5:
            values |= {"code": random.choice(NAMES), "offer_type": "basket"}
        discounts.append(IncomingDiscount(values=values, items=named))
    return discounts


def _payment(random: Random, world: World, currency: str) -> IncomingPayment:
    instrument = random.choice([one for one in RefundInstrument if one != RefundInstrument.CHANNEL])
    values = {
        "amount": _money(random, 50_000),
        "currency": currency,
        "status": random.choice(list(TransactionStatus)),
        "reference": random.choice(NAMES),
    }
    if instrument == RefundInstrument.CARD:
        values |= {"pos": world.pos, "bin_number": "450634", "installment_count": 3}
    if random.random() < 0.5:
        values["transaction_date"] = PLACED
    return IncomingPayment(instrument=instrument, values=values)


def _customer(random: Random) -> dict[str, Any]:
    """Few, so that orders share them: some there already, some told apart by code or e-mail alone."""
    values = {"first_name": random.choice(NAMES), "last_name": "Yılmaz"}
    code = random.choice([None, None, "", "C-0", "C-2", "C-3", "C-4", "C-5"])
    email = random.choice(["", "zero@example.com", "one@example.com", "One@example.com", "three@example.com"])
    values |= {"email": email, "channel_code": code}
    if random.random() < 0.5:
        values["phone_number"] = "05550000000"
    return values


def _address(random: Random, world: World) -> dict[str, Any]:
    district = random.choice(world.districts)
    values = {
        "first_name": "Ada",
        "last_name": "Yılmaz",
        "country": district.city.country,
        "city": district.city,
        "line": random.choice(["Moda Cad. 1", "Moda Cad. 2", NAMES[5]]),
    }
    if random.random() < 0.5:
        values |= {"township": district.township, "district": district, "postcode": "", "notes": None}
    return values
