"""kill -9 at any moment of a pull, and start again: no order is lost, none is there twice, none is half there."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest

from omnitron.channels.enums import WindowStatus
from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.models import IntegrationAction, PulledOrder, PullWindow
from omnitron.core.clock import SYSTEM_CLOCK
from omnitron.core.models import AuditLog
from omnitron.orders.models import Order
from tests.channels.pulls.marketplaces import Pulled, findings_of, pulled_marketplace
from tests.slow.pulls.killing import Executioner, killed_after, killed_at_page

ORDERS = 600
# Of a whole run, start of the process included; nobody knows where in the run such a moment falls.
LONGEST_LIFE_SECONDS = 4.0
# Taking in a page takes less, as long as nothing else is going on.
LONGEST_PAGE_SECONDS = 0.5


def marketplace_at_rest(seed: int) -> AbstractContextManager[Pulled]:
    """A marketplace whose orders are all placed, long enough ago that none of them moves any more."""
    starts = datetime.now(tz=UTC) - timedelta(days=30)
    faults = FaultPlan(broken_total=0.01)
    return pulled_marketplace(seed, orders=ORDERS, faults=faults, clock=SYSTEM_CLOCK, starts=starts)


@pytest.fixture
def pulled(transactional_db: None, demo_catalogue: None) -> Iterator[Pulled]:
    with marketplace_at_rest(11) as pulled:
        yield pulled


def check_nothing_is_lost_or_doubled(pulled: Pulled) -> None:
    run = pulled.pull()
    assert run.error is None
    findings = findings_of(pulled)
    assert (findings.lost, findings.doubled, findings.wrong, findings.unparked) == ([], [], {}, [])
    channel = pulled.channel
    orders = Order.objects.filter(channel=channel)
    assert PulledOrder.objects.filter(channel=channel).count() == ORDERS
    assert PulledOrder.objects.filter(channel=channel, order__isnull=False).count() == orders.count()
    # Each came into being once, with all that belongs to it.
    created = AuditLog.objects.filter(event="order.created", object_id__in=orders.values("pk"))
    assert created.count() == orders.count()
    assert not orders.filter(orderitem=None).exists()
    known = IntegrationAction.objects.filter(channel=channel, content_type__model="order")
    assert known.count() == orders.count()
    assert not PullWindow.objects.filter(channel=channel, status=WindowStatus.PULLING).exists()


@pytest.mark.slow
def test_killed_after_each_committed_page(pulled: Pulled) -> None:
    executioner = Executioner(pulled.marketplace)
    kills = [killed_at_page(executioner, channel=pulled.channel.pk, page=page) for page in (1, 2, 3, 4, 2, 3)]

    assert kills == [True] * 6
    check_nothing_is_lost_or_doubled(pulled)


@pytest.mark.slow
def test_killed_at_random_instants(pulled: Pulled) -> None:
    moments = random.Random(5)
    for _ in range(4):
        killed_after(moments.uniform(0.5, LONGEST_LIFE_SECONDS), channel=pulled.channel.pk)

    check_nothing_is_lost_or_doubled(pulled)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_killed_again_and_again(transactional_db: None, demo_catalogue: None, seed: int) -> None:
    """Ten kills a seed, a hundred in all; OMNITRON_SOAK_MINUTES makes it more. A run that ends before its moment
    has pulled all there is: the next is of another marketplace.
    """
    moments, left = random.Random(seed), max(10, int(os.environ.get("OMNITRON_SOAK_MINUTES", "10")))
    for market in itertools.count(100 * seed):
        with marketplace_at_rest(market) as pulled:
            executioner = Executioner(pulled.marketplace)
            while left and killed_at_page(
                executioner,
                channel=pulled.channel.pk,
                page=moments.choice((1, 1, 1, 2)),
                delay_seconds=moments.uniform(0, LONGEST_PAGE_SECONDS),
            ):
                left -= 1
            check_nothing_is_lost_or_doubled(pulled)
        if not left:
            return
