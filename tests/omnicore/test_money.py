from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnitron.omnicore.money import CENT, distribute, quantize, tax_part

amounts = st.integers(0, 10**9).map(lambda cents: Decimal(cents) * CENT)


def D(text: str) -> list[Decimal]:  # noqa: N802 - reads like the literal it stands for
    return [Decimal(part) for part in text.split()]


@pytest.mark.parametrize(
    ("_case", "amount", "weights", "shares"),
    [
        ("one item takes all", "10.00", "7.00", "10.00"),
        ("the odd cent goes to the first", "10.00", "1 1 1", "3.34 3.33 3.33"),
        ("by weight", "10.00", "30.00 70.00", "3.00 7.00"),
        ("largest remainder first", "0.01", "1 2", "0.00 0.01"),
        ("no weights: equally", "0.05", "0 0", "0.03 0.02"),
        ("nothing", "0.00", "1 2", "0.00 0.00"),
    ],
)
def test_distribute(_case: str, amount: str, weights: str, shares: str) -> None:
    assert distribute(Decimal(amount), D(weights)) == D(shares)


@pytest.mark.parametrize(
    ("_case", "amount", "weights", "caps", "shares"),
    [
        ("within the caps", "10.00", "1 1", "10.00 10.00", "5.00 5.00"),
        ("what exceeds one goes to the other", "10.00", "1 1", "2.00 10.00", "2.00 8.00"),
        ("overflow by weight of those with room", "10.00", "2 1 1", "1.00 10.00 10.00", "1.00 4.50 4.50"),
        ("all full", "3.00", "1 5", "1.00 2.00", "1.00 2.00"),
    ],
)
def test_distribute_within_caps(_case: str, amount: str, weights: str, caps: str, shares: str) -> None:
    assert distribute(Decimal(amount), D(weights), caps=D(caps)) == D(shares)


@pytest.mark.parametrize(
    ("_case", "amount", "weights", "caps"),
    [
        ("more than the caps hold", "3.01", "1 5", "1.00 2.00"),
        ("negative", "-0.01", "1", None),
        ("half a cent", "0.005", "1", None),
        ("no items", "0.01", "", None),
    ],
)
def test_distribute_refuses(_case: str, amount: str, weights: str, caps: str | None) -> None:
    with pytest.raises(ValueError):
        distribute(Decimal(amount), D(weights), caps=D(caps) if caps is not None else None)


@given(amounts, st.lists(st.integers(0, 10**6).map(Decimal), min_size=1, max_size=12))
def test_shares_sum_to_the_whole_and_are_within_a_cent_of_ideal(
    amount: Decimal, weights: list[Decimal]
) -> None:
    shares = distribute(amount, weights)

    assert sum(shares) == amount
    total = sum(weights) or len(weights)
    for share, weight in zip(shares, weights, strict=True):
        ideal = Fraction(amount) * Fraction(weight if sum(weights) else 1) / Fraction(total)
        assert share >= 0
        assert abs(Fraction(share) - ideal) < Fraction(CENT)


@given(st.lists(st.tuples(st.integers(0, 10**6), amounts), min_size=1, max_size=12), st.integers(0, 100))
def test_caps_are_kept_and_nothing_is_lost(items: list[tuple[int, Decimal]], percent: int) -> None:
    weights = [Decimal(weight) for weight, _ in items]
    caps = [cap for _, cap in items]
    amount = quantize(sum(caps) * percent / 100)

    shares = distribute(amount, weights, caps=caps)

    assert sum(shares) == amount
    assert all(0 <= share <= cap for share, cap in zip(shares, caps, strict=True))


@pytest.mark.parametrize(("amount", "rounded"), [("0.005", "0.01"), ("1.345", "1.35"), ("1.344", "1.34")])
def test_quantize_rounds_half_up(amount: str, rounded: str) -> None:
    assert quantize(Decimal(amount)) == Decimal(rounded)


@pytest.mark.parametrize(
    ("amount", "rate", "tax"),
    [("118.00", "18.00", "18.00"), ("127.98", "8.00", "9.48"), ("10.00", "0.00", "0.00")],
)
def test_tax_part(amount: str, rate: str, tax: str) -> None:
    assert tax_part(Decimal(amount), rate=Decimal(rate)) == Decimal(tax)
