"""What operators see of orders that were parked, and do with them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.test import Client

from omnitron.channels.models import ParkedOrder
from omnitron.core.models import AuditLog
from omnitron.orders.models import Order
from tests.admin.rows import list_of, page_of
from tests.channels.ingest.bazaar import serve
from tests.channels.ingest.payloads import House, a_house, a_line, an_address, an_order
from tests.factories.catalogs import ProductFactory
from tests.factories.pulls import ParkedOrderFactory
from tests.factories.users import UserFactory

BY_CAUSE = f"{list_of(ParkedOrder)}by-cause/"


@pytest.fixture
def house(db: None, monkeypatch: pytest.MonkeyPatch) -> House:
    """Three orders are parked: two for a product, one for its total."""
    house = a_house()
    serve(house, "bazaar", monkeypatch)
    pot = {"lines": [a_line(sku="POT")], "amount": "110.00"}
    secret = an_address(line="Secret Street 5")
    house.take_in(
        an_order("N-1", **pot, address=secret), an_order("N-2", **pot), an_order("N-3", amount="160.05")
    )
    return house


def parked(number: str) -> ParkedOrder:
    return ParkedOrder.objects.get(pulled_order__number=number)


def replay(client: Client, row: ParkedOrder, **values: Any) -> HttpResponse:
    return client.post(page_of(row).removesuffix("change/") + "do/replay/", {"pile": "group", **values})


def test_the_page_shows_why_and_what_came_but_not_who_bought(admin_client: Client, house: House) -> None:
    page = admin_client.get(page_of(parked("N-1"))).content.decode()

    assert "POT" in page
    assert "İstanbul" in page
    assert "Secret Street" not in page
    assert "ayse@example.com" not in page


def test_groups_are_listed_the_largest_first_and_lead_to_their_orders(
    admin_client: Client, house: House
) -> None:
    ParkedOrderFactory(status="taken_in")

    groups = admin_client.get(BY_CAUSE).context["groups"]

    assert [
        (group["orders"], group["cause"], group["subject"], group["channel__name"]) for group in groups
    ] == [
        (2, "unknown product", "POT", "Bazaar"),
        (1, "totals do not add up", "+0.05", "Bazaar"),
    ]
    listed = admin_client.get(groups[0]["list"]).context["cl"].result_list
    assert {row.pulled_order.number for row in listed} == {"N-1", "N-2"}
    assert admin_client.get(groups[0]["replay"]).status_code == 200
    assert BY_CAUSE in admin_client.get(list_of(ParkedOrder)).content.decode()


def test_a_replay_is_simulated_first_and_done_when_confirmed(admin_client: Client, house: House) -> None:
    ProductFactory(sku="POT")
    audited = AuditLog.objects.count()

    shown = replay(admin_client, parked("N-1"))

    preview = shown.context["preview"]
    assert [preview[name] for name in ("tried", "taken_in", "still_failing")] == [2, 2, 0]
    assert "2 of 2 go in" in shown.content.decode()
    assert (Order.objects.count(), AuditLog.objects.count()) == (0, audited)

    done = replay(admin_client, parked("N-1"), digest=preview["digest"], _confirm="1")

    assert done.url == page_of(parked("N-1"))
    assert sorted(Order.objects.values_list("number", flat=True)) == ["N-1", "N-2"]
    said = AuditLog.objects.get(event="channel.parked_orders.replayed")
    assert (said.actor.username, said.source, said.new["taken_in"]) == ("ada", "admin", 2)
    assert set(AuditLog.objects.filter(event="order.created").values_list("actor__username", flat=True)) == {
        "ada"
    }


def test_the_whole_pile_and_its_differences(admin_client: Client, house: House) -> None:
    values = {"pile": "channel", "accept_differences": "on"}

    preview = replay(admin_client, parked("N-1"), **values).context["preview"]

    assert [preview[name] for name in ("tried", "taken_in", "still_failing")] == [3, 1, 2]
    # What was simulated with differences accepted is not confirmed without.
    outdated = replay(admin_client, parked("N-1"), pile="channel", digest=preview["digest"], _confirm="1")
    assert outdated.context["outdated"] == "The pile has changed since the simulation."
    assert Order.objects.count() == 0
    replay(admin_client, parked("N-1"), **values, digest=preview["digest"], _confirm="1")
    assert list(Order.objects.values_list("number", flat=True)) == ["N-3"]


def test_a_pile_that_has_changed_since_is_simulated_again(admin_client: Client, house: House) -> None:
    digest = replay(admin_client, parked("N-1")).context["preview"]["digest"]
    house.take_in(an_order("N-4", lines=[a_line(sku="POT")], amount="110.00"))

    response = replay(admin_client, parked("N-1"), digest=digest, _confirm="1")

    assert response.context["preview"]["tried"] == 3
    assert Order.objects.count() == 0


def test_what_was_taken_in_is_not_replayed(admin_client: Client, house: House) -> None:
    row = parked("N-1")
    ParkedOrder.objects.filter(pk=row.pk).update(status="taken_in")

    (shown,) = admin_client.get(page_of(row)).context["page_actions"]

    assert (shown.address, shown.because) == (None, ("It was taken in.",))


def test_rights_and_reach_are_held(limited_client: Client, house: House) -> None:
    clerk = UserFactory(is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_parkedorder"))
    client = Client()
    client.force_login(clerk)
    row = parked("N-1")

    assert client.get(page_of(row)).context["page_actions"] == []
    assert replay(client, row).status_code == 403
    assert "Replay" not in client.get(BY_CAUSE).content.decode()
    # Of another channel: as if they were not there.
    assert limited_client.get(BY_CAUSE).context["groups"] == []
    assert replay(limited_client, row).url == "/admin/"
    assert Order.objects.count() == 0
