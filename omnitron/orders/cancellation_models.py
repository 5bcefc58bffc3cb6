"""Cancellations and refunds: reasons, plans with frozen figures, requests, returns, money going back."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from omnitron.omnicore.models import JSONObjectField, MoneyField, TimeStampedModel, not_negative, one_of
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus, ShippingCompany
from omnitron.orders.enums import (
    CancellationRequestStatus,
    CancellationType,
    EasyReturnStatus,
    RefundInstrument,
    RefundStatus,
)


class CancellationReason(TimeStampedModel):
    """Why something is cancelled or sent back. Deleting one deactivates it."""

    cancellation_type = models.CharField(max_length=16, choices=CancellationType)
    subject = models.CharField(max_length=255)
    extra_information_needed = models.BooleanField(default=False)
    order = models.PositiveIntegerField(default=0, help_text="Position in lists.")
    is_active = models.BooleanField(default=True)
    send_to_remote = models.BooleanField(default=True)
    translations = JSONObjectField()
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        constraints = [one_of("cancellation_type", CancellationType)]

    def __str__(self) -> str:
        return self.subject


class CancellationPlan(TimeStampedModel):
    """A decision in the making to cancel or refund some items, with what that costs, frozen."""

    channel_path = "order__channel"

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT)
    plan_type = models.CharField(max_length=16, choices=CancellationType)
    status = models.CharField(max_length=32, choices=CancelStatus, default=CancelStatus.WAITING)
    refund_amount = MoneyField(default=0)
    discount_refund_amount = MoneyField(default=0)
    shipping_refund_amount = MoneyField(default=0)
    forced_refund_amount = MoneyField(null=True, blank=True)
    is_cargo_refund = models.BooleanField(default=False)
    refund_invoice_number = models.CharField(max_length=128, null=True, blank=True)
    diagnose = models.CharField(max_length=512, null=True, blank=True)
    ibans = models.JSONField(default=list, blank=True)
    holder_names = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    modified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )

    class Meta:
        constraints = [
            one_of("plan_type", CancellationType),
            one_of("status", CancelStatus),
            *not_negative(
                "refund_amount", "discount_refund_amount", "shipping_refund_amount", "forced_refund_amount"
            ),
        ]
        indexes = [models.Index(fields=["status", "id"], name="cancellation_plan_by_status")]

    def __str__(self) -> str:
        return f"{self.plan_type} {self.pk}"


class CancellationPlanOrderItem(TimeStampedModel):
    """An item of a plan: its frozen refund, and the status it goes back to when the plan is rejected."""

    channel_path = "cancellation_plan__order__channel"

    cancellation_plan = models.ForeignKey(CancellationPlan, on_delete=models.CASCADE)
    order_item = models.ForeignKey("orders.OrderItem", on_delete=models.PROTECT)
    reason = models.ForeignKey(CancellationReason, null=True, blank=True, on_delete=models.PROTECT)
    previous_status = models.PositiveSmallIntegerField(choices=OrderStatus)
    # Of a rejected plan: the item is free for another one.
    is_rejected = models.BooleanField(default=False, db_default=False)
    price = MoneyField()
    discount_share = MoneyField(default=0)
    interest_share = MoneyField(default=0)
    shipping_share = MoneyField(default=0)
    tax_amount = MoneyField(default=0)
    refund_amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cancellation_plan", "order_item"], name="plan_item_once_a_plan"),
            models.UniqueConstraint(
                fields=["order_item"],
                condition=models.Q(is_rejected=False),
                name="item_in_one_plan_at_a_time",
            ),
            one_of("previous_status", OrderStatus),
            *not_negative(
                "price", "discount_share", "interest_share", "shipping_share", "tax_amount", "refund_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_item_id}: {self.refund_amount}"


class DiscountItemCancellationPlan(TimeStampedModel):
    """How much of a discount a plan takes back."""

    channel_path = "cancellation_plan__order__channel"

    cancellation_plan = models.ForeignKey(CancellationPlan, on_delete=models.CASCADE)
    discount_item = models.ForeignKey("orders.DiscountItem", on_delete=models.PROTECT)
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cancellation_plan", "discount_item"], name="plan_discount_once_a_plan"
            ),
            *not_negative("amount"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class EasyReturn(TimeStampedModel):
    """A code with which the customer hands the goods back to a carrier."""

    channel_path = "cancellationrequest__order_item__order__channel"

    shipping_company = models.CharField(max_length=32, choices=ShippingCompany)
    code = models.CharField(max_length=128)
    start_date = models.DateTimeField(null=True, blank=True)
    end_date = models.DateTimeField(null=True, blank=True)
    max_count = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=16, choices=EasyReturnStatus, default=EasyReturnStatus.ACTIVE)
    raw_request = models.TextField(null=True, blank=True)
    raw_response = models.TextField(null=True, blank=True)
    tracking_number = models.CharField(max_length=256, null=True, blank=True)
    tracking_url = models.URLField(max_length=512, null=True, blank=True)
    pickup_date = models.DateTimeField(null=True, blank=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        constraints = [one_of("shipping_company", ShippingCompany), one_of("status", EasyReturnStatus)]

    def __str__(self) -> str:
        return self.code


class CancellationRequest(TimeStampedModel):
    """A customer's or channel's wish to cancel or return an item; approving it opens a plan."""

    channel_path = "order_item__order__channel"

    order_item = models.ForeignKey("orders.OrderItem", on_delete=models.PROTECT)
    reason = models.ForeignKey(CancellationReason, on_delete=models.PROTECT)
    cancellation_plan = models.ForeignKey(CancellationPlan, null=True, blank=True, on_delete=models.PROTECT)
    cancellation_type = models.CharField(
        max_length=16, choices=CancellationType, default=CancellationType.CANCEL
    )
    status = models.CharField(
        max_length=32, choices=CancellationRequestStatus, default=CancellationRequestStatus.WAITING_APPROVAL
    )
    description = models.TextField(null=True, blank=True)
    quantity = models.PositiveIntegerField(null=True, blank=True)
    iban = models.CharField(max_length=34, null=True, blank=True)
    holder_name = models.CharField(max_length=255, null=True, blank=True)
    fully_refund_as_loyalty_money = models.BooleanField(default=False)
    easy_return = models.OneToOneField(EasyReturn, null=True, blank=True, on_delete=models.PROTECT)
    attributes = JSONObjectField()
    attributes_kwargs = JSONObjectField()
    localized_attributes = JSONObjectField()
    localized_attributes_kwargs = JSONObjectField()
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        constraints = [
            one_of("cancellation_type", CancellationType),
            one_of("status", CancellationRequestStatus),
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gte=1),
                name="cancellation_request_quantity_positive",
            ),
        ]
        indexes = [
            models.Index(fields=["modified_date", "id"], name="cancel_request_by_modified"),
            models.Index(fields=["status", "id"], name="cancellation_request_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.cancellation_type} of {self.order_item_id}"


class Refund(TimeStampedModel):
    """Money that goes back on one instrument: a row first, then the gateway is called."""

    channel_path = "order__channel"

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT)
    cancellation_plan = models.ForeignKey(CancellationPlan, on_delete=models.PROTECT)
    instrument = models.CharField(max_length=32, choices=RefundInstrument)
    # The payment row it goes back on; none for the instrument `channel`.
    transaction_id = models.BigIntegerField(null=True, blank=True)
    amount = MoneyField()
    status = models.CharField(max_length=16, choices=RefundStatus, default=RefundStatus.PENDING)
    iban = models.CharField(max_length=34, null=True, blank=True)
    holder_name = models.CharField(max_length=255, null=True, blank=True)
    gateway_reference = models.CharField(max_length=255, null=True, blank=True)
    proof = models.CharField(max_length=512, null=True, blank=True)
    failure_reason = models.TextField(null=True, blank=True)
    failed_attempts = models.PositiveIntegerField(default=0)
    # Until then nobody sends it: a pause after a failure or, while `is_claimed`, the time a worker has for it.
    not_before = models.DateTimeField(null=True, blank=True)
    is_claimed = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            one_of("instrument", RefundInstrument),
            one_of("status", RefundStatus),
            *not_negative("amount"),
        ]
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                name="refund_pending",
                condition=models.Q(status=RefundStatus.PENDING),
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} by {self.instrument}"
