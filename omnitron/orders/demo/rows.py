"""Drafts written out as rows of COPY's text format, table by table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from omnitron.customers.address_hash import address_hash
from omnitron.omnicore.orders.enums import OrderStatus as S
from omnitron.orders.demo import people, tables
from omnitron.orders.demo.cancellations import cancellation_rows, plan_status, refunded
from omnitron.orders.demo.drafts import Buyer, Draft, Line
from omnitron.orders.demo.money import text
from omnitron.orders.demo.stamps import HOUR, stamp
from omnitron.orders.demo.world import Place, Shop, World

T = TypeVar("T")

NULL = r"\N"
NO_ATTRIBUTES = ("{}", "{}", "{}", "{}")
# Numbers look random and never repeat: pk · SCRAMBLE mod NUMBERS is one-to-one below NUMBERS.
NUMBERS = 10**15
SCRAMBLE = 637_136_223_846_793
SHIPPING_TAX_RATE = "20.00"


def order_number(pk: int) -> str:
    """Sixteen digits that no other pk below 10^15 has."""
    return str(NUMBERS + pk * SCRAMBLE % NUMBERS)


class Rows:
    """The rows of a batch. `add_buyer` and `add` take what they draw from the generator's randomness."""

    def __init__(
        self, random: Callable[[], float], world: World, pks: Mapping[str, Callable[[], int]]
    ) -> None:
        self._random = random
        self._world = world
        self._pks = pks
        self._tables: dict[str, list[tuple[str, ...]]] = defaultdict(list)

    def text_of(self, table: str) -> str:
        """What COPY is given for `table`; empty where there is nothing."""
        rows = self._tables.get(table)
        return "\n".join(map("\t".join, rows)) + "\n" if rows else ""

    def add_buyer(self, shop: Shop, currency: str, moment: int) -> Buyer:
        """A customer with an address, and some with another one for the bill."""
        pk = self._pks[tables.CUSTOMER]()
        is_turkish = currency == "try"
        first = self._pick(people.FIRST_NAMES if is_turkish else people.EUROPEAN_FIRST_NAMES)
        last = self._pick(people.LAST_NAMES if is_turkish else people.EUROPEAN_LAST_NAMES)
        email = f"{people.mailbox(first, last)}{pk}@example.com"
        digits = int(self._random() * 1_000_000_000)
        phone = f"+905{digits:09d}" if is_turkish else f"+491{digits:09d}"
        made = stamp(moment)
        allowed = "t" if digits % 3 else "f"
        kind = "guest" if digits % 7 == 0 else "registered"
        code = f"C-{pk}" if shop.is_marketplace else NULL
        self._tables[tables.CUSTOMER].append(
            (str(pk), made, made, str(shop.channel_id), email, phone, first, last, code, "t", made, kind)
            + (allowed, allowed, "f", *NO_ATTRIBUTES, "{}")
        )
        who = (email, phone, first, last)
        home = self._add_address(pk, who, currency, made, "Ev" if is_turkish else "Home")
        billing = self._add_address(pk, who, currency, made, "Fatura") if self._random() < 0.1 else home
        return Buyer(pk, home, billing)

    def _add_address(
        self, customer: int, who: tuple[str, str, str, str], currency: str, made: str, title: str
    ) -> int:
        pk = self._pks[tables.ADDRESS]()
        place = self._pick(self._world.places[currency])
        line = self._street(is_turkish=currency == "try")
        content = {
            "customer": customer,
            "title": title,
            "email": who[0],
            "phone_number": who[1],
            "first_name": who[2],
            "last_name": who[3],
            "country": place.country,
            "city": place.city,
            "township": place.township,
            "district": place.district,
            "line": line,
            "postcode": place.postcode,
        }
        self._tables[tables.ADDRESS].append(
            (str(pk), made, made, str(customer), "customer", title, *who, *_where(place))
            + (line, _escaped(place.postcode), "f", "{}", "t", address_hash(content))
        )
        return pk

    def _street(self, *, is_turkish: bool) -> str:
        number = 1 + int(self._random() * 240)
        if is_turkish:
            return f"{self._pick(people.STREETS)} No: {number} D: {number % 19 + 1}"
        return f"{self._pick(people.EUROPEAN_STREETS)} {number}"

    def _pick(self, things: Sequence[T]) -> T:
        return things[int(self._random() * len(things))]

    def add(self, draft: Draft) -> None:
        shipment = _Shipment(draft)
        self._add_order(draft, shipment)
        for line in draft.lines:
            self._add_item(draft, line, shipment)
        self._add_payment(draft)
        discount_pk = self._add_discount(draft) if draft.discount else None
        if draft.cancellation is not None:
            for table, row in cancellation_rows(draft, self._world, self._pks, discount_pk=discount_pk):
                self._tables[table].append(row)

    def _add_order(self, draft: Draft, shipment: _Shipment) -> None:
        pk, payment, plan = draft.pk, draft.payment, draft.payment.plan
        refund, discount_refund, shipping_refund = refunded(draft)
        octets = int(draft.chance * 65_536)
        shipping = text(draft.shipping)
        self._tables[tables.ORDER].append(
            (str(pk), draft.made, draft.changed, order_number(pk), str(draft.status.value))
            + (shipment.decision if draft.cancelled else NULL, stamp(draft.placed), draft.currency)
            + (text(draft.amount), text(draft.discount), shipping, SHIPPING_TAX_RATE, "0")
            + (str(plan.count) if plan else "1", text(sum([line.interest for line in draft.lines])))
            + (text(refund), text(discount_refund), text(shipping_refund))
            + (shipment.company, shipment.tracking, shipment.invoice, shipment.invoiced)
            + (("ios" if octets % 5 == 0 else "android" if octets % 5 == 1 else "default"),)
            + (people.LANGUAGES[draft.currency], f"88.224.{octets >> 8}.{octets & 255}")
            + ("t" if octets % 25 == 0 else "f", f'{{"id": "R-{pk}"}}' if draft.shop.is_marketplace else "{}")
            + (str(draft.shop.channel_id), str(draft.buyer.customer_id))
            + (str(draft.buyer.shipping_address_id), str(draft.buyer.billing_address_id))
            + (_or_null(payment.option_id), _or_null(payment.slug))
            + ((plan.bin_number, str(plan.pk)) if plan else (NULL, NULL))
            + (str(draft.cargo[0]), "t" if _is_sent(draft) else "f", "{}", shipping, "0")
        )

    def _add_item(self, draft: Draft, line: Line, shipment: _Shipment) -> None:
        offer, pk = line.offer, line.pk
        status, left = shipment.of(line)
        attributes = f'{{"quantity": {line.units}}}' if line.units > 1 else "{}"
        self._tables[tables.ITEM].append(
            (str(pk), draft.made, draft.changed, str(draft.pk), str(offer.product_id))
            + (str(status.value), shipment.decision if line.is_cancelled else NULL, draft.currency)
            + (text(line.price), text(offer.retail_price * line.units), text(offer.tax_hundredths))
            + (text(line.discount), text(line.interest), "f", attributes, "{}", "{}", "{}")
            + (f'{{"id": "I-{pk}"}}' if draft.shop.is_marketplace else "{}", *left)
            + (str(offer.price_list_id), str(draft.shop.stock_list_id), "0", "f")
        )

    def _add_payment(self, draft: Draft) -> None:
        payment, plan = draft.payment, draft.payment.plan
        if payment.table_pk is None:
            return
        table = tables.PAYMENTS[payment.kind]
        pk, made = str(payment.table_pk), draft.made
        row = (
            *(pk, made, made, str(draft.pk), "purchase", "confirmed" if payment.is_captured else "pending"),
            *(text(draft.amount), draft.currency, made, f"GEN-{draft.pk}", "{}"),
        )
        if table == tables.CARD_PAYMENT:
            bin_number, count = (plan.bin_number, str(plan.count)) if plan else (NULL, "1")
            row += (_or_null(draft.shop.pos_id), bin_number, count)
        self._tables[table].append(row)

    def _add_discount(self, draft: Draft) -> int:
        pk = self._pks[tables.DISCOUNT]()
        made = draft.made
        taken_back = refunded(draft)[1]
        promotion = self._pick(self._world.promotions)
        self._tables[tables.DISCOUNT].append(
            (str(pk), made, made, str(draft.pk), "Sepet indirimi", text(draft.discount), text(taken_back))
            + ("promotion", _or_null(promotion))
        )
        take_pk = self._pks[tables.BENEFIT]
        self._tables[tables.BENEFIT] += [
            (str(take_pk()), made, made, str(pk), str(line.pk), text(line.discount))
            for line in draft.lines
            if line.discount
        ]
        return pk


