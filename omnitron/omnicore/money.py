"""Money: Decimal, two places, rounded once, split without losing a cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def quantize(amount: Decimal) -> Decimal:
    """Round `amount` HALF_UP to the cent: once, when a value is created, never on read."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def tax_part(amount: Decimal, *, rate: Decimal) -> Decimal:
    """The tax inside the tax-inclusive `amount`; `rate` is a percentage ("20.00")."""
    return quantize(amount * rate / (Decimal(100) + rate))


def distribute(
    amount: Decimal, weights: Sequence[Decimal], *, caps: Sequence[Decimal] | None = None
) -> list[Decimal]:
    """Split `amount` by `weights` into cents whose sum is exactly `amount`.

    Largest remainder, ties to the lower index; zero weights split equally. What exceeds an item's cap goes
    to the items with room ("if the discount amount is higher than the value of the product, it is
    distributed to other products": the documents on `set_distribute_interest_amount`).

    Raises ValueError if `amount` is negative, is no whole number of cents, or exceeds the sum of the caps.
    """
    cents = _to_cents(amount)
    if not weights and cents:
        raise ValueError("an amount cannot be split over no items")
    rooms = [_to_cents(cap) for cap in caps] if caps is not None else [cents] * len(weights)
    if cents > sum(rooms) and cents:
        raise ValueError(f"{amount} exceeds the caps {caps}")
    shares = [0] * len(weights)
    # Each round finishes the split or fills an item, so there are at most len(weights) rounds.
    while left := cents - sum(shares):
        open_ = [i for i, room in enumerate(rooms) if shares[i] < room]
        for i, extra in zip(open_, _largest_remainder(left, [weights[i] for i in open_]), strict=True):
            shares[i] = min(shares[i] + extra, rooms[i])
    return [Decimal(share) * CENT for share in shares]


def _to_cents(amount: Decimal) -> int:
    cents = amount / CENT
    if amount < 0 or cents != cents.to_integral_value():
        raise ValueError(f"{amount} is not a non-negative number of cents")
    return int(cents)


def _largest_remainder(cents: int, weights: Sequence[Decimal]) -> list[int]:
    total = sum(weights, Decimal(0))
    if not total:
        weights, total = [Decimal(1)] * len(weights), Decimal(len(weights))
    ideals = [cents * weight / total for weight in weights]
    shares = [int(ideal.to_integral_value(rounding=ROUND_DOWN)) for ideal in ideals]
    by_remainder = sorted(range(len(weights)), key=lambda i: (shares[i] - ideals[i], i))
    for i in by_remainder[: cents - sum(shares)]:
        shares[i] += 1
    return shares
