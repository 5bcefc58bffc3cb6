"""What was captured for an order, and what of it can still go back, payment by payment. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import BooleanField, CharField, ExpressionWrapper, Model, Q, QuerySet, Value

from omnitron.omnicore.money import ZERO
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.actions import OrderFacts
from omnitron.orders.enums import RefundInstrument
from omnitron.orders.exceptions import OrderCancelPurchaseTransactionNotFound
from omnitron.orders.models import Order, Refund
from omnitron.orders.selectors import WholeOrder, read_facts, read_whole_order
from omnitron.orders.transitions import OPEN, UNDECIDED
from omnitron.payments.enums import PaymentType, TransactionStatus, TransactionType
from omnitron.payments.models import (
    BexTransaction,
    CashRegisterTransaction,
    FundsTransferTransaction,
    LoyaltyTransaction,
    PayOnDeliveryTransaction,
    Transaction,
)

# The table of instruments: a refund is spread over several in this order.
PAYMENT_MODELS: dict[RefundInstrument, type[Model]] = {
    RefundInstrument.CARD: Transaction,
    RefundInstrument.BEX: BexTransaction,
    RefundInstrument.CASH_REGISTER: CashRegisterTransaction,
    RefundInstrument.LOYALTY: LoyaltyTransaction,
    RefundInstrument.FUNDS_TRANSFER: FundsTransferTransaction,
    RefundInstrument.PAY_ON_DELIVERY: PayOnDeliveryTransaction,
}
CAPTURED_WHEN_BOOKED = frozenset({RefundInstrument.CASH_REGISTER, RefundInstrument.LOYALTY})
DELIVERED_ON = frozenset({OrderStatus.REVIEW_STARTED, OrderStatus.REVIEW_WAITING, OrderStatus.DELIVERED})
# In a payment row's extra_field: the pk of the `Refund` it was booked for, which is counted already.
REFUND_KEY = "refund"


@dataclass(frozen=True)
class Room:
    """What one payment captured, and what of it is neither given back nor promised; the order's currency."""

    instrument: RefundInstrument
    # The payment row; none for the instrument `channel`.
    transaction_id: int | None
    captured: Decimal
    left: Decimal


def rooms_of(whole: WholeOrder) -> list[Room]:
    """Where money can go back to, in the order in which it does.

    Captured is what card and BEX purchases the gateway confirmed, loyalty and till money once booked, a funds
    transfer when confirmed, pay on delivery from delivery on. An order without any purchase row was paid at its
    channel, unless its items still wait for their payment. Two statements.

    Raises OrderCancelPurchaseTransactionNotFound for a card order that has no purchase row.
    """
    order = whole.order
    rows = _payment_rows(order)
    refunds = list(Refund.objects.filter(order=order).order_by("pk"))
    purchases = [row for row in rows if row["transaction_type"] == TransactionType.PURCHASE]
    if not purchases:
        return _paid_at_channel(order, whole.furthest_statuses(), refunds)
    is_delivered = any(item.delivered_date for item in whole.items) or bool(
        DELIVERED_ON & whole.furthest_statuses()
    )
    rooms = [
        Room(
            instrument=instrument,
            transaction_id=row["pk"],
            captured=row["amount"],
            left=row["amount"] - _promised(refunds, instrument=instrument, transaction_id=row["pk"]),
        )
        for row in purchases
        if _is_captured(row, instrument := RefundInstrument(row["instrument"]), is_delivered=is_delivered)
    ]
    return _less_given_back_elsewhere(rooms, rows, refunds)


def left_of(order: Order, rooms: Sequence[Room]) -> Decimal:
    """What may go back in all: what the payments have left, and never more than the order's amount."""
    return max(ZERO, min(sum((room.left for room in rooms), ZERO), order.amount - order.refund_amount))


def facts_to_show(pk: int) -> OrderFacts | None:
    """The facts of an order as they are announced. One statement; see `facts_to_check` for when there are more."""
    facts = read_facts(pk)
    if facts is None or not _is_only_shipping_left(facts):
        return facts
    return facts_to_check(read_whole_order(pk))


