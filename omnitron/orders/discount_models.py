"""Discounts of an order: what was given, to which items, and because of which."""

from __future__ import annotations

from django.db import models

from omnitron.omnicore.models import MoneyField, TimeStampedModel, not_negative


class Promotion(TimeStampedModel):
    """The campaign behind a discount."""

    name = models.CharField(max_length=255)
    slug = models.SlugField(max_length=128, unique=True)

    def __str__(self) -> str:
        return self.name


class DiscountItem(TimeStampedModel):
    """One discount of an order."""

    channel_path = "order__channel"

    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE)
    name = models.CharField(max_length=255)
    amount = MoneyField()
    cancel_amount = MoneyField(default=0)
    # The values of these two are not documented; they are kept as the channel gives them.
    offer_type = models.CharField(max_length=64, null=True, blank=True)
    session_offer_type = models.CharField(max_length=64, null=True, blank=True)
    code = models.CharField(max_length=128, null=True, blank=True)
    promotion = models.ForeignKey(Promotion, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            *not_negative("amount", "cancel_amount"),
            models.CheckConstraint(
                condition=models.Q(cancel_amount__lte=models.F("amount")),
                name="discount_item_cancel_within_amount",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BenefitApplicant(TimeStampedModel):
    """An item that got a part of the discount, and how much."""

    channel_path = "order_item__order__channel"

    discount_item = models.ForeignKey(DiscountItem, on_delete=models.CASCADE)
    order_item = models.ForeignKey("orders.OrderItem", on_delete=models.CASCADE)
    amount = MoneyField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["discount_item", "order_item"], name="benefit_applicant_once_a_discount"
            ),
            *not_negative("amount"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class ConditionApplicant(TimeStampedModel):
    """An item that met the discount's condition."""

    channel_path = "order_item__order__channel"

    discount_item = models.ForeignKey(DiscountItem, on_delete=models.CASCADE)
    order_item = models.ForeignKey("orders.OrderItem", on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["discount_item", "order_item"], name="condition_applicant_once_a_discount"
            )
        ]

    def __str__(self) -> str:
        return f"{self.discount_item_id}/{self.order_item_id}"
