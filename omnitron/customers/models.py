"""Who buys, and where it goes."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone

from omnitron.customers.enums import AddressType, Gender, UserType
from omnitron.omnicore.models import JSONObjectField, TimeStampedModel, one_of


class Customer(TimeStampedModel):
    """A buyer as one channel knows them. E-mail and phone are kept to the letter: channels compare them."""

    channel_path = "channel"

    channel = models.ForeignKey("channels.Channel", on_delete=models.PROTECT)
    email = models.EmailField(max_length=254)
    phone_number = models.CharField(max_length=128, null=True, blank=True)
    first_name = models.CharField(max_length=255)
    last_name = models.CharField(max_length=255)
    channel_code = models.CharField(max_length=64, null=True, blank=True)
    erp_code = models.CharField(max_length=64, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    date_of_birth = models.DateField(null=True, blank=True)
    gender = models.CharField(max_length=16, choices=Gender, null=True, blank=True)
    user_type = models.CharField(max_length=16, choices=UserType, null=True, blank=True)
    email_allowed = models.BooleanField(default=False)
    sms_allowed = models.BooleanField(default=False)
    call_allowed = models.BooleanField(default=False)
    attributes = JSONObjectField()
    attributes_kwargs = JSONObjectField()
    localized_attributes = JSONObjectField()
    localized_attributes_kwargs = JSONObjectField()
    extra_field = JSONObjectField()

    class Meta:
        constraints = [one_of("gender", Gender), one_of("user_type", UserType)]
        indexes = [
            models.Index(fields=["email", "channel"], name="customer_by_email"),
            models.Index(fields=["phone_number", "channel"], name="customer_by_phone"),
            # By which a channel's orders find their customers again.
            models.Index(fields=["channel_code", "channel"], name="customer_by_channel_code"),
            GinIndex(OpClass(Upper("email"), name="gin_trgm_ops"), name="customer_email_trigrams"),
            GinIndex(OpClass(Upper("phone_number"), name="gin_trgm_ops"), name="customer_phone_trigrams"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Place(TimeStampedModel):
    """What countries, cities, townships and districts share."""

    name = models.CharField(max_length=255)
    is_active = models.BooleanField(default=True)
    translations = JSONObjectField()
    mapping = GenericRelation("channels.IntegrationMapping")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Country(Place):
    """`code` is compared to the letter: "tr" is not "TR"."""

    code = models.CharField(max_length=16, unique=True)

    class Meta:
        verbose_name_plural = "countries"


class City(Place):
    country = models.ForeignKey(Country, on_delete=models.PROTECT)
    postcode = models.CharField(max_length=64, null=True, blank=True)

    class Meta:
        verbose_name_plural = "cities"
        constraints = [models.UniqueConstraint(fields=["country", "name"], name="city_once_a_country")]


class Township(Place):
    city = models.ForeignKey(City, on_delete=models.PROTECT)
    postcode = models.CharField(max_length=64, null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "name"], name="township_once_a_city")]


class District(Place):
    city = models.ForeignKey(City, on_delete=models.PROTECT)
    township = models.ForeignKey(Township, on_delete=models.PROTECT)
    postcode = models.CharField(max_length=64, null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["township", "name"], name="district_once_a_township")]


class RetailStore(TimeStampedModel):
    """A shop one can collect from, known to the ERP by `erp_code`."""

    name = models.CharField(max_length=255)
    erp_code = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254, null=True, blank=True)
    phone_number = models.CharField(max_length=128, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    extra_field = JSONObjectField()

    def __str__(self) -> str:
        return self.name


class Address(TimeStampedModel):
    """A postal address of a customer or a retail store.

    `hash_data` is the md5 of everything that is delivered, owner included: the same address twice is one row.
    An address that an order uses is never changed in place, a change makes a new one.
    """

    channel_path = "customer__channel"

    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT)
    retail_store = models.ForeignKey(RetailStore, null=True, blank=True, on_delete=models.PROTECT)
    address_type = models.CharField(max_length=16, choices=AddressType, default=AddressType.CUSTOMER)
    title = models.CharField(max_length=128, null=True, blank=True)
    email = models.EmailField(max_length=254, null=True, blank=True)
    phone_number = models.CharField(max_length=128, null=True, blank=True)
    first_name = models.CharField(max_length=255)
    last_name = models.CharField(max_length=255)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, db_index=False)
    city = models.ForeignKey(City, on_delete=models.PROTECT, db_index=False)
    township = models.ForeignKey(Township, null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    district = models.ForeignKey(District, null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    line = models.CharField(max_length=255)
    postcode = models.CharField(max_length=64, null=True, blank=True)
    notes = models.CharField(max_length=512, null=True, blank=True)
    company_name = models.CharField(max_length=255, null=True, blank=True)
    tax_office = models.CharField(max_length=64, null=True, blank=True)
    tax_no = models.CharField(max_length=20, null=True, blank=True)
    e_bill_taxpayer = models.BooleanField(default=False)
    identity_number = models.CharField(max_length=64, null=True, blank=True)
    remote_id = models.CharField(max_length=255, null=True, blank=True)
    extra_field = JSONObjectField()
    is_active = models.BooleanField(default=True)
    hash_data = models.CharField(max_length=32, unique=True, editable=False)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            one_of("address_type", AddressType),
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False) | models.Q(retail_store__isnull=False),
                name="address_has_an_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}, {self.line}"
