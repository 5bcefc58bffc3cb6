"""A sandbox marketplace with a time of its own, pulled from until nothing happens there any more, and then compared
with what is here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from omnitron.channels.enums import ParkedStatus, WindowStatus
from omnitron.channels.integrations.dto import Intake
from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.integrations.sandbox.marketplace.marketplace import (
    API_KEY,
    API_SECRET,
    SPAN,
    Marketplace,
)
from omnitron.channels.integrations.sandbox.marketplace.server import serve
from omnitron.channels.integrations.sandbox.orders import STATUSES
from omnitron.channels.models import Channel, ParkedOrder, PulledOrder, PullWindow
from omnitron.channels.pulls.runs import PullRun
from omnitron.channels.service import ChannelService
from omnitron.core.audit import AuditContext
from omnitron.core.clock import Clock, SimulatedClock
from omnitron.core.models import AuditSource
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.models import Order, OrderItem

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CONTEXT = AuditContext.system(AuditSource.CRON)


@dataclass
class Pulled:
    """A marketplace and the channel it is pulled through."""

    marketplace: Marketplace
    channel: Channel
    clock: Clock
    # From when on nothing changes at the marketplace.
    quiet_since: datetime | None = None

    def pull(self, **options: Any) -> PullRun:
        return ChannelService.pull_orders(self.channel, clock=self.clock, audit_context=CONTEXT, **options)

    def pull_until_settled(self, *, tick: timedelta) -> Intake:
        """Run after run, `tick` apart, until every order is as it will stay, and then until all is old enough to be
        proved: pages do not drift any more, or orders would go on changing for being read.
        """
        end = self.marketplace.truth.settled_at + tick
        self.clock.advance(2 * tick)
        intake = Intake()
        while self.clock.now() < end:
            intake += self._pull_well()
            self.clock.advance(tick)
        self.marketplace.behave(self.marketplace.faults.without("drift"))
        intake += self._pull_well()
        self.quiet_since = self.clock.now()
        # Runs far apart see orders late: a proof may have to wait for longer than the 48 hours they really are.
        self.clock.advance(2 * tick + timedelta(days=5))
        # Counts are judged one run later, and holes are counted again after an hour.
        for _ in range(4):
            intake += self._pull_well()
            self.clock.advance(timedelta(hours=2))
        return intake

    def _pull_well(self) -> Intake:
        run = self.pull()
        assert run.error is None, run.error
        assert run.intake.failed == 0
        return run.intake


@contextmanager
def pulled_marketplace(
    seed: int,
    *,
    orders: int = 1000,
    faults: FaultPlan | None = None,
    clock: Clock | None = None,
    starts: datetime = NOON,
    span: timedelta = SPAN,
    has_past: bool = False,
) -> Iterator[Pulled]:
    """Ten days of orders from `starts` on, by a clock of its own that begins when they do. With a past, the channel
    is pulled from as far back as it shows, else from when the first order was placed.
    """
    clock = clock or SimulatedClock(NOON)
    marketplace = Marketplace(seed, orders=orders, clock=clock, faults=faults, starts=starts, span=span)
    with serve(marketplace) as address:
        conf = {
            "server": address,
            "api_key": API_KEY,
            "api_secret": API_SECRET,
            "read_seconds": 0.25,
            "cancellation_reason_id": 1,
        }
        if not has_past:
            # The marketplace's clock may be minutes off.
            conf["pull_since"] = (starts - timedelta(hours=1)).isoformat()
        channel = ChannelService.create_channel(
            f"Sandbox {seed}",
            "sandbox",
            catalog=Channel.objects.get(pk=1).catalog,
            conf=conf,
            audit_context=CONTEXT,
        )
        yield Pulled(marketplace, channel, clock)


@dataclass(frozen=True)
class Findings:
    """What is not as it should be, by number. All empty: nothing lost, doubled or wrong, every loss named."""

    lost: list[str]
    doubled: list[str]
    wrong: dict[str, Any]
    unreported: list[int]
    unparked: list[str]


def findings_of(pulled: Pulled) -> Findings:
    """Compare the marketplace's truth with the channel's orders, parked orders and ledger."""
    truth, channel = pulled.marketplace.truth, pulled.channel
    # Each is worked out when asked for, over all orders.
    orders, hidden, unusable_as = truth.orders, truth.hidden_for_ever, truth.unusable
    usable = {
        payload["number"]: payload
        for order_id, payload in orders.items()
        if order_id not in hidden and order_id not in unusable_as
    }
    here = Counter(Order.objects.filter(channel=channel).values_list("number", flat=True))
    parked = set(
        ParkedOrder.objects.filter(channel=channel, status=ParkedStatus.PARKED).values_list(
            "pulled_order__number", flat=True
        )
    )
    # An order that moved back between two runs was never seen to do so; it may be here as it is.
    unusable = {
        orders[order_id]["number"]
        for order_id, kinds in unusable_as.items()
        if order_id not in hidden and not (kinds == {"illegal_move"} and _is_here(channel, orders[order_id]))
    }
    return Findings(
        lost=sorted(usable.keys() - here.keys()),
        doubled=sorted(number for number, count in here.items() if count > 1),
        wrong=_wrong(channel, usable),
        unreported=_unreported(pulled),
        unparked=sorted((unusable - parked) | (parked & usable.keys())),
    )


def _is_here(channel: Channel, expected: Mapping[str, Any]) -> bool:
    known = PulledOrder.objects.filter(channel=channel, number=expected["number"]).select_related("order")
    return any(row.order is not None and row.order.status == OrderStatus.PREPARING for row in known)


def _wrong(channel: Channel, usable: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Orders here whose money or lines are not the marketplace's."""
    lines: dict[str, list[tuple[Any, ...]]] = {}
    items = OrderItem.objects.filter(order__channel=channel).order_by("pk")
    for number, sku, status, price, discount, interest in items.values_list(
        "order__number", "product__sku", "status", "price", "discount_amount", "installment_interest_amount"
    ):
        lines.setdefault(number, []).append((sku, status, price - discount + interest))
    orders = Order.objects.filter(channel=channel, number__in=usable)
    wrong = {}
    for order in orders:
        expected = usable[order.number]
        problems = _problems(order, lines[order.number], expected)
        if problems:
            wrong[order.number] = problems
    return wrong


