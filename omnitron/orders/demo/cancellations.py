"""The plan, the figures and the refund of a generated cancellation, as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from omnitron.omnicore.orders.enums import CancelStatus
from omnitron.orders.demo import money, tables
from omnitron.orders.demo.drafts import Draft, Line
from omnitron.orders.demo.money import text
from omnitron.orders.demo.world import World
from omnitron.orders.enums import RefundInstrument, RefundStatus

NULL = r"\N"
INSTRUMENTS = {
    "credit_card": RefundInstrument.CARD,
    "bex": RefundInstrument.BEX,
    "cash_register": RefundInstrument.CASH_REGISTER,
    "loyalty_money": RefundInstrument.LOYALTY,
    "funds_transfer": RefundInstrument.FUNDS_TRANSFER,
    "pay_on_delivery": RefundInstrument.PAY_ON_DELIVERY,
    "channel": RefundInstrument.CHANNEL,
}
# Nothing can send money to a bank account by itself; of every third one the hand is still awaited.
BY_HAND = frozenset({"cash_register", "funds_transfer", "pay_on_delivery"})
IBAN, HOLDER = "TR320010009999901234567890", "Demo Müşteri"

Row = tuple[str, tuple[str, ...]]


def plan_status(draft: Draft) -> CancelStatus:
    """How far the cancellation is. Raises ValueError when there is none."""
    cancellation = draft.cancellation
    if cancellation is None:
        raise ValueError(f"order {draft.pk} has no cancellation")
    if cancellation.decision is not None:
        return cancellation.decision
    if draft.payment.is_captured and draft.payment.kind in BY_HAND and draft.chance < 0.33:
        return CancelStatus.MANUEL_REFUND_NEED
    return CancelStatus.COMPLETED


def refunded(draft: Draft) -> tuple[int, int, int]:
    """What the order gives back: in all, discounts taken back, and of the shipping."""
    cancellation = draft.cancellation
    if cancellation is None or not cancellation.is_settled:
        return 0, 0, 0
    return _figures(draft)


def cancellation_rows(
    draft: Draft, world: World, pks: Mapping[str, Callable[[], int]], *, discount_pk: int | None
) -> Iterator[Row]:
    """The rows of the cancellation `draft` has, each with its table. Raises ValueError when it has none."""
    status = plan_status(draft)
    cancellation = draft.cancellation
    plan_pk, decided = str(pks[tables.PLAN]()), draft.changed
    refund, discount, shipping = _figures(draft)
    by_hand = status is CancelStatus.MANUEL_REFUND_NEED
    ibans, holders = (f'["{IBAN}"]', f'["{HOLDER}"]') if by_hand else ("[]", "[]")
    yield (
        tables.PLAN,
        (plan_pk, decided, decided, str(draft.pk), cancellation.kind.value, status.value)
        + (text(refund), text(discount), text(shipping), "f", ibans, holders),
    )
    reasons = world.reasons.get(cancellation.kind.value, ())
    reason = str(reasons[int(draft.chance * len(reasons))]) if reasons else NULL
    for line in draft.cancelled:
        yield tables.PLAN_ITEM, (str(pks[tables.PLAN_ITEM]()), *_plan_item(draft, line, plan_pk, reason))
    if discount_pk is not None and discount:
        pk = str(pks[tables.PLAN_DISCOUNT]())
        yield tables.PLAN_DISCOUNT, (pk, decided, decided, plan_pk, str(discount_pk), text(discount))
    if cancellation.is_settled and refund:
        pk = str(pks[tables.REFUND]())
        yield tables.REFUND, (pk, *_refund(draft, plan_pk, refund, by_hand=by_hand))
        if draft.payment.kind == "credit_card":
            yield tables.CARD_PAYMENT, _card_refund(draft, pks[tables.CARD_PAYMENT](), refund)


def _figures(draft: Draft) -> tuple[int, int, int]:
    discount = sum([line.discount for line in draft.cancelled])
    # What was never paid is not given back.
    if not draft.payment.is_captured:
        return 0, discount, 0
    shipping = sum([line.shipping_share for line in draft.cancelled])
    return sum([line.total for line in draft.cancelled]) + shipping, discount, shipping


def _plan_item(draft: Draft, line: Line, plan_pk: str, reason: str) -> tuple[str, ...]:
    rate = line.offer.tax_hundredths
    refund = line.total + line.shipping_share if draft.payment.is_captured else 0
    return (
        *(
            draft.changed,
            draft.changed,
            plan_pk,
            str(line.pk),
            reason,
            str(draft.cancellation.previous_status.value),
            "t" if draft.cancellation.decision is CancelStatus.REJECTED else "f",
        ),
        *(text(line.price), text(line.discount), text(line.interest), text(line.shipping_share)),
        *(text(money.part(line.price - line.discount, rate, 10_000 + rate)), text(refund)),
    )


def _refund(draft: Draft, plan_pk: str, refund: int, *, by_hand: bool) -> tuple[str, ...]:
    payment = draft.payment
    status = RefundStatus.MANUAL if by_hand else RefundStatus.DONE
    return (
        *(draft.changed, draft.changed, str(draft.pk), plan_pk, INSTRUMENTS[payment.kind].value),
        NULL if payment.table_pk is None else str(payment.table_pk),
        *(text(refund), status.value, *((IBAN, HOLDER) if by_hand else (NULL, NULL))),
        f"GEN-{draft.pk}-R" if payment.kind == "credit_card" else NULL,
        "0",
    )


def _card_refund(draft: Draft, pk: int, refund: int) -> tuple[str, ...]:
    plan, pos, decided = draft.payment.plan, draft.shop.pos_id, draft.changed
    return (
        *(str(pk), decided, decided, str(draft.pk), "refund", "confirmed", text(refund), draft.currency),
        *(decided, f"GEN-{draft.pk}-R", "{}", NULL if pos is None else str(pos)),
        *(plan.bin_number if plan else NULL, "1"),
    )
