"""Names the documents fix: services, their methods and parameters, the view set and its actions."""

from __future__ import annotations

import inspect

import pytest

from omnitron.orders.actions import RULES
from omnitron.orders.resources.views import OrderViewSet
from omnitron.orders.service import OrderItemService, OrderService

# "The documented parameters under their names"; what a method takes beyond them is keyword-only.
ORDER_SERVICE = {
    "create_order": "number channel",
    "update_order": "order audit_context",
    "change_billing_address": "order address",
    "change_shipping_address": "order address",
    "change_order_status": "order status",
    "set_distribute_interest_amount": "order",
    "cancel_order": "order reasons audit_context is_all cancel_items forced_refund_amount is_cargo_refund "
    "refund_invoice_number next_status ibans holder_names diagnose",
    "update_cancellation_plan": "cancellation_plan status audit_context",
    "order_status_update": "order",
    "reject_order_cancel": "order audit_context",
    "approved_order_cancel": "order invoice_number audit_context",
    "get_payment_history": "order",
    "get_transaction_amount": "order",
    "update_cancel_status": "order order_items cancel_status audit_context",
    "progress_cancel_status": "payment_type update_cancel_status",
    "confirm_pay_on_delivery": "order",
    "accept_in_store": "order",
    "deliver_in_store": "order",
    "mark_as_not_sent": "order",
    "bulk_tracking_number_update": "uploaded_file",
}
ORDER_ITEM_SERVICE = {
    "create_order_item": "order product image",
    "update_order_item": "order_item image shipping_update force audit_context",
    "update_order_item_send_stock": "order_item",
    "send_shipping_info": "order_items",
}
ACTIONS = {
    "change_billing_address": "post",
    "change_shipping_address": "post",
    "change_order_status": "patch",
    "create_mapping": "post",
    "cancel": "post",
    "cancellation_reject_order": "post",
    "cancellation_approved_order": "post",
    "update_cancel_status": "post",
    "accept_in_store": "post",
    "deliver_in_store": "post",
    "update_order_status": "get",
    "get_remote_id": "get",
    "mark_as_not_sent": "post",
    "split_packages": "post",
    "bulk_tracking_number_update": "post",
    "bulk_tracking_number_update_status": "get",
    "confirm_pay_on_delivery": "post",
}


@pytest.mark.parametrize(
    ("service", "name", "parameters"),
    [
        *((OrderService, name, parameters) for name, parameters in ORDER_SERVICE.items()),
        *((OrderItemService, name, parameters) for name, parameters in ORDER_ITEM_SERVICE.items()),
    ],
)
def test_the_services_have_every_documented_method(service: type, name: str, parameters: str) -> None:
    signature = inspect.signature(getattr(service, name))
    known = set(signature.parameters)
    takes_any = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in signature.parameters.values())

    missing = set(parameters.split()) - known
    assert not missing or (takes_any and missing <= {"image"})


def test_the_view_set_has_every_documented_action() -> None:
    actions = {action.__name__: action for action in OrderViewSet.get_extra_actions()}

    assert {name: [*actions[name].mapping] for name in ACTIONS} == {
        name: [method] for name, method in ACTIONS.items()
    }


def test_every_action_that_changes_an_order_is_announced_or_always_allowed() -> None:
    """`available_actions` speaks of every action that an order's state may forbid."""
    always = {"create_mapping", "set_distribute_interest_amount", "cancel_preview"}
    changing = {
        action.__name__
        for action in OrderViewSet.get_extra_actions()
        if action.detail and not {"get"} & set(action.mapping)
    }
    shown = {name for name in changing if name not in always}

    assert shown <= set(RULES)
