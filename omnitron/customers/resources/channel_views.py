"""Customers, addresses and places as a channel's application sees them."""

from __future__ import annotations

from omnitron.channels.resources.scoped import READ, ChannelScoped
from omnitron.customers.resources import views


class ChannelCustomerViewSet(ChannelScoped, views.CustomerViewSet):
    http_method_names = (*READ, "post", "patch")


class ChannelAddressViewSet(ChannelScoped, views.AddressViewSet):
    http_method_names = (*READ, "post", "patch")


class ChannelCountryViewSet(ChannelScoped, views.CountryViewSet):
    http_method_names = READ


class ChannelCityViewSet(ChannelScoped, views.CityViewSet):
    http_method_names = READ


class ChannelTownshipViewSet(ChannelScoped, views.TownshipViewSet):
    http_method_names = READ


class ChannelDistrictViewSet(ChannelScoped, views.DistrictViewSet):
    http_method_names = READ


class ChannelRetailStoreViewSet(ChannelScoped, views.RetailStoreViewSet):
    http_method_names = READ
