"""Factories of customers, places and addresses."""

from __future__ import annotations

import hashlib

from factory import SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from omnitron.customers.models import Address, City, Country, Customer, District, RetailStore, Township
from tests.factories.channels import ChannelFactory


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    channel = SubFactory(ChannelFactory)
    email = Sequence("customer{}@example.com".format)
    phone_number = Sequence("0555{:07d}".format)
    first_name = "Ayşe"
    last_name = Sequence("Yılmaz {}".format)


class CountryFactory(DjangoModelFactory):
    class Meta:
        model = Country

    name = Sequence("Country {}".format)
    code = Sequence("c{}".format)


class CityFactory(DjangoModelFactory):
    class Meta:
        model = City

    country = SubFactory(CountryFactory)
    name = Sequence("City {}".format)


class TownshipFactory(DjangoModelFactory):
    class Meta:
        model = Township

    city = SubFactory(CityFactory)
    name = Sequence("Township {}".format)


class DistrictFactory(DjangoModelFactory):
    class Meta:
        model = District

    township = SubFactory(TownshipFactory)
    city = SelfAttribute("township.city")
    name = Sequence("District {}".format)


class RetailStoreFactory(DjangoModelFactory):
    class Meta:
        model = RetailStore

    name = Sequence("Store {}".format)
    erp_code = Sequence("store-{}".format)


class AddressFactory(DjangoModelFactory):
    """An address down to its district. Its hash is unique, not the one the address would be found by."""

    class Meta:
        model = Address

    customer = SubFactory(CustomerFactory)
    first_name = SelfAttribute("customer.first_name")
    last_name = SelfAttribute("customer.last_name")
    district = SubFactory(DistrictFactory)
    township = SelfAttribute("district.township")
    city = SelfAttribute("district.city")
    country = SelfAttribute("city.country")
    line = Sequence("Moda Caddesi {}".format)
    phone_number = "05550000000"
    hash_data = Sequence(lambda number: hashlib.md5(f"address {number}".encode()).hexdigest())  # noqa: S324
