"""What generated orders are made of, read once from the database: shops, offers, payments, places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from omnitron.catalogs.models import ProductPrice
from omnitron.channels.models import Channel
from omnitron.customers.models import City, Country, District, Township
from omnitron.orders.models import CancellationReason, CargoCompany, Promotion
from omnitron.payments.models import BinNumber, Installment, PaymentOption, Pos

T = TypeVar("T")

# Out of a hundred orders in each currency, as far as a channel sells in it.
CURRENCY_WEIGHTS = {"try": 88, "eur": 7, "usd": 3, "gbp": 2}
COUNTRIES_OF_CURRENCY = {
    "eur": ("de", "fr", "it", "es", "nl", "at"),
    "gbp": ("gb",),
    "usd": ("de", "gb", "nl"),
}


class NothingToSell(Exception):
    """Orders cannot be generated: a channel, a priced product or another thing they refer to is missing."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A product at a price in cents."""

    product_id: int
    price_list_id: int
    price: int
    retail_price: int
    tax_hundredths: int


@dataclass(frozen=True, slots=True)
class Shop:
    """A channel and what it sells in each currency. `currencies` is a deck to draw from."""

    channel_id: int
    is_marketplace: bool
    stock_list_id: int
    pos_id: int | None
    offers: dict[str, tuple[Offer, ...]]
    currencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address lies."""

    country: int
    city: int
    township: int | None
    district: int | None
    postcode: str | None


@dataclass(frozen=True, slots=True)
class InstallmentPlan:
    pk: int
    bin_number: str
    count: int
    rate_hundredths: int


@dataclass(frozen=True)
class World:
    """Everything by the key it is drawn by; only what is active."""

    shops: tuple[Shop, ...]
    payment_options: dict[str, tuple[tuple[int, str], ...]]
    installment_plans: tuple[InstallmentPlan, ...]
    cargo_companies: tuple[tuple[int, str], ...]
    places: dict[str, tuple[Place, ...]]
    promotions: tuple[int | None, ...]
    reasons: dict[str, tuple[int, ...]]

    @classmethod
    def read(cls) -> World:
        """Raises NothingToSell, which names what is missing."""
        places = _places()
        return cls(
            shops=_required(_shops(), "active channel that has a catalog with priced products"),
            payment_options=_grouped(
                (option.payment_type, (option.pk, option.slug))
                for option in PaymentOption.objects.filter(is_active=True).order_by("pk")
            ),
            installment_plans=_installment_plans(),
            cargo_companies=_required(
                (company.pk, company.shipping_company)
                for company in CargoCompany.objects.filter(is_active=True).order_by("pk")
            ),
            places={
                currency: _required(_places_of(places, currency), "city of an active country")
                for currency in CURRENCY_WEIGHTS
            },
            promotions=(*Promotion.objects.order_by("pk").values_list("pk", flat=True), None),
            reasons=_grouped(
                CancellationReason.objects.filter(is_active=True)
                .order_by("pk")
                .values_list("cancellation_type", "pk")
            ),
        )


def deck(weights: dict[T, int]) -> tuple[T, ...]:
    """As many copies of each key as its weight says: one drawn at random is a weighted choice."""
    return tuple(key for key, weight in weights.items() for _ in range(weight))


def _required(things: Iterable[T], what: str = "active cargo company") -> tuple[T, ...]:
    found = tuple(things)
    if not found:
        raise NothingToSell(f"There is no {what}; `load_demo_data` brings one.")
    return found


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}


def _shops() -> Iterable[Shop]:
    """All that sell something, but for sandboxes: what is ordered there their own marketplace says."""
    channels = Channel.objects.filter(is_active=True, catalog__isnull=False).exclude(channel_type="sandbox")
    for channel in channels.select_related("catalog").order_by("pk"):
        catalog = channel.catalog
        lists = [catalog.price_list_id, *catalog.extra_price_lists.values_list("pk", flat=True)]
        offers = _offers(lists)
        currencies = deck({code: weight for code, weight in CURRENCY_WEIGHTS.items() if code in offers})
        if not currencies:
            continue
        pos = Pos.objects.filter(channel__in=[channel, None]).order_by("pk").first()
        pos = Pos.objects.filter(channel=channel).order_by("pk").first() or pos
        yield Shop(
            channel_id=channel.pk,
            is_marketplace=channel.channel_type != "web",
            stock_list_id=catalog.stock_list_id,
            pos_id=pos.pk if pos else None,
            offers=offers,
            currencies=currencies,
        )


def _offers(price_list_ids: list[int]) -> dict[str, tuple[Offer, ...]]:
    """What has a price, by currency; of several lists in one currency the earlier one decides."""
    prices = ProductPrice.objects.filter(
        price_list__in=price_list_ids, price__gt=0, product__is_active=True
    ).order_by("product_id", "pk")
    best: dict[tuple[str, int], ProductPrice] = {}
    for price in prices:
        key = (price.currency_type, price.product_id)
        rank = price_list_ids.index(price.price_list_id)
        if key not in best or rank < price_list_ids.index(best[key].price_list_id):
            best[key] = price
    return _grouped((currency, _offer(price)) for (currency, _), price in best.items())


def _offer(price: ProductPrice) -> Offer:
    cents = int(price.price * 100)
    return Offer(
        product_id=price.product_id,
        price_list_id=price.price_list_id,
        price=cents,
        retail_price=max(cents, int((price.retail_price or 0) * 100)),
        tax_hundredths=int(price.tax_rate * 100),
    )


def _installment_plans() -> tuple[InstallmentPlan, ...]:
    """Every way to pay by card, three times as often in one payment; at least paying without a plan."""
    bins = _grouped(BinNumber.objects.order_by("pk").values_list("card_id", "bin_number"))
    plans = []
    for installment in Installment.objects.filter(is_active=True, card__isnull=False).order_by("pk"):
        for bin_number in bins.get(installment.card_id, ()):
            plan = InstallmentPlan(
                pk=installment.pk,
                bin_number=bin_number,
                count=installment.installment_count,
                rate_hundredths=int(installment.interest_rate * 100),
            )
            plans += [plan] * (6 if plan.count == 1 else 1)
    return tuple(plans)


def _places() -> dict[str, list[Place]]:
    """By the code of the country: districts, townships without districts, cities without townships."""
    codes = dict(Country.objects.filter(is_active=True).values_list("pk", "code"))
    countries = dict(City.objects.filter(country__in=codes, is_active=True).values_list("pk", "country_id"))
    rows = [
        *District.objects.filter(is_active=True)
        .order_by("pk")
        .values_list("city", "township", "pk", "postcode"),
        *(
            (city, township, None, postcode)
            for city, township, postcode in Township.objects.filter(is_active=True, district__isnull=True)
            .order_by("pk")
            .values_list("city", "pk", "postcode")
        ),
        *(
            (city, None, None, postcode)
            for city, postcode in City.objects.filter(is_active=True, township__isnull=True)
            .order_by("pk")
            .values_list("pk", "postcode")
        ),
    ]
    places: dict[str, list[Place]] = defaultdict(list)
    for city, township, district, postcode in rows:
        if country := countries.get(city):
            places[codes[country]].append(Place(country, city, township, district, postcode))
    return places


def _places_of(places: dict[str, list[Place]], currency: str) -> list[Place]:
    codes = COUNTRIES_OF_CURRENCY.get(currency, ("tr",))
    found = [place for code in codes for place in places.get(code, ())]
    return found or [place for group in places.values() for place in group]
