"""The figures of a cancellation plan: frozen by its rows, summed up, written down, added to discounts and order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from omnitron.core import audit, records
from omnitron.core.audit import AuditContext
from omnitron.omnicore.money import ZERO
from omnitron.orders.models import (
    BenefitApplicant,
    CancellationPlan,
    CancellationPlanOrderItem,
    DiscountItem,
    DiscountItemCancellationPlan,
    Order,
)
from omnitron.orders.quotes import ItemQuote, Quote

# What the plan sums up of its rows, and the order of its plans.
ORDER_SUMS = ("refund_amount", "discount_refund_amount", "shipping_refund_amount")
FIGURES = ("price", "discount_share", "interest_share", "shipping_share", "tax_amount", "refund_amount")


def frozen(row: CancellationPlanOrderItem) -> ItemQuote:
    """A row's figures, as they were when the plan was opened."""
    return ItemQuote(order_item=row.order_item_id, **{name: getattr(row, name) for name in FIGURES})


def sum_up(plan: CancellationPlan, rows: Sequence[CancellationPlanOrderItem]) -> None:
    """Make the plan's sums, and its forced sum where it has one, those of `rows`. Writes nothing."""
    figures = [frozen(row) for row in rows]
    plan.refund_amount = _total(figure.refund_amount for figure in figures)
    plan.discount_refund_amount = _total(figure.discount_share for figure in figures)
    plan.shipping_refund_amount = _total(figure.shipping_refund for figure in figures)
    if plan.forced_refund_amount is not None:
        plan.forced_refund_amount = plan.refund_amount


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def audit_opened(
    plan: CancellationPlan, rows: Sequence[CancellationPlanOrderItem], *, audit_context: AuditContext
) -> None:
    """The new plan with all its columns, and so each of its rows."""
    audit.record(plan, "cancellationplan.created", audit_context=audit_context, new=all_columns(plan))
    audit.record_many(
        rows,
        "cancellationplanorderitem.created",
        audit_context=audit_context,
        new={row.pk: all_columns(row) for row in rows},
    )


def freeze_discounts(plan: CancellationPlan, rows: Sequence[CancellationPlanOrderItem]) -> None:
    """How much of each discount the items of the plan take back."""
    if not any(row.discount_share for row in rows):
        return
    shares = (
        BenefitApplicant.objects.filter(order_item__in=[row.order_item_id for row in rows], amount__gt=0)
        .order_by("discount_item")
        .values("discount_item")
        .annotate(total=Sum("amount"))
    )
    DiscountItemCancellationPlan.objects.bulk_create(
        DiscountItemCancellationPlan(
            cancellation_plan=plan, discount_item_id=share["discount_item"], amount=share["total"]
        )
        for share in shares
    )


def give_discounts_back(plan: CancellationPlan, *, audit_context: AuditContext) -> None:
    """Add what the plan takes back of each discount to that discount's `cancel_amount`."""
    if not plan.discount_refund_amount:
        return
    shares = DiscountItemCancellationPlan.objects.filter(cancellation_plan=plan)
    amounts = dict(shares.values_list("discount_item", "amount"))
    discounts = list(DiscountItem.objects.filter(pk__in=amounts).order_by("pk"))
    old = {discount.pk: {"cancel_amount": discount.cancel_amount} for discount in discounts}
    for discount in discounts:
        discount.cancel_amount += amounts[discount.pk]
    DiscountItem.objects.bulk_update(discounts, ["cancel_amount"])
    audit.record_many(
        discounts,
        "discountitem.changed",
        audit_context=audit_context,
        old=old,
        new={discount.pk: {"cancel_amount": discount.cancel_amount} for discount in discounts},
    )


def write_figures(
    plan: CancellationPlan,
    rows: Sequence[CancellationPlanOrderItem],
    quote: Quote,
    *,
    audit_context: AuditContext,
) -> None:
    """What goes back, where it is not what the plan was opened with: a payment came in, or another was first."""
    refunds = {figures.order_item: figures.refund_amount for figures in quote.items}
    changed = [row for row in rows if row.refund_amount != refunds[row.order_item_id]]
    old = {row.pk: {"refund_amount": row.refund_amount} for row in changed}
    for row in changed:
        row.refund_amount = refunds[row.order_item_id]
    if changed:
        CancellationPlanOrderItem.objects.bulk_update(changed, ["refund_amount"])
        audit.record_many(
            changed,
            "cancellationplanorderitem.changed",
            audit_context=audit_context,
            old=old,
            new={row.pk: {"refund_amount": row.refund_amount} for row in changed},
        )
    records.write_changes(
        plan, {name: getattr(quote, name) for name in ORDER_SUMS}, audit_context=audit_context
    )


def add_to_order(order: Order, quote: Quote, *, audit_context: AuditContext) -> None:
    """Add what goes back to the order's running sums. `settle_whole` writes them."""
    old = records.snapshot(order, ORDER_SUMS)
    for name in ORDER_SUMS:
        setattr(order, name, getattr(order, name) + getattr(quote, name))
    new = records.snapshot(order, ORDER_SUMS)
    changed = [name for name in ORDER_SUMS if old[name] != new[name]]
    if changed:
        audit.record(
            order,
            "order.refund.added",
            audit_context=audit_context,
            old={name: old[name] for name in changed},
            new={name: new[name] for name in changed},
        )


def all_columns(row: CancellationPlan | CancellationPlanOrderItem) -> dict[str, Any]:
    """Every column by name, as the audit log of a new row tells it."""
    return records.snapshot(row, [field.name for field in row._meta.concrete_fields])
