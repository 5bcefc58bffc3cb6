"""The marketplace's rules: windows, pages, tokens, and what sellers send to it."""

from __future__ import annotations

import json
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.integrations.sandbox.marketplace.stamps import read, written
from tests.channels.sandbox.visits import CREDENTIALS, DAY, NOW, Visit


def test_a_window_is_half_open_and_sorted_by_stamp_and_id() -> None:
    visit = Visit(orders=60)
    rows = visit.window()["content"]
    keys = [(row["modified"], row["id"]) for row in rows]
    assert len(keys) == 60
    assert keys == sorted(keys)

    inside = visit.get("/orders", modified_from=rows[10]["modified"], modified_to=rows[20]["modified"])

    assert [row["id"] for row in inside["content"]] == [row["id"] for row in rows[10:20]]
    count = visit.get("/orders/count", modified_from=rows[10]["modified"], modified_to=rows[20]["modified"])
    assert count == {"count": 10}


def test_pages() -> None:
    visit = Visit(orders=50)
    ids = visit.ids()

    pages = [visit.window(page=page, size=20) for page in range(4)]

    assert [row["id"] for page in pages for row in page["content"]] == ids
    assert [len(page["content"]) for page in pages] == [20, 20, 10, 0]
    assert [(page["page"], page["size"], page["totalElements"], page["totalPages"]) for page in pages] == [
        (page, 20, 50, 3) for page in range(4)
    ]


def test_single_orders_and_those_after_one() -> None:
    visit = Visit(orders=30)
    rows = sorted(visit.window()["content"], key=lambda row: row["id"])
    numbers = f"{rows[3]['number']},{rows[4]['number']}"

    assert {row["id"] for row in visit.get("/orders", numbers=numbers)["content"]} == {
        rows[3]["id"],
        rows[4]["id"],
    }
    assert [row["id"] for row in visit.get("/orders", ids=rows[7]["id"])["content"]] == [rows[7]["id"]]
    assert visit.get("/orders", ids="1")["totalElements"] == 0
    assert {row["id"] for row in visit.get("/orders", after_id=rows[19]["id"])["content"]} == {
        row["id"] for row in rows[20:]
    }
    shipped = visit.window(status="Shipped,Picking")["content"]
    assert {row["id"] for row in shipped} == {
        row["id"] for row in rows if row["status"] in ("Shipped", "Picking")
    }


@pytest.mark.parametrize(
    ("window", "code"),
    [
        ({"modified_from": NOW.isoformat()}, "window_missing"),
        ({}, "window_missing"),
        ({"modified_from": NOW.isoformat(), "modified_to": NOW.isoformat()}, "window_empty"),
        (
            {"modified_from": (NOW - 15 * DAY).isoformat(), "modified_to": NOW.isoformat()},
            "window_too_long",
        ),
        (
            {"modified_from": (NOW - 91 * DAY).isoformat(), "modified_to": (NOW - 80 * DAY).isoformat()},
            "window_too_old",
        ),
        ({"modified_from": "yesterday", "modified_to": NOW.isoformat()}, "invalid_parameter"),
        ({"modified_from": "2026-11-19T00:00:00", "modified_to": NOW.isoformat()}, "invalid_parameter"),
        ({"numbers": "A", "size": "201"}, "page_too_large"),
        ({"numbers": "A", "size": "0"}, "page_too_large"),
        ({"numbers": "A", "size": "200", "page": "50"}, "page_too_far"),
        ({"numbers": "A", "page": "-1"}, "invalid_parameter"),
        ({"number": "A"}, "unknown_parameter"),
    ],
)
def test_what_cannot_be_asked(window: dict[str, str], code: str) -> None:
    visit = Visit(orders=1)

    assert visit.refusal("/orders", **window) == (400, code)
    assert visit.refusal("/orders/count", **window) == (400, code)


def test_the_longest_window_and_the_last_row_can_be_asked_for() -> None:
    visit = Visit(orders=1)

    page = visit.get(
        "/orders",
        modified_from=(NOW - 14 * DAY).isoformat(),
        modified_to=NOW.isoformat(),
        size=200,
        page=49,
    )

    assert page["content"] == []


