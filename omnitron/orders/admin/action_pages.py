"""What may be done with orders, plans, requests and packages in the admin, each by one call of a service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model

from omnitron.core.admin_actions import ActionPages, PageAction, told
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import OmnitronException
from omnitron.omnicore.orders.enums import CancelStatus
from omnitron.orders.actions import RULES, refusals
from omnitron.orders.admin.action_forms import (
    ApproveForm,
    BillingAddressForm,
    CancelForm,
    CancelStatusForm,
    PackageForm,
    ProofForm,
    RefundProofForm,
    ShippingAddressForm,
    StatusForm,
)
from omnitron.orders.capture import facts_to_show
from omnitron.orders.enums import CancellationRequestStatus, RefundStatus
from omnitron.orders.exceptions import (
    CancellationRequestStateException,
    OrderRefundStateException,
    OrderUpdateCancelStatusException,
)
from omnitron.orders.models import CancellationPlan, CancellationRequest, Order, Refund
from omnitron.orders.service import CancellationRequestService, OrderService, RefundService
from omnitron.orders.transitions import CANCEL_STATUS, OPEN, REQUEST_STATUS

CHANGE, CANCEL, DECIDE = "orders.change_order", "orders.cancel_order", "orders.decide_cancellation"

# By the names of the rules in `actions`. Splitting into packages is the warehouse's, through the API.
ORDER_ACTIONS = (
    PageAction("change_order_status", "Change status", CHANGE, OrderService.change_order_status, StatusForm),
    PageAction(
        "confirm_pay_on_delivery", "Confirm pay on delivery", CHANGE, OrderService.confirm_pay_on_delivery
    ),
    PageAction("accept_in_store", "Accept in store", CHANGE, OrderService.accept_in_store),
    PageAction("deliver_in_store", "Deliver in store", CHANGE, OrderService.deliver_in_store),
    PageAction(
        "mark_as_not_sent",
        "Mark as not sent",
        CHANGE,
        OrderService.mark_as_not_sent,
        hint="The ERP fetches the order once more.",
    ),
    PageAction(
        "change_shipping_address",
        "Change shipping address",
        CHANGE,
        OrderService.change_shipping_address,
        ShippingAddressForm,
    ),
    PageAction(
        "change_billing_address",
        "Change billing address",
        CHANGE,
        OrderService.change_billing_address,
        BillingAddressForm,
    ),
    PageAction(
        "cancel",
        "Cancel",
        CANCEL,
        OrderService.cancel_order,
        CancelForm,
        hint="Items that are shipped are refunded. Without an item, the shipping alone goes back.",
        preview=OrderService.cancel_preview,
        preview_template="orders/admin/cancel_preview.html",
    ),
    PageAction(
        "cancellation_approved_order",
        "Approve cancellation",
        DECIDE,
        OrderService.approved_order_cancel,
        ApproveForm,
        hint="The items leave the order, and what they give back is refunded.",
    ),
    PageAction(
        "cancellation_reject_order",
        "Reject cancellation",
        DECIDE,
        OrderService.reject_order_cancel,
        hint="The items go back to where they were.",
    ),
    PageAction(
        "update_cancel_status",
        "Update cancel status",
        DECIDE,
        OrderService.update_cancel_status,
        CancelStatusForm,
    ),
)


def _approve_plan(plan: CancellationPlan, *, audit_context: AuditContext) -> None:
    OrderService.update_cancellation_plan(plan, status=CancelStatus.APPROVED, audit_context=audit_context)


def _reject_plan(plan: CancellationPlan, *, audit_context: AuditContext) -> None:
    OrderService.update_cancellation_plan(plan, status=CancelStatus.REJECTED, audit_context=audit_context)


def _complete_plan(plan: CancellationPlan, *, proof: str | None, audit_context: AuditContext) -> None:
    OrderService.update_cancellation_plan(
        plan, status=CancelStatus.COMPLETED, proof=proof, audit_context=audit_context
    )


PLAN_ACTIONS = (
    PageAction("approved", "Approve", DECIDE, _approve_plan),
    PageAction("rejected", "Reject", DECIDE, _reject_plan),
    PageAction("completed", "Complete", DECIDE, _complete_plan, ProofForm),
)
REQUEST_ACTIONS = (
    PageAction("confirmed", "Confirm", DECIDE, CancellationRequestService.confirm_cancellation_request),
    PageAction("approved", "Approve", DECIDE, CancellationRequestService.approve_cancellation_request),
    PageAction("rejected", "Reject", DECIDE, CancellationRequestService.reject_cancellation_request),
)
REFUND_ACTIONS = (
    PageAction("complete", "Paid back by hand", DECIDE, RefundService.close_refund, RefundProofForm),
    PageAction(
        "retry",
        "Try its gateway again",
        DECIDE,
        RefundService.retry_refund,
        hint="It is sent in the background.",
    ),
)
# Where a refund waits for somebody.
NEEDS_A_HAND = frozenset({RefundStatus.MANUAL, RefundStatus.FAILED})
PACKAGE_ACTIONS = (
    PageAction(
        "update_package",
        "Update package",
        "orders.change_package",
        OrderService.update_package,
        PackageForm,
        hint="Items and order follow.",
    ),
)


class OrderActionPages(ActionPages):
    """Actions on an order, with the reasons the API gives."""

    page_actions = ORDER_ACTIONS

    def because(self, row: Order) -> Mapping[str, tuple[str, ...]]:
        facts = facts_to_show(row.pk)
        if facts is None:
            return {}
        return {name: tuple(told(refusal) for refusal in refusals(name, facts)) for name in RULES}


class _ByTable(ActionPages):
    """Actions that are named for the status they lead to. `refusal` says why the table does not lead a row there;
    None where it does.
    """

    refusal: Callable[[Any, str], OmnitronException | None]

    def because(self, row: Model) -> Mapping[str, tuple[str, ...]]:
        refused = {action.name: self.refusal(row, action.name) for action in self.page_actions}
        return {name: (told(error),) for name, error in refused.items() if error is not None}


class PlanActionPages(_ByTable):
    page_actions = PLAN_ACTIONS

    def refusal(self, row: CancellationPlan, target: str) -> OrderUpdateCancelStatusException | None:
        current = CancelStatus(row.status)
        is_settling = current in OPEN and target == CancelStatus.APPROVED
        if is_settling or CANCEL_STATUS.allows(current, CancelStatus(target)):
            return None
        allowed = ", ".join(sorted(CANCEL_STATUS.edges[current])) or "nothing else"
        return OrderUpdateCancelStatusException(current=current, target=target, allowed=allowed)


class RequestActionPages(_ByTable):
    page_actions = REQUEST_ACTIONS

    def refusal(self, row: CancellationRequest, target: str) -> CancellationRequestStateException | None:
        current = CancellationRequestStatus(row.status)
        if REQUEST_STATUS.allows(current, CancellationRequestStatus(target)):
            return None
        return CancellationRequestStateException(current=current, target=target)


class RefundActionPages(ActionPages):
    page_actions = REFUND_ACTIONS

    def because(self, row: Refund) -> Mapping[str, tuple[str, ...]]:
        if row.status in NEEDS_A_HAND:
            return {}
        refusal = (told(OrderRefundStateException(refund=row.pk, status=row.status)),)
        return {action.name: refusal for action in self.page_actions}


class PackageActionPages(ActionPages):
    page_actions = PACKAGE_ACTIONS