def _problems(order: Order, lines: list[tuple[Any, ...]], expected: Mapping[str, Any]) -> dict[str, Any]:
    totals = expected["totals"]
    paid = (
        sum((amount for _, _, amount in lines), Decimal(0))
        + order.shipping_amount
        + order.shipping_interest_amount
    )
    checks = {
        "amount": (order.amount, Decimal(totals["total"])),
        "sum of the parts": (paid, Decimal(totals["total"])),
        "currency": (order.currency, expected["currency"].lower()),
        "lines": (
            sorted((sku, status) for sku, status, _ in lines),
            sorted((line["sku"], STATUSES[line["status"]]) for line in expected["lines"]),
        ),
        "total_difference": (order.total_difference, Decimal(0)),
    }
    return {name: pair for name, pair in checks.items() if pair[0] != pair[1]}


def _unreported(pulled: Pulled) -> list[int]:
    """Orders hidden for ever whose last stamp lies in no hole."""
    holes = list(PullWindow.objects.filter(channel=pulled.channel, status=WindowStatus.HOLE))
    return [
        order_id
        for order_id, stamps in pulled.marketplace.truth.hidden_for_ever.items()
        if not any(hole.window_from <= stamps[-1] < hole.window_to for hole in holes)
    ]


def missing_in_holes(channel: Channel) -> int:
    holes = PullWindow.objects.filter(channel=channel, status=WindowStatus.HOLE)
    return sum(holes.values_list("missing", flat=True))


def held(channel: Channel) -> int:
    return PulledOrder.objects.filter(channel=channel).count()
