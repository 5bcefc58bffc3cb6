"""What of the catalogue a channel is told: by the lists of its catalog, and by what it knows already."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from omnitron.catalogs.enums import PriceType
from omnitron.catalogs.models import Catalog, Product, ProductPrice, ProductStock
from omnitron.channels.enums import IntegrationStatus
from omnitron.channels.models import Channel
from omnitron.channels.selectors import has_action

# The column that names a row's list. The catalog's own list has the same name, its extra ones are the plural.
_LIST_OF = {ProductPrice: "price_list", ProductStock: "stock_list"}


def in_lists(queryset: QuerySet, *, channel: Channel) -> QuerySet:
    """Those of `queryset`, prices or stocks, in the list of the channel's catalog or in one of its extra ones."""
    return _tellable(queryset).filter(_own(queryset.model, channel) | _extra(queryset.model, channel))


def in_own_list(queryset: QuerySet, *, channel: Channel) -> QuerySet:
    """Those of `queryset`, prices or stocks, in the list of the channel's catalog."""
    return _tellable(queryset).filter(_own(queryset.model, channel))


def in_extra_lists(queryset: QuerySet, *, channel: Channel) -> QuerySet:
    """Those of `queryset`, prices or stocks, in one of the extra lists of the channel's catalog."""
    return _tellable(queryset).filter(_extra(queryset.model, channel))


def products_of(products: QuerySet[Product], *, channel: Channel) -> QuerySet[Product]:
    """Those of `products` the channel is concerned with: a price or a stock in one of its catalog's lists, or an
    integration action, also of what is no longer sold: the channel has yet to take it off.
    """
    priced, stocked = (_of_product(in_lists(model.objects.all(), channel=channel)) for model in _LIST_OF)
    return products.filter(priced | stocked | has_action(Product, channel_id=channel.pk))


def sellable_products(products: QuerySet[Product], *, channel: Channel) -> QuerySet[Product]:
    """Those of `products` the channel can sell: active, and with a price *and* a stock in the catalog's own lists.

    Both, because a channel's application marks a product without either as failed, and would then not be told of
    the price or stock that comes later.
    """
    priced, stocked = (_of_product(in_own_list(model.objects.all(), channel=channel)) for model in _LIST_OF)
    return products.filter(priced, stocked, is_active=True)


def of_active_products(queryset: QuerySet) -> QuerySet:
    """Those of `queryset`, rows of products, whose product is active: others are taken off the channel."""
    return queryset.filter(product__is_active=True)


def of_products_taken_over(queryset: QuerySet, *, channel: Channel) -> QuerySet:
    """Those of `queryset`, rows of products, whose product the channel has taken over (`success`)."""
    return queryset.filter(
        has_action(Product, of="product", channel_id=channel.pk, status=IntegrationStatus.SUCCESS)
    )


def _tellable(queryset: QuerySet) -> QuerySet:
    """Without campaign prices: an application keeps one price a product and list, whichever it reads last."""
    return queryset.filter(price_type=PriceType.DEFAULT) if queryset.model is ProductPrice else queryset


def _own(model: type[Any], channel: Channel) -> Q:
    column = _LIST_OF[model]
    # A channel without a catalog has no lists; no row is in none.
    return Q(**{column: getattr(channel.catalog, f"{column}_id", None)})


def _extra(model: type[Any], channel: Channel) -> Q:
    column = _LIST_OF[model]
    links = getattr(Catalog, f"extra_{column}s").through.objects.filter(catalog_id=channel.catalog_id)
    return Q(**{f"{column}__in": links.values(column.replace("_", ""))})


def _of_product(queryset: QuerySet) -> Exists:
    return Exists(queryset.filter(product=OuterRef("pk")))
