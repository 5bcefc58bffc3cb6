"""An order as the marketplace writes it. Money is a decimal string that adds up, unless it is broken on purpose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from omnitron.channels.integrations.sandbox.marketplace import goods
from omnitron.channels.integrations.sandbox.marketplace.goods import Place, Product
from omnitron.channels.integrations.sandbox.marketplace.orders import CLOSED, RANK, Change, MarketOrder
from omnitron.channels.integrations.sandbox.marketplace.stamps import written
from omnitron.omnicore.money import ZERO, quantize

Payload = dict[str, Any]

FREE_SHIPPING_FROM = Decimal("1500.00")
SHIPPING = Decimal("59.90")
ORDERS_A_CUSTOMER = 3
CENTS_OFF = (1, 10, 999, 4990)


def payload_at(
    order: MarketOrder, position: int, *, seed: int, products: Sequence[Product], places: Sequence[Place]
) -> Payload:
    """The order as it is in its version `position`."""
    random = Random(f"{seed}/payload/{order.index}")
    payload = _placed(random, order, seed, products, places)
    is_repaired = False
    for version in order.versions[: position + 1]:
        CHANGES[version.change.kind](payload, version.change)
        is_repaired = is_repaired or version.change.kind == "repaired"
    for kind in () if is_repaired else sorted(order.defects & BREAK.keys()):
        BREAK[kind](payload, random)
    payload["modified"] = written(order.versions[position].modified)
    return payload


def _placed(
    random: Random, order: MarketOrder, seed: int, products: Sequence[Product], places: Sequence[Place]
) -> Payload:
    customer = _customer(seed, random.randrange(order.index // ORDERS_A_CUSTOMER + 1), places)
    provider = random.choice(goods.PROVIDERS)
    lines = _lines(random, order, products, provider)
    discounts = _discounts(random, lines)
    payment, interest_rate = _payment(random)
    return {
        "id": order.id,
        "number": order.number,
        "placed": written(order.versions[0].modified),
        "modified": "",
        "status": "Created",
        "currency": "TRY",
        "totals": _totals(lines, discounts, interest_rate),
        "customer": customer["person"],
        "shipment_address": customer["address"],
        "invoice_address": _invoice_address(random, customer),
        "lines": lines,
        "discounts": discounts,
        "payment": payment,
        "shipping_provider": provider,
        "tracking_number": None,
        "invoice_number": None,
        "cancellation_reason": None,
        "instructions": random.choice(goods.INSTRUCTIONS),
    }


def _lines(random: Random, order: MarketOrder, products: Sequence[Product], provider: str) -> list[Payload]:
    count = min(random.randint(order.fewest_lines, 4), len(products))
    return [
        _line(random, order.id * 10 + position, product, provider)
        for position, product in enumerate(random.sample(products, count))
    ]


def _line(random: Random, line_id: int, product: Product, provider: str) -> Payload:
    """`price` is one unit's, `discount` the whole line's."""
    quantity = random.choice((1, 1, 1, 2, 2, 3))
    percent = random.choice((0, 0, 0, 5, 10, 15))
    return {
        "id": line_id,
        "sku": product.sku,
        "barcode": product.barcode,
        "quantity": quantity,
        "price": str(product.price),
        "discount": str(quantize(product.price * quantity * percent / 100)),
        "vat_rate": str(product.vat_rate),
        "currency": "TRY",
        "status": "Created",
        "shipping_provider": provider,
        "tracking_number": None,
        "invoice_number": None,
    }


def _discounts(random: Random, lines: Sequence[Payload]) -> list[Payload]:
    """Of the whole order, beyond those of its lines."""
    if random.random() > 0.2:
        return []
    left = sum((_gross(line) - Decimal(line["discount"]) for line in lines), ZERO)
    amount = min(random.choice((Decimal("50.00"), Decimal("25.25"), quantize(left / 7))), left)
    return [{"code": random.choice(goods.COUPONS), "amount": str(amount)}]


def _totals(lines: Sequence[Payload], discounts: Sequence[Payload], interest_rate: Decimal) -> Payload:
    gross = sum((_gross(line) for line in lines), ZERO)
    discount = sum((Decimal(row["discount"]) for row in lines), ZERO)
    discount += sum((Decimal(row["amount"]) for row in discounts), ZERO)
    shipping = ZERO if gross >= FREE_SHIPPING_FROM else SHIPPING
    interest = quantize((gross - discount) * interest_rate / 100)
    return {
        "gross": str(gross),
        "discount": str(discount),
        "shipping": str(shipping),
        "instalment_interest": str(interest),
        "total": str(gross - discount + shipping + interest),
    }


def _gross(line: Payload) -> Decimal:
    return Decimal(line["price"]) * line["quantity"]


def _payment(random: Random) -> tuple[Payload, Decimal]:
    """How it is paid, and the interest that costs, in percent."""
    kind = random.choice(("card", "card", "card", "marketplace", "marketplace", "pay_on_delivery"))
    instalments, interest_rate = random.choice(goods.INSTALMENTS) if kind == "card" else (1, Decimal(0))
    payment = {
        "type": kind,
        "instalments": instalments,
        "bin": random.choice(goods.CARD_BINS) if kind == "card" else None,
        "reference": f"P{random.randrange(10**9):09d}",
    }
    return payment, interest_rate


def _customer(seed: int, index: int, places: Sequence[Place]) -> Payload:
    """The same customer of the same marketplace is always the same person at the same address."""
    random = Random(f"{seed}/customer/{index}")
    first_name, last_name = random.choice(goods.FIRST_NAMES), random.choice(goods.LAST_NAMES)
    phone = f"+9055{random.randrange(10**8):08d}"
    person = {
        "id": 500_000 + index,
        "email": f"musteri{index}.{seed}@example.com",
        "first_name": first_name,
        "last_name": last_name,
        "phone": phone,
    }
    return {"person": person, "address": _address(random, person, random.choice(places))}


def _address(random: Random, person: Payload, place: Place) -> Payload:
    return {
        "id": person["id"] * 10,
        "first_name": person["first_name"],
        "last_name": person["last_name"],
        "phone": person["phone"],
        "line": f"{random.choice(goods.STREETS)} No: {random.randint(1, 180)} D: {random.randint(1, 24)}",
        "country_code": "TR",
        "city": place.city,
        "district": place.district,
        "neighbourhood": place.neighbourhood,
        "postcode": place.postcode,
        "company": None,
        "tax_office": None,
        "tax_number": None,
    }


def _invoice_address(random: Random, customer: Payload) -> Payload:
    """Where the goods go, or a company there."""
    address = dict(customer["address"])
    if random.random() < 0.15:
        company = f"{address['last_name']} Tekstil Ltd. Şti."
        address |= {"id": address["id"] + 1, "company": company}
        address |= {"tax_office": address["district"], "tax_number": f"{random.randrange(10**10):010d}"}
    return address


def _concerned(payload: Payload, change: Change) -> list[Payload]:
    """The lines a change is about that are not closed."""
    return [
        line
        for line in payload["lines"]
        if line["status"] not in CLOSED and (not change.lines or str(line["id"]) in change.lines)
    ]


def _advance(payload: Payload, change: Change) -> None:
    """Lines go forward; what was shipped is not cancelled any more."""
    for line in _concerned(payload, change):
        is_late = change.value == "Cancelled" and RANK[line["status"]] >= RANK["Shipped"]
        if RANK[line["status"]] < RANK[change.value] and not is_late:
            line["status"] = change.value
            if change.value == "Shipped":
                line["tracking_number"] = line["tracking_number"] or f"TR{payload['id']}"
    _derive_status(payload)


def _move_back(payload: Payload, change: Change) -> None:
    for line in _concerned(payload, change):
        line["status"] = change.value
    _derive_status(payload)


def _derive_status(payload: Payload) -> None:
    """An order is as far as the line that is least so, of those still open; it is shipped with their number."""
    statuses = {line["status"] for line in payload["lines"]}
    payload["status"] = min(statuses - {*CLOSED} or statuses, key=RANK.__getitem__)
    if RANK["Shipped"] <= RANK[payload["status"]] < RANK["Cancelled"]:
        payload["tracking_number"] = payload["tracking_number"] or f"TR{payload['id']}"


def _cancel_last_line(payload: Payload, change: Change) -> None:
    last = str(payload["lines"][-1]["id"])
    _advance(payload, change._replace(value="Cancelled", lines=(last,)))


def _tell(name: str) -> Callable[[Payload, Change], None]:
    """A seller tells the order or some of its lines something."""

    def put(payload: Payload, change: Change) -> None:
        if not change.lines:
            payload[name] = change.value
        for line in _concerned(payload, change):
            line[name] = change.value

    return put


def _correct_address(payload: Payload, change: Change) -> None:
    payload["shipment_address"]["line"] = change.value


def _set(name: str) -> Callable[[Payload, Change], None]:
    def put(payload: Payload, change: Change) -> None:
        payload[name] = change.value

    return put


def _nothing(payload: Payload, change: Change) -> None:
    """The order is placed, or right from now on."""


CHANGES: dict[str, Callable[[Payload, Change], None]] = {
    "placed": _nothing,
    "repaired": _nothing,
    "status": _advance,
    "move_back": _move_back,
    "line_cancelled": _cancel_last_line,
    "address": _correct_address,
    "note": _set("instructions"),
    "reason": _set("cancellation_reason"),
    "tracking": _tell("tracking_number"),
    "provider": _tell("shipping_provider"),
    "invoice": _tell("invoice_number"),
}


def _break_currency(payload: Payload, random: Random) -> None:
    random.choice(payload["lines"])["currency"] = "EUR"


def _break_product(payload: Payload, random: Random) -> None:
    number = random.randint(1, 9)
    random.choice(payload["lines"]).update(sku=f"YOK-{number}", barcode=f"999000000000{number}")


def _break_district(payload: Payload, random: Random) -> None:
    payload["shipment_address"]["neighbourhood"] = f"Bilinmeyen Mahallesi {random.randint(1, 9)}"


def _break_total(payload: Payload, random: Random) -> None:
    cents = random.choice(CENTS_OFF)
    payload["totals"]["total"] = str(Decimal(payload["totals"]["total"]) + Decimal(cents) / 100)


BREAK: dict[str, Callable[[Payload, Random], None]] = {
    "wrong_currency": _break_currency,
    "unknown_product": _break_product,
    "unknown_district": _break_district,
    "broken_total": _break_total,
}
