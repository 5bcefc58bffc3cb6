"""What the ledger proves, what it leaves open, and what it never forgets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from omnitron.channels.enums import WindowStatus
from omnitron.channels.integrations.dto import Intake
from omnitron.channels.integrations.sandbox.marketplace import reading
from omnitron.channels.integrations.sandbox.marketplace.answers import Refusal
from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.models import PullState, PullWindow
from omnitron.channels.pulls import proofs
from omnitron.channels.pulls.report import PullReport
from omnitron.channels.service import ChannelService
from tests.channels.pulls.marketplaces import Pulled, held, missing_in_holes, pulled_marketplace
from tests.channels.pulls.steps import (
    DAY,
    HOUR,
    notes_here,
    pull,
    pull_while_locked,
    show,
    some_order,
    without_stamp,
)


@pytest.fixture
def hiding(demo_catalogue: None) -> Iterator[Pulled]:
    """Forty orders, of which some are counted and never shown, long ago."""
    with pulled_marketplace(5, orders=40, faults=FaultPlan(hidden=0.1), span=10 * DAY) as pulled:
        pulled.clock.advance(20 * DAY)
        pull(pulled, times=4, every=2 * HOUR)
        yield pulled


def report(pulled: Pulled) -> PullReport:
    return ChannelService.pull_report(pulled.channel, now=pulled.clock.now())


def test_orders_that_are_hidden_are_missing_in_holes(hiding: Pulled) -> None:
    hidden = hiding.marketplace.truth.hidden_for_ever

    assert len(hidden) == missing_in_holes(hiding.channel) == 2
    holes = PullWindow.objects.filter(channel=hiding.channel, status=WindowStatus.HOLE)
    assert all(hole.missing == 1 and hole.reason.startswith("The channel counts") for hole in holes)
    assert not report(hiding).is_complete


def test_a_hole_stays_one_while_other_orders_move(hiding: Pulled) -> None:
    for order_id in list(hiding.marketplace.truth.orders_now)[:4]:
        hiding.marketplace.leave_note(order_id, "Moved")
        pull(hiding, every=2 * HOUR)

        assert missing_in_holes(hiding.channel) == 2
        assert not report(hiding).is_complete


def test_a_hole_stays_one_when_the_channel_shows_its_time_no_more(hiding: Pulled) -> None:
    pull(hiding, times=15, every=6 * DAY)

    assert missing_in_holes(hiding.channel) == 2
    assert not report(hiding).is_complete


def test_what_moves_while_it_is_counted_is_proved_all_the_same_in_the_end(quiet: Pulled) -> None:
    for number in range(6):
        quiet.marketplace.leave_note(some_order(quiet), f"Note {number}")
        pull(quiet, every=HOUR)
    pull(quiet, times=4, every=2 * DAY)

    old = PullWindow.objects.filter(channel=quiet.channel, window_to__lt=quiet.clock.now() - 7 * DAY)
    assert set(old.values_list("status", flat=True)) == {WindowStatus.PROVED}


def test_a_count_is_no_proof_where_an_order_moved_twice_since(
    demo_catalogue: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It leaves before the count, makes up for the hidden one, and is seen twice before it is judged."""
    with pulled_marketplace(3, orders=12, faults=FaultPlan(hidden=0.2), span=HOUR) as pulled:
        hidden = len(pulled.marketplace.truth.hidden_for_ever)
        pulled.clock.advance(10 * DAY)
        order_id = some_order(pulled)
        ask = proofs.ask_for_counts

        def moved_before(*args: Any, **kwargs: Any) -> None:
            monkeypatch.setattr(proofs, "ask_for_counts", ask)
            pulled.marketplace.leave_note(order_id, "first")
            ask(*args, **kwargs)

        monkeypatch.setattr(proofs, "ask_for_counts", moved_before)
        pull(pulled, every=timedelta(minutes=10))
        pulled.pull(filters={"order_ids": [str(order_id)]})
        pulled.marketplace.leave_note(order_id, "second")
        pulled.clock.advance(timedelta(minutes=10))
        pull(pulled, times=5, every=2 * HOUR)

        assert missing_in_holes(pulled.channel) == hidden > 0


