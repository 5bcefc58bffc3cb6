"""The catalogue as a channel's application sees it: what to pass on first, what anew, and what to look up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from omnitron.catalogs import selectors
from omnitron.catalogs.resources import serializers, views
from omnitron.channels.resources.scoped import READ, ChannelScoped
from omnitron.channels.selectors import changed_or_unknown
from omnitron.core.resources.serializers import ResourceSerializer


class ChannelCatalogViewSet(ChannelScoped, views.CatalogViewSet):
    http_method_names = READ


class ChannelPriceListViewSet(ChannelScoped, views.PriceListViewSet):
    http_method_names = READ


class ChannelStockListViewSet(ChannelScoped, views.StockListViewSet):
    http_method_names = READ


class _PassedOn(ChannelScoped):
    """Rows an application passes on to its channel: `inserts` are those of `new` that the channel was never told
    of, `updates` those of `known` that it knows in an older version. What stands here suits rows of a product.
    """

    http_method_names = READ

    def get_queryset(self) -> QuerySet:
        narrowed = {"inserts": self.new, "updates": self.known}.get(self.action, self.listed)
        return narrowed(super().get_queryset())

    def listed(self, queryset: QuerySet) -> QuerySet:
        return queryset

    def known(self, queryset: QuerySet) -> QuerySet:
        return selectors.of_active_products(queryset)

    def new(self, queryset: QuerySet) -> QuerySet:
        """A price tells a channel nothing before it has the product."""
        return selectors.of_products_taken_over(self.known(queryset), channel=self.channel)

    @action(detail=False)
    def inserts(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What the channel was never told of and can be told now, oldest change first."""
        return self.new_rows(request)

    @action(detail=False)
    def updates(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What has changed since the channel was told and no batch is working on, oldest change first."""
        return self.changed_rows(request)


def _lists(shape: type[ResourceSerializer], *names: str) -> Callable[[type[Any]], type[Any]]:
    """Tell the schema that the actions `names` answer with pages of `shape`."""
    return extend_schema_view(**{name: extend_schema(responses=shape(many=True)) for name in names})


@_lists(serializers.ProductSerializer, "inserts", "updates", "inserts_or_updates")
class ChannelProductViewSet(_PassedOn, views.ProductViewSet):
    """Products with a price or a stock in a list of the channel's catalog, and those the channel knows.

    `inserts` are active and have both in the catalog's own lists; `updates` are active.
    """

    def listed(self, queryset: QuerySet) -> QuerySet:
        if self.action == "inserts_or_updates":
            # Narrowed below to less than this.
            return queryset
        return selectors.products_of(queryset, channel=self.channel)

    def known(self, queryset: QuerySet) -> QuerySet:
        return queryset.filter(is_active=True)

    def new(self, queryset: QuerySet) -> QuerySet:
        return selectors.sellable_products(queryset, channel=self.channel)

    @action(detail=False)
    def inserts_or_updates(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """`inserts` and `updates` in one, oldest change first."""
        products = self.narrowed()
        return self.page(
            request,
            changed_or_unknown(self.known(products), self.new(products), channel_id=self.channel.pk),
        )


class _OfLists(_PassedOn):
    """Rows of the catalog's own list are passed on from one address, those of its extra lists from another. Both
    list all of them: applications read again at either what they passed on from the other.
    """

    passed_on = staticmethod(selectors.in_own_list)

    def listed(self, queryset: QuerySet) -> QuerySet:
        return selectors.in_lists(queryset, channel=self.channel)

    def known(self, queryset: QuerySet) -> QuerySet:
        return super().known(self.passed_on(queryset, channel=self.channel))


@_lists(serializers.ProductPriceSerializer, "inserts", "updates")
class ChannelProductPriceViewSet(_OfLists, views.ProductPriceViewSet):
    """Prices in the lists of the channel's catalog; campaign prices are not told."""


@_lists(serializers.ProductPriceSerializer, "inserts", "updates")
class ChannelExtraProductPriceViewSet(_OfLists, views.ProductPriceViewSet):
    """Prices in the lists of the channel's catalog; those of extra lists are passed on from here."""

    passed_on = staticmethod(selectors.in_extra_lists)


@_lists(serializers.ProductStockSerializer, "inserts", "updates")
class ChannelProductStockViewSet(_OfLists, views.ProductStockViewSet):
    """Stocks in the lists of the channel's catalog."""


@_lists(serializers.ProductStockSerializer, "inserts", "updates")
class ChannelExtraProductStockViewSet(_OfLists, views.ProductStockViewSet):
    """Stocks in the lists of the channel's catalog; those of extra lists are passed on from here."""

    passed_on = staticmethod(selectors.in_extra_lists)


@_lists(serializers.ProductImageSerializer, "inserts", "updates")
class ChannelProductImageViewSet(_PassedOn, views.ProductImageViewSet):
    """Images. One that has become inactive is told as an update, and never as an insert."""

    def new(self, queryset: QuerySet) -> QuerySet:
        return super().new(queryset).filter(is_active=True)


@_lists(serializers.ProductCategoryDetailSerializer, "detailed")
class ChannelProductCategoryViewSet(ChannelScoped, views.ProductCategoryViewSet):
    """In which categories products stand, of every tree: an application keeps those below its channel's root."""

    http_method_names = READ

    @action(detail=False, serializer_class=serializers.ProductCategoryDetailSerializer)
    def detailed(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The same with `category` as `{pk, name, path}`."""
        return self.list(request)
