"""`manage.py pull_orders` and `pull_report`, through the door cron uses."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.models import F
from pytest_django import Settings

from omnitron.catalogs.models import Product
from omnitron.channels.enums import WindowStatus
from omnitron.channels.exceptions import ChannelBreakerOpenException
from omnitron.channels.integrations.base import BaseIntegration
from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.models import Channel, ParkedOrder, PullCount, PulledOrder, PullState, PullWindow
from omnitron.channels.pulls.runs import PullRun
from omnitron.channels.service import ChannelService
from omnitron.channels.tasks import pull_all_orders, pull_orders
from omnitron.channels.use_cases.runs import PULLING
from omnitron.core.clock import SYSTEM_CLOCK, SimulatedClock
from omnitron.orders.models import Order
from tests.channels.pulls.marketplaces import CONTEXT, NOON, Pulled, pulled_marketplace

ORDERS = 30


@pytest.fixture
def pulled(demo_catalogue: None) -> Iterator[Pulled]:
    """A marketplace whose orders do not move any more."""
    starts, span = datetime.now(tz=UTC) - timedelta(days=12), timedelta(days=2)
    with pulled_marketplace(
        3, orders=ORDERS, faults=FaultPlan.none(), clock=SYSTEM_CLOCK, starts=starts, span=span
    ) as pulled:
        yield pulled


def called(command: str, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit code, and the lines on stdout."""
    stdout = io.StringIO()
    code = 0
    try:
        call_command(command, *arguments, stdout=stdout)
    except SystemExit as exit_:
        code = exit_.code
    return code, [json.loads(line) for line in stdout.getvalue().splitlines()]


def minutes_pass() -> None:
    """As if the counts had been asked for five minutes ago."""
    PullCount.objects.update(asked_date=F("asked_date") - timedelta(minutes=5))


def test_a_first_run_pulls_all_there_is_and_a_second_finds_nothing_new(pulled: Pulled) -> None:
    code, (result,) = called("pull_orders", "--channel", str(pulled.channel.pk))

    assert code == 0
    counts = {name: result[name] for name in ("seen", "created", "updated", "unchanged", "parked", "failed")}
    assert counts == {
        "seen": ORDERS, "created": ORDERS, "updated": 0, "unchanged": 0, "parked": 0, "failed": 0,
    }  # fmt: skip
    assert result.keys() == {
        "channel", "window_from", "window_to", *counts, "requests", "seconds", "dry_run", "error",
    }  # fmt: skip
    assert Order.objects.filter(channel=pulled.channel).count() == ORDERS

    code, (again,) = called("pull_orders", "--channel", pulled.channel.name)

    assert (code, again["created"], again["updated"], again["error"]) == (0, 0, 0, None)
    assert again["window_from"] == result["window_to"]


def test_windows_adjoin_and_old_ones_are_proved_by_the_next_run(pulled: Pulled) -> None:
    called("pull_orders", "--channel", str(pulled.channel.pk))
    assert set(statuses(pulled.channel)) == {WindowStatus.OPEN}

    # What left a span just before it was counted may not have been pulled yet.
    called("pull_orders", "--channel", str(pulled.channel.pk))
    assert set(statuses(pulled.channel)) == {WindowStatus.OPEN}

    minutes_pass()
    called("pull_orders", "--channel", str(pulled.channel.pk))

    windows = list(PullWindow.objects.filter(channel=pulled.channel).order_by("window_from"))
    assert all(a.window_to == b.window_from for a, b in zip(windows, windows[1:], strict=False))
    # All but those younger than the 48 hours orders may be late.
    assert statuses(pulled.channel) == [WindowStatus.PROVED] * 10 + [WindowStatus.OPEN] * 5
    code, (report,) = called("pull_report", "--channel", str(pulled.channel.pk), "--json")
    assert (code, report["is_complete"], report["orders"], report["gaps"]) == (0, True, ORDERS, [])
    assert [(row["status"], row["windows"]) for row in report["windows"]] == [("proved", 10), ("open", 5)]
    assert report["windows"][1]["reason"] == "Younger than orders of this channel may be late."


def test_the_report_for_people_names_what_is_proved(pulled: Pulled) -> None:
    called("pull_orders", "--channel", str(pulled.channel.pk))
    minutes_pass()
    called("pull_orders", "--channel", str(pulled.channel.pk))
    stdout = io.StringIO()
    call_command("pull_report", "--channel", str(pulled.channel.pk), stdout=stdout)

    heading, proved, young = stdout.getvalue().splitlines()
    assert heading.startswith(f"Sandbox 3 (channel {pulled.channel.pk}): 30 orders seen, 0 parked;")
    assert "proved complete" in proved
    assert proved.endswith("30 orders")
    assert young.endswith("Younger than orders of this channel may be late.")


