"""Orders of any items through every action: what is announced is what happens, and there is no dead end."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import OmnitronException
from omnitron.core.models import AuditLog, AuditSource
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus
from omnitron.orders.actions import RULES, OrderFacts, refusals
from omnitron.orders.capture import facts_to_show
from omnitron.orders.dto import NewPackage
from omnitron.orders.invariants import broken
from omnitron.orders.models import CancellationReason, Order, OrderItem
from omnitron.orders.service import OrderService
from omnitron.orders.transitions import INACTIVE, ITEM_STATUS, PATH
from tests.factories.catalogs import ProductFactory
from tests.factories.orders import ApprovedOrderFactory, CancellationReasonFactory, OrderItemFactory
from tests.factories.payments import PaymentOptionFactory, PayOnDeliveryTransactionFactory

pytestmark = pytest.mark.django_db
CONTEXT = AuditContext.system(AuditSource.CRON)
ACTIVE = [status.value for status in OrderStatus if status not in INACTIVE]
# Waiting for a cancellation, or for a refund; and where each of these was before.
BEFORE = {"50 of a cancel": 400, "50 of a refund": 550, "100": 400, "600": 550}
EVERY = [*map(str, ACTIVE), *BEFORE]
SOME = ["300", "350", "400", "500", "520", "550", *BEFORE]
Make = Callable[[Sequence[str]], Order]


@pytest.fixture
def make(db: None) -> Make:
    """An order whose items are as named: active ones made so, the others brought there by cancelling."""
    option = PaymentOptionFactory(payment_type="pay_on_delivery")
    product, reason = ProductFactory(), CancellationReasonFactory()
    template = ApprovedOrderFactory(items=0, payment_option=option)
    numbers = itertools.count()

    def of(names: Sequence[str]) -> Order:
        order = ApprovedOrderFactory(
            items=0,
            number=f"W-{next(numbers)}",
            channel=template.channel,
            customer=template.customer,
            shipping_address=template.shipping_address,
            payment_option=option,
            delivery_type="click_and_collect",
            shipping_amount=Decimal("9.00"),
            amount=Decimal("9.00") + 10 * len(names),
        )
        for name in names:
            status = BEFORE.get(name) or int(name)
            OrderItemFactory(order=order, product=product, status=status, price=Decimal("10.00"))
        OrderService.order_status_update(order, audit_context=CONTEXT)
        PayOnDeliveryTransactionFactory(order=order)
        _bring(order, names, reason)
        return order

    return of


def _bring(order: Order, names: Sequence[str], reason: CancellationReason) -> None:
    pks = list(order.orderitem_set.order_by("pk").values_list("pk", flat=True))
    for kind in ("100", "600", "50 of a cancel", "50 of a refund"):
        chosen = [pk for pk, name in zip(pks, names, strict=True) if name == kind]
        if not chosen:
            continue
        # Two may be open at once if one is approved already and rests.
        rests = kind == "50 of a cancel" and "50 of a refund" in names
        OrderService.cancel_order(
            order,
            reasons=dict.fromkeys(chosen, reason.pk),
            cancel_items=chosen,
            next_status=CancelStatus.APPROVED if rests else None,
            audit_context=CONTEXT,
        )
        if kind in {"100", "600"}:
            OrderService.approved_order_cancel(order, audit_context=CONTEXT)


def _target(items: Sequence[OrderItem]) -> OrderStatus | None:
    """A status that every active item before it may take."""
    active = [OrderStatus(item.status) for item in items if item.status not in INACTIVE]
    for target in (status for status in OrderStatus if status not in INACTIVE):
        moving = [s for s in active if s < target or (target not in PATH and ITEM_STATUS.allows(s, target))]
        if moving and all(ITEM_STATUS.allows(status, target) for status in moving):
            return target
    return None


def _cancel(order: Order, items: Sequence[OrderItem]) -> None:
    active = [item for item in items if item.status not in INACTIVE]
    shipped = [item.pk for item in active if item.status >= OrderStatus.SHIPPED]
    chosen = shipped or [item.pk for item in active]
    reason = CancellationReason.objects.get()
    OrderService.cancel_order(
        order,
        reasons=dict.fromkeys(chosen, reason.pk),
        cancel_items=chosen,
        is_cargo_refund=not chosen,
        audit_context=CONTEXT,
    )


def _update_cancel_status(order: Order, items: Sequence[OrderItem]) -> None:
    plans = [
        plan for plan in order.cancellationplan_set.all() if plan.status not in {"completed", "rejected"}
    ]
    if not plans:
        return _cancel(order, items)
    rows = plans[0].cancellationplanorderitem_set.values_list("order_item", flat=True)
    is_open = plans[0].status in {"waiting", "approved"}
    OrderService.update_cancel_status(
        order,
        order_items=list(rows),
        cancel_status=CancelStatus.REJECTED if is_open else CancelStatus.COMPLETED,
        proof="EFT",
        audit_context=CONTEXT,
    )
    return None


def _perform(action: str, order: Order) -> None:
    items = list(order.orderitem_set.order_by("pk"))
    own: dict[str, Callable[[], Any]] = {
        "change_order_status": lambda: OrderService.change_order_status(
            order, status=_target(items) or OrderStatus.DELIVERED, audit_context=CONTEXT
        ),
        "cancel": lambda: _cancel(order, items),
        "cancellation_approved_order": lambda: OrderService.approved_order_cancel(
            order, audit_context=CONTEXT
        ),
        "cancellation_reject_order": lambda: OrderService.reject_order_cancel(order, audit_context=CONTEXT),
        "update_cancel_status": lambda: _update_cancel_status(order, items),
        "change_billing_address": lambda: OrderService.change_billing_address(
            order, order.billing_address, reason="asked", audit_context=CONTEXT
        ),
        "change_shipping_address": lambda: OrderService.change_shipping_address(
            order, order.shipping_address, reason="asked", note_to_carrier="ring", audit_context=CONTEXT
        ),
        "split_packages": lambda: OrderService.split_packages(
            order,
            packages=[
                NewPackage(order_items={item.pk: None}, values={})
                for item in items
                if item.status not in INACTIVE
            ][:1],
            audit_context=CONTEXT,
        ),
    }
    own.get(action, lambda: getattr(OrderService, action)(order, audit_context=CONTEXT))()


def _walk(make: Make, kinds: Sequence[Sequence[str]]) -> None:
    seen = set()
    for names in kinds:
        order = make(names)
        facts = facts_to_show(order.pk)
        moved_on = False
        for action in RULES:
            with transaction.atomic():
                moved_on |= _try(action, order, facts, names)
                transaction.set_rollback(True)
            seen.add((action, not refusals(action, facts)))
        is_over = not facts.active and set(facts.plan_statuses) <= {"completed", "rejected"}
        assert moved_on or is_over, names
    assert {action for action, _ in seen} == set(RULES)


def _try(action: str, order: Order, facts: OrderFacts, names: Sequence[str]) -> bool:
    """Perform the action; whether it was allowed and changed something."""
    where, reasons = (action, names), refusals(action, facts)
    before = _gone(order), AuditLog.objects.count()
    remembered = _remembered(order)
    if reasons:
        with pytest.raises(OmnitronException) as refused:
            _perform(action, order)
        assert refused.value.code == reasons[0].code, where
        assert AuditLog.objects.count() == before[1], where
        return False
    if action == "change_order_status" and _target(list(order.orderitem_set.all())) is None:
        return False
    _perform(action, order)
    assert list(broken(first=order.pk, last=order.pk)) == [], where
    assert before[0] <= _gone(order), where
    if action == "cancellation_reject_order":
        now = dict(order.orderitem_set.values_list("pk", "status"))
        assert {pk: now[pk] for pk in remembered} == remembered, where
    return AuditLog.objects.count() > before[1]


def _gone(order: Order) -> set[tuple[int, int]]:
    """What was cancelled or refunded: it stays so."""
    return set(order.orderitem_set.filter(status__in=[100, 600]).values_list("pk", "status"))


def _remembered(order: Order) -> dict[int, int]:
    """Where the items of open plans were."""
    rows = order.cancellationplan_set.filter(status__in=["waiting", "approved"]).values_list(
        "cancellationplanorderitem__order_item", "cancellationplanorderitem__previous_status"
    )
    return {pk: status for pk, status in rows if pk is not None}


def test_one_item_through_every_action(make: Make) -> None:
    _walk(make, [[name] for name in EVERY])


def test_two_items_through_every_action(make: Make) -> None:
    _walk(make, list(itertools.combinations(["400", "550", *BEFORE], 2)))


def test_over_http_a_refusal_has_the_code_that_was_shown(make: Make, api: APIClient) -> None:
    refused = set()
    for names in (["300"], ["500", "50 of a cancel"], ["100"]):
        order = make(names)
        path = f"/api/v1/orders/{order.pk}"
        before = AuditLog.objects.count()
        for shown in api.get(f"{path}/").json()["available_actions"]:
            if shown["allowed"]:
                continue
            send = api.patch if shown["action"] == "change_order_status" else api.post
            answer = send(f"{path}/{shown['action']}/", _body(shown["action"], order), format="json")
            because = shown["because"][0]
            assert answer.status_code == 406, (shown, answer.content)
            assert answer.json() == {"error_code": because["code"], "non_field_errors": because["message"]}
            refused.add(shown["action"])
        assert AuditLog.objects.count() == before
    assert refused == set(RULES)


def _body(action: str, order: Order) -> dict[str, Any]:
    item = order.orderitem_set.earliest("pk").pk
    return {
        "change_order_status": {"status": "550"},
        "cancel": {"is_cargo_refund": True},
        "update_cancel_status": {"cancel_status": "confirmed"},
        "change_billing_address": {"address": order.billing_address_id},
        "change_shipping_address": {"address": order.shipping_address_id},
        "split_packages": {"packages": [{"order_items": [{"order_item": item}]}]},
    }.get(action, {})


@pytest.mark.slow
def test_any_two_items_through_every_action(make: Make) -> None:
    _walk(make, list(itertools.combinations_with_replacement(EVERY, 2)))


@pytest.mark.slow
def test_three_items_through_every_action(make: Make) -> None:
    _walk(make, list(itertools.combinations_with_replacement(SOME, 3)))
