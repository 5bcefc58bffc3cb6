"""Wishes to cancel or return an item: asked, confirmed, approved into a plan, or rejected."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from omnitron.core import records
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus
from omnitron.orders.enums import CancellationRequestStatus
from omnitron.orders.exceptions import CancellationRequestItemException, CancellationRequestStateException
from omnitron.orders.models import (
    CancellationPlan,
    CancellationReason,
    CancellationRequest,
    OrderItem,
)
from omnitron.orders.selectors import WholeOrder, lock_items, lock_order, lock_whole_order
from omnitron.orders.transitions import OPEN, OPEN_REQUESTS, REQUEST_STATUS
from omnitron.orders.units import units_of
from omnitron.orders.use_cases.cancellation import cancel_order
from omnitron.orders.use_cases.plan_moves import move_cancellation
from omnitron.orders.use_cases.plans import settle_plan, settle_whole
from omnitron.orders.use_cases.splitting import split_item
from omnitron.orders.use_cases.status import settle_order, write_requests


@transaction.atomic
def create_cancellation_request(
    order_item: OrderItem, *, reason: CancellationReason, audit_context: AuditContext, **values: Any
) -> CancellationRequest:
    """Note that somebody wants an item, or `quantity` units of a merged one, cancelled or taken back. Changes
    neither item nor stock.

    Raises CancellationRequestItemException when the item is gone already or so many units are asked for already,
    InvalidInput for more units than the item has.
    """
    order = lock_order(order_item.order_id)
    item = next(item for item in lock_items(order) if item.pk == order_item.pk)
    units, quantity = units_of(item.attributes), values.get("quantity")
    if quantity is not None and quantity > units:
        raise InvalidInput(quantity=f"The item has {units} units.")
    if item.status in {OrderStatus.CANCELLED, OrderStatus.REFUNDED}:
        raise CancellationRequestItemException(item=item.pk, reason=f"it is {OrderStatus(item.status).label}")
    asked = CancellationRequest.objects.filter(order_item=item, status__in=OPEN_REQUESTS)
    already = asked.aggregate(units=Sum(Coalesce(F("quantity"), units)))["units"] or 0
    if already + (quantity or units) > units:
        raise CancellationRequestItemException(item=item.pk, reason="a request for it is open already")
    return records.create_record(
        CancellationRequest, {"order_item": item, "reason": reason, **values}, audit_context=audit_context
    )


@transaction.atomic
def confirm_cancellation_request(
    cancellation_request: CancellationRequest, *, audit_context: AuditContext
) -> CancellationRequest:
    """The goods were found fit to be taken back; the decision is still to come.

    Raises CancellationRequestStateException.
    """
    return _move(cancellation_request, CancellationRequestStatus.CONFIRMED, audit_context=audit_context)


@transaction.atomic
def reject_cancellation_request(
    cancellation_request: CancellationRequest, *, audit_context: AuditContext
) -> CancellationRequest:
    """Refuse the wish. The item is where it is. Raises CancellationRequestStateException."""
    return _move(cancellation_request, CancellationRequestStatus.REJECTED, audit_context=audit_context)


@transaction.atomic
def approve_cancellation_request(
    cancellation_request: CancellationRequest, *, audit_context: AuditContext
) -> CancellationRequest:
    """Grant the wish: open a plan for the item and approve it, or approve the open plan it is in already; for some
    units of a merged item, split those off first. One transaction.

    Raises CancellationRequestStateException, CancellationRequestItemException, and what `cancel_order` and
    `approved_order_cancel` raise.
    """
    order = lock_order(cancellation_request.order_item.order_id)
    request = _locked(cancellation_request)
    _check_edge(request, CancellationRequestStatus.APPROVED)
    whole = lock_whole_order(order.pk)
    item = next(item for item in whole.items if item.pk == request.order_item_id)
    plan = _plan_of(whole, item)
    if plan is None:
        _open_and_approve(whole, request, item, audit_context=audit_context)
    else:
        _approve_within(whole, plan, request, item, audit_context=audit_context)
    request.refresh_from_db()
    return request


def _move(
    cancellation_request: CancellationRequest,
    status: CancellationRequestStatus,
    *,
    audit_context: AuditContext,
) -> CancellationRequest:
    # The order first, as everywhere: approving goes the same way.
    lock_order(cancellation_request.order_item.order_id)
    request = _locked(cancellation_request)
    _check_edge(request, status)
    write_requests([request], status, audit_context=audit_context)
    return request


def _locked(cancellation_request: CancellationRequest) -> CancellationRequest:
    requests = CancellationRequest.objects.select_for_update(of=("self",), no_key=True)
    return requests.get(pk=cancellation_request.pk)


def _check_edge(request: CancellationRequest, target: CancellationRequestStatus) -> None:
    if not REQUEST_STATUS.allows(CancellationRequestStatus(request.status), target):
        raise CancellationRequestStateException(current=request.status, target=target)


def _plan_of(whole: WholeOrder, item: OrderItem) -> CancellationPlan | None:
    pks = {
        row.cancellation_plan_id
        for row in whole.plan_items
        if row.order_item_id == item.pk and not row.is_rejected
    }
    return next((plan for plan in whole.plans if plan.pk in pks), None)


def _open_and_approve(
    whole: WholeOrder, request: CancellationRequest, item: OrderItem, *, audit_context: AuditContext
) -> None:
    if request.quantity is not None and request.quantity < units_of(item.attributes):
        _, item = split_item(whole.order, item, request.quantity, audit_context=audit_context)
        records.write_changes(request, {"order_item": item}, audit_context=audit_context)
        # The new item has to be there before the plan is drawn up.
        settle_order(whole.order, [*whole.items, item], audit_context=audit_context)
    plan = cancel_order(
        whole.order,
        reasons={item.pk: request.reason_id},
        cancel_items=[item.pk],
        ibans=[request.iban] if request.iban else [],
        holder_names=[request.holder_name] if request.holder_name else [],
        diagnose=request.description[:512] if request.description else None,
        audit_context=audit_context,
    )
    opened = lock_whole_order(whole.order.pk)
    settle_plan(
        opened, next(known for known in opened.plans if known.pk == plan.pk), audit_context=audit_context
    )
    settle_whole(opened, audit_context=audit_context)


def _approve_within(
    whole: WholeOrder,
    plan: CancellationPlan,
    request: CancellationRequest,
    item: OrderItem,
    *,
    audit_context: AuditContext,
) -> None:
    if request.quantity is not None and request.quantity < units_of(item.attributes):
        raise CancellationRequestItemException(
            item=item.pk, reason="all of its units are being cancelled already"
        )
    if plan.status in OPEN:
        move_cancellation(whole, plan, CancelStatus.APPROVED, items=[item], audit_context=audit_context)
        settle_whole(whole, audit_context=audit_context)
        return
    is_over = plan.status == CancelStatus.COMPLETED
    status = CancellationRequestStatus.COMPLETED if is_over else CancellationRequestStatus.APPROVED
    write_requests([request], status, plan=plan, audit_context=audit_context)
