"""What the orders of a page refer to, looked up for all of them at once: a fixed number of statements a page.

Nothing missing is replaced: who refers to what nobody here knows is parked, by cause and by what it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from omnitron.catalogs.models import Product
from omnitron.channels.enums import IntegrationMappingType, ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations.dto import ChannelOrder, ChannelOrderItem, ChannelPayment
from omnitron.channels.integrations.places import KINDS, Mapped, Places, place_codes
from omnitron.channels.models import Channel, IntegrationMapping
from omnitron.channels.selectors import actions_of
from omnitron.omnicore.orders.enums import ShippingCompany
from omnitron.orders.models import CargoCompany
from omnitron.payments.models import PaymentOption, Pos


@dataclass(frozen=True)
class KnownProduct:
    """A product by its pk, and the vendor who ships it."""

    pk: int
    sku: str
    data_source: int | None


@dataclass(frozen=True)
class Carrier:
    """A carrier by the pk of its CargoCompany."""

    pk: int
    shipping_company: str


class References:
    """What `orders` refer to. Each method finds one, or raises OrderParkedException."""

    def __init__(
        self,
        channel: Channel,
        orders: Sequence[ChannelOrder] = (),
        *,
        items: Sequence[ChannelOrderItem] = (),
        payments: Sequence[ChannelPayment] = (),
    ) -> None:
        """Of `orders`, and of single lines and payments beside them."""
        items = [*items, *(item for order in orders for item in order.items)]
        payments = [*payments, *(payment for order in orders for payment in order.payments)]
        named = {order.cargo_company for order in orders} | {item.shipping_company for item in items}
        carriers = {code for code in named if code}
        addresses = [
            address for order in orders for address in (order.shipping_address, order.billing_address)
        ]
        mapped = _mapped(channel, carriers | place_codes(addresses))
        self._products = _Products(channel, items)
        self._places = Places(addresses, mapped)
        self._carriers = _Carriers(carriers, mapped)
        self._payment_options = _payment_options({order.payment_option for order in orders} - {None})
        self._pos = _pos(channel, {payment.pos for payment in payments} - {None})
        self.product = self._products.find
        self.address = self._places.find
        self.cargo_company = self._carriers.find

    def shipping_company(self, code: str | None) -> str | None:
        """A carrier's code as items keep it: itself where it is one of ours, else by the carrier it is mapped
        to.
        """
        if code is None or code in ShippingCompany.values:
            return code
        return self._carriers.find(code).shipping_company

    def payment_option(self, slug: str | None) -> int | None:
        if slug is None:
            return None
        if slug not in self._payment_options:
            detail = f"There is no payment option {slug!r}."
            raise OrderParkedException(ParkCause.UNKNOWN_PAYMENT_OPTION, subject=slug, detail=detail)
        return self._payment_options[slug]

    def pos(self, slug: str | None) -> int | None:
        if slug is None:
            return None
        if slug not in self._pos:
            detail = f"Neither the channel nor the house has a POS {slug!r}."
            raise OrderParkedException(ParkCause.UNKNOWN_PAYMENT_OPTION, subject=slug, detail=detail)
        return self._pos[slug]


def _mapped(channel: Channel, codes: set[str]) -> Mapped:
    """What the channel's codes are mapped to, by kind: a mapping's code is `{channel_id}_{code}`."""
    if not codes:
        return {}
    types = ContentType.objects.get_for_models(*(model for _, model, _ in KINDS), CargoCompany)
    models = {content_type.pk: model for model, content_type in types.items()}
    prefix = f"{channel.pk}_"
    rows = IntegrationMapping.objects.filter(
        integration_type=IntegrationMappingType.SALES_CHANNEL,
        code__in=[f"{prefix}{code}" for code in codes],
        content_type__in=models,
    )
    mapped: Mapped = {}
    for content_type, code, pk in rows.values_list("content_type_id", "code", "object_id"):
        mapped.setdefault((models[content_type], code.removeprefix(prefix)), set()).add(pk)
    return mapped


class _Products:
    """By the id the channel's integration action of a product has; where there is none, by SKU."""

    def __init__(self, channel: Channel, items: Sequence[ChannelOrderItem]) -> None:
        remote_ids = {item.product_remote_id for item in items if item.product_remote_id}
        actions = actions_of(Product, channel_id=channel.pk).filter(remote_id__in=remote_ids)
        self._by_remote_id: dict[str, set[int]] = {}
        for remote_id, pk in actions.values_list("remote_id", "object_id") if remote_ids else ():
            self._by_remote_id.setdefault(remote_id, set()).add(pk)
        known = {pk for pks in self._by_remote_id.values() for pk in pks}
        rows = Product.objects.filter(Q(sku__in={item.sku for item in items}) | Q(pk__in=known))
        if not items:
            rows = rows.none()
        products = [KnownProduct(*row) for row in rows.values_list("pk", "sku", "data_source_id")]
        self._by_pk = {product.pk: product for product in products}
        self._by_sku = {product.sku: product for product in products}

    def find(self, item: ChannelOrderItem) -> KnownProduct:
        by_sku = self._by_sku.get(item.sku)
        mapped = self._by_remote_id.get(item.product_remote_id or "", set()) & set(self._by_pk)
        if len(mapped) == 1:
            return self._by_pk[next(iter(mapped))]
        if by_sku is not None and (not mapped or by_sku.pk in mapped):
            return by_sku
        detail = f"No product here has the SKU {item.sku!r}."
        if item.product_remote_id:
            detail = f"{detail[:-1]}, and none is known to the channel as {item.product_remote_id!r}."
        if mapped:
            detail = f"Several products are known to the channel as {item.product_remote_id!r}."
        raise OrderParkedException(ParkCause.UNKNOWN_PRODUCT, subject=item.sku, detail=detail)


class _Carriers:
    """By the channel's mapping of its code; where there is none, by `shipping_company`."""

    def __init__(self, codes: Iterable[str], mapped: Mapped) -> None:
        self._pks: dict[str, set[int]] = {}
        mapped_pks = {pk for code in codes for pk in mapped.get((CargoCompany, code), ())}
        condition = Q(pk__in=mapped_pks) | Q(shipping_company__in=set(codes), is_active=True)
        rows = CargoCompany.objects.filter(condition) if codes else CargoCompany.objects.none()
        self._by_pk = {pk: Carrier(pk, code) for pk, code in rows.values_list("pk", "shipping_company")}
        for code in codes:
            named = {carrier.pk for carrier in self._by_pk.values() if carrier.shipping_company == code}
            self._pks[code] = mapped.get((CargoCompany, code)) or named

    def find(self, code: str) -> Carrier:
        pks = self._pks.get(code, set()) & set(self._by_pk)
        if len(pks) == 1:
            return self._by_pk[next(iter(pks))]
        problem = "Several carriers go" if pks else "No carrier goes"
        detail = f"{problem} by {code!r}, and no mapping says which one it is."
        raise OrderParkedException(ParkCause.UNKNOWN_CARRIER, subject=code, detail=detail)


def _payment_options(slugs: set[str]) -> dict[str, int]:
    if not slugs:
        return {}
    return dict(PaymentOption.objects.filter(slug__in=slugs).values_list("slug", "pk"))


def _pos(channel: Channel, slugs: set[str]) -> dict[str, int]:
    """The channel's own before those of the house."""
    if not slugs:
        return {}
    rows = Pos.objects.filter(Q(channel=channel) | Q(channel=None), slug__in=slugs)
    return dict(rows.order_by("channel_id").reverse().values_list("slug", "pk"))
