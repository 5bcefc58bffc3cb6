"""Shares are given to items: of the discounts, the instalment interest, and the shipping."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from omnitron.core import audit, records
from omnitron.core.audit import AuditContext
from omnitron.omnicore.money import ZERO
from omnitron.orders.exceptions import OrderSharesFrozenException
from omnitron.orders.models import BenefitApplicant, DiscountItem, Order, OrderItem
from omnitron.orders.pricing import discount_shares, interest_shares, shipping_shares, total_difference
from omnitron.orders.selectors import lock_items, lock_order
from omnitron.orders.transitions import INACTIVE
from omnitron.orders.use_cases.status import settle_order

SHARES = ("discount_amount", "installment_interest_amount", "shipping_share")


@transaction.atomic
def set_distribute_interest_amount(order: Order, *, audit_context: AuditContext) -> Order:
    """Give every active item its share of the order's discounts, its instalment interest and its shipping.

    A discount goes to the items it was given for, or to all, by their price; what exceeds the value of one goes to
    the others ("if the discount amount is higher than the value of the product, it is distributed to other
    products"). The interest goes by what an item costs after discounts, the shipping by what it costs in all. The
    order's discount_amount becomes the sum of its discounts; its amount is what the customer paid and stays, what
    the parts now differ from it is kept in total_difference.

    Raises OrderSharesFrozenException once the order has a cancellation, InvalidInput when the discounts are higher
    than the items. Source: the documents on `set_distribute_interest_amount`.
    """
    locked = lock_order(order.pk)
    items = lock_items(locked)
    if locked.cancellationplan_set.exists():
        raise OrderSharesFrozenException(number=locked.number)
    active = [item for item in items if item.status not in INACTIVE]
    old = {item.pk: records.snapshot(item, SHARES) for item in active}
    discounts = list(DiscountItem.objects.filter(order=locked).order_by("pk"))
    if active:
        if discounts:
            _share_discounts(active, discounts, audit_context=audit_context)
        _share_interest(locked, active)
        _share_shipping(locked, active)
        _write_shares(active, old, audit_context=audit_context)
    changes = {"total_difference": total_difference(locked, items)}
    if discounts:
        changes["discount_amount"] = sum((discount.amount for discount in discounts), ZERO)
    records.write_changes(locked, changes, audit_context=audit_context)
    settle_order(locked, items, audit_context=audit_context)
    return locked


def _share_discounts(
    items: Sequence[OrderItem], discounts: Sequence[DiscountItem], *, audit_context: AuditContext
) -> None:
    """One row a discount and item, and each item's sum of them, with no item below nothing."""
    before = list(BenefitApplicant.objects.filter(discount_item__in=discounts).order_by("pk"))
    places = {item.pk: place for place, item in enumerate(items)}
    favoured: dict[int, set[int]] = {discount.pk: set() for discount in discounts}
    for row in before:
        if row.order_item_id in places:
            favoured[row.discount_item_id].add(places[row.order_item_id])
    prices = [item.price for item in items]
    given = discount_shares(
        [(discount.amount, favoured[discount.pk]) for discount in discounts], prices=prices, rooms=prices
    )
    shares = {
        (discount, items[place]): share
        for discount, by_place in zip(discounts, given, strict=True)
        for place, share in by_place.items()
    }
    for place, item in enumerate(items):
        item.discount_amount = sum((by_place.get(place, ZERO) for by_place in given), ZERO)
    _write_applicants(before, shares, audit_context=audit_context)


def _share_interest(order: Order, items: Sequence[OrderItem]) -> None:
    for item, share in zip(items, interest_shares(order.installment_interest_amount, items), strict=True):
        item.installment_interest_amount = share


def _share_shipping(order: Order, items: Sequence[OrderItem]) -> None:
    total = order.shipping_amount + order.shipping_interest_amount
    for item, share in zip(items, shipping_shares(total, items), strict=True):
        item.shipping_share = share


def _write_shares(items: Sequence[OrderItem], old: dict[int, dict], *, audit_context: AuditContext) -> None:
    changed = [item for item in items if records.snapshot(item, SHARES) != old[item.pk]]
    if not changed:
        return
    OrderItem.objects.bulk_update(changed, SHARES)
    audit.record_many(
        changed,
        "orderitem.changed",
        audit_context=audit_context,
        old={item.pk: old[item.pk] for item in changed},
        new={item.pk: records.snapshot(item, SHARES) for item in changed},
    )


def _write_applicants(
    before: Sequence[BenefitApplicant],
    shares: dict[tuple[DiscountItem, OrderItem], Decimal],
    *,
    audit_context: AuditContext,
) -> None:
    known = {(row.discount_item_id, row.order_item_id): row for row in before}
    for (discount, item), share in shares.items():
        row = known.pop((discount.pk, item.pk), None)
        if row is not None:
            records.write_changes(row, {"amount": share}, audit_context=audit_context)
            continue
        values = {"discount_item": discount, "order_item": item, "amount": share}
        records.create_record(BenefitApplicant, values, audit_context=audit_context)
    for row in known.values():
        records.write_changes(row, {"amount": ZERO}, audit_context=audit_context)
