"""What a cancellation would do, figure by figure with the reason for each, and a digest that binds it to that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core import signing

from omnitron.core.exceptions import OutdatedException
from omnitron.omnicore.money import ZERO
from omnitron.omnicore.orders.enums import CancelStatus
from omnitron.orders.enums import CancellationType, RefundInstrument
from omnitron.orders.models import Order
from omnitron.orders.quotes import ItemQuote
from omnitron.orders.selectors import WholeOrder, read_whole_order
from omnitron.orders.use_cases.cancel_drafts import CancelDraft, CancelOrder, draft

# The digest is what was shown, signed: it tells by itself what differs when things have moved on.
_signer = signing.Signer(salt="omnitron.orders.cancel_preview")

WAYS = {
    RefundInstrument.CARD: "sent to the payment gateway after approval",
    RefundInstrument.BEX: "sent to the payment gateway after approval",
    RefundInstrument.CASH_REGISTER: "paid back by hand, and closed with a proof",
    RefundInstrument.LOYALTY: "booked back at approval",
    RefundInstrument.FUNDS_TRANSFER: "paid back by hand to the IBAN, and closed with a proof",
    RefundInstrument.PAY_ON_DELIVERY: "paid back by hand to the IBAN, and closed with a proof",
    RefundInstrument.CHANNEL: "paid back by the channel, which learns of it",
}


def cancel_preview(
    order: Order,
    *,
    reasons: Mapping[int, int | None],
    is_all: bool = False,
    cancel_items: Sequence[int] = (),
    forced_refund_amount: Decimal | None = None,
    is_cargo_refund: bool = False,
    next_status: CancelStatus | None = None,
    **_without_figures: Any,
) -> dict[str, Any]:
    """What `cancel_order` with the same arguments would do; amounts are text in the order's currency. Writes
    nothing. Raises what `cancel_order` would.
    """
    whole = read_whole_order(order.pk)
    asked = CancelOrder(
        reasons=reasons,
        is_all=is_all,
        cancel_items=cancel_items,
        forced_refund_amount=forced_refund_amount,
        is_cargo_refund=is_cargo_refund,
        next_status=next_status or CancelStatus.WAITING,
    )
    drafted = draft(whole, asked)
    shown = _shown(whole, drafted, asked)
    digest = _signer.sign_object(shown, compress=True)
    items = [
        {**item, "because": _why_item(figures, asked, drafted)}
        for item, figures in zip(shown["items"], drafted.quote.items, strict=True)
    ]
    instruments = [
        {**part, "because": [WAYS[RefundInstrument(part["instrument"])]]} for part in shown["instruments"]
    ]
    captured = sum((room.captured for room in drafted.rooms), ZERO)
    return {
        **shown,
        "items": items,
        "instruments": instruments,
        "captured": str(captured),
        "left": str(drafted.left),
        "because": _why_sum(asked, drafted, captured=captured),
        "digest": digest,
    }


def check_digest(digest: str, whole: WholeOrder, drafted: CancelDraft, asked: CancelOrder) -> None:
    """Raise OutdatedException unless `digest` is a preview's of exactly this."""
    now = _shown(whole, drafted, asked)
    try:
        then = _signer.unsign_object(digest)
    except (signing.BadSignature, ValueError) as error:
        raise OutdatedException(
            "This digest is no preview's.", difference=list(_differences("", None, now))
        ) from error
    if difference := list(_differences("", then, now)):
        raise OutdatedException("Things have changed since the preview.", difference=difference)


def _shown(whole: WholeOrder, drafted: CancelDraft, asked: CancelOrder) -> dict[str, Any]:
    return {
        "order": whole.order.pk,
        "currency": whole.order.currency,
        "plan_type": str(drafted.plan_type),
        "next_status": str(asked.next_status),
        **drafted.quote.figures(),
    }


def _why_item(figures: ItemQuote, asked: CancelOrder, drafted: CancelDraft) -> list[str]:
    reasons = [f"price {figures.price}"]
    if figures.discount_share:
        reasons.append(f"less its frozen share of the discounts {figures.discount_share}")
    if figures.interest_share:
        reasons.append(f"plus its frozen share of the instalment interest {figures.interest_share}")
    if figures.shipping_share:
        why = "no item is left and nothing was shipped" if drafted.gives_all_shipping else "is_cargo_refund"
        reasons.append(f"plus shipping {figures.shipping_share}: {why}")
    if asked.forced_refund_amount is not None:
        reasons.append(f"replaced by its part {figures.refund_amount} of the forced sum")
    elif figures.refund_amount != figures.claim:
        reasons.append(f"cut to {figures.refund_amount}: not more was captured and is left")
    return [*reasons, f"tax {figures.tax_amount} is in price less discount"]


def _why_sum(asked: CancelOrder, drafted: CancelDraft, *, captured: Decimal) -> list[str]:
    kind = (
        "cancel: nothing is shipped yet"
        if drafted.plan_type == CancellationType.CANCEL
        else "refund: shipped"
    )
    reasons = [kind, f"captured {captured}, left to refund {drafted.left}"]
    if not captured:
        reasons.append("nothing was captured, so nothing goes back")
    if asked.forced_refund_amount is not None:
        reasons.append(f"forced to {asked.forced_refund_amount}")
    return reasons


def _differences(path: str, then: Any, now: Any) -> Iterator[dict[str, Any]]:
    if isinstance(then, dict) and isinstance(now, dict):
        for name in sorted(then.keys() | now.keys()):
            yield from _differences(f"{path}.{name}" if path else name, then.get(name), now.get(name))
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for position, (old, new) in enumerate(zip(then, now, strict=True)):
            yield from _differences(f"{path}[{position}]", old, new)
    elif then != now:
        yield {"at": path, "then": then, "now": now}
