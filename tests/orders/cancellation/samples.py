"""Orders that several tests of cancellations cancel."""

from __future__ import annotations

from decimal import Decimal

from omnitron.orders.models import Order
from tests.factories.orders import ApprovedOrderFactory, BenefitApplicantFactory, DiscountItemFactory
from tests.factories.payments import TransactionFactory


def pks(order: Order) -> list[int]:
    return list(order.orderitem_set.order_by("pk").values_list("pk", flat=True))


def for_all(order: Order, reason: int) -> dict[str, int]:
    return dict.fromkeys(map(str, pks(order)), reason)


def discounted() -> Order:
    """Three items of 100.00, each with 10.00 off and 2.00 interest, 30.00 shipping: 306.00 in all, paid by card."""
    order = ApprovedOrderFactory(items=3, item_discount=Decimal("10.00"), shipping_amount=Decimal("30.00"))
    discount = DiscountItemFactory(order=order, amount=Decimal("30.00"))
    for item in order.orderitem_set.all():
        BenefitApplicantFactory(order_item=item, discount_item=discount, amount=Decimal("10.00"))
    order.orderitem_set.update(installment_interest_amount=Decimal("2.00"))
    Order.objects.filter(pk=order.pk).update(amount=Decimal("306.00"))
    order.refresh_from_db()
    TransactionFactory(order=order)
    return order
