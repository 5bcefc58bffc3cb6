"""A cancellation before it is one: what is asked is checked, its figures computed. Preview and cancel share it, so
that they cannot differ. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from omnitron.core.exceptions import InvalidInput, OmnitronException
from omnitron.omnicore.money import ZERO
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus
from omnitron.orders.actions import check
from omnitron.orders.capture import Room, facts_to_check, left_of, promised_by_open_plans, rooms_of
from omnitron.orders.enums import CancellationType
from omnitron.orders.exceptions import (
    OrderCancelForcedRefundException,
    OrderCancelItemStateException,
    OrderCancelMissingReasonException,
    OrderCancelMixedItemsException,
    OrderCancelOverlappingParameterException,
    OrderCancelReasonException,
    OrderForeignItemException,
    OrderNothingToCancelException,
    OrderShippingRefundException,
    OrderUpdateCancelStatusException,
)
from omnitron.orders.models import CancellationReason, OrderItem
from omnitron.orders.pricing import shipping_left, shipping_shares
from omnitron.orders.quotes import Quote, quote
from omnitron.orders.selectors import WholeOrder
from omnitron.orders.transitions import CANCEL_STATUS, INACTIVE, OPEN


@dataclass(frozen=True)
class CancelOrder:
    """What is asked: the documented parameters of `cancel_order` that decide about figures."""

    reasons: Mapping[int, int | None]
    is_all: bool = False
    cancel_items: Sequence[int] = ()
    forced_refund_amount: Decimal | None = None
    is_cargo_refund: bool = False
    next_status: CancelStatus = CancelStatus.WAITING


@dataclass(frozen=True)
class CancelDraft:
    """What would be cancelled, of which kind, why, and its figures; `rooms` and `left` are what capped them."""

    plan_type: CancellationType
    items: tuple[OrderItem, ...]
    reasons: Mapping[int, int]
    quote: Quote
    rooms: tuple[Room, ...]
    left: Decimal
    gives_all_shipping: bool
    # Items whose share of the shipping is given only now, and has to be stored with the plan.
    newly_shared: tuple[OrderItem, ...]


def draft(whole: WholeOrder, asked: CancelOrder) -> CancelDraft:
    """Check `asked` against the order as it stands, in the documented sequence, and compute its figures.

    Raises, by name: OrderCancelMoreThenOneException, OrderCancelOverlappingParameterException,
    OrderForeignItemException, OrderCancelItemStateException, OrderCancelMixedItemsException,
    OrderCancelMissingReasonException, OrderCancelReasonException, OrderCancelPurchaseTransactionNotFound,
    OrderCancelForcedRefundException, OrderShippingRefundException, OrderUpdateCancelStatusException.
    """
    check("cancel", facts_to_check(whole))
    _check_next_status(asked.next_status)
    items = _chosen_items(whole, asked)
    plan_type = _plan_type(whole, items)
    reasons = _checked_reasons(items, asked.reasons)
    rooms = rooms_of(whole)
    left = max(ZERO, left_of(whole.order, rooms) - promised_by_open_plans(whole))
    newly_shared = _share_shipping(whole)
    gives_all_shipping = _leaves_nothing(whole, items)
    shipping = _shipping_back(whole, items, is_asked=asked.is_cargo_refund, is_all=gives_all_shipping)
    if not items and not min(shipping, left):
        raise _no_shipping(whole)
    if asked.forced_refund_amount is not None and asked.forced_refund_amount > left:
        raise OrderCancelForcedRefundException(amount=asked.forced_refund_amount, left=left)
    return CancelDraft(
        plan_type=plan_type,
        items=tuple(items),
        reasons=reasons,
        quote=quote(
            items,
            shipping=shipping,
            forced_refund_amount=asked.forced_refund_amount,
            rooms=rooms,
            left=left,
        ),
        rooms=tuple(rooms),
        left=left,
        gives_all_shipping=gives_all_shipping,
        newly_shared=tuple(newly_shared),
    )


def _check_next_status(status: CancelStatus) -> None:
    if not CANCEL_STATUS.allows(None, status):
        allowed = sorted(str(target) for target in CANCEL_STATUS.edges[None])
        raise OrderUpdateCancelStatusException(current="new", target=status, allowed=", ".join(allowed))


def _chosen_items(whole: WholeOrder, asked: CancelOrder) -> list[OrderItem]:
    if asked.is_all and asked.cancel_items:
        raise OrderCancelOverlappingParameterException
    if not (asked.is_all or asked.cancel_items or asked.is_cargo_refund):
        raise InvalidInput(cancel_items="Name items, or is_all, or is_cargo_refund alone.")
    if asked.is_all:
        active = [item for item in whole.items if item.status not in INACTIVE]
        if not active:
            status = OrderStatus(whole.order.status).label
            raise OrderNothingToCancelException(number=whole.order.number, status=status)
        return active
    wanted = set(asked.cancel_items)
    if foreign := wanted - {item.pk for item in whole.items}:
        raise OrderForeignItemException(items=_listed(foreign), number=whole.order.number)
    chosen = [item for item in whole.items if item.pk in wanted]
    if gone := [item.pk for item in chosen if item.status in INACTIVE]:
        raise OrderCancelItemStateException(items=_listed(gone))
    return chosen


def _plan_type(whole: WholeOrder, items: Sequence[OrderItem]) -> CancellationType:
    """Before shipping it is a cancel, from shipping on a refund; never both at once."""
    if not items:
        return CancellationType.REFUND if _was_shipped(whole) else CancellationType.CANCEL
    shipped = [item.pk for item in items if item.status >= OrderStatus.SHIPPED]
    waiting = [item.pk for item in items if item.status < OrderStatus.SHIPPED]
    if shipped and waiting:
        raise OrderCancelMixedItemsException(shipped=_listed(shipped), waiting=_listed(waiting))
    return CancellationType.REFUND if shipped else CancellationType.CANCEL


def _checked_reasons(items: Sequence[OrderItem], given: Mapping[int, int | None]) -> dict[int, int]:
    if missing := [item.pk for item in items if given.get(item.pk) is None]:
        raise OrderCancelMissingReasonException(items=_listed(missing))
    reasons = {item.pk: given[item.pk] for item in items}
    wanted = set(reasons.values())
    known = set(CancellationReason.objects.filter(pk__in=wanted, is_active=True).values_list("pk", flat=True))
    if wanted - known:
        raise OrderCancelReasonException(reasons=_listed(wanted - known))
    return reasons


def _share_shipping(whole: WholeOrder) -> list[OrderItem]:
    """Give every item its share of the shipping, once, and tell which got one: an item added after that brings none
    with it, and where there is no shipping there is nothing to keep.
    """
    unshared = [item for item in whole.items if item.shipping_share is None]
    order = whole.order
    shipping = order.shipping_amount + order.shipping_interest_amount
    total = shipping if len(unshared) == len(whole.items) else ZERO
    for item, share in zip(unshared, shipping_shares(total, unshared) if unshared else (), strict=True):
        item.shipping_share = share
    return unshared if shipping else []


def _was_shipped(whole: WholeOrder) -> bool:
    return any(item.shipped_date for item in whole.items) or any(
        status >= OrderStatus.SHIPPED for status in whole.furthest_statuses()
    )


def _leaves_nothing(whole: WholeOrder, items: Sequence[OrderItem]) -> bool:
    """Whether no item is left in an order of which nothing was ever shipped."""
    chosen = {item.pk for item in items}
    stays = any(item.status not in INACTIVE and item.pk not in chosen for item in whole.items)
    return bool(items) and not stays and not _was_shipped(whole)


def _shipping_back(whole: WholeOrder, items: Sequence[OrderItem], *, is_asked: bool, is_all: bool) -> Decimal:
    left = max(ZERO, shipping_left(whole.order) - _shipping_claimed(whole))
    if is_all or (is_asked and not items):
        return left
    shares = sum((item.shipping_share or ZERO for item in items), ZERO)
    return min(left, shares) if is_asked else ZERO


def _no_shipping(whole: WholeOrder) -> OmnitronException:
    if any(item.status not in INACTIVE for item in whole.items):
        return OrderShippingRefundException(number=whole.order.number)
    status = OrderStatus(whole.order.status).label
    return OrderNothingToCancelException(number=whole.order.number, status=status)


def _shipping_claimed(whole: WholeOrder) -> Decimal:
    """What open plans claim of the shipping, though it may not be captured yet."""
    claims = ZERO
    for plan in whole.plans:
        if plan.status in OPEN:
            rows = whole.rows_of(plan)
            claims += sum((row.shipping_share for row in rows), ZERO) if rows else plan.shipping_refund_amount
    return claims


def _listed(pks: Sequence[int] | set[int]) -> str:
    return ", ".join(str(pk) for pk in sorted(pks))