def test_a_token_is_needed_and_expires() -> None:
    visit = Visit(orders=3, token_seconds=60)
    wrong = visit.ask("POST", "/token", CREDENTIALS | {"api_secret": "guessed"})
    assert (wrong.status, json.loads(wrong.body)["error"]["code"]) == (401, "wrong_credentials")
    assert visit.ask("GET", "/orders", ids="1").status == 401

    visit.log_in()
    assert visit.ask("GET", "/orders", ids="1").status == 200

    visit.clock.advance(timedelta(seconds=61))
    assert visit.refusal("/orders", ids="1") == (401, "expired_token")
    visit.log_in()
    assert visit.ask("GET", "/orders", ids="1").status == 200


def test_health_needs_no_token_and_unknown_paths_are_not_found() -> None:
    visit = Visit(orders=1)

    assert json.loads(visit.ask("GET", "/health").body) == {"status": "ok"}
    assert visit.refusal("/shipments") == (404, "not_found")


def test_every_answer_tells_the_marketplace_s_own_time() -> None:
    visit = Visit(orders=30, faults=FaultPlan(clock_skew=timedelta(minutes=-7)))

    told = parsedate_to_datetime(visit.ask("GET", "/health").headers["Date"])

    assert told == NOW - timedelta(minutes=7)
    assert max(read(row["modified"]) for row in visit.window()["content"]) <= read(told.isoformat()) + 1000


def created(visit: Visit) -> int:
    """An order that nothing has happened to yet."""
    visit.log_in()
    return visit.window(status="Created")["content"][-1]["id"]


def change(order_id: int, kind: str, **values: object) -> dict[str, object]:
    return {
        "order_id": order_id,
        "kind": kind,
        "key": f"{order_id}/{kind}/{sorted(values.items())}",
        **values,
    }


def test_a_seller_ships_an_order() -> None:
    visit = Visit(orders=60)
    order_id = created(visit)
    before = visit.truth.orders_now[order_id]

    results = visit.send(
        change(order_id, "invoice", invoice_number="F-1"),
        change(order_id, "tracking", tracking_number="T-1", shipping_provider="UPS"),
        change(order_id, "status", status="Shipped"),
    )

    assert results == [("accepted", None)] * 3
    after = visit.truth.orders_now[order_id]
    assert (after["status"], after["invoice_number"]) == ("Shipped", "F-1")
    assert (after["tracking_number"], after["shipping_provider"]) == ("T-1", "UPS")
    assert {line["status"] for line in after["lines"]} == {"Shipped"}
    assert read(after["modified"]) > read(before["modified"])
    assert visit.ids()[-1] == order_id
    # What was planned goes on from there.
    assert visit.truth.orders[order_id]["status"] == "Delivered"
    assert visit.truth.unusable == {}


def test_a_seller_cancels_an_order_or_lines_of_it() -> None:
    visit = Visit(orders=200)
    visit.log_in()
    waiting = [row for row in visit.window(status="Created,Picking")["content"] if len(row["lines"]) > 1]
    whole, partly = waiting[0], waiting[1]
    line_id = partly["lines"][0]["id"]

    assert visit.send(change(whole["id"], "cancel"), change(partly["id"], "cancel", line_ids=[line_id])) == [
        ("accepted", None),
        ("accepted", None),
    ]

    visit.clock.advance(20 * DAY)
    assert visit.truth.orders_now[whole["id"]]["status"] == "Cancelled"
    order = visit.truth.orders_now[partly["id"]]
    assert [line["status"] for line in order["lines"]] == ["Cancelled"] + ["Delivered"] * (
        len(order["lines"]) - 1
    )


def test_the_last_line_cancelled_cancels_the_order() -> None:
    visit = Visit(orders=60)
    order_id = created(visit)
    lines = visit.truth.orders_now[order_id]["lines"]

    results = visit.send(*(change(order_id, "cancel", line_ids=[line["id"]]) for line in lines))

    assert results == [("accepted", None)] * len(lines)
    order = visit.truth.orders[order_id]
    assert order["status"] == "Cancelled"
    assert order["lines"] == [line | {"status": "Cancelled"} for line in lines]


