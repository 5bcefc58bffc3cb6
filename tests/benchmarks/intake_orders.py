"""The orders that are taken in when intake is measured: the usual of a marketplace, every reference known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from omnitron.catalogs.models import Product, ProductStock
from omnitron.channels.models import Channel
from omnitron.customers.models import District
from omnitron.omnicore.money import ZERO
from omnitron.orders.dto import IncomingDiscount, IncomingItem, IncomingOrder, IncomingPayment
from omnitron.orders.enums import RefundInstrument
from omnitron.payments.enums import TransactionStatus

ITEMS = (1, 2, 2, 3, 3, 4)
NEW_CUSTOMERS, ONE_ADDRESS, DISCOUNTED, WITH_INTEREST, BY_CARD = 0.7, 0.8, 0.25, 0.1, 0.4
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


class Workload:
    """Orders without end. 2.5 items, 0.7 new customers and 0.25 discounts each, on the average."""

    def __init__(self, seed: int = 1) -> None:
        self._random = Random(seed)
        self._made = 0
        self._customers = 0
        self.channel = Channel.objects.filter(catalog__isnull=False).order_by("pk")[0]
        products = Product.objects.filter(sku__startswith="BENCH-").order_by("pk")
        self._products = list(products.values_list("pk", flat=True))
        self._stock_list = ProductStock.objects.filter(product=self._products[0]).get().stock_list_id
        self._districts = list(District.objects.select_related("city").order_by("pk"))

    def orders(self, count: int) -> list[IncomingOrder]:
        return [self._order() for _ in range(count)]

    def _order(self) -> IncomingOrder:
        self._made += 1
        number = f"BENCH-{self._made:08d}"
        items = [self._item(f"{number}-{place}") for place in range(self._random.choice(ITEMS))]
        goods = sum((item.values["price"] for item in items), ZERO)
        discount = (goods / 10).quantize(Decimal("0.01")) if self._is(DISCOUNTED) else ZERO
        interest = Decimal("7.77") if self._is(WITH_INTEREST) else ZERO
        amount = goods - discount + interest + Decimal("29.90")
        customer = self._customer()
        address = self._address(customer)
        return IncomingOrder(
            number=number,
            remote_id=str(10**9 + self._made),
            values={
                "date_placed": FIRST + timedelta(seconds=self._made),
                "amount": amount,
                "shipping_amount": Decimal("29.90"),
                "shipping_tax_rate": Decimal("20.00"),
                "installment_interest_amount": interest,
                "extra_field": {"id": str(10**9 + self._made), "cargo": {"name": "Sürat", "deci": 2}},
                "language_code": "tr",
                "remote_addr": "192.0.2.7",
                "delivery_type": "standard",
            },
            customer=customer,
            shipping_address=address,
            billing_address=address if self._is(ONE_ADDRESS) else {**address, "title": "Fatura"},
            items=items,
            discounts=[IncomingDiscount(values={"name": "Sepet indirimi", "amount": discount})]
            if discount
            else (),
            payments=[self._payment(amount)] if self._is(BY_CARD) else (),
        )

    def _item(self, remote_id: str) -> IncomingItem:
        return IncomingItem(
            product=self._random.choice(self._products),
            values={
                "status": 400,
                "price": Decimal(self._random.randint(1000, 90_000)) / 100,
                "tax_rate": Decimal("20.00"),
                "stock_list": self._stock_list,
                "attributes": {"quantity": self._random.randint(1, 3), "size": "XL"},
                "extra_field": {"id": remote_id, "barcode": "8690000000001"},
            },
            remote_id=remote_id,
        )

    def _customer(self) -> dict[str, Any]:
        if self._is(NEW_CUSTOMERS) or not self._customers:
            self._customers += 1
            who = self._customers
        else:
            who = self._random.randint(1, self._customers)
        return {
            "channel_code": f"C-{who}",
            "email": f"customer{who}@example.com",
            "phone_number": f"+90532{who:07d}",
            "first_name": "Ayşe",
            "last_name": f"Yılmaz {who}",
        }

    def _address(self, customer: dict[str, Any]) -> dict[str, Any]:
        district = self._districts[len(customer["last_name"]) % len(self._districts)]
        return {
            "first_name": customer["first_name"],
            "last_name": customer["last_name"],
            "phone_number": customer["phone_number"],
            "country": district.city.country_id,
            "city": district.city_id,
            "township": district.township_id,
            "district": district.pk,
            "line": f'Moda Caddesi {customer["channel_code"]} daire 4, kapı "B"',
            "postcode": "34710",
        }

    def _payment(self, amount: Decimal) -> IncomingPayment:
        return IncomingPayment(
            instrument=RefundInstrument.CARD,
            values={"amount": amount, "status": TransactionStatus.CONFIRMED, "bin_number": "450634"},
        )

    def _is(self, share: float) -> bool:
        return self._random.random() < share
