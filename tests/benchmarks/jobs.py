"""What is measured: the requests of each job, the same ones for every server."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.benchmarks.client import http_request
from tests.benchmarks.database import Database

ORDERS = "/api/v1/orders/"
SAMPLES = 100
CANCELLABLE = 60_000
# The servers, and what one of them is asked in addition.
TARGETS = {"ours": "", "plain": "", "floor": "", "floor, uncounted": "&uncounted=1"}
ALWAYS = ("ours", "plain", "floor")


@dataclass(frozen=True)
class Job:
    """One kind of request. `requests` makes those for a target, given its token and its addition."""

    name: str
    requests: Callable[[str | None, str], Iterator[bytes]]
    targets: tuple[str, ...] = ALWAYS
    status: int = 200
    # Whether the answers of all targets are the same, and proven to be.
    is_compared: bool = True


def all_jobs(database: Database) -> list[Job]:
    """The jobs, over rows that are in the database; chosen by a fixed seed."""
    choice = random.Random(1)
    ((newest, total),) = database.rows("SELECT max(id), count(*) FROM orders_order")
    known = database.rows("SELECT id, number FROM orders_order WHERE length(number) = 16 ORDER BY id")
    some = choice.sample(known, min(SAMPLES, len(known)))
    fragments = [number[start : start + 4] for _, number in some for start in [choice.randrange(4, 12)]]
    page_at_90 = max(2, int(total * 0.9) // 20)
    counted = tuple(TARGETS)
    return [
        Job("page of 20", _gets("?limit=20"), counted),
        Job("page of 100", _gets("?limit=100"), counted),
        Job("page at 90 %", _gets(f"?limit=20&page={page_at_90}"), counted),
        Job("exact number", _gets(*(f"?number__exact={number}&limit=20" for _, number in some))),
        Job("partial number", _gets(*(f"?number={fragment}&limit=20" for fragment in fragments))),
        Job("detail", _gets(*(f"{pk}/" for pk, _ in some))),
        Job("create", _creates(database, prefix=newest), status=201),
        Job("cancel", _cancels(database), ("ours", "plain"), is_compared=False),
    ]


def _gets(*paths: str) -> Callable[[str | None, str], Iterator[bytes]]:
    def requests(token: str | None, addition: str) -> Iterator[bytes]:
        ready = [http_request("GET", ORDERS + path + addition, token=token) for path in paths]
        return itertools.cycle(ready)

    return requests


def _creates(database: Database, *, prefix: int) -> Callable[[str | None, str], Iterator[bytes]]:
    """New orders of known customers, three items each, numbers no order has yet."""
    buyers = database.rows(
        "SELECT channel_id, customer_id, shipping_address_id, billing_address_id, payment_option_id, "
        f"payment_option_slug, cargo_company_id FROM orders_order ORDER BY id LIMIT {SAMPLES}"
    )
    places = database.rows(
        "SELECT s.product_id, s.stock_list_id, (SELECT min(id) FROM catalogs_pricelist) "
        "FROM catalogs_productstock s JOIN catalogs_product p ON p.id = s.product_id "
        "WHERE p.sku LIKE 'BENCH-%'"
    )
    choice = random.Random(2)
    numbers = (f"B{prefix}-{count:010d}" for count in itertools.count())

    def requests(token: str | None, addition: str) -> Iterator[bytes]:
        while True:
            body = _body(next(numbers), buyer=choice.choice(buyers), places=choice.sample(places, 3))
            yield http_request("POST", ORDERS, token=token, body=json.dumps(body).encode())

    return requests


def _cancels(database: Database) -> Callable[[str | None, str], Iterator[bytes]]:
    """One item of an order that nobody has cancelled anything of; each order once, whoever is asked."""
    ((reason,),) = database.rows(
        "SELECT min(id) FROM orders_cancellationreason WHERE cancellation_type = 'cancel'"
    )
    items = database.rows(
        "SELECT o.id, min(i.id) FROM orders_order o JOIN orders_orderitem i ON i.order_id = o.id "
        "WHERE o.cancel_status IS NULL AND o.status >= 400 AND o.status < 600 "
        "AND NOT EXISTS (SELECT FROM orders_orderitem x WHERE x.order_id = o.id AND x.status IN (50, 100, 600)) "
        f"GROUP BY o.id ORDER BY o.id LIMIT {CANCELLABLE}"
    )
    random.Random(3).shuffle(items)
    untouched = iter(items)

    def requests(token: str | None, addition: str) -> Iterator[bytes]:
        for order, item in untouched:
            body = json.dumps({"cancel_items": [item], "reasons": {str(item): reason}})
            yield http_request("POST", f"{ORDERS}{order}/cancel/", token=token, body=body.encode())

    return requests


def _body(number: str, *, buyer: tuple, places: list[tuple]) -> dict[str, object]:
    channel, customer, shipping, billing, payment_option, slug, cargo_company = buyer
    return {
        "number": number,
        "channel": channel,
        "status": "400",
        "date_placed": "2026-11-15T10:11:12.123456Z",
        "customer": customer,
        "shipping_address": shipping,
        "billing_address": billing,
        "currency": "try",
        "amount": "278.50",
        "discount_amount": "30.00",
        "shipping_amount": "8.50",
        "extra_field": {"id": number},
        "payment_option": payment_option,
        "payment_option_slug": slug,
        "cargo_company": cargo_company,
        "orderitem_set": [
            {
                "product": product,
                "stock_list": stock_list,
                "price_list": price_list,
                "status": 400,
                "price_currency": "try",
                "price": "100.00",
                "discount_amount": "10.00",
                "tax_rate": "20.00",
            }
            for product, stock_list, price_list in places
        ],
    }