def test_lines_are_shipped_one_by_one_and_come_back() -> None:
    visit = Visit(orders=60)
    visit.log_in()
    order = next(row for row in visit.window(status="Created")["content"] if len(row["lines"]) == 2)
    first, second = (line["id"] for line in order["lines"])

    results = visit.send(
        change(order["id"], "status", status="Shipped", line_ids=[first]),
        change(order["id"], "tracking", tracking_number="T-2", line_ids=[second]),
    )
    assert results == [("accepted", None)] * 2
    partly = visit.truth.orders_now[order["id"]]
    assert (partly["status"], partly["tracking_number"]) == ("Created", None)
    assert [(line["status"], line["tracking_number"]) for line in partly["lines"]] == [
        ("Shipped", f"TR{order['id']}"),
        ("Created", "T-2"),
    ]

    results = visit.send(
        change(order["id"], "cancel", reason="stok"),
        change(order["id"], "cancel", line_ids=[second]),
        change(order["id"], "invoice", invoice_number="F-1"),
    )
    assert results == [("accepted", None), ("refused", "order_closed"), ("refused", "order_closed")]
    closed = visit.truth.orders[order["id"]]
    assert [line["status"] for line in closed["lines"]] == ["Returned", "Cancelled"]
    assert (closed["status"], closed["cancellation_reason"]) == ("Returned", "stok")


def test_the_same_key_has_one_effect() -> None:
    visit = Visit(orders=60)
    order_id = created(visit)
    first = change(order_id, "invoice", invoice_number="F-1")
    assert visit.send(first) == [("accepted", None)]
    stamp = visit.truth.orders_now[order_id]["modified"]

    assert visit.send(first | {"invoice_number": "F-2"}) == [("accepted", None)]

    order = visit.truth.orders_now[order_id]
    assert (order["invoice_number"], order["modified"]) == ("F-1", stamp)


def test_what_a_seller_may_not_do_changes_nothing() -> None:
    visit = Visit(orders=60, faults=FaultPlan(hidden=0.2))
    order_id = created(visit)
    delivered = visit.window(status="Delivered")["content"][0]["id"]
    hidden = next(iter(visit.truth.hidden_for_ever))
    before = visit.truth.orders

    results = visit.send(
        change(1, "invoice", invoice_number="F"),
        change(hidden, "invoice", invoice_number="F"),
        change(delivered, "status", status="Picking"),
        change(delivered, "cancel", line_ids=[1]),
        change(order_id, "status", status="Cancelled"),
        change(order_id, "cancel", line_ids=[1]),
        change(order_id, "tracking"),
        change(order_id, "rename"),
    )

    assert results == [
        ("refused", "unknown_order"),
        ("refused", "unknown_order"),
        ("refused", "illegal_move"),
        ("refused", "unknown_line"),
        ("refused", "illegal_move"),
        ("refused", "unknown_line"),
        ("refused", "tracking_number_missing"),
        ("refused", "unknown_kind"),
    ]
    assert visit.truth.orders == before


@pytest.mark.parametrize(
    "body",
    [
        {"changes": []},
        {"changes": [{"order_id": 1, "kind": "cancel", "key": str(n)} for n in range(101)]},
        {"changes": [{"order_id": 1, "kind": "cancel"}]},
        {"changes": "all"},
        [],
    ],
)
def test_a_batch_that_is_none(body: object) -> None:
    visit = Visit(orders=1)
    visit.log_in()

    answer = visit.ask("POST", "/orders/changes", body)

    assert (answer.status, json.loads(answer.body)["error"]["code"]) == (400, "invalid_body")
    assert visit.refusal("/orders/changes/B000001") == (404, "unknown_batch")


def test_stamps_are_whole_milliseconds() -> None:
    assert written(read("2026-11-01T10:00:00.123Z")) == "2026-11-01T10:00:00.123Z"
    assert written(read("2026-11-01T13:00:00.0001+03:00")) == "2026-11-01T10:00:00.001Z"


def test_a_change_brings_out_what_was_to_show_later() -> None:
    visit = Visit(orders=60, faults=FaultPlan(late=1))
    visit.log_in()
    # Something happened to these that does not show yet.
    waiting = {id_ for id_, visible in visit.truth.late.items() if visible > visit.clock.now()}
    order_id = next(id_ for id_ in visit.truth.orders_now if id_ in waiting and is_behind(visit, id_))

    assert visit.send(change(order_id, "invoice", invoice_number="F-1")) == [("accepted", None)]

    assert visit.truth.late[order_id] - visit.clock.now() < timedelta(seconds=1)
    assert visit.ids()[-1] == order_id
    assert visit.truth.orders[order_id]["invoice_number"] == "F-1"


def is_behind(visit: Visit, order_id: int) -> bool:
    """Whether the order's late version is stamped in the past already."""
    visible = visit.truth.late[order_id]
    probe = Visit(orders=60, faults=FaultPlan(late=1))
    probe.clock.advance(visible - probe.clock.now() + timedelta(seconds=1))
    return read(probe.truth.orders_now[order_id]["modified"]) < read(visit.clock.now().isoformat())
