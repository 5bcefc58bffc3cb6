"""Customers, addresses and places as a channel's application sees them."""

from __future__ import annotations

from rest_framework.serializers import BaseSerializer

from omnitron.channels.resources.scoped import READ, ChannelScoped
from omnitron.core.resources.audit_context import audit_context_of
from omnitron.customers import use_cases
from omnitron.customers.models import Customer
from omnitron.customers.resources import views


class ChannelCustomerViewSet(ChannelScoped, views.CustomerViewSet):
    """The channel's customers. One sent a second time, by e-mail and `channel_code`, is answered as they are."""

    http_method_names = (*READ, "post", "patch")

    def perform_create(self, serializer: BaseSerializer) -> Customer:
        return use_cases.create_channel_customer(
            serializer.validated_data, audit_context=audit_context_of(self.request)
        )


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
