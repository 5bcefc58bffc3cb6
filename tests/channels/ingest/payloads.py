"""A channel made up for these tests: what it sends, how that is read, and a house that knows what it refers to."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from omnitron.catalogs.models import Product, ProductStock
from omnitron.channels.integrations.dto import (
    ChannelAddress,
    ChannelCustomer,
    ChannelDiscount,
    ChannelOrder,
    ChannelOrderItem,
    ChannelPayment,
    ChannelPlace,
    Intake,
    RawOrder,
)
from omnitron.channels.integrations.ingest import take_in_page
from omnitron.channels.models import Channel
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.enums import RefundInstrument
from omnitron.orders.models import CancellationReason, Order
from omnitron.payments.enums import TransactionStatus
from tests.factories.catalogs import ProductFactory
from tests.factories.channels import ChannelFactory
from tests.factories.customers import CityFactory, CountryFactory, DistrictFactory, TownshipFactory
from tests.factories.orders import CancellationReasonFactory

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
CONTEXT = AuditContext.system(AuditSource.CHANNEL)


def a_line(line: str = "L1", **changes: Any) -> dict[str, Any]:
    return {"id": line, "sku": "KETTLE", "quantity": 1, "price": "100.00", "status": 400, **changes}


def an_address(**changes: Any) -> dict[str, Any]:
    return {"country": "tr", "city": "İstanbul", "line": "Moda Cad. 1", **changes}


def an_order(number: str = "N-1", **changes: Any) -> dict[str, Any]:
    """Two lines, 100.00 and 50.00, and 10.00 for shipping; `changes` replace keys."""
    payload = {
        "id": f"R-{number}",
        "number": number,
        "modified": NOON.isoformat(),
        "amount": "160.00",
        "shipping": "10.00",
        "currency": "try",
        "email": "ayse@example.com",
        "address": {
            "country": "tr",
            "city": "İstanbul",
            "township": "Kadıköy",
            "district": "Moda",
            "line": "Moda Cad. 1",
        },
        "lines": [a_line("L1"), a_line("L2", sku="CUP", price="50.00")],
    }
    return copy.deepcopy({**payload, **changes})


def raw(payload: Mapping[str, Any]) -> RawOrder:
    return RawOrder(payload["id"], payload["number"], datetime.fromisoformat(payload["modified"]), payload)


def to_order(payload: Mapping[str, Any]) -> ChannelOrder:
    """How the channel's payloads are read: KeyError and the like for what is no order."""
    address = _address(payload["address"])
    return ChannelOrder(
        number=payload["number"],
        remote_id=payload["id"],
        modified_date=datetime.fromisoformat(payload["modified"]),
        date_placed=NOON,
        currency=payload["currency"],
        amount=Decimal(payload["amount"]),
        shipping_amount=Decimal(payload["shipping"]),
        customer=ChannelCustomer(payload["email"], "Ayşe", "Yılmaz"),
        shipping_address=address,
        billing_address=_address(payload["bill_to"]) if "bill_to" in payload else address,
        items=[_item(line, payload["currency"]) for line in payload["lines"]],
        discounts=[ChannelDiscount(name, Decimal(amount)) for name, amount in payload.get("discounts", ())],
        payments=[
            ChannelPayment(
                RefundInstrument(payment["by"]),
                Decimal(payment["amount"]),
                TransactionStatus(payment["status"]),
                reference=payment.get("reference"),
                pos=payment.get("pos"),
            )
            for payment in payload.get("payments", ())
        ],
        payment_option=payload.get("payment_option"),
        cargo_company=payload.get("carrier"),
        tracking_number=payload.get("tracking"),
        notes=payload.get("notes"),
        cancellation_reason=payload.get("reason"),
        extra_field=payload.get("extra", {}),
    )


def _address(address: Mapping[str, Any]) -> ChannelAddress:
    return ChannelAddress(
        first_name="Ayşe",
        last_name="Yılmaz",
        line=address["line"],
        country=ChannelPlace(code=address["country"]),
        city=_place(address["city"]),
        township=_place(address.get("township")),
        district=_place(address.get("district")),
    )


def _place(given: Any) -> ChannelPlace | None:
    """A name, or `[code]`, or `[code, name]`."""
    if given is None or isinstance(given, str):
        return None if given is None else ChannelPlace(name=given)
    return ChannelPlace(code=given[0], name=given[1] if len(given) > 1 else None)


def _item(line: Mapping[str, Any], currency: str) -> ChannelOrderItem:
    return ChannelOrderItem(
        remote_id=line["id"],
        sku=line["sku"],
        product_remote_id=line.get("product"),
        quantity=line["quantity"],
        price=Decimal(line["price"]),
        discount_amount=Decimal(line.get("discount", "0.00")),
        tax_rate=Decimal("20.00"),
        status=OrderStatus(line["status"]),
        currency=line.get("currency", currency),
        tracking_number=line.get("tracking"),
        shipping_company=line.get("carrier"),
        invoice_number=line.get("invoice"),
    )


@dataclass
class House:
    """A channel and all its orders refer to."""

    channel: Channel
    kettle: Product
    cup: Product
    reason: CancellationReason
    places: dict[str, Any] = field(default_factory=dict)

    def take_in(self, *payloads: Mapping[str, Any], **how: Any) -> Intake:
        """Take a page of these orders in."""
        given = {"to_order": to_order, "audit_context": CONTEXT, "now": LATER, **how}
        return take_in_page(self.channel, [raw(payload) for payload in payloads], **given)

    def order(self, number: str = "N-1") -> Order:
        return Order.objects.get(channel=self.channel, number=number)


def a_house() -> House:
    channel = ChannelFactory(name="Bazaar")
    reason = CancellationReasonFactory()
    channel.conf = {"cancellation_reason_id": reason.pk, "reason_mapping": {}}
    channel.save()
    country = CountryFactory(code="tr", name="Türkiye")
    city = CityFactory(country=country, name="İstanbul")
    township = TownshipFactory(city=city, name="Kadıköy")
    district = DistrictFactory(township=township, city=city, name="Moda")
    products = [ProductFactory(sku=sku) for sku in ("KETTLE", "CUP")]
    for product in products:
        ProductStock.objects.create(product=product, stock_list=channel.catalog.stock_list, stock=1_000)
    places = {"country": country, "city": city, "township": township, "district": district}
    return House(channel, *products, reason=reason, places=places)
