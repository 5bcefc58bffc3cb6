"""What a channel reports while others are at the same orders: nobody waits long, nothing is done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from omnitron.channels.integrations import intake_runs
from omnitron.channels.integrations.dto import Intake
from omnitron.channels.integrations.ingest import take_in
from omnitron.channels.integrations.intake_runs import IntakeRun
from omnitron.channels.models import Channel, ParkedOrder
from omnitron.channels.use_cases.batch_requests import lock_channel
from omnitron.orders.models import Order
from omnitron.orders.selectors import lock_order
from tests.channels.ingest.payloads import CONTEXT, LATER, a_house, a_line, an_order, raw, to_order
from tests.factories.catalogs import ProductFactory

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def held_by_somebody(pk: int, lock: Callable[[int], Any] = lock_order) -> Iterator[None]:
    """The order, or what else `lock` locks, is locked by another connection meanwhile."""
    is_locked, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                lock(pk)
                is_locked.set()
                is_over.wait(20)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert is_locked.wait(20)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
            is_over.set()
            holding.result()


def shipped(number: str) -> dict[str, Any]:
    lines = [a_line(status=450), a_line("L2", sku="CUP", price="50.00")]
    return an_order(number, modified=LATER.isoformat(), lines=lines)


def test_an_order_somebody_holds_fails_alone_and_is_changed_the_next_time() -> None:
    house = a_house()
    house.take_in(*(an_order(f"N-{number}") for number in range(3)))
    page = [shipped(f"N-{number}") for number in range(3)]

    with held_by_somebody(house.order("N-1").pk):
        assert house.take_in(*page) == Intake(seen=3, updated=2, failed=1)

    assert house.take_in(*page) == Intake(seen=3, updated=1, unchanged=2)


def test_of_a_channel_somebody_holds_all_orders_of_the_page_fail_and_are_taken_in_the_next_time() -> None:
    house = a_house()
    house.take_in(an_order("N-0"))
    page = [shipped("N-0"), an_order("N-1"), an_order("N-1"), an_order("N-2", id="")]

    with held_by_somebody(house.channel.pk, lock_channel):
        assert house.take_in(*page) == Intake(seen=3, failed=3)
    assert list(Order.objects.values_list("number", flat=True)) == ["N-0"]

    assert house.take_in(*page) == Intake(seen=3, created=1, updated=1, failed=1)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each gives, done at the same moment on a connection of its own."""
    barrier = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_the_same_orders_pulled_twice_at_once_are_here_once() -> None:
    house = a_house()
    page = [an_order(f"N-{number}") for number in range(30)]

    first, second = at_once(*[lambda: house.take_in(*page)] * 2)

    assert first + second == Intake(seen=60, created=30, unchanged=30)
    assert Order.objects.count() == 30


def test_control_without_the_channels_lock_one_of_them_is_refused_its_orders(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = a_house()
    page = [an_order(f"N-{number}") for number in range(30)]
    both_have_looked = threading.Barrier(2)

    def nothing_is_here(channel: Channel, reads: Any) -> dict[str, int]:
        both_have_looked.wait(20)
        return {}

    monkeypatch.setattr(intake_runs, "lock_channel", lambda pk: Channel.objects.get(pk=pk))
    monkeypatch.setattr("omnitron.channels.integrations.ingest._here_already", nothing_is_here)

    results = at_once(*[lambda: house.take_in(*page)] * 2)

    assert sum(result.created for result in results) < 60
    assert any(result.parked for result in results)


def test_of_a_replay_and_a_pull_at_once_the_newer_version_stays() -> None:
    house = a_house()
    pot = {"lines": [a_line(sku="POT")], "amount": "110.00"}
    old = [an_order(f"N-{number}", **pot) for number in range(10)]
    house.take_in(*old)
    ProductFactory(sku="POT")
    newer = [{**payload, "notes": "newer", "modified": LATER.isoformat()} for payload in old]
    run = IntakeRun(house.channel, to_order, CONTEXT, LATER)

    at_once(
        lambda: take_in(run, [raw(payload) for payload in old], is_replay=True), lambda: house.take_in(*newer)
    )

    assert Order.objects.filter(notes="newer").count() == Order.objects.count() == 10
    assert set(ParkedOrder.objects.values_list("status", flat=True)) == {"taken_in"}
