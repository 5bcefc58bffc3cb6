"""How the marketplace misbehaves: each kind by itself, and how often."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from omnitron.channels.integrations.sandbox.marketplace.answers import Mishap
from omnitron.channels.integrations.sandbox.marketplace.faults import RANGES, FaultPlan
from tests.channels.sandbox.visits import DAY, NOW, Visit

CALM = {"clock_skew", "in_a_row"}
WINDOW = {"modified_from": (NOW - 10 * DAY).isoformat(), "modified_to": (NOW + DAY).isoformat()}


def visit_with(**faults: float) -> Visit:
    """Faults that begin once somebody is logged in."""
    visit = Visit(orders=60)
    visit.log_in()
    visit.marketplace.behave(FaultPlan(**faults))
    return visit


def test_the_seeded_plan_has_every_kind_and_each_can_be_switched_off() -> None:
    kinds = {field.name for field in fields(FaultPlan)} - CALM
    assert kinds == RANGES.keys()

    plan = FaultPlan.seeded(3)

    assert plan == FaultPlan.seeded(3) != FaultPlan.seeded(4)
    assert abs(plan.clock_skew) <= timedelta(minutes=10)
    for kind in kinds:
        low, high = RANGES[kind]
        assert low <= getattr(plan, kind) <= high
        assert getattr(plan.without(kind), kind) == 0
    assert plan.without(*kinds, "clock_skew") == FaultPlan.none()


@pytest.mark.parametrize(
    ("kind", "status"),
    [("too_many_requests", 429), ("server_error", 500), ("unavailable", 503)],
)
def test_requests_that_are_refused(kind: str, status: int) -> None:
    visit = visit_with(**{kind: 1})

    answers = [visit.ask("GET", "/orders", **WINDOW) for _ in range(3)]

    assert [answer.status for answer in answers] == [status] * 3
    assert visit.truth.injected[kind] == 3
    # The same request does not fail for ever.
    assert visit.ask("GET", "/orders", **WINDOW).status == 200


def test_a_token_expires_once_it_was_of_use() -> None:
    visit = visit_with(expired_token=1)

    statuses = [visit.ask("GET", "/orders", **WINDOW).status for _ in range(4)]

    assert statuses == [200, 401, 401, 401]
    assert visit.truth.injected["expired_token"] == 1
    visit.log_in()
    assert visit.ask("GET", "/orders", **WINDOW).status == 200


def test_retry_after_is_seconds_or_a_date() -> None:
    visit = visit_with(too_many_requests=1, in_a_row=100)
    told = [visit.ask("GET", "/orders", **WINDOW).headers["Retry-After"] for _ in range(40)]

    seconds = [int(text) for text in told if text.isdigit()]
    dates = [parsedate_to_datetime(text) for text in told if not text.isdigit()]

    assert len(seconds) > 5 < len(dates)
    assert all(1 <= value <= 20 for value in seconds)
    assert all(timedelta(seconds=1) <= date - NOW <= timedelta(seconds=21) for date in dates)


def test_answers_that_are_lost() -> None:
    assert visit_with(hang=1).ask("GET", "/orders", **WINDOW).mishap is Mishap.HANG
    assert visit_with(reset=1).ask("GET", "/orders", **WINDOW).mishap is Mishap.RESET
    assert visit_with(bad_gateway=1).ask("GET", "/orders", **WINDOW).status == 502
    html = visit_with(html=1).ask("GET", "/orders", **WINDOW)
    assert (html.status, html.body[:15]) == (200, b"<!DOCTYPE html>")


def test_truncated_answers_end_early_or_are_half_the_json() -> None:
    visit = visit_with(truncated=1, in_a_row=100)
    answers = [visit.ask("GET", "/orders", **WINDOW) for _ in range(20)]

    cut = [answer for answer in answers if answer.mishap is Mishap.TRUNCATED]
    halves = [answer for answer in answers if answer.mishap is None]

    assert len(cut) > 3 < len(halves)
    for answer in halves:
        with pytest.raises(json.JSONDecodeError):
            json.loads(answer.body)
    for answer in cut:
        json.loads(answer.body)


def test_a_change_whose_answer_is_lost_was_made() -> None:
    visit = visit_with()
    order_id = visit.window(status="Created")["content"][0]["id"]
    visit.marketplace.behave(FaultPlan(reset=1))

    answer = visit.ask(
        "POST",
        "/orders/changes",
        {"changes": [{"order_id": order_id, "kind": "invoice", "key": "1", "invoice_number": "F-1"}]},
    )

    assert answer.mishap is Mishap.RESET
    assert visit.truth.orders_now[order_id]["invoice_number"] == "F-1"


def test_duplicates_within_and_across_pages() -> None:
    within = visit_with(duplicate_in_page=1).window(size=10)
    assert len(within["content"]) == 11
    assert len({row["id"] for row in within["content"]}) == 10

    visit = visit_with(duplicate_across_pages=1)
    first, second = visit.window(size=10), visit.window(size=10, page=1)
    assert [len(first["content"]), len(second["content"])] == [10, 11]
    assert second["content"][0] == first["content"][-1]


def test_pages_drift_while_they_are_read() -> None:
    visit = visit_with(drift=1)
    ids = set(visit.truth.orders_now)

    read = [row["id"] for page in range(6) for row in visit.window_until_now(size=10, page=page)["content"]]

    assert len(ids) == 60
    assert len(set(read)) < 60  # whoever counts pages loses orders
    assert visit.truth.injected["drift"] > 3
    visit.marketplace.calm()
    visit.clock.advance(timedelta(minutes=1))
    assert set(visit.ids()) == ids


def test_batches_take_their_time_and_changes_are_refused_for_no_reason() -> None:
    visit = visit_with(unfinished_batch=1, refused_change=1)
    order_id = visit.truth.orders_now.popitem()[0]
    sent = {"order_id": order_id, "kind": "invoice", "key": "1", "invoice_number": "F-1"}

    batch_id = json.loads(visit.ask("POST", "/orders/changes", {"changes": [sent]}).body)["batch_id"]

    assert visit.get(f"/orders/changes/{batch_id}")["status"] == "processing"
    assert visit.get(f"/orders/changes/{batch_id}")["changes"][0]["reason"] == "try_again_later"
    visit.marketplace.calm()
    assert visit.send(sent) == [("accepted", None)]


def test_a_calm_marketplace_keeps_its_time_and_its_orders() -> None:
    visit = Visit(orders=100, faults=FaultPlan.seeded(5))
    before = visit.truth.orders

    visit.marketplace.calm()

    for _ in range(50):
        visit.window()
    assert visit.truth.orders == before


@pytest.mark.parametrize("seed", range(1, 6))
def test_what_is_shown_is_the_truth(seed: int) -> None:
    """Whoever asks again until everything has settled has read each order as it finally is."""
    visit = Visit(seed, orders=150, faults=FaultPlan.seeded(seed).without("drift"), starts=NOW)
    visit.marketplace.calm()
    visit.log_in()
    settled = {}

    while visit.clock.now() <= visit.truth.settled_at + timedelta(hours=1):
        visit.clock.advance(DAY)
        settled |= {row["id"]: row for row in visit.window()["content"]}

    truth = visit.truth
    assert settled == {id_: order for id_, order in truth.orders.items() if id_ not in truth.hidden_for_ever}
    assert truth.orders_now == settled
    assert truth.injected["hidden"] == len(truth.hidden_for_ever)
    assert truth.injected["late"] == len(truth.late) > 0
