"""Factories of orders and all that hangs on them. Every default adds up: no order has a total difference.

OrderFactory()                                   waiting, one item of 100.00
ApprovedOrderFactory(items=3)                    approved, three items
ApprovedOrderFactory(captured_by_card=True)      with a confirmed card payment of the whole amount
OrderFactory(channel=channel, item_price=Decimal("59.90"), item_discount=Decimal("9.90"))
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone
from factory import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from omnitron.core.models import AuditSource
from omnitron.omnicore.orders.enums import OrderStatus, ShippingCompany
from omnitron.orders.enums import CancellationType, RefundInstrument
from omnitron.orders.models import (
    BenefitApplicant,
    CancellationPlan,
    CancellationPlanOrderItem,
    CancellationReason,
    CancellationRequest,
    CargoCompany,
    ConditionApplicant,
    DiscountItem,
    DiscountItemCancellationPlan,
    EasyReturn,
    Order,
    OrderItem,
    Package,
    PackageItem,
    Promotion,
    Reconciliation,
    Refund,
    TrackingUpload,
    TrackingUploadRow,
    VendorOrder,
    VendorOrderItem,
)
from tests.factories.catalogs import ProductFactory
from tests.factories.channels import ChannelFactory, DataSourceFactory
from tests.factories.customers import AddressFactory, CustomerFactory
from tests.factories.payments import PaymentOptionFactory, TransactionFactory

ZERO = Decimal("0.00")


class CargoCompanyFactory(DjangoModelFactory):
    class Meta:
        model = CargoCompany

    name = "Aras"
    erp_code = Sequence("aras-{}".format)
    shipping_company = ShippingCompany.ARAS


class OrderFactory(DjangoModelFactory):
    """A waiting order. `items`, `item_price` and `item_discount` say what it consists of, not what it stores."""

    class Meta:
        model = Order

    items = 1
    item_price = Decimal("100.00")
    item_discount = ZERO
    captured_by_card = False

    number = Sequence("{:016d}".format)
    channel = SubFactory(ChannelFactory)
    customer = SubFactory(CustomerFactory, channel=SelfAttribute("..channel"))
    shipping_address = SubFactory(AddressFactory, customer=SelfAttribute("..customer"))
    billing_address = SelfAttribute("shipping_address")
    payment_option = SubFactory(PaymentOptionFactory)
    payment_option_slug = SelfAttribute("payment_option.slug")
    date_placed = LazyFunction(timezone.now)
    shipping_amount = ZERO
    shipping_interest_amount = ZERO
    net_shipping_amount = SelfAttribute("shipping_amount")
    discount_amount = LazyAttribute(lambda order: order.items * order.item_discount)
    amount = LazyAttribute(
        lambda order: (
            order.items * (order.item_price - order.item_discount)
            + order.shipping_amount
            + order.shipping_interest_amount
        )
    )

    @classmethod
    def _create(
        cls,
        model_class: type[Order],
        *args: Any,
        items: int,
        item_price: Decimal,
        item_discount: Decimal,
        captured_by_card: bool,
        **values: Any,
    ) -> Order:
        order = super()._create(model_class, *args, **values)
        lines = OrderItemFactory.create_batch(
            items, order=order, status=order.status, price=item_price, discount_amount=item_discount
        )
        if captured_by_card:
            payment = TransactionFactory(order=order)
            for line in lines:
                line.transactions.add(payment)
        return order


class ApprovedOrderFactory(OrderFactory):
    status = OrderStatus.APPROVED
    items = 2


class ShippedOrderFactory(ApprovedOrderFactory):
    status = OrderStatus.SHIPPED
    shipping_company = ShippingCompany.ARAS
    tracking_number = Sequence("TRACK{:08d}".format)


class OrderItemFactory(DjangoModelFactory):
    """One item of 100.00. It does not add itself to the amount of its order: see `OrderFactory(items=…)`."""

    class Meta:
        model = OrderItem

    order = SubFactory(OrderFactory, items=0, amount=Decimal("100.00"))
    product = SubFactory(ProductFactory)
    status = SelfAttribute("order.status")
    price_currency = SelfAttribute("order.currency")
    price = Decimal("100.00")
    retail_price = SelfAttribute("price")
    tax_rate = Decimal("20.00")
    price_list = LazyAttribute(
        lambda item: item.order.channel.catalog and item.order.channel.catalog.price_list
    )
    stock_list = LazyAttribute(
        lambda item: item.order.channel.catalog and item.order.channel.catalog.stock_list
    )


class PromotionFactory(DjangoModelFactory):
    class Meta:
        model = Promotion

    name = Sequence("Promotion {}".format)
    slug = Sequence("promotion-{}".format)


class DiscountItemFactory(DjangoModelFactory):
    class Meta:
        model = DiscountItem

    order = SubFactory(ApprovedOrderFactory)
    name = "Basket discount"
    amount = Decimal("10.00")
    promotion = SubFactory(PromotionFactory)


class _Applicant(DjangoModelFactory):
    class Meta:
        abstract = True

    order_item = SubFactory(OrderItemFactory)
    discount_item = SubFactory(DiscountItemFactory, order=SelfAttribute("..order_item.order"))


class BenefitApplicantFactory(_Applicant):
    class Meta:
        model = BenefitApplicant

    amount = SelfAttribute("discount_item.amount")


class ConditionApplicantFactory(_Applicant):
    class Meta:
        model = ConditionApplicant


class CancellationReasonFactory(DjangoModelFactory):
    class Meta:
        model = CancellationReason

    cancellation_type = CancellationType.CANCEL
    subject = Sequence("Reason {}".format)


class CancellationPlanFactory(DjangoModelFactory):
    """A waiting plan row alone: items and order are not moved. `OrderService.cancel_order` does that."""

    class Meta:
        model = CancellationPlan

    order = SubFactory(ApprovedOrderFactory)
    plan_type = CancellationType.CANCEL


class CancellationPlanOrderItemFactory(DjangoModelFactory):
    class Meta:
        model = CancellationPlanOrderItem

    order_item = SubFactory(OrderItemFactory)
    cancellation_plan = SubFactory(CancellationPlanFactory, order=SelfAttribute("..order_item.order"))
    reason = SubFactory(CancellationReasonFactory)
    previous_status = OrderStatus.APPROVED
    price = SelfAttribute("order_item.price")
    refund_amount = SelfAttribute("price")


class DiscountItemCancellationPlanFactory(DjangoModelFactory):
    class Meta:
        model = DiscountItemCancellationPlan

    discount_item = SubFactory(DiscountItemFactory)
    cancellation_plan = SubFactory(CancellationPlanFactory, order=SelfAttribute("..discount_item.order"))
    amount = SelfAttribute("discount_item.amount")


class EasyReturnFactory(DjangoModelFactory):
    class Meta:
        model = EasyReturn

    shipping_company = ShippingCompany.ARAS
    code = Sequence("RETURN-{}".format)


class CancellationRequestFactory(DjangoModelFactory):
    class Meta:
        model = CancellationRequest

    order_item = SubFactory(OrderItemFactory)
    reason = SubFactory(CancellationReasonFactory)


class RefundFactory(DjangoModelFactory):
    class Meta:
        model = Refund

    cancellation_plan = SubFactory(CancellationPlanFactory)
    order = SelfAttribute("cancellation_plan.order")
    instrument = RefundInstrument.CHANNEL
    amount = Decimal("100.00")


class PackageFactory(DjangoModelFactory):
    class Meta:
        model = Package

    order = SubFactory(ApprovedOrderFactory)
    number = Sequence("PACKAGE-{}".format)
    cargo_company = SubFactory(CargoCompanyFactory)


class PackageItemFactory(DjangoModelFactory):
    class Meta:
        model = PackageItem

    order_item = SubFactory(OrderItemFactory)
    package = SubFactory(PackageFactory, order=SelfAttribute("..order_item.order"))


class ReconciliationFactory(DjangoModelFactory):
    class Meta:
        model = Reconciliation

    channel = SubFactory(ChannelFactory)
    reference = Sequence("STATEMENT-{}".format)
    reconciliation_date = LazyFunction(lambda: timezone.now().date())
    amount = Decimal("100.00")


class VendorOrderFactory(DjangoModelFactory):
    class Meta:
        model = VendorOrder

    order = SubFactory(ApprovedOrderFactory)
    data_source = SubFactory(DataSourceFactory)
    number = Sequence("VENDOR-{}".format)


class VendorOrderItemFactory(DjangoModelFactory):
    class Meta:
        model = VendorOrderItem

    order_item = SubFactory(OrderItemFactory)
    vendor_order = SubFactory(VendorOrderFactory, order=SelfAttribute("..order_item.order"))


class TrackingUploadFactory(DjangoModelFactory):
    class Meta:
        model = TrackingUpload

    source = AuditSource.API
    file_name = "numbers.csv"


class TrackingUploadRowFactory(DjangoModelFactory):
    class Meta:
        model = TrackingUploadRow

    upload = SubFactory(TrackingUploadFactory)
    row_number = Sequence(lambda n: n + 2)
    order_number = "1"
