"""The fields every order backend of the family shares (`omnicore.orders.models` in the documents)."""

from __future__ import annotations

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models

from omnitron.omnicore.catalogs.enums import CurrencyType
from omnitron.omnicore.models import (
    JSONObjectField,
    MoneyField,
    RateField,
    TimeStampedModel,
    not_negative,
    one_of,
)
from omnitron.omnicore.orders.enums import (
    CancelStatus,
    ClientType,
    OrderStatus,
    ShippingCompany,
    ShippingOptionDeliveryType,
)


class BaseOrder(TimeStampedModel):
    """What an order is anywhere: number, status, money, shipping. Amounts include tax."""

    number = models.CharField(max_length=128)
    status = models.PositiveSmallIntegerField(choices=OrderStatus, default=OrderStatus.WAITING)
    cancel_status = models.CharField(max_length=32, choices=CancelStatus, null=True, blank=True)
    date_placed = models.DateTimeField()
    currency = models.CharField(max_length=3, choices=CurrencyType, default=CurrencyType.TR)
    amount = MoneyField()
    discount_amount = MoneyField(default=0)
    shipping_amount = MoneyField(default=0)
    shipping_tax_rate = RateField(null=True, blank=True)
    shipping_interest_amount = MoneyField(default=0)
    installment_count = models.PositiveIntegerField(default=1)
    installment_interest_amount = MoneyField(default=0)
    refund_amount = MoneyField(default=0)
    discount_refund_amount = MoneyField(default=0)
    shipping_refund_amount = MoneyField(default=0)
    delivery_type = models.CharField(max_length=32, choices=ShippingOptionDeliveryType, null=True, blank=True)
    delivery_range = DateTimeRangeField(null=True, blank=True)
    shipping_option_slug = models.SlugField(max_length=128, null=True, blank=True)
    shipping_company = models.CharField(max_length=32, choices=ShippingCompany, null=True, blank=True)
    tracking_number = models.CharField(max_length=256, null=True, blank=True)
    carrier_shipping_code = models.CharField(max_length=256, null=True, blank=True)
    invoice_number = models.CharField(max_length=128, null=True, blank=True)
    invoice_date = models.DateTimeField(null=True, blank=True)
    e_archive_url = models.URLField(max_length=512, null=True, blank=True)
    client_type = models.CharField(max_length=16, choices=ClientType, default=ClientType.DEFAULT)
    language_code = models.CharField(max_length=16, null=True, blank=True)
    remote_addr = models.GenericIPAddressField(null=True, blank=True)
    # "gift_bpx_note" in one table of the documents is a typo of gift_box_note.
    has_gift_box = models.BooleanField(null=True, blank=True, default=False)
    gift_box_note = models.CharField(max_length=160, null=True, blank=True)
    notes = models.CharField(max_length=320, null=True, blank=True)
    segment = models.CharField(max_length=128, null=True, blank=True)
    extra_field = JSONObjectField()

    class Meta:
        abstract = True
        constraints = [
            one_of("status", OrderStatus),
            one_of("cancel_status", CancelStatus),
            one_of("currency", CurrencyType),
            one_of("delivery_type", ShippingOptionDeliveryType),
            one_of("shipping_company", ShippingCompany),
            one_of("client_type", ClientType),
            *not_negative(
                "amount",
                "discount_amount",
                "shipping_amount",
                "shipping_interest_amount",
                "installment_interest_amount",
                "refund_amount",
                "discount_refund_amount",
                "shipping_refund_amount",
            ),
        ]


class BaseOrderItem(TimeStampedModel):
    """One unit, or one merged line whose count stands in its attributes. `price` is the whole line's."""

    status = models.PositiveSmallIntegerField(choices=OrderStatus, default=OrderStatus.APPROVED)
    cancel_status = models.CharField(max_length=32, choices=CancelStatus, null=True, blank=True)
    price_currency = models.CharField(max_length=3, choices=CurrencyType, default=CurrencyType.TR)
    price = MoneyField()
    retail_price = MoneyField(null=True, blank=True)
    tax_rate = RateField()
    discount_amount = MoneyField(default=0)
    installment_interest_amount = MoneyField(default=0)
    forced_refund = models.BooleanField(default=False)
    attributes = JSONObjectField()
    attributes_kwargs = JSONObjectField()
    localized_attributes = JSONObjectField()
    localized_attributes_kwargs = JSONObjectField()
    extra_field = JSONObjectField()
    shipping_company = models.CharField(max_length=32, choices=ShippingCompany, null=True, blank=True)
    shipment_code = models.CharField(max_length=256, null=True, blank=True)
    tracking_number = models.CharField(max_length=256, null=True, blank=True)
    carrier_shipping_code = models.CharField(max_length=256, null=True, blank=True)
    invoice_number = models.CharField(max_length=128, null=True, blank=True)
    invoice_date = models.DateTimeField(null=True, blank=True)
    e_archive_url = models.URLField(max_length=512, null=True, blank=True)
    image = models.ImageField(upload_to="order_items/", max_length=512, null=True, blank=True)
    estimated_delivery_date = models.DateField(null=True, blank=True)
    shipped_date = models.DateTimeField(null=True, blank=True)
    delivered_date = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            one_of("status", OrderStatus),
            one_of("cancel_status", CancelStatus),
            one_of("price_currency", CurrencyType),
            one_of("shipping_company", ShippingCompany),
            *not_negative(
                "price", "retail_price", "tax_rate", "discount_amount", "installment_interest_amount"
            ),
            models.CheckConstraint(
                condition=models.Q(discount_amount__lte=models.F("price")),
                name="%(app_label)s_%(class)s_discount_within_price",
            ),
        ]
