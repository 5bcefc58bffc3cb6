"""What a proof must not take for granted: that the next run saw what moved, that clocks only go forward."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from omnitron.channels.enums import WindowStatus
from omnitron.channels.integrations.client import ChannelClient
from omnitron.channels.integrations.dto import PullLimits
from omnitron.channels.integrations.sandbox.integration import CommandIntegration
from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.models import PulledOrder, PullWindow
from omnitron.channels.pulls import ledger, proofs
from tests.channels.pulls.marketplaces import Pulled, missing_in_holes, pulled_marketplace
from tests.channels.pulls.steps import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    notes_here,
    pull,
    pull_while_locked,
    show,
    some_order,
    without_stamp,
)


@pytest.fixture
def hiding(demo_catalogue: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulled]:
    """Some orders are hidden. As many others leave their span between the first pull and its count, so that what
    the channel counts is what is here.
    """
    with pulled_marketplace(3, orders=12, faults=FaultPlan(hidden=0.2), span=HOUR) as pulled:
        pulled.clock.advance(10 * DAY)
        hidden = len(pulled.marketplace.truth.hidden_for_ever)
        assert hidden > 0
        ask = proofs.ask_for_counts

        def ask_after_they_moved(*args: Any, **kwargs: Any) -> None:
            monkeypatch.setattr(proofs, "ask_for_counts", ask)
            for order_id in list(pulled.marketplace.truth.orders_now)[:hidden]:
                pulled.marketplace.leave_note(order_id, "moved")
            ask(*args, **kwargs)

        monkeypatch.setattr(proofs, "ask_for_counts", ask_after_they_moved)
        yield pulled


def is_proved(pulled: Pulled) -> bool:
    return PullWindow.objects.filter(channel=pulled.channel, status=WindowStatus.PROVED).exists()


@pytest.mark.parametrize("gap", [20 * SECOND, 10 * MINUTE])
def test_a_count_is_not_judged_before_its_moment_is_pulled(hiding: Pulled, gap: timedelta) -> None:
    """What changed within the last two minutes is not asked for yet."""
    pull(hiding, every=gap)
    pull(hiding, times=6, every=2 * HOUR)

    assert missing_in_holes(hiding.channel) == len(hiding.marketplace.truth.hidden_for_ever)


def test_runs_that_follow_at_once_judge_in_the_end(quiet: Pulled) -> None:
    """None of them puts off what another has asked."""
    pull(quiet, times=8, every=30 * SECOND)

    assert is_proved(quiet)


def test_a_count_is_not_judged_while_an_order_that_moved_could_not_be_dealt_with(
    hiding: Pulled, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = len(hiding.marketplace.truth.hidden_for_ever)
    pull(hiding, every=10 * MINUTE)
    pull_while_locked(hiding, monkeypatch, orders=hidden)
    hiding.clock.advance(10 * MINUTE)
    pull(hiding, times=6, every=2 * HOUR)

    assert missing_in_holes(hiding.channel) == hidden


def test_what_could_not_be_dealt_with_when_all_was_read_again_is_read_again_once_more(
    quiet: Pulled, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(quiet, times=6, every=2 * DAY)
    order_id = some_order(quiet)
    quiet.marketplace.leave_note(order_id, "first")
    quiet.clock.advance(10 * MINUTE)
    pull(quiet, every=10 * MINUTE)
    # A second change is shown late, and leaves the number of orders as it was.
    shown_from = quiet.clock.now() + 20 * MINUTE
    quiet.marketplace.leave_note(order_id, "late")
    show(
        monkeypatch,
        lambda rows: [row for row in rows if row["id"] != order_id or quiet.clock.now() >= shown_from],
    )
    pull(quiet, times=8, every=5 * MINUTE)
    assert notes_here(quiet, order_id) == "first"

    quiet.clock.advance(2 * DAY + HOUR)
    pull_while_locked(quiet, monkeypatch)
    quiet.clock.advance(10 * MINUTE)
    pull(quiet, times=3, every=10 * MINUTE)

    assert notes_here(quiet, order_id) == "late"


def test_a_row_that_is_no_order_alone_on_its_page_stops_nothing(
    quiet: Pulled, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(quiet, times=4, every=2 * DAY)
    odd, other = list(quiet.marketplace.truth.orders_now)[:2]
    show(monkeypatch, without_stamp(odd))
    quiet.marketplace.leave_note(odd, "odd")
    quiet.clock.advance(30 * MINUTE)
    run = quiet.pull()
    assert (run.error, run.intake.seen, run.intake.failed) == (None, 1, 1)
    quiet.marketplace.leave_note(other, "other")
    quiet.clock.advance(30 * MINUTE)
    pull(quiet, times=2, every=HOUR)

    assert notes_here(quiet, other) == "other"


def test_an_order_later_than_is_measured_back_counts(quiet: Pulled) -> None:
    """It came within the last 30 days; since when it had been due is another matter."""
    pull(quiet, times=2, every=HOUR)
    now, limits = quiet.clock.now(), PullLimits()
    late = {"remote_modified_date": now - 36 * DAY, "first_seen_date": now, "parts": {}, "digest": ""}
    PulledOrder.objects.create(channel=quiet.channel, remote_id="x", number="x", late_by=35 * DAY, **late)

    assert ledger.measured_lateness(quiet.channel, limits=limits, now=now).horizon > 35 * DAY
    later = now + 30 * DAY
    assert ledger.measured_lateness(quiet.channel, limits=limits, now=later).horizon == 2 * DAY


@pytest.mark.parametrize("lateness", [10 * MINUTE, 2 * DAY])
def test_a_clock_that_is_put_back_hides_nothing(
    demo_catalogue: None, monkeypatch: pytest.MonkeyPatch, lateness: timedelta
) -> None:
    limits = PullLimits(look_back=89 * DAY, lateness=lateness, settle=10 * SECOND)
    monkeypatch.setattr(CommandIntegration, "limits", limits)
    with pulled_marketplace(5, orders=6, faults=FaultPlan(clock_skew=HOUR), span=2 * HOUR) as pulled:
        pulled.clock.advance(10 * DAY)
        pull(pulled, times=12, every=5 * MINUTE)
        until = ledger.pulled_until(pulled.channel)
        pulled.clock.advance(2 * MINUTE)
        pulled.marketplace.set_clock(skew=timedelta())
        order_id = some_order(pulled)
        pulled.marketplace.leave_note(order_id, "new")
        changed = PulledOrder.objects.get(channel=pulled.channel, remote_id=str(order_id))
        assert pulled.clock.now() < until

        pulled.clock.advance(5 * MINUTE)
        pull(pulled, every=5 * MINUTE)

        assert notes_here(pulled, order_id) == "new"
        changed.refresh_from_db()
        assert changed.remote_modified_date < until
        windows = list(PullWindow.objects.filter(channel=pulled.channel).order_by("window_from"))
        assert windows[-1].window_to < pulled.clock.now()
        assert all(a.window_to == b.window_from for a, b in zip(windows, windows[1:], strict=False))


def test_a_date_from_the_future_proves_nothing(quiet: Pulled, monkeypatch: pytest.MonkeyPatch) -> None:
    pull(quiet, times=2, every=HOUR)

    def in_three_days(client: ChannelClient, response: Any) -> None:
        client.clock_offset = 3 * DAY

    with monkeypatch.context() as patch:
        patch.setattr(ChannelClient, "_note_clock", in_three_days)
        pull(quiet, times=2, every=HOUR)
        assert ledger.pulled_until(quiet.channel) > quiet.clock.now()
    order_id = some_order(quiet)
    quiet.marketplace.leave_note(order_id, "new")
    quiet.clock.advance(HOUR)

    pull(quiet, every=HOUR)

    assert notes_here(quiet, order_id) == "new"
    young = PullWindow.objects.filter(
        channel=quiet.channel, window_to__gt=quiet.clock.now() - 2 * DAY, status=WindowStatus.PROVED
    )
    assert not young.exists()
    assert ledger.pulled_until(quiet.channel) < quiet.clock.now()
