"""A cancellation is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction

from omnitron.core import audit
from omnitron.core.audit import AuditContext
from omnitron.omnicore.orders.enums import CancelStatus
from omnitron.orders.models import CancellationPlan, Order, OrderItem
from omnitron.orders.selectors import lock_whole_order
from omnitron.orders.use_cases.cancel_drafts import CancelOrder, draft
from omnitron.orders.use_cases.cancel_previews import check_digest
from omnitron.orders.use_cases.plans import open_plan, settle_plan, settle_whole


@transaction.atomic
def cancel_order(
    order: Order,
    *,
    reasons: Mapping[int, int | None],
    audit_context: AuditContext,
    is_all: bool = False,
    cancel_items: Sequence[int] = (),
    forced_refund_amount: Decimal | None = None,
    is_cargo_refund: bool = False,
    refund_invoice_number: str | None = None,
    next_status: CancelStatus | None = None,
    ibans: Sequence[str] = (),
    holder_names: Sequence[str] = (),
    diagnose: str | None = None,
    digest: str | None = None,
) -> CancellationPlan:
    """Open a cancellation plan for items of the order (a `cancel` before shipping, a `refund` from shipping on) and
    freeze what each gives back, in the order's currency.

    `reasons` is reason by item. `is_all` takes every active item, `is_cargo_refund` adds their shipping, or stands
    alone for the shipping only. `forced_refund_amount` replaces the sum. `next_status` opens the plan further on
    than waiting; manuel_refund_need settles it there and then, by hand. `digest` is a preview's: the plan is opened
    exactly so, or not at all.

    Raises what `draft` does, and OutdatedException for a digest that says something else than would be done now.
    Source: the documents on `cancel_order`, and the sequence of checks on the page on cancellations and refunds.
    """
    whole = lock_whole_order(order.pk)
    asked = CancelOrder(
        reasons=reasons,
        is_all=is_all,
        cancel_items=cancel_items,
        forced_refund_amount=forced_refund_amount,
        is_cargo_refund=is_cargo_refund,
        next_status=next_status or CancelStatus.WAITING,
    )
    drafted = draft(whole, asked)
    if digest is not None:
        check_digest(digest, whole, drafted, asked)
    _store_shares(drafted.newly_shared, audit_context=audit_context)
    by_hand = asked.next_status == CancelStatus.MANUEL_REFUND_NEED
    plan = CancellationPlan(
        order=whole.order,
        plan_type=drafted.plan_type,
        status=CancelStatus.APPROVED if by_hand else asked.next_status,
        forced_refund_amount=forced_refund_amount,
        is_cargo_refund=is_cargo_refund,
        refund_invoice_number=refund_invoice_number,
        diagnose=diagnose,
        ibans=list(ibans),
        holder_names=list(holder_names),
    )
    open_plan(whole, plan, quote=drafted.quote, reasons=drafted.reasons, audit_context=audit_context)
    if by_hand:
        settle_plan(whole, plan, audit_context=audit_context, by_hand=True)
    settle_whole(whole, audit_context=audit_context)
    return plan


def _store_shares(items: Sequence[OrderItem], *, audit_context: AuditContext) -> None:
    """Keep the shares of the shipping that the first cancellation of an order gives to its items."""
    if not items:
        return
    OrderItem.objects.bulk_update(items, ["shipping_share"])
    audit.record_many(
        items,
        "orderitem.shipping_share.given",
        audit_context=audit_context,
        old={item.pk: {"shipping_share": None} for item in items},
        new={item.pk: {"shipping_share": item.shipping_share} for item in items},
    )
