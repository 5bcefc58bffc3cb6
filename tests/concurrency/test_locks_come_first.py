"""Whatever is done with an order begins with the order's lock: nothing is locked or written before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from omnitron.orders.models import Order, Refund
from omnitron.orders.service import OrderService
from tests.factories.customers import AddressFactory
from tests.factories.orders import (
    ApprovedOrderFactory,
    CancellationReasonFactory,
    CancellationRequestFactory,
    OrderFactory,
    OrderItemFactory,
    PackageItemFactory,
)
from tests.factories.payments import PaymentOptionFactory
from tests.orders.cancellation.baskets import CONTEXT

pytestmark = pytest.mark.django_db
Call = tuple[str, str, dict[str, Any]]
LOCK_OR_WRITE = re.compile(r"FOR NO KEY UPDATE|FOR UPDATE|^(?:INSERT INTO|UPDATE|DELETE FROM) ")
TABLE = re.compile(r'(?:FROM|INTO|UPDATE) "(\w+)"')


def test_the_first_lock_is_the_orders_and_no_write_precedes_it(api: APIClient) -> None:
    for method, path, body in [*_on_an_open_order(), *_on_plans(), *_on_refunds(), *_at_the_till()]:
        with CaptureQueriesContext(connection) as captured, transaction.atomic():
            answer = getattr(api, method)(f"/api/v1/{path}/", body, format="json")
            transaction.set_rollback(True)
        assert answer.status_code in {200, 201, 204}, (path, answer.content)
        statements = [query["sql"] for query in captured if LOCK_OR_WRITE.search(query["sql"])]
        first = statements[0]
        assert "FOR NO KEY UPDATE" in first, (path, first)
        assert TABLE.findall(first)[0] == "orders_order", (path, first)
        later = [statement for statement in statements if _locks_order(statement)]
        assert set(later) == {first}, (path, later)


def _locks_order(statement: str) -> bool:
    return "FOR NO KEY UPDATE" in statement and 'FROM "orders_order"' in statement


def _on_an_open_order() -> Iterator[Call]:
    order = ApprovedOrderFactory(items=1, captured_by_card=True)
    item = OrderItemFactory(order=order, attributes={"quantity": 2}, price=0)
    packed = order.orderitem_set.earliest("pk")
    package = PackageItemFactory(order_item=packed, package__order=order).package
    reason = CancellationReasonFactory()
    request = CancellationRequestFactory(order_item=item, reason=reason)
    address = AddressFactory(customer=order.customer)
    one, whole = f"order_items/{item.pk}", f"orders/{order.pk}"
    line = {"order_items": [{"order_item": item.pk}]}
    yield "patch", whole, {"notes": "ring twice"}
    yield "patch", f"{whole}/change_order_status", {"status": "450"}
    yield "post", f"{whole}/change_billing_address", {"address": address.pk}
    yield "post", f"{whole}/change_shipping_address", {"address": address.pk}
    yield "post", f"{whole}/mark_as_not_sent", {}
    yield "post", f"{whole}/create_mapping", {"code": "ERP-1"}
    yield "post", f"{whole}/split_packages", {"packages": [line]}
    yield "post", f"{whole}/set_distribute_interest_amount", {}
    yield "post", f"{whole}/cancel", {"cancel_items": [item.pk], "reasons": {item.pk: reason.pk}}
    yield "patch", one, {"status": "450"}
    yield "post", f"{one}/create_mapping", {"code": "ERP-2"}
    yield "post", f"{one}/split", {"quantity": 1}
    yield "patch", f"packages/{package.pk}", {"status": "600"}
    wish = {"order_item": packed.pk, "reason": reason.pk}
    yield "post", "cancellation_requests", {**wish, "cancellation_type": "cancel"}
    yield "post", f"cancellation_requests/{request.pk}/confirm", {}
    yield "post", f"cancellation_requests/{request.pk}/approve", {}
    yield "post", f"cancellation_requests/{request.pk}/reject", {}
    new = {"order": order.pk, "product": item.product_id, "price": "1.00", "tax_rate": "20.00"}
    yield "post", "order_items", new
    yield "delete", f"orders/{OrderFactory().pk}", {}


def _on_plans() -> Iterator[Call]:
    order = _cancelled()
    plan = order.cancellationplan_set.get()
    items = list(order.orderitem_set.values_list("pk", flat=True))
    yield "post", f"orders/{order.pk}/cancellation_approved_order", {}
    yield "post", f"orders/{order.pk}/cancellation_reject_order", {}
    confirmed = {"order_items": items[:1], "cancel_status": "confirmed"}
    yield "post", f"orders/{order.pk}/update_cancel_status", confirmed
    yield "patch", f"cancellation_plans/{plan.pk}", {"diagnose": "broken"}
    part = {"transaction_type": "refund", "order_items": items, "refund_amount": "150.00"}
    yield "post", f"cancellation_plans/{plan.pk}/create_payment_plan", {"payment_plan": [part]}


def _on_refunds() -> Iterator[Call]:
    order = _cancelled()
    OrderService.approved_order_cancel(order, audit_context=CONTEXT)
    refund = Refund.objects.get(order=order)
    Refund.objects.update(status="failed")
    yield "post", f"refunds/{refund.pk}/complete", {"proof": "EFT 1"}
    yield "post", f"refunds/{refund.pk}/retry", {}


def _at_the_till() -> Iterator[Call]:
    collected = {"items": 1, "delivery_type": "click_and_collect"}
    option = PaymentOptionFactory(payment_type="pay_on_delivery")
    confirming = OrderFactory(items=1, status=350, payment_option=option)
    yield "post", f"orders/{confirming.pk}/confirm_pay_on_delivery", {}
    yield "post", f"orders/{ApprovedOrderFactory(**collected).pk}/accept_in_store", {}
    yield "post", f"orders/{OrderFactory(**collected, status=520).pk}/deliver_in_store", {}


def _cancelled() -> Order:
    order = ApprovedOrderFactory(items=2, captured_by_card=True)
    reason = CancellationReasonFactory()
    reasons = {item.pk: reason.pk for item in order.orderitem_set.all()}
    OrderService.cancel_order(order, reasons=reasons, is_all=True, audit_context=CONTEXT)
    return order
