"""Catalogs and their lists as a channel's application sees them."""

from __future__ import annotations

from omnitron.catalogs.resources import views
from omnitron.channels.resources.scoped import READ, ChannelScoped


class ChannelCatalogViewSet(ChannelScoped, views.CatalogViewSet):
    http_method_names = READ


class ChannelPriceListViewSet(ChannelScoped, views.PriceListViewSet):
    http_method_names = READ


class ChannelStockListViewSet(ChannelScoped, views.StockListViewSet):
    http_method_names = READ
