"""OrderService.update_orders and fetch_and_update_order_items: news go both ways, and none is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from omnitron.orders.models import Order, OrderItem
from tests.slow.clients.client import Client, Run, recorded
from tests.slow.clients.reading import action_of, batches, failures, known_to_channel, tell_everything, why

pytestmark = pytest.mark.slow

# Two orders of the demo data have changed since the channel was told of them.
FIRST, SECOND = 318, 316
UPDATES = "channel/1/orders/updates/"


def _result(pk: int, status: str = "SUCCESS") -> dict[str, Any]:
    """What the marketplace says of an order it knows as R-7316 and the like."""
    return {
        "number": f"R-7{pk}",
        "remote_id": f"R-7{pk}",
        "status": status,
        "message": "" if status else "no",
    }


def _update(client: Client, *results: dict[str, Any], **options: Any) -> Run:
    run = client.run("OrderService.update_orders", answers={"send_updated_orders": results}, **options)
    assert (run.raised, run.waited, run.refused) == (None, [], [])
    return run


def _offered(run: Run) -> list[int]:
    (exchange,) = run.to("GET", UPDATES)
    return [row["pk"] for row in exchange.answer["results"]]


def _change(api: APIClient, pk: int, notes: str) -> None:
    assert api.patch(f"/api/v1/orders/{pk}/", {"notes": notes}, format="json").status_code == 200


def test_changed_orders_are_told_once(client: Client) -> None:
    run = _update(client, _result(FIRST), _result(SECOND))

    assert _offered(run) == [FIRST, SECOND]
    assert run.batch_steps == ["commit", "commit", "done"]
    (sent,) = run.sent
    assert [order["number"] for order in sent["objects"]] == ["1187308164839911", "1806849483587759"]
    for pk in (FIRST, SECOND):
        order = Order.objects.get(pk=pk)
        action = action_of(order)
        assert (action.status, action.remote_id) == ("success", f"R-7{pk}")
        assert action.version_date == order.modified_date
    assert batches() == [("order", "done")]
    assert failures() == []

    again = _update(client)

    assert _offered(again) == []
    assert again.batch_steps == ["commit", "done"]
    assert again.sent == []


def test_orders_go_out_with_their_items_when_asked(client: Client) -> None:
    run = _update(client, _result(FIRST), _result(SECOND), add_order_items=True)

    (sent,) = run.sent
    items = {order["pk"]: [item["pk"] for item in order["orderitem_set"]] for order in sent["objects"]}
    assert items == {FIRST: [434, 435], SECOND: [430, 431]}
    assert batches() == [("order", "done")]


def test_a_half_failed_batch_does_not_hold_up_the_next(client: Client, api: APIClient) -> None:
    """After a failed order the client never says `done`: the batch is over all the same."""
    run = _update(client, _result(FIRST, "FAIL"), _result(SECOND))

    assert run.batch_steps == ["commit", "commit"]
    known = known_to_channel("order")
    assert (known[FIRST], known[SECOND]) == (("R-7318", "error"), ("R-7316", "success"))
    assert failures() == ["Omnitron-ProcessOrderBatchRequests"]

    _change(api, SECOND, "Once more")
    again = _update(client, _result(SECOND))

    # The failed one waits until it changes.
    assert _offered(again) == [SECOND]
    assert again.batch_steps == ["commit", "commit", "done"]

    _change(api, FIRST, "Try again")
    last = _update(client, _result(FIRST))

    assert _offered(last) == [FIRST]
    assert known_to_channel("order")[FIRST] == ("R-7318", "success")


def test_a_change_made_while_the_marketplace_answers_is_offered_again(client: Client, api: APIClient) -> None:
    def change_now() -> None:
        _change(api, FIRST, "Changed meanwhile")
        connection.close()

    client.proxy.before("GET", "channel/1/integration_actions/", change_now)

    run = _update(client, _result(FIRST), _result(SECOND))
    again = _update(client, _result(FIRST))

    assert _offered(run) == [FIRST, SECOND]
    (sent,) = run.sent
    assert "Changed meanwhile" not in str(sent)
    assert _offered(again) == [FIRST]
    assert again.sent[0]["objects"][0]["notes"] == "Changed meanwhile"
    assert _offered(_update(client)) == []


def test_a_batch_answered_later_stays_open_as_the_client_cannot_finish_it(
    client: Client, api: APIClient
) -> None:
    """The client asks the marketplace and then trips over itself, whatever the server answers."""
    answers = {"send_updated_orders": {"remote_batch_id": "RB-1"}}
    sent = client.run("OrderService.update_orders", answers=answers, is_sync=False)
    assert (sent.raised, sent.refused) == (None, [])
    assert sent.batch_steps == ["commit", "sent_to_remote"]

    answers = {"check_orders": [_result(FIRST), _result(SECOND)]}
    run = client.run("OrderService.get_order_batch_requests", answers=answers)

    assert run.raised == "AttributeError: 'list' object has no attribute 'pk'"
    (listed,) = run.to("GET", "channel/1/batch_requests/")
    (row,) = listed.answer["results"]
    assert (row["remote_batch_id"], row["status"], row["content_type"]) == ("RB-1", "sent_to_remote", "order")
    assert [each["command"] for each in run.sent] == ["check_orders"]
    assert run.batch_steps == []
    known = known_to_channel("order")
    assert (known[FIRST][1], known[SECOND][1]) == ("processing", "processing")

    # Meanwhile other orders can be told.
    _change(api, 305, "Another")
    other = _update(client, _result(305))
    assert (_offered(other), other.batch_steps) == ([305], ["commit", "commit", "done"])


@pytest.fixture
def pulled(client: Client) -> OrderItem:
    """The first item of an order the marketplace just gave us, and nothing waiting."""
    rows = [recorded("orders")["two addresses"]]
    client.run("OrderService.fetch_and_create_order", answers={"get_orders": rows})
    tell_everything()
    return OrderItem.objects.get(order__number="N-1", extra_field__id="I-1")


def _news_of_items(client: Client, *rows: dict[str, Any]) -> Run:
    answers = {"get_updated_order_items": rows}
    run = client.run("OrderService.fetch_and_update_order_items", answers=answers)
    assert (run.raised, run.waited, run.refused) == (None, [], [])
    assert run.batch_steps == ["done"]
    return run


def test_items_follow_the_marketplace_and_are_written_once(client: Client, pulled: OrderItem) -> None:
    news = {
        "remote_id": "I-1",
        "order_remote_id": "R-1",
        "order_number": "N-1",
        "status": "500",
        "invoice_number": "INV-1",
        "invoice_date": "2026-01-05T10:00:00.000000Z",
        "tracking_number": "TR-9",
    }
    item = f"channel/1/order_items/{pulled.pk}/"

    run = _news_of_items(client, news)

    assert [each.body for each in run.to("PATCH", item)] == [
        {name: value for name, value in news.items() if not name.endswith("remote_id")}
    ]
    pulled.refresh_from_db()
    assert (pulled.status, pulled.invoice_number, pulled.tracking_number) == (500, "INV-1", "TR-9")
    assert pulled.invoice_date is not None
    assert pulled.invoice_date.isoformat() == "2026-01-05T10:00:00+00:00"
    assert failures() == []

    again = _news_of_items(client, news)

    assert len(again.to("GET", item)) == 1
    assert again.to("PATCH", item) == []
    # The order changed here, so the channel hears of it once.
    assert _offered(_update(client, {**_result(0), "number": "R-1", "remote_id": "R-1"})) == [pulled.order_id]
    assert _offered(_update(client)) == []


def test_what_the_marketplace_adds_to_an_item_does_not_take_its_id(client: Client, pulled: OrderItem) -> None:
    _news_of_items(client, {"remote_id": "I-1", "extra_field": {"parcel": "2 of 2"}})

    pulled.refresh_from_db()
    assert pulled.extra_field == {"campaign": "C-9", "id": "I-1", "parcel": "2 of 2"}
    assert known_to_channel("orderitem")[pulled.pk] == ("I-1", "success")


def test_news_of_an_item_nobody_knows_are_passed_over(client: Client, pulled: OrderItem) -> None:
    run = _news_of_items(client, {"remote_id": "I-404", "status": "500"})

    assert [
        each.path for each in run.exchanges if each.method == "PATCH" and "order_items" in each.path
    ] == []
    assert failures() == []


def test_a_status_that_cannot_follow_is_refused_and_the_other_items_go_on(
    client: Client, pulled: OrderItem
) -> None:
    """The client fails its batch for it, and then does not expect that a failed batch cannot be done."""
    rows = [{"remote_id": "I-1", "status": "100"}, {"remote_id": "I-2", "tracking_number": "TR-10"}]

    run = client.run("OrderService.fetch_and_update_order_items", answers={"get_updated_order_items": rows})

    assert run.raised is not None
    assert run.raised.startswith("HTTPError: ")
    assert "batch_request_status_100_1" in run.raised
    assert run.batch_steps == ["fail", "done"]
    assert [status for _, _, status in run.refused] == [406, 406]
    assert failures() == ["Omnitron-UpdateOrderItems"]
    assert '"error_code":"order_' in why("Omnitron-UpdateOrderItems").replace(" ", "")
    pulled.refresh_from_db()
    assert pulled.status == 400
    assert OrderItem.objects.get(order=pulled.order_id, extra_field__id="I-2").tracking_number == "TR-10"
