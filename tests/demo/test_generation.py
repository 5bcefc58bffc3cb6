"""The pure parts of the generator."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from math import gcd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnitron.omnicore.money import distribute, quantize
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.demo import money
from omnitron.orders.demo.rows import NUMBERS, SCRAMBLE, order_number
from omnitron.orders.demo.stamps import micros_of, stamp
from omnitron.orders.demo.stories import BY_AGE, stories_of
from omnitron.orders.transitions import ITEM_STATUS

CENT = Decimal("0.01")
PRICES = st.lists(st.integers(min_value=1, max_value=10_000_00), min_size=1, max_size=12)


@given(prices=PRICES, data=st.data())
def test_the_fast_split_is_the_documented_one(prices: list[int], data: st.DataObject) -> None:
    cents = data.draw(st.integers(min_value=0, max_value=sum(prices)))
    caps = [price * CENT for price in prices]
    slow = distribute(cents * CENT, caps, caps=caps)
    assert [share * CENT for share in money.split(cents, prices)] == slow


@given(
    cents=st.integers(min_value=0, max_value=10**9),
    numerator=st.integers(min_value=0, max_value=10_000),
    denominator=st.integers(min_value=1, max_value=20_000),
)
def test_the_fast_rounding_is_the_documented_one(cents: int, numerator: int, denominator: int) -> None:
    exact = Decimal(cents * numerator) / denominator
    assert money.part(cents, numerator, denominator) == int(quantize(exact * CENT) / CENT)


def test_numbers_never_repeat() -> None:
    assert gcd(SCRAMBLE, NUMBERS) == 1
    assert order_number(1) == "1637136223846793"
    assert len({order_number(pk) for pk in range(1, 20_001)}) == 20_000


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), "1970-01-01 00:00:00.000000+00"),
        (datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC), "2024-02-29 23:59:59.999999+00"),
    ],
)
def test_stamps(moment: datetime, text: str) -> None:
    assert stamp(micros_of(moment)) == text


def test_every_story_is_possible() -> None:
    for _, stories in BY_AGE:
        for story in set(stories):
            cancellation = story.cancellation
            if cancellation is None:
                continue
            waiting = OrderStatus.CANCELLATION_WAITING
            assert ITEM_STATUS.allows(cancellation.previous_status, waiting)
            if cancellation.item_status != waiting:
                assert ITEM_STATUS.allows(waiting, cancellation.item_status)
            is_shipped = cancellation.previous_status >= OrderStatus.SHIPPED
            assert is_shipped == (cancellation.kind == "refund")


def test_stories_end_with_age() -> None:
    statuses = {story.status for story in stories_of(400)}
    assert statuses == {OrderStatus.DELIVERED, OrderStatus.APPROVED, OrderStatus.PAYMENT_WAITING}
    assert all(
        story.cancellation.is_whole for story in stories_of(400) if story.status < OrderStatus.DELIVERED
    )
