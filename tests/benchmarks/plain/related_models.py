"""What orders refer to: unmanaged models over the tables of our own migrations."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone


def money(**options: Any) -> models.DecimalField:
    return models.DecimalField(max_digits=12, decimal_places=2, **options)


class Row(models.Model):
    """What every table has."""

    created_date = models.DateTimeField(default=timezone.now)
    modified_date = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Channel(Row):
    name = models.CharField(max_length=255)
    channel_type = models.CharField(max_length=64)
    is_active = models.BooleanField()
    conf = models.JSONField()
    schema = models.JSONField()
    catalog = models.BigIntegerField(db_column="catalog_id", null=True)
    category_tree = models.BigIntegerField(db_column="category_tree_id", null=True)

    class Meta:
        managed = False
        db_table = "channels_channel"


class DataSource(models.Model):
    class Meta:
        managed = False
        db_table = "channels_datasource"


class ExternalStatus(models.Model):
    class Meta:
        managed = False
        db_table = "channels_externalstatus"


class PriceList(Row):
    name = models.CharField(max_length=255)
    code = models.CharField(max_length=64, null=True)
    currency = models.CharField(max_length=3)
    is_auto_sync = models.BooleanField()

    class Meta:
        managed = False
        db_table = "catalogs_pricelist"


class StockList(Row):
    name = models.CharField(max_length=255)
    code = models.CharField(max_length=64, null=True)
    is_auto_sync = models.BooleanField()

    class Meta:
        managed = False
        db_table = "catalogs_stocklist"


class Product(Row):
    sku = models.CharField(max_length=255)
    name = models.CharField(max_length=512)
    base_code = models.CharField(max_length=255)
    listing_code = models.CharField(max_length=255, null=True)
    product_type = models.PositiveSmallIntegerField()
    attributes = models.JSONField()
    attributes_kwargs = models.JSONField()
    localized_attributes = models.JSONField()
    localized_attributes_kwargs = models.JSONField()
    extra_field = models.JSONField()
    is_active = models.BooleanField()
    data_source = models.ForeignKey(DataSource, null=True, on_delete=models.PROTECT)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT)

    class Meta:
        managed = False
        db_table = "catalogs_product"


class Customer(Row):
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT)
    email = models.EmailField()
    phone_number = models.CharField(max_length=128, null=True)
    first_name = models.CharField(max_length=255)
    last_name = models.CharField(max_length=255)
    channel_code = models.CharField(max_length=64, null=True)
    erp_code = models.CharField(max_length=64, null=True)
    is_active = models.BooleanField()
    date_joined = models.DateTimeField()
    date_of_birth = models.DateField(null=True)
    gender = models.CharField(max_length=16, null=True)
    user_type = models.CharField(max_length=16, null=True)
    email_allowed = models.BooleanField()
    sms_allowed = models.BooleanField()
    call_allowed = models.BooleanField()
    attributes = models.JSONField()
    attributes_kwargs = models.JSONField()
    localized_attributes = models.JSONField()
    localized_attributes_kwargs = models.JSONField()
    extra_field = models.JSONField()

    class Meta:
        managed = False
        db_table = "customers_customer"


class Country(Row):
    name = models.CharField(max_length=255)
    code = models.CharField(max_length=16)

    class Meta:
        managed = False
        db_table = "customers_country"


class City(Row):
    name = models.CharField(max_length=255)

    class Meta:
        managed = False
        db_table = "customers_city"


class Township(Row):
    name = models.CharField(max_length=255)

    class Meta:
        managed = False
        db_table = "customers_township"


class District(Row):
    name = models.CharField(max_length=255)

    class Meta:
        managed = False
        db_table = "customers_district"


class Address(Row):
    address_type = models.CharField(max_length=16)
    title = models.CharField(max_length=128, null=True)
    email = models.CharField(max_length=254, null=True)
    phone_number = models.CharField(max_length=128, null=True)
    first_name = models.CharField(max_length=255)
    last_name = models.CharField(max_length=255)
    line = models.CharField(max_length=255)
    postcode = models.CharField(max_length=64, null=True)
    notes = models.CharField(max_length=512, null=True)
    company_name = models.CharField(max_length=255, null=True)
    tax_office = models.CharField(max_length=64, null=True)
    tax_no = models.CharField(max_length=20, null=True)
    e_bill_taxpayer = models.BooleanField()
    identity_number = models.CharField(max_length=64, null=True)
    remote_id = models.CharField(max_length=255, null=True)
    extra_field = models.JSONField()
    is_active = models.BooleanField()
    hash_data = models.CharField(max_length=32)
    country = models.ForeignKey(Country, on_delete=models.PROTECT)
    city = models.ForeignKey(City, on_delete=models.PROTECT)
    township = models.ForeignKey(Township, null=True, on_delete=models.PROTECT)
    district = models.ForeignKey(District, null=True, on_delete=models.PROTECT)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT)
    retail_store = models.BigIntegerField(db_column="retail_store_id", null=True)

    class Meta:
        managed = False
        db_table = "customers_address"


class PaymentOption(Row):
    name = models.CharField(max_length=255)
    slug = models.CharField(max_length=128)
    payment_type = models.CharField(max_length=32)
    is_active = models.BooleanField()

    class Meta:
        managed = False
        db_table = "payments_paymentoption"


class Installment(Row):
    label = models.CharField(max_length=255)
    card = models.BigIntegerField(db_column="card_id", null=True)
    installment_count = models.PositiveIntegerField()
    interest_rate = models.DecimalField(max_digits=5, decimal_places=2)
    is_active = models.BooleanField()

    class Meta:
        managed = False
        db_table = "payments_installment"


class CargoCompany(Row):
    name = models.CharField(max_length=255)
    erp_code = models.CharField(max_length=64)
    shipping_company = models.CharField(max_length=32)
    is_active = models.BooleanField()

    class Meta:
        managed = False
        db_table = "orders_cargocompany"