def statuses(channel: Channel) -> list[str]:
    return list(
        PullWindow.objects.filter(channel=channel).order_by("window_from").values_list("status", flat=True)
    )


def test_a_dry_run_counts_and_leaves_nothing(pulled: Pulled) -> None:
    code, (result,) = called("pull_orders", "--channel", str(pulled.channel.pk), "--dry-run")

    assert (code, result["created"], result["dry_run"]) == (0, ORDERS, True)
    for model in (Order, PulledOrder, ParkedOrder, PullWindow):
        assert not model.objects.filter(channel=pulled.channel).exists()


def test_filters_fetch_what_they_say_beside_the_ledger(pulled: Pulled) -> None:
    numbers = sorted(payload["number"] for payload in pulled.marketplace.truth.orders.values())[:2]

    code, (result,) = called("pull_orders", "--channel", str(pulled.channel.pk), "--order-numbers", *numbers)

    assert (code, result["created"], result["window_from"]) == (0, 2, None)
    assert sorted(Order.objects.filter(channel=pulled.channel).values_list("number", flat=True)) == numbers
    assert not PullWindow.objects.filter(channel=pulled.channel).exists()


def test_what_is_parked_shows_in_the_exit_code(pulled: Pulled) -> None:
    orders = pulled.marketplace.truth.orders.values()
    sku = next(iter(orders))["lines"][0]["sku"]
    # Nobody knows the product by this name any more.
    Product.objects.filter(sku=sku).update(sku=f"{sku}-old")

    code, (result,) = called("pull_orders", "--channel", str(pulled.channel.pk))

    with_it = [row for row in orders if any(line["sku"] == sku for line in row["lines"])]
    assert (code, result["parked"], result["created"]) == (3, len(with_it), ORDERS - len(with_it))
    parked = ParkedOrder.objects.filter(channel=pulled.channel)
    assert set(parked.values_list("cause", "subject")) == {("unknown_product", sku)}
    code, (report,) = called("pull_report", "--channel", str(pulled.channel.pk), "--json")
    assert (code, report["parked"]) == (3, len(with_it))


def test_wrong_credentials_are_told_from_a_channel_that_is_away(pulled: Pulled) -> None:
    conf = {**pulled.channel.conf, "api_secret": "wrong"}
    ChannelService.update_channel(pulled.channel, conf=conf, audit_context=CONTEXT)
    code, (result,) = called("pull_orders", "--channel", str(pulled.channel.pk))
    assert (code, result["error"]["code"]) == (5, "channels_200_2")

    assert not Order.objects.filter(channel=pulled.channel).exists()


def test_a_channel_that_is_away_is_left_in_peace_for_longer_each_time(demo_catalogue: None) -> None:
    clock = SimulatedClock(NOON)
    # Nobody listens there.
    conf = {"server": "http://127.0.0.1:9", "api_key": "a", "api_secret": "b"}
    channel = ChannelService.create_channel("Away", "sandbox", conf=conf, audit_context=CONTEXT)

    def pull() -> PullRun:
        return ChannelService.pull_orders(channel, clock=clock, audit_context=CONTEXT)

    for _ in range(3):
        assert pull().error.code == "channels_300_1"
        assert pull_is_possible(channel, clock) == (PullState.objects.get(channel=channel).failures < 3)

    with pytest.raises(ChannelBreakerOpenException):
        pull()
    clock.advance(timedelta(minutes=10))
    assert pull().error.code == "channels_300_1"
    state = PullState.objects.get(channel=channel)
    assert (state.failures, state.open_until - clock.now()) == (4, timedelta(minutes=20))
    assert state.last_error == "Channel Away gives no usable answer to POST /token: ConnectionError."


def pull_is_possible(channel: Channel, clock: SimulatedClock) -> bool:
    open_until = PullState.objects.get(channel=channel).open_until
    return open_until is None or open_until <= clock.now()