class _Shipment:
    """What of an order's shipment its row and its items' rows show."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        cancellation = draft.cancellation
        self.decision = NULL
        if cancellation is not None:
            self.decision = plan_status(draft).value
        self.company = self.tracking = self.invoice = self.invoiced = NULL
        if draft.story.furthest >= S.SHIPPED:
            self.company = draft.cargo[1]
            self.tracking = str(1_000_000_000 + int(draft.chance * 8_999_999_999))
            self.invoice = f"GEN{draft.pk:013d}"
            self.invoiced = stamp(min(draft.created + 2 * HOUR, draft.modified))
        self._seen = self._columns(draft.story.furthest)
        self._remaining = draft.story.status

    def of(self, line: Line) -> tuple[S, tuple[str, ...]]:
        """The status of an item and the columns of its shipment."""
        cancellation = self._draft.cancellation
        if not line.is_cancelled or cancellation is None:
            return self._remaining, self._seen
        if cancellation.is_whole:
            return cancellation.item_status, self._seen
        return cancellation.item_status, self._columns(cancellation.previous_status)

    def _columns(self, furthest: S) -> tuple[str, ...]:
        if furthest < S.SHIPPED:
            return (NULL,) * 6
        created, modified = self._draft.created, self._draft.modified
        shipped = stamp(min(created + 20 * HOUR, modified))
        has_arrived = furthest >= S.REVIEW_STARTED
        delivered = stamp(min(created + 60 * HOUR, modified)) if has_arrived else NULL
        return (self.company, self.tracking, self.invoice, self.invoiced, shipped, delivered)


def _where(place: Place) -> tuple[str, str, str, str]:
    return str(place.country), str(place.city), _or_null(place.township), _or_null(place.district)


def _escaped(value: str | None) -> str:
    """`value` as COPY's text format reads it."""
    if value is None:
        return NULL
    return value.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")


def _or_null(value: int | str | None) -> str:
    return NULL if value is None else str(value)


def _is_sent(draft: Draft) -> bool:
    """Whether the ERP took the order over: from `preparing` on all, of the approved ones half."""
    furthest = draft.story.furthest
    if furthest is S.APPROVED:
        return draft.cancellation is None and draft.chance < 0.5
    return furthest > S.APPROVED
