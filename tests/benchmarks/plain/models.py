"""Orders and what hangs on them: unmanaged models over the tables of our own migrations."""

from __future__ import annotations

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models

from tests.benchmarks.plain.related_models import (
    Address,
    CargoCompany,
    Channel,
    Customer,
    DataSource,
    ExternalStatus,
    Installment,
    PaymentOption,
    PriceList,
    Product,
    Row,
    StockList,
    money,
)

STATUSES = [
    (50, "cancellation_waiting"),
    (100, "canceled"),
    (200, "waiting"),
    (300, "payment_waiting"),
    (350, "confirmation_waiting"),
    (400, "approved"),
    (450, "preparing"),
    (500, "shipped"),
    (510, "shipped_and_informed"),
    (520, "ready_for_pickup"),
    (540, "attempted_delivery"),
    (544, "review_started"),
    (545, "review_waiting"),
    (550, "delivered"),
    (600, "refunded"),
]


class Order(Row):
    number = models.CharField(max_length=128)
    status = models.PositiveSmallIntegerField(choices=STATUSES, default=200)
    cancel_status = models.CharField(max_length=32, null=True, blank=True)
    date_placed = models.DateTimeField()
    currency = models.CharField(max_length=3, default="try")
    amount = money()
    discount_amount = money(default=0)
    shipping_amount = money(default=0)
    shipping_tax_rate = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    shipping_interest_amount = money(default=0)
    installment_count = models.PositiveIntegerField(default=1)
    installment_interest_amount = money(default=0)
    refund_amount = money(default=0)
    discount_refund_amount = money(default=0)
    shipping_refund_amount = money(default=0)
    delivery_type = models.CharField(max_length=32, null=True, blank=True)
    delivery_range = DateTimeRangeField(null=True, blank=True)
    shipping_option_slug = models.CharField(max_length=128, null=True, blank=True)
    shipping_company = models.CharField(max_length=32, null=True, blank=True)
    tracking_number = models.CharField(max_length=256, null=True, blank=True)
    carrier_shipping_code = models.CharField(max_length=256, null=True, blank=True)
    invoice_number = models.CharField(max_length=128, null=True, blank=True)
    invoice_date = models.DateTimeField(null=True, blank=True)
    e_archive_url = models.URLField(max_length=512, null=True, blank=True)
    client_type = models.CharField(max_length=16, default="default")
    language_code = models.CharField(max_length=16, null=True, blank=True)
    remote_addr = models.GenericIPAddressField(null=True, blank=True)
    has_gift_box = models.BooleanField(null=True, blank=True, default=False)
    gift_box_note = models.CharField(max_length=160, null=True, blank=True)
    notes = models.CharField(max_length=320, null=True, blank=True)
    segment = models.CharField(max_length=128, null=True, blank=True)
    extra_field = models.JSONField(default=dict, blank=True)
    payment_option_slug = models.CharField(max_length=128, null=True, blank=True)
    bin_number = models.CharField(max_length=8, null=True, blank=True)
    checkout_provider_id = models.IntegerField(null=True, blank=True)
    is_send = models.BooleanField(default=False)
    cancellation_info = models.JSONField(default=dict, blank=True)
    tracking_url = models.URLField(max_length=512, null=True, blank=True)
    net_shipping_amount = money()
    total_difference = money(default=0)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    shipping_address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="+")
    billing_address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="+")
    payment_option = models.ForeignKey(PaymentOption, null=True, blank=True, on_delete=models.PROTECT)
    installment = models.ForeignKey(Installment, null=True, blank=True, on_delete=models.PROTECT)
    cargo_company = models.ForeignKey(CargoCompany, null=True, blank=True, on_delete=models.PROTECT)
    external_status = models.ForeignKey(ExternalStatus, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        managed = False
        db_table = "orders_order"
        constraints = [
            models.UniqueConstraint(fields=["number", "channel"], name="order_number_once_a_channel")
        ]


class OrderItem(Row):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    status = models.PositiveSmallIntegerField(choices=STATUSES, default=400)
    cancel_status = models.CharField(max_length=32, null=True, blank=True)
    price_currency = models.CharField(max_length=3, default="try")
    price = money()
    retail_price = money(null=True, blank=True)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2)
    discount_amount = money(default=0)
    installment_interest_amount = money(default=0)
    forced_refund = models.BooleanField(default=False)
    attributes = models.JSONField(default=dict, blank=True)
    attributes_kwargs = models.JSONField(default=dict, blank=True)
    localized_attributes = models.JSONField(default=dict, blank=True)
    localized_attributes_kwargs = models.JSONField(default=dict, blank=True)
    extra_field = models.JSONField(default=dict, blank=True)
    shipping_company = models.CharField(max_length=32, null=True, blank=True)
    shipment_code = models.CharField(max_length=256, null=True, blank=True)
    tracking_number = models.CharField(max_length=256, null=True, blank=True)
    carrier_shipping_code = models.CharField(max_length=256, null=True, blank=True)
    invoice_number = models.CharField(max_length=128, null=True, blank=True)
    invoice_date = models.DateTimeField(null=True, blank=True)
    e_archive_url = models.URLField(max_length=512, null=True, blank=True)
    image = models.CharField(max_length=512, null=True, blank=True)
    estimated_delivery_date = models.DateField(null=True, blank=True)
    shipped_date = models.DateTimeField(null=True, blank=True)
    delivered_date = models.DateTimeField(null=True, blank=True)
    original_stock = models.IntegerField(null=True, blank=True)
    shipping_option_group = models.CharField(max_length=128, null=True, blank=True)
    tracking_url = models.URLField(max_length=512, null=True, blank=True)
    reserved_units = models.PositiveIntegerField(default=0)
    is_stock_short = models.BooleanField(default=False)
    price_list = models.ForeignKey(PriceList, null=True, blank=True, on_delete=models.PROTECT)
    stock_list = models.ForeignKey(StockList, null=True, blank=True, on_delete=models.PROTECT)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    external_status = models.ForeignKey(ExternalStatus, null=True, blank=True, on_delete=models.PROTECT)
    datasource = models.ForeignKey(DataSource, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        managed = False
        db_table = "orders_orderitem"


class Promotion(Row):
    name = models.CharField(max_length=255)
    slug = models.CharField(max_length=128)

    class Meta:
        managed = False
        db_table = "orders_promotion"


class DiscountItem(Row):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    promotion = models.ForeignKey(Promotion, null=True, on_delete=models.PROTECT)
    name = models.CharField(max_length=255)
    amount = money()
    cancel_amount = money(default=0)
    offer_type = models.CharField(max_length=64, null=True)
    session_offer_type = models.CharField(max_length=64, null=True)
    code = models.CharField(max_length=128, null=True)

    class Meta:
        managed = False
        db_table = "orders_discountitem"


class BenefitApplicant(Row):
    discount_item = models.ForeignKey(DiscountItem, on_delete=models.CASCADE)
    order_item = models.ForeignKey(OrderItem, on_delete=models.CASCADE)
    amount = money()

    class Meta:
        managed = False
        db_table = "orders_benefitapplicant"


class ConditionApplicant(Row):
    discount_item = models.ForeignKey(DiscountItem, on_delete=models.CASCADE)
    order_item = models.ForeignKey(OrderItem, on_delete=models.CASCADE)

    class Meta:
        managed = False
        db_table = "orders_conditionapplicant"


class CancellationPlan(Row):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    plan_type = models.CharField(max_length=16)
    status = models.CharField(max_length=32)
    refund_amount = money()
    discount_refund_amount = money()
    shipping_refund_amount = money()
    forced_refund_amount = money(null=True)
    is_cargo_refund = models.BooleanField()
    refund_invoice_number = models.CharField(max_length=128, null=True)
    ibans = models.JSONField(default=list)
    holder_names = models.JSONField(default=list)

    class Meta:
        managed = False
        db_table = "orders_cancellationplan"


class CancellationReason(models.Model):
    class Meta:
        managed = False
        db_table = "orders_cancellationreason"


class CancellationPlanOrderItem(Row):
    cancellation_plan = models.ForeignKey(CancellationPlan, on_delete=models.CASCADE)
    order_item = models.ForeignKey(OrderItem, on_delete=models.CASCADE)
    reason = models.ForeignKey(CancellationReason, null=True, on_delete=models.PROTECT)
    previous_status = models.PositiveSmallIntegerField(choices=STATUSES)
    price = money()
    discount_share = money()
    interest_share = money()
    shipping_share = money()
    tax_amount = money()
    refund_amount = money()

    class Meta:
        managed = False
        db_table = "orders_cancellationplanorderitem"


class Payment(Row):
    """What every payment row has."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    transaction_type = models.CharField(max_length=16)
    status = models.CharField(max_length=16)
    amount = money()
    currency = models.CharField(max_length=3)
    transaction_date = models.DateTimeField()
    reference = models.CharField(max_length=255, null=True)
    extra_field = models.JSONField(default=dict)

    class Meta:
        abstract = True


class Transaction(Payment):
    bin_number = models.CharField(max_length=8, null=True)
    installment_count = models.PositiveIntegerField()
    # A number here, as in the rows below, where no table behind it is read.
    pos = models.BigIntegerField(db_column="pos_id", null=True)

    class Meta:
        managed = False
        db_table = "payments_transaction"


class FundsTransferTransaction(Payment):
    iban = models.CharField(max_length=34, null=True)
    holder_name = models.CharField(max_length=255, null=True)
    bank = models.BigIntegerField(db_column="bank_id", null=True)

    class Meta:
        managed = False
        db_table = "payments_fundstransfertransaction"


class PayOnDeliveryTransaction(Payment):
    class Meta:
        managed = False
        db_table = "payments_payondeliverytransaction"


class LoyaltyTransaction(Payment):
    class Meta:
        managed = False
        db_table = "payments_loyaltytransaction"


class BexTransaction(Payment):
    class Meta:
        managed = False
        db_table = "payments_bextransaction"


class CashRegisterTransaction(Payment):
    retail_store = models.BigIntegerField(db_column="retail_store_id", null=True)

    class Meta:
        managed = False
        db_table = "payments_cashregistertransaction"