def test_a_second_run_of_the_channel_does_not_begin(pulled: Pulled) -> None:
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [PULLING, pulled.channel.pk])
        code, (result,) = called("pull_orders", "--channel", str(pulled.channel.pk))
        assert (code, result["error"]["code"], result["requests"]) == (75, "channels_300_4", 0)
    finally:
        other.close()
    assert not PullState.objects.filter(channel=pulled.channel).exists()

    # It let go with its connection.
    assert called("pull_orders", "--channel", str(pulled.channel.pk))[0] == 0


def test_of_several_channels_each_gets_its_turn_and_the_worst_decides(pulled: Pulled) -> None:
    Channel.objects.filter(channel_type="sandbox").exclude(pk=pulled.channel.pk).update(is_active=False)
    ChannelService.update_channel(pulled.channel, name="Last", audit_context=CONTEXT)
    first = ChannelService.create_channel("First", "sandbox", conf={"server": ""}, audit_context=CONTEXT)
    Channel.objects.filter(pk=first.pk).update(conf={"server": pulled.channel.conf["server"], "api_key": "x"})

    code, results = called("pull_orders", "--channel-type", "sandbox")

    by_channel = {result["channel"]: result for result in results}
    assert code == 5
    assert by_channel[first.pk]["error"]["code"] == "channels_200_2"
    assert (by_channel[pulled.channel.pk]["error"], by_channel[pulled.channel.pk]["created"]) == (
        None,
        ORDERS,
    )


def test_a_channel_that_is_not_configured_says_what_is_missing(demo_catalogue: None) -> None:
    channel = ChannelService.create_channel("Bare", "oscar", conf={}, audit_context=CONTEXT)

    code, (result,) = called("pull_orders", "--channel", str(channel.pk))

    assert (code, result["error"]["code"]) == (4, "channels_200_6")
    assert PullState.objects.get(channel=channel).failures == 1


@pytest.mark.parametrize(
    "filters",
    [
        ("--end-date", "2026-11-01"),
        ("--start-date", "2026-11-10", "--end-date", "2026-11-01"),
        ("--order-ids", "x" * 300),
    ],
)
def test_filters_that_make_no_sense_are_refused(pulled: Pulled, filters: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("pull_orders", "--channel", str(pulled.channel.pk), *filters)
    assert not PulledOrder.objects.filter(channel=pulled.channel).exists()


def test_a_channel_is_named_by_pk_or_name(demo_catalogue: None) -> None:
    with pytest.raises(CommandError, match="No channels are called Nowhere"):
        call_command("pull_orders", "--channel", "Nowhere")
    with pytest.raises(CommandError, match="which an application serves"):
        call_command("pull_orders", "--channel", "1")


def test_every_channel_that_is_scheduled_gets_a_task_of_its_own(
    pulled: Pulled, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    monkeypatch.setattr("omnitron.celery.app.send_task", lambda name, kwargs: sent.append((name, kwargs)))

    pull_all_orders()

    assert sent == [("omnitron.channels.tasks.pull_orders", {"channel_id": pulled.channel.pk})]

    pull_orders(channel_id=pulled.channel.pk)
    assert Order.objects.filter(channel=pulled.channel).count() == ORDERS


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        (
            ("--order-ids", "5", "--start-date", "2026-11-01"),
            "--order-ids: It names the orders; not together with start_date.",
        ),
        (
            ("--order-ids", "5", "--order-numbers-to-fetch", "SB3-000001"),
            "--order-ids: It names the orders; not together with order_numbers_to_fetch.",
        ),
        (
            ("--order-numbers-to-fetch", "SB3-000001", "--order-id", "5"),
            "--order-numbers-to-fetch: It names the orders; not together with order_id.",
        ),
        (("--order-ids", ""), "--order-ids: This field may not be blank."),
    ],
)
def test_filters_that_cannot_both_be_meant_are_refused(
    pulled: Pulled, filters: tuple[str, ...], told: str
) -> None:
    with pytest.raises(CommandError) as refused:
        called("pull_orders", "--channel", str(pulled.channel.pk), *filters)

    assert str(refused.value) == told
    assert not PulledOrder.objects.filter(channel=pulled.channel).exists()


def test_ctrl_c_ends_a_run_with_a_word_and_the_next_goes_on(
    pulled: Pulled, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(BaseIntegration, "take_in", interrupted)
        assert called("pull_orders", "--channel", str(pulled.channel.pk)) == (130, [])
    assert capsys.readouterr().err.splitlines()[-1] == (
        "Interrupted. What was pulled stays; the next run goes on from there."
    )

    code, (result,) = called("pull_orders", "--channel", str(pulled.channel.pk))
    assert (code, result["created"]) == (0, ORDERS)
