"""Which windows are pulled next, and how far back is asked: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnitron.channels.integrations.dto import PullLimits
from omnitron.channels.pulls.windows import Span, lateness_of, next_windows, spans_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LIMITS = PullLimits(
    longest_window=timedelta(days=14),
    look_back=timedelta(days=90),
    settle=timedelta(minutes=2),
    lateness=timedelta(hours=48),
)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def test_a_channel_never_pulled_is_asked_from_as_far_back_as_it_shows() -> None:
    windows = list(next_windows(pulled_until=None, until=NOON, overlap=days(2), limits=LIMITS))

    # Less a day, in which the oldest window can still be counted whole.
    assert windows[0].window.start == windows[0].asked_from == NOON - days(89)
    assert windows[-1].window.end == NOON
    assert [window.window.end - window.window.start for window in windows] == [days(1)] * 89


@pytest.mark.parametrize(("back", "expected"), [(30, 30), (200, 89)])
def test_a_first_pull_may_begin_later_and_never_earlier_than_the_channel_shows(
    back: int, expected: int
) -> None:
    since = NOON - days(back)

    first = next(next_windows(pulled_until=None, until=NOON, overlap=days(2), limits=LIMITS, since=since))

    assert first.window.start == NOON - days(expected)


def test_the_next_window_begins_where_the_last_ended_and_asks_back_by_the_overlap() -> None:
    (window,) = next_windows(pulled_until=NOON - days(1), until=NOON, overlap=days(2), limits=LIMITS)

    assert window.window == Span(NOON - days(1), NOON)
    assert window.asked == Span(NOON - days(3), NOON)


def test_the_overlap_is_asked_for_once_a_run() -> None:
    first, second = next_windows(pulled_until=NOON - days(2), until=NOON, overlap=days(2), limits=LIMITS)

    assert first.asked == Span(NOON - days(4), NOON - days(1))
    assert second.asked == second.window == Span(NOON - days(1), NOON)


def test_nothing_is_asked_for_where_no_time_has_passed() -> None:
    assert list(next_windows(pulled_until=NOON, until=NOON, overlap=days(2), limits=LIMITS)) == []


@given(
    since=st.none() | st.integers(0, 200 * 24),
    overlap=st.integers(0, 60 * 24),
    longest=st.integers(1, 30 * 24),
    look_back=st.integers(1, 120 * 24),
)
def test_windows_adjoin_reach_until_now_and_ask_for_no_more_than_the_channel_allows(
    since: int | None, overlap: int, longest: int, look_back: int
) -> None:
    limits = PullLimits(longest_window=timedelta(hours=longest), look_back=timedelta(hours=look_back))
    pulled_until = None if since is None else NOON - timedelta(hours=since)

    windows = list(
        next_windows(pulled_until=pulled_until, until=NOON, overlap=timedelta(hours=overlap), limits=limits)
    )

    assert all(a.window.end == b.window.start for a, b in zip(windows, windows[1:], strict=False))
    assert all(window.asked.end - window.asked.start <= limits.longest_window for window in windows)
    assert all(window.window.end - window.window.start <= days(1) for window in windows)
    assert all(window.asked_from >= NOON - limits.look_back for window in windows)
    oldest = NOON - limits.look_back
    if windows:
        first = oldest + days(1) if pulled_until is None else max(pulled_until, oldest)
        assert windows[0].window.start == first
        assert windows[-1].window.end == NOON
    else:
        assert since == 0 or (since is None and look_back <= 24)


@pytest.mark.parametrize(
    ("case", "latest", "watched_for", "overlap", "horizon"),
    [
        ("never watched", None, 0, 48 * 60, 48 * 60),
        ("not watched long enough", timedelta(minutes=4), 95, 48 * 60, 48 * 60),
        ("punctual", None, 96, 2, 48 * 60),
        ("a little late", timedelta(minutes=40), 96, 52, 48 * 60),
        ("later than declared", timedelta(hours=80), 10, 100 * 60 + 2, 100 * 60 + 2),
    ],
)
def test_lateness_is_what_was_declared_until_it_was_measured(
    case: str, latest: timedelta | None, watched_for: int, overlap: int, horizon: int
) -> None:
    lateness = lateness_of(LIMITS, latest=latest, watched_for=timedelta(hours=watched_for))

    assert lateness.overlap == timedelta(minutes=overlap), case
    assert lateness.horizon == timedelta(minutes=horizon), case


def test_adjoining_windows_are_one_span_up_to_what_may_be_asked_for_at_once() -> None:
    hours = [NOON + timedelta(hours=hour) for hour in range(8)]
    windows = [Span(a, b) for a, b in zip(hours, hours[1:], strict=False)]
    del windows[5]

    spans = list(spans_of(windows, longest=timedelta(hours=3)))

    assert spans == [Span(hours[0], hours[3]), Span(hours[3], hours[5]), Span(hours[6], hours[7])]
