"""Parked orders are tried once more: as a simulation that tells, and for good."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command

from omnitron.channels.models import ParkedOrder, PulledOrder
from omnitron.channels.service import ChannelService
from omnitron.core.models import AuditLog
from omnitron.orders.models import Order, OrderItem
from tests.channels.ingest.bazaar import serve
from tests.channels.ingest.payloads import CONTEXT, LATER, House, a_line, an_address, an_order
from tests.factories.catalogs import ProductFactory
from tests.factories.customers import CityFactory


@pytest.fixture(params=["bazaar", "old_bazaar"])
def served(request: pytest.FixtureRequest, house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    serve(house, request.param, monkeypatch)
    return house


@pytest.fixture
def piled(served: House) -> House:
    """Five orders are parked: two for a product, one for a city, one for its total; one for a city and a
    carrier.
    """
    pot = {"lines": [a_line(sku="POT")], "amount": "110.00"}
    served.take_in(
        an_order("N-1", **pot),
        an_order("N-2", **pot),
        an_order("N-3", address=an_address(city="Izmir")),
        an_order("N-4", amount="160.05"),
        an_order("N-5", address=an_address(city="Izmir"), lines=[a_line(sku="PAN")], amount="110.00"),
    )
    return served


def replayed(house: House, *, simulated: bool = False, **how: Any) -> dict[str, Any]:
    operation = ChannelService.simulate_replay if simulated else ChannelService.replay_parked_orders
    return operation(house.channel, audit_context=CONTEXT, **how).as_json()


def counts(result: dict[str, Any]) -> list[int]:
    names = ("tried", "taken_in", "still_failing", "failing_differently", "failed")
    return [result[name] for name in names]


def rows() -> list[int]:
    return [model.objects.count() for model in (Order, OrderItem, PulledOrder, ParkedOrder, AuditLog)]


def state() -> list[Any]:
    return [
        rows(),
        list(ParkedOrder.objects.order_by("pk").values()),
        list(PulledOrder.objects.order_by("pk").values()),
    ]


def test_the_simulation_tells_by_cause_and_subject_and_leaves_nothing(piled: House) -> None:
    ProductFactory(sku="POT")
    CityFactory(country=piled.places["country"], name="İzmir")
    before = state()

    result = replayed(piled, simulated=True)

    assert state() == before
    assert counts(result) == [5, 3, 1, 1, 0]
    assert result["groups"] == [
        {
            "cause": "unknown_place",
            "subject": "city: tr / Izmir",
            "taken_in": 1,
            "still_failing": 0,
            "failing_differently": [{"cause": "unknown_product", "subject": "PAN", "orders": 1}],
            "failed": 0,
        },
        {
            "cause": "unknown_product",
            "subject": "POT",
            "taken_in": 2,
            "still_failing": 0,
            "failing_differently": [],
            "failed": 0,
        },
        {
            "cause": "broken_total",
            "subject": "+0.05",
            "taken_in": 0,
            "still_failing": 1,
            "failing_differently": [],
            "failed": 0,
        },
    ]


def test_what_was_simulated_happens_and_happens_once(piled: House) -> None:
    ProductFactory(sku="POT")
    CityFactory(country=piled.places["country"], name="İzmir")
    simulated = replayed(piled, simulated=True)

    result = replayed(piled)

    assert result == {**simulated, "simulated": False}
    assert sorted(Order.objects.values_list("number", flat=True)) == ["N-1", "N-2", "N-3"]
    left = (
        ParkedOrder.objects.filter(status="parked").order_by("pk").values_list("cause", "subject", "attempts")
    )
    assert list(left) == [("broken_total", "+0.05", 2), ("unknown_product", "PAN", 2)]
    assert PulledOrder.objects.filter(order=None).count() == 2
    said = AuditLog.objects.get(event="channel.parked_orders.replayed").new
    assert (said["tried"], said["taken_in"]) == (5, 3)

    again = replayed(piled)
    assert counts(again) == [2, 0, 2, 0, 0]
    assert Order.objects.count() == 3


def test_a_part_of_the_pile_is_replayed_alone(piled: House) -> None:
    ProductFactory(sku="POT")
    CityFactory(country=piled.places["country"], name="İzmir")

    assert counts(replayed(piled, cause="unknown_place", subject="city: tr / Izmir")) == [2, 1, 0, 1, 0]
    assert counts(replayed(piled, cause="unknown_product", limit=1)) == [1, 1, 0, 0, 0]
    assert sorted(Order.objects.values_list("number", flat=True)) == ["N-1", "N-3"]


def test_differences_are_accepted_where_that_is_said(piled: House) -> None:
    assert counts(replayed(piled, cause="broken_total", accept_differences=True)) == [1, 1, 0, 0, 0]

    assert str(piled.order("N-4").total_difference) == "0.05"
    # What was accepted does not come back with every change.
    changed = an_order("N-4", amount="160.05", modified=LATER.isoformat(), notes="new")
    assert piled.take_in(changed).updated == 1


def test_figures_that_changed_stay_while_the_rest_of_the_change_is_applied(served: House) -> None:
    served.take_in(an_order())
    cheaper = [a_line("L1", price="90.00", status=450), a_line("L2", sku="CUP", price="50.00")]
    served.take_in(an_order(amount="150.00", modified=LATER.isoformat(), lines=cheaper, notes="new"))

    assert counts(replayed(served)) == [1, 0, 1, 0, 0]
    assert counts(replayed(served, accept_differences=True)) == [1, 1, 0, 0, 0]

    order = served.order()
    assert (order.notes, str(order.amount), order.orderitem_set.earliest("pk").status) == (
        "new",
        "160.00",
        450,
    )


def test_the_simulation_sees_that_two_orders_of_one_number_cannot_both_go_in(
    served: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("omnitron.channels.pulls.replay.ORDERS_A_BATCH", 1)
    pot = {"lines": [a_line(sku="POT")], "amount": "110.00"}
    served.take_in(an_order(**pot), an_order(id="R-other", **pot))
    ProductFactory(sku="POT")

    simulated = replayed(served, simulated=True)

    assert counts(simulated) == [2, 1, 0, 1, 0]
    assert replayed(served) == {**simulated, "simulated": False}


def test_a_newer_version_that_came_meanwhile_is_not_overtaken(piled: House) -> None:
    """The parked payload is the last one sent, or it is not replayed."""
    ProductFactory(sku="POT")
    newer = an_order(
        "N-1", modified=LATER.isoformat(), lines=[a_line(sku="POT")], amount="110.00", notes="newer"
    )
    piled.take_in(newer)

    replayed(piled)

    assert piled.order("N-1").notes == "newer"


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any], str]:
    code = 0
    try:
        call_command("replay_parked", *arguments)
    except SystemExit as end:
        code = end.code
    out, err = capsys.readouterr()
    return code, json.loads(out.splitlines()[-1]), err


def test_the_command_simulates_unless_told_otherwise(
    piled: House, capsys: pytest.CaptureFixture[str]
) -> None:
    ProductFactory(sku="POT")
    before = rows()

    code, result, err = run("--cause", "unknown_product", capsys=capsys)

    assert (code, counts(result), rows()) == (0, [2, 2, 0, 0, 0], before)
    assert "A simulation" in err

    code, result, err = run("--channel", str(piled.channel.pk), "--commit", capsys=capsys)
    assert (code, counts(result), result["simulated"]) == (3, [5, 2, 3, 0, 0], False)
    assert (Order.objects.count(), "A simulation" in err) == (2, False)

    code, result, _ = run("--subject", "+0.05", "--accept-differences", "--commit", capsys=capsys)
    assert (code, counts(result)) == (0, [1, 1, 0, 0, 0])
