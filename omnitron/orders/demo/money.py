"""`omnicore.money` in whole cents: the same results, twenty times as fast (held to it by a test)."""

from __future__ import annotations

from collections.abc import Sequence


def split(cents: int, weights: Sequence[int]) -> list[int]:
    """Split `cents` by positive `weights`: largest remainder, ties to the lower index.

    Up to the sum of the weights no share exceeds its weight, so prices are weights and caps at once.
    """
    total = sum(weights)
    shares = [cents * weight // total for weight in weights]
    if left := cents - sum(shares):
        by_remainder = sorted(range(len(weights)), key=lambda i: -(cents * weights[i] % total))
        for i in by_remainder[:left]:
            shares[i] += 1
    return shares


def part(cents: int, numerator: int, denominator: int) -> int:
    """`cents` · numerator / denominator, rounded HALF_UP."""
    return (2 * cents * numerator + denominator) // (2 * denominator)


def text(cents: int) -> str:
    """As PostgreSQL reads a numeric; the exponent saves two divisions."""
    return f"{cents}e-2"