def facts_to_check(whole: WholeOrder) -> OrderFacts:
    """The same of an order that is read already: where nothing of it is left but its shipping, and no decision is
    awaited, whether that was captured at all is asked too, in three statements.
    """
    facts = whole.facts
    if not _is_only_shipping_left(facts):
        return facts
    try:
        is_captured = left_of(whole.order, rooms_of(whole)) > promised_by_open_plans(whole)
    except OrderCancelPurchaseTransactionNotFound:
        is_captured = False
    return replace(facts, is_shipping_refundable=is_captured)


def _is_only_shipping_left(facts: OrderFacts) -> bool:
    is_awaited = any(status in UNDECIDED for status in facts.plan_statuses)
    return facts.is_shipping_refundable and not facts.active and not is_awaited


def promised_by_open_plans(whole: WholeOrder) -> Decimal:
    """What plans that are not settled yet will give back of what is captured by now."""
    return sum((plan.refund_amount for plan in whole.plans if plan.status in OPEN), ZERO)


def _payment_rows(order: Order) -> list[dict]:
    queries = [_values(model.objects.filter(order=order), name) for name, model in PAYMENT_MODELS.items()]
    first, *others = queries
    names = list(RefundInstrument.values)
    return sorted(first.union(*others, all=True), key=lambda row: (names.index(row["instrument"]), row["pk"]))


def _values(rows: QuerySet, instrument: RefundInstrument) -> QuerySet:
    return rows.order_by().values(
        "pk",
        "transaction_type",
        "status",
        "amount",
        "reference",
        instrument=Value(instrument.value, output_field=CharField()),
        is_own=ExpressionWrapper(Q(extra_field__has_key=REFUND_KEY), output_field=BooleanField()),
    )


def _is_captured(row: dict, instrument: RefundInstrument, *, is_delivered: bool) -> bool:
    if row["status"] == TransactionStatus.FAILED:
        return False
    if instrument == RefundInstrument.PAY_ON_DELIVERY:
        return is_delivered
    return row["status"] == TransactionStatus.CONFIRMED or instrument in CAPTURED_WHEN_BOOKED


def _promised(
    refunds: Sequence[Refund], *, instrument: RefundInstrument, transaction_id: int | None
) -> Decimal:
    """Every refund row is a promise, whatever has become of it: refused by a gateway, it is paid by hand."""
    return sum(
        (
            refund.amount
            for refund in refunds
            if (refund.instrument, refund.transaction_id) == (instrument, transaction_id)
        ),
        ZERO,
    )


def _paid_at_channel(order: Order, statuses: set[int], refunds: Sequence[Refund]) -> list[Room]:
    # On hold until the customer pays: nothing was.
    if statuses <= {OrderStatus.PAYMENT_WAITING} and statuses:
        return []
    if order.payment_option and order.payment_option.payment_type == PaymentType.CREDIT_CARD:
        raise OrderCancelPurchaseTransactionNotFound(number=order.number)
    promised = sum((refund.amount for refund in refunds), ZERO)
    return [
        Room(
            instrument=RefundInstrument.CHANNEL,
            transaction_id=None,
            captured=order.amount,
            left=max(ZERO, order.amount - promised),
        )
    ]


def _less_given_back_elsewhere(
    rooms: Sequence[Room], rows: Sequence[dict], refunds: Sequence[Refund]
) -> list[Room]:
    """Take off what was refunded without us: a refund row a channel or shop booked on the same instrument."""
    own_references = {refund.gateway_reference for refund in refunds if refund.gateway_reference}
    elsewhere: dict[str, Decimal] = {}
    for row in rows:
        is_own = row["is_own"] or row["reference"] in own_references
        is_back = row["transaction_type"] != TransactionType.PURCHASE
        if is_back and not is_own and row["status"] == TransactionStatus.CONFIRMED:
            elsewhere[row["instrument"]] = elsewhere.get(row["instrument"], ZERO) + row["amount"]
    less = []
    for room in rooms:
        taken = min(room.left, elsewhere.get(room.instrument, ZERO))
        if taken:
            elsewhere[room.instrument] -= taken
        less.append(replace(room, left=max(ZERO, room.left - taken)))
    return less
