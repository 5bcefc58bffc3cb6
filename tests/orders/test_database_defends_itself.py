"""What no code could write, whoever wrote it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from omnitron.catalogs.models import ProductStock
from omnitron.orders.models import DiscountItem, Order, OrderItem
from tests.factories.catalogs import ProductStockFactory
from tests.factories.channels import ChannelFactory
from tests.factories.orders import ApprovedOrderFactory, DiscountItemFactory, OrderFactory


@pytest.mark.parametrize(
    ("model", "values", "constraint"),
    [
        (Order, {"status": 401}, "orders_order_status_known"),
        (Order, {"cancel_status": "manuel_refund_ned"}, "orders_order_cancel_status_known"),
        (Order, {"currency": "xyz"}, "orders_order_currency_known"),
        (Order, {"amount": Decimal("-0.01"), "refund_amount": Decimal("-1")}, "_not_negative"),
        (
            Order,
            {"installment_interest_amount": Decimal("-0.01")},
            "installment_interest_amount_not_negative",
        ),
        (Order, {"refund_amount": Decimal("200.01")}, "order_refund_within_amount"),
        (Order, {"shipping_refund_amount": Decimal("0.01")}, "order_shipping_refund_within_shipping"),
        (Order, {"discount_refund_amount": Decimal("0.01")}, "order_discount_refund_within_discount"),
        (OrderItem, {"status": 0}, "orders_orderitem_status_known"),
        (OrderItem, {"retail_price": Decimal("-1")}, "orders_orderitem_retail_price_not_negative"),
        (OrderItem, {"discount_amount": Decimal("100.01")}, "orders_orderitem_discount_within_price"),
        (OrderItem, {"shipping_company": "pigeon"}, "orders_orderitem_shipping_company_known"),
        (ProductStock, {"sold_quantity_unreported": -1}, "sold_quantity_unreported"),
        (DiscountItem, {"cancel_amount": Decimal("10.01")}, "discount_item_cancel_within_amount"),
    ],
)
def test_a_constraint_refuses(
    db: None, model: type[models.Model], values: dict[str, Any], constraint: str
) -> None:
    order = ApprovedOrderFactory(items=2)
    DiscountItemFactory(order=order, amount="10.00")
    ProductStockFactory()

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        model.objects.update(**values)

    assert constraint in str(refusal.value)


def test_a_number_is_unique_in_its_channel_only(db: None) -> None:
    order = OrderFactory(number="N-1")
    OrderFactory(number="N-1")

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        OrderFactory(number="N-1", channel=order.channel)

    assert "order_number_once_a_channel" in str(refusal.value)


def test_the_channel_of_an_order_is_final(db: None) -> None:
    order = OrderFactory()

    with pytest.raises(IntegrityError, match="the channel of an order never changes"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(channel=ChannelFactory())


def test_modified_date_moves_however_a_row_is_written(db: None) -> None:
    order = OrderFactory()
    seen = [order.modified_date]

    order.notes = "save"
    order.save()
    seen.append(Order.objects.get().modified_date)
    order.notes = "update_fields"
    order.save(update_fields=["notes"])
    seen.append(Order.objects.get().modified_date)
    Order.objects.update(notes="update")
    seen.append(Order.objects.get().modified_date)
    order.notes = "bulk_update"
    Order.objects.bulk_update([order], ["notes"])
    seen.append(Order.objects.get().modified_date)

    assert seen == sorted(set(seen))
    assert Order.objects.get().notes == "bulk_update"