def test_a_change_shown_late_is_taken_in_before_its_window_is_proved(quiet: Pulled) -> None:
    """The channel is known to be punctual by then, and asked no further back than two minutes."""
    pull(quiet, times=6, every=2 * DAY)
    order_id = some_order(quiet)
    shelf = quiet.marketplace._state.shelf
    order, window = shelf.by_id[order_id], shelf.window
    quiet.marketplace.leave_note(order_id, "late")
    shown_from = quiet.clock.now() + timedelta(minutes=20)
    shelf.window = lambda start, end: [
        row for row in window(start, end) if row is not order or quiet.clock.now() >= shown_from
    ]

    pull(quiet, times=8, every=timedelta(minutes=5))
    assert notes_here(quiet, order_id) != "late"

    pull(quiet, times=3, every=2 * DAY)
    assert notes_here(quiet, order_id) == "late"


def test_a_window_with_a_change_somebody_was_in_the_way_of_is_pulled_again(
    quiet: Pulled, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(quiet, times=6, every=2 * DAY)
    order_id = some_order(quiet)
    quiet.marketplace.leave_note(order_id, "in the way")
    quiet.clock.advance(timedelta(minutes=30))

    pull_while_locked(quiet, monkeypatch)
    assert [stretch.status for stretch in report(quiet).stretches][-1] == WindowStatus.PULLING
    assert not report(quiet).is_complete

    pull(quiet, every=timedelta(minutes=30))
    assert notes_here(quiet, order_id) == "in the way"
    assert report(quiet).is_complete


@pytest.fixture
def with_past(demo_catalogue: None) -> Iterator[Pulled]:
    with pulled_marketplace(5, orders=6, faults=FaultPlan.none(), span=2 * HOUR, has_past=True) as pulled:
        pulled.clock.advance(10 * DAY)
        yield pulled


def test_a_window_that_cannot_be_read_for_too_long_is_a_hole_and_no_obstacle(
    with_past: Pulled, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = with_past
    with monkeypatch.context() as patch:
        patch.setattr(reading, "list_orders", down)
        assert quiet.pull().error.code == "channels_300_1"
        assert not report(quiet).is_complete
    quiet.clock.advance(3 * DAY)

    run = quiet.pull()

    assert (run.error, run.intake.created) == (None, 6)
    first = PullWindow.objects.filter(channel=quiet.channel).order_by("window_from")[0]
    assert (first.status, first.missing) == (WindowStatus.HOLE, 0)
    assert first.reason.startswith("Nothing was pulled for so long")


def down(*args: Any, **kwargs: Any) -> None:
    raise Refusal(500, "internal", "down")


@pytest.mark.parametrize("how", [{"is_dry_run": True}, {"filters": {"order_ids": ["1"]}}])
def test_only_runs_of_the_ledger_count_for_the_breaker(quiet: Pulled, how: dict[str, Any]) -> None:
    quiet.pull(**how)
    assert not PullState.objects.filter(channel=quiet.channel).exists()

    PullState.objects.create(channel=quiet.channel, failures=2, last_error="It was away.")
    quiet.pull(**how)
    state = PullState.objects.get(channel=quiet.channel)
    assert (state.failures, state.last_error, state.started_date) == (2, "It was away.", None)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b"null",
        b'{"content": null, "totalElements": 1}',
        b'{"content": {"id": 1}, "totalElements": 1}',
    ],
)
def test_an_answer_of_another_shape_is_the_channels_fault(
    quiet: Pulled, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    monkeypatch.setattr(reading, "list_orders", lambda *args: reading.Answer(200, body))

    run = quiet.pull()

    assert run.error.code == "channels_300_1"
    assert PullState.objects.get(channel=quiet.channel).failures == 1


def test_a_row_that_is_no_order_takes_no_other_with_it_and_is_missing_in_the_end(
    quiet: Pulled, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = some_order(quiet)
    with monkeypatch.context() as patch:
        show(patch, without_stamp(odd))
        run = quiet.pull()
        assert (run.error, run.intake) == (None, Intake(seen=6, created=5, failed=1))
        of_the_day = PullWindow.objects.get(channel=quiet.channel, failed=1)
        assert of_the_day.status == WindowStatus.PULLING
        assert of_the_day.reason == "1 orders could be neither taken in nor parked."
        pull(quiet, times=6, every=2 * HOUR)

    assert held(quiet.channel) == 5
    assert missing_in_holes(quiet.channel) == 1
    hole = PullWindow.objects.get(channel=quiet.channel, status=WindowStatus.HOLE)
    stamp = datetime.fromisoformat(quiet.marketplace.truth.orders_now[odd]["modified"])
    assert hole.window_from <= stamp < hole.window_to

    # Told as it should be, it is found where it was missing.
    pull(quiet, times=4, every=2 * HOUR)
    assert (held(quiet.channel), missing_in_holes(quiet.channel)) == (6, 0)
