"""What the oscar channel asks a shop, and what it makes of the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework.exceptions import ValidationError

from omnitron.channels.exceptions import ChannelRefusedException, IntegrationUnauthorizedException
from omnitron.channels.integrations.dto import ChangeAnswer, ChannelOrder, Intake, OrderChange, OrderPage
from omnitron.channels.integrations.oscar.integration import Integration
from omnitron.channels.models import Channel, ParkedOrder
from omnitron.channels.pushes.runs import Telling
from omnitron.channels.secrets import MASK
from omnitron.channels.selectors import actions_of
from omnitron.channels.service import ChannelService
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.told import TOLD
from tests.channels.oscar.recorded import recorded
from tests.channels.scripted_server import Reply, ScriptedServer, scripted_server
from tests.factories.channels import IntegrationActionFactory
from tests.factories.orders import ApprovedOrderFactory, OrderItemFactory

pytestmark = pytest.mark.django_db

CONTEXT = AuditContext.system(AuditSource.CRON)
FINE = Reply(body={})
TOKEN = Reply(body={"token": "t-1"})
SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)


class Understanding(Integration):
    """Stops before anything is taken in, with the orders understood."""

    def take_in(self, page: OrderPage, *, to_order: Callable[[dict[str, Any]], ChannelOrder]) -> Intake:
        self.understood = [*getattr(self, "understood", []), *(to_order(raw.payload) for raw in page.orders)]
        self.intake += Intake(seen=len(page.orders))
        return Intake(seen=len(page.orders))


@contextmanager
def shop(
    *replies: Reply, integration_class: type[Integration] = Understanding, **conf: Any
) -> Iterator[tuple[ScriptedServer, Any]]:
    """A shop that answers so, and the integration of its channel."""
    with scripted_server(replies) as server:
        known = {"server": server.url, "username": "omnitron@example.com", "password": "secret"}
        channel = ChannelService.create_channel("Shop", "oscar", conf=known | conf, audit_context=CONTEXT)
        with integration_class(channel.pk, audit_context=CONTEXT) as integration:
            yield server, integration


def change(kind: str, order: Order | None = None, *lines: str, **values: Any) -> OrderChange:
    number = "100001" if order is None else order.number
    return OrderChange("key", kind, number, "1", values=values, item_remote_ids=lines)


def test_login_keeps_the_token_as_a_secret_of_the_channel() -> None:
    with shop(TOKEN, Reply(body={"count": 0})) as (server, integration):
        integration.login()
        integration.count_orders(start_date=SINCE, end_date=UNTIL)
    login, count = server.asked
    assert (login.method, login.path) == ("POST", "/api/staff/login/")
    assert login.body == {"username": "omnitron@example.com", "password": "secret"}
    assert count.headers["Authorization"] == "Token t-1"
    channel = Channel.objects.get()
    assert channel.conf["auth_token"] == MASK
    assert ChannelService.conf_with_secrets(channel, audit_context=CONTEXT)["auth_token"] == "t-1"


def test_a_revoked_token_is_replaced_by_a_new_login() -> None:
    revoked = Reply(401, body={"detail": "Invalid token."})
    with shop(revoked, TOKEN, Reply(body={"count": 7}), auth_token="t-0") as (server, integration):
        assert integration.count_orders(start_date=SINCE, end_date=UNTIL) == 7
    assert [asked.headers.get("Authorization") for asked in server.asked] == ["Token t-0", None, "Token t-1"]


def test_a_refused_login_changes_nothing() -> None:
    refused = Reply(400, body={"non_field_errors": ["Unable to log in."]})
    with shop(refused) as (_, integration):
        before = Channel.objects.values().get()
        with pytest.raises(IntegrationUnauthorizedException):
            integration.login()
    assert Channel.objects.values().get() == before


def test_orders_come_page_by_page_whatever_the_shop_calls_itself() -> None:
    """The recorded address of the next page is that of the shop that was recorded."""
    pages = Reply(body=recorded("orders_first_page")), Reply(body=recorded("orders_last_page"))
    with shop(*pages) as (server, integration):
        result = integration.get_class(
            ["orders"], filter_params={"start_date": SINCE, "end_date": UNTIL, "fetch_all_orders": True}
        )
    assert result == {"orders": Intake(seen=4)}
    assert [order.remote_id for order in integration.understood] == ["1", "2", "3", "4"]
    first, last = server.asked
    assert (first.path, last.path) == ("/api/staff/orders/", "/api/staff/orders/")
    assert first.query == {
        "date_changed_after": ["2026-11-01T00:00:00+00:00"],
        "date_changed_before": ["2026-11-22T00:00:00+00:00"],
        "page_size": ["100"],
    }
    assert last.query.keys() == {"cursor", "page_size"}


def test_a_row_that_is_no_order_takes_no_other_with_it() -> None:
    page = recorded("orders_last_page")
    odd = page["results"][0] | {"date_changed": "yesterday"}
    body = page | {"results": [odd, *page["results"]]}
    with shop(Reply(body=body), integration_class=Integration) as (_, integration):
        result = integration.get_class(["orders"])
    # Nothing they refer to is here.
    shown = len(page["results"])
    assert result == {"orders": Intake(seen=shown + 1, parked=shown, failed=1)}
    assert integration.intake == result["orders"]
    assert ParkedOrder.objects.count() == shown


@pytest.mark.parametrize(
    ("filters", "asked"),
    [
        ({"order_numbers_to_fetch": ["100001", "100002"]}, {"number": ["100001", "100002"]}),
        ({"order_ids": ["4", "5"]}, {"id": ["4", "5"]}),
        ({"order_id": "4"}, {"id_after": ["4"]}),
        ({"created_before": UNTIL}, {"date_placed_before": ["2026-11-22T00:00:00+00:00"]}),
    ],
)
def test_filters(filters: dict[str, Any], asked: dict[str, list[str]]) -> None:
    with shop(Reply(body={"count": 0, "next": None, "results": []})) as (server, integration):
        integration.get_orders(**filters)
    assert server.asked[0].query == asked | {"page_size": ["100"]}


def test_what_is_here_of_an_order_is_looked_at_where_units_of_a_line_are_gone() -> None:
    """The recorded order has three units of line 5: delivered, cancelled, returned."""
    page = recorded("orders_last_page")
    with shop(Reply(body=page)) as (_, integration):
        order = ApprovedOrderFactory(
            channel=integration.channel, number=page["results"][0]["number"], items=0
        )
        for status in (OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.REFUNDED):
            item = OrderItemFactory(order=order, status=status)
            IntegrationActionFactory(about=item, channel=integration.channel, remote_id="5")
        integration.get_class(["orders"])
    assert [(item.remote_id, item.quantity) for item in integration.understood[0].items] == [
        ("5", 3),
        ("6", 1),
    ]


def test_one_order_by_its_remote_id() -> None:
    with shop(Reply(body=recorded("orders_last_page"))) as (server, integration):
        integration.get_class(["orders"], remote_id="3")
    assert server.asked[0].query["id"] == ["3"]


def test_an_unknown_filter_is_not_silently_left_out() -> None:
    with shop(FINE) as (server, integration), pytest.raises(ValidationError):
        integration.get_orders(status="400")
    assert server.asked == []


@pytest.mark.parametrize(
    ("kind", "values", "bodies"),
    [
        ("status", {"status": 400}, []),
        ("status", {"status": 450}, [{"status": "Being processed"}]),
        ("status", {"status": 510}, [{"status": "Shipped"}]),
        ("status", {"status": 550}, [{"status": "Shipped"}, {"status": "Delivered"}]),
        ("tracking", {"tracking_number": "734001", "shipping_company": "aras"}, [{"tracking_number": "734001"}]),
        ("tracking", {"shipping_company": "aras"}, []),
        ("invoice", {"invoice_number": "A-1", "e_archive_url": "https://e.example/1"},
         [{"note": "Invoice A-1, https://e.example/1"}]),
    ],
)  # fmt: skip
def test_changes_of_a_whole_order(kind: str, values: dict[str, Any], bodies: list[dict[str, Any]]) -> None:
    with shop(FINE, auth_token="t-1") as (server, integration):
        assert integration.send_updates([change(kind, **values)]) == [ChangeAnswer("key", is_accepted=True)]
    assert [asked.body for asked in server.asked] == bodies
    assert {asked.path for asked in server.asked} <= {"/api/staff/orders/100001/changes/"}


def ordered(integration: Integration, *items: tuple[str, OrderStatus, int]) -> Order:
    """An order of the channel with items of these remote ids, statuses and units."""
    order = ApprovedOrderFactory(channel=integration.channel, items=0)
    for remote_id, status, units in items:
        item = OrderItemFactory(order=order, status=status, attributes={"quantity": units})
        IntegrationActionFactory(about=item, channel=integration.channel, remote_id=remote_id)
    return order


def test_units_of_a_line_are_told_altogether() -> None:
    """Two items are units of line 5; what is told is where all of them are, so telling it twice adds nothing."""
    with shop(FINE, auth_token="t-1") as (server, integration):
        order = ordered(
            integration,
            ("5", OrderStatus.SHIPPED, 2),
            ("5", OrderStatus.DELIVERED, 1),
            ("6", OrderStatus.APPROVED, 1),
            ("7", OrderStatus.DELIVERED, 1),
        )
        integration.send_updates([change("status", order, "5", "6", status=550)])
    assert [asked.body for asked in server.asked] == [
        {"status": "Shipped", "lines": [{"id": 5, "quantity": 3}]},
        {"status": "Delivered", "lines": [{"id": 5, "quantity": 1}]},
    ]


def test_a_part_of_a_line_is_told_by_its_units() -> None:
    """Of three units two are cancelled here: an item was split. The shop hears of two."""
    with shop(TOKEN, FINE) as (server, integration):
        order = ordered(integration, ("5", OrderStatus.APPROVED, 1), ("5", OrderStatus.CANCELLED, 2))
        IntegrationActionFactory(about=order, channel=integration.channel, remote_id="1")
        for action in integration.channel.integrationaction_set.all():
            action.state = {TOLD: {"status": OrderStatus.APPROVED.value}}
            action.save()

        run = ChannelService.push_updates(integration.channel, force=True, audit_context=CONTEXT)

    assert (run.error, run.telling) == (None, Telling(told=1))
    assert server.asked[-1].body == {"status": "Cancelled", "lines": [{"id": 5, "quantity": 2}]}
    items = order.orderitem_set.order_by("pk").values_list("pk", flat=True)
    actions = actions_of(OrderItem, channel_id=integration.channel_id)
    known = [actions.get(object_id=pk).state[TOLD]["status"] for pk in items]
    assert known == [OrderStatus.APPROVED, OrderStatus.CANCELLED]


@pytest.mark.parametrize("lines", [("5", "6"), ()])
def test_what_was_shipped_comes_back_and_the_rest_is_cancelled(lines: tuple[str, ...]) -> None:
    with shop(FINE, auth_token="t-1") as (server, integration):
        order = ordered(
            integration,
            ("5", OrderStatus.CANCELLED, 1),
            ("5", OrderStatus.CANCELLATION_WAITING, 1),
            ("5/Cancelled", OrderStatus.CANCELLED, 2),
            ("6", OrderStatus.REFUNDED, 2),
        )
        integration.send_updates([change("cancel", order, *lines, reason=1)])
    assert [asked.body for asked in server.asked] == [
        {"status": "Cancelled", "lines": [{"id": 5, "quantity": 3}]},
        {"status": "Returned", "lines": [{"id": 6, "quantity": 2}]},
    ]


def test_a_cancellation_of_nothing_is_not_sent() -> None:
    with shop(FINE, auth_token="t-1") as (server, integration):
        order = ordered(integration, ("5", OrderStatus.APPROVED, 1))
        [answer] = integration.send_updates([change("cancel", order, "5", reason=1)])
    assert (answer.is_accepted, answer.is_final) == (False, True)
    assert server.asked == []


def test_what_the_shop_refuses_is_final_and_does_not_hold_up_the_next() -> None:
    refused = Reply(409, body=recorded("refused_change"))
    with shop(refused, FINE, auth_token="t-1") as (server, integration):
        first, second = integration.send_updates([change("status", status=450), change("status", status=500)])
    assert (first.is_accepted, first.is_final, second.is_accepted) == (False, True, True)
    assert "No unit is left to be Returned" in first.reason
    assert len(server.asked) == 2


def test_a_shop_that_forbids_everything_ends_the_run() -> None:
    with (
        shop(Reply(403, body={"detail": "No."}), auth_token="t-1") as (_, integration),
        pytest.raises(ChannelRefusedException),
    ):
        integration.send_updates([change("status", status=450)])
