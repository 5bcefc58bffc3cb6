from __future__ import annotations

import itertools

import pytest

from omnitron.omnicore.orders.enums import CancelStatus as C
from omnitron.omnicore.orders.enums import OrderStatus as S
from omnitron.orders.transitions import (
    CANCEL_STATUS,
    ITEM_STATUS,
    order_cancel_status_of,
    order_status_of,
)

# From (row) to (column), every pair: x is an edge.
MATRIX = """
      50 100 200 300 350 400 450 500 510 520 540 544 545 550 600
 50    .   x   x   x   x   x   x   x   x   x   x   x   x   x   x
100    .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
200    x   .   .   x   x   x   x   x   x   x   x   .   .   x   .
300    x   .   .   .   x   x   x   x   x   x   x   .   .   x   .
350    x   .   .   .   .   x   x   x   x   x   x   .   .   x   .
400    x   .   .   .   .   .   x   x   x   x   x   .   .   x   .
450    x   .   .   .   .   .   .   x   x   x   x   .   .   x   .
500    x   .   .   .   .   .   .   .   x   x   x   .   .   x   .
510    x   .   .   .   .   .   .   .   .   x   x   .   .   x   .
520    x   .   .   .   .   .   .   .   .   .   x   .   .   x   .
540    x   .   .   .   .   .   .   x   x   x   .   .   .   x   .
544    x   .   .   .   .   .   .   .   .   .   .   .   x   .   .
545    x   .   .   .   .   .   .   .   .   .   .   .   .   x   .
550    x   .   .   .   .   .   .   .   .   .   .   x   .   .   .
600    .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
"""


def test_the_item_status_table_is_this_matrix() -> None:
    header, *rows = [line.split() for line in MATRIX.strip().splitlines()]
    expected = {
        (S(int(row[0])), S(int(target)))
        for row in rows
        for target, mark in zip(header, row[1:], strict=True)
        if mark == "x"
    }

    actual = {(a, b) for a, b in itertools.product(S, S) if ITEM_STATUS.allows(a, b)}

    assert actual == expected


CANCEL_MATRIX = """
                        waiting confirmation_waiting confirmed approved rejected waiting_for_payment manuel_refund_need completed
none                    x       x                    x         x        .        .                   x                  .
waiting                 .       x                    x         x        x        x                   x                  x
confirmation_waiting    .       .                    x         x        x        .                   .                  .
confirmed               .       .                    .         x        x        x                   x                  x
approved                .       .                    .         .        x        x                   x                  x
rejected                x       x                    x         x        .        .                   x                  .
waiting_for_payment     .       .                    .         .        .        .                   x                  x
manuel_refund_need      .       .                    .         .        .        x                   .                  x
completed               .       .                    .         .        .        .                   .                  .
"""  # noqa: E501


def test_the_cancel_status_table_is_this_matrix() -> None:
    header, *rows = [line.split() for line in CANCEL_MATRIX.strip().splitlines()]
    expected = {
        (row[0], target) for row in rows for target, mark in zip(header, row[1:], strict=True) if mark == "x"
    }

    actual = {(a or "none", b) for a, b in itertools.product([None, *C], C) if CANCEL_STATUS.allows(a, b)}

    assert actual == expected


@pytest.mark.parametrize(
    ("_case", "plans", "status"),
    [
        ("the undecided one", ["completed", "waiting"], "waiting"),
        ("the least decided", ["confirmed", "waiting"], "waiting"),
        (
            "the worst that settles",
            ["waiting_for_payment", "manuel_refund_need", "completed"],
            "manuel_refund_need",
        ),
        ("the latest", ["completed", "rejected"], "rejected"),
        ("no plan", [], "manuel_refund_need"),
    ],
)
def test_order_cancel_status_is_derived(_case: str, plans: list[str], status: str) -> None:
    assert order_cancel_status_of(plans, without_plans="manuel_refund_need") == status


@pytest.mark.parametrize(
    ("_case", "items", "status"),
    [
        ("the lowest active one", [450, 400, 550], 400),
        ("what waits for its cancellation does not count", [50, 400], 400),
        ("what was cancelled does not count", [100, 550], 550),
        ("what was refunded does not count", [600, 500], 500),
        ("all cancelled", [100, 100], 100),
        ("all refunded", [600], 600),
        ("some refunded, some cancelled", [100, 600], 600),
        ("none active, one undecided", [100, 50, 600], 50),
        ("no items", [], 300),
    ],
)
def test_order_status_is_derived(_case: str, items: list[int], status: int) -> None:
    assert order_status_of(items, without_items=300) == status
