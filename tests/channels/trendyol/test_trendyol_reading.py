"""What is asked of Trendyol, and how its answers are read."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from omnitron.channels.exceptions import (
    ChannelRefusedException,
    ChannelUnreachableException,
    IntegrationUnauthorizedException,
)
from omnitron.channels.integrations.registry import integration_class
from omnitron.channels.integrations.trendyol.commands import CountOrders, GetOrders
from omnitron.channels.integrations.trendyol.integration import PRODUCTION, CommandIntegration
from omnitron.channels.integrations.trendyol.values import stamp
from omnitron.core.clock import SimulatedClock
from tests.channels.scripted_server import Reply
from tests.channels.trendyol.conftest import NOW
from tests.channels.trendyol.marketplace import KEY, SECRET, SELLER, TURKEY, Trendyol
from tests.channels.trendyol.samples import package, packages, sample

HOUR = timedelta(hours=1)
NEWEST = stamp(NOW) - 3_600_000
WINDOW = {"start_date": NOW - 3 * HOUR, "end_date": NOW, "fetch_all_orders": True}
STREAM = f"/order/sellers/{SELLER}/orders/stream"
PAGES = f"/order/sellers/{SELLER}/v2/orders"


def fetched(integration: CommandIntegration, **filters: Any) -> list[str]:
    """The ids of all packages a `get_orders` would take in."""
    command = GetOrders(integration=integration, **filters)
    pages = command.send(command.validated_data(command.get_data()))
    return [order.remote_id for page in pages for order in page.orders]


def counted(integration: CommandIntegration, start: datetime, end: datetime) -> int:
    return CountOrders(integration=integration, start_date=start, end_date=end).run()


def ids(count: int) -> list[str]:
    return [str(1000 + number) for number in range(count)]


def test_trendyols_integration_is_found_by_its_folder() -> None:
    assert integration_class("trendyol") is CommandIntegration
    assert set(CommandIntegration.serializer_class) == {"get_orders", "count_orders", "send_updates"}
    assert CommandIntegration.limits.longest_window == timedelta(days=13, hours=21)


def test_a_window_is_read_through_the_stream(trendyol: Trendyol, integration: CommandIntegration) -> None:
    trendyol.packages = packages(450, newest=NEWEST)

    assert sorted(fetched(integration, **WINDOW)) == ids(450)

    assert trendyol.paths() == [STREAM] * 3
    cursors = [request.query.pop("nextCursor", [None])[0] for request in trendyol.asked]
    assert cursors == [None, "cursor-0", "cursor-1"]
    asked = {
        "size": ["200"],
        "lastModifiedStartDate": [str(stamp(NOW - 3 * HOUR))],
        "lastModifiedEndDate": [str(stamp(NOW) + TURKEY)],
    }
    assert [request.query for request in trendyol.asked] == [asked] * 3


def test_the_stream_is_asked_every_five_seconds(trendyol: Trendyol, integration: CommandIntegration) -> None:
    trendyol.packages = packages(450, newest=NEWEST)

    fetched(integration, **WINDOW)

    assert [moment - NOW for moment in trendyol.moments] == [
        timedelta(seconds=5) * number for number in range(3)
    ]


@pytest.mark.parametrize("shift", [0, TURKEY])
def test_a_window_is_whole_whatever_its_dates_mean(
    trendyol: Trendyol, integration: CommandIntegration, shift: int
) -> None:
    """Whether Trendyol's filters are GMT or Turkish: neither too few packages nor too many."""
    trendyol.shift = shift
    edges = {"before": -1, "first": 0, "last": 3 * 3_600_000 - 1, "behind": 3 * 3_600_000}
    start = stamp(NOW - 3 * HOUR)
    trendyol.packages = [
        package(shipmentPackageId=number, lastModifiedDate=start + edge)
        for number, edge in enumerate(edges.values())
    ]

    assert sorted(fetched(integration, **WINDOW)) == ["1", "2"]


def test_a_long_window_is_read_in_parts(trendyol: Trendyol, integration: CommandIntegration) -> None:
    day = 24 * 3_600_000
    trendyol.packages = packages(60, newest=NEWEST, apart=day)

    found = fetched(integration, start_date=NOW - timedelta(days=59), end_date=NOW, fetch_all_orders=True)

    assert sorted(found) == ids(60)[1:]
    spans = [
        int(request.query["lastModifiedEndDate"][0]) - int(request.query["lastModifiedStartDate"][0])
        for request in trendyol.asked
    ]
    assert len(spans) == 5
    assert max(spans) == 14 * day


def test_without_dates_as_far_back_as_trendyol_shows(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    fetched(integration, fetch_all_orders=True)

    first = int(trendyol.asked[0].query["lastModifiedStartDate"][0])
    assert first == stamp(NOW - timedelta(days=89))


def test_a_lost_cursor_is_begun_again_where_it_was_lost(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    trendyol.packages = packages(450, newest=NEWEST)
    command = GetOrders(integration=integration, **WINDOW)
    pages = iter(command.send(command.validated_data(command.get_data())))
    first = next(pages)
    trendyol.cursors.clear()

    found = {order.remote_id for page in [first, *pages] for order in page.orders}

    assert sorted(found) == ids(450)
    # First page, refused cursor, a new stream of what is left: 251 packages, the oldest seen among them.
    assert len(trendyol.asked) == 4
    end = int(trendyol.asked[2].query["lastModifiedEndDate"][0])
    assert end == NEWEST - 199 * 1000 + 1 + TURKEY
    assert "nextCursor" not in trendyol.asked[2].query


def test_a_stream_refused_without_a_cursor_is_refused(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    trendyol.replies = [Reply(400, sample("errors")["400_cursor"])]

    with pytest.raises(ChannelRefusedException):
        fetched(integration, **WINDOW)
    assert len(trendyol.asked) == 1


def test_cursors_that_are_lost_without_end_are_given_up(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    trendyol.packages = packages(201, newest=NEWEST, apart=0)
    page = Reply(200, {"hasMore": True, "nextCursor": "c", "content": trendyol.packages[:200]})
    lost = Reply(400, sample("errors")["400_cursor"])
    trendyol.replies = [page, lost] * 3

    with pytest.raises(ChannelRefusedException):
        fetched(integration, **WINDOW)
    assert len(trendyol.asked) == 4


@pytest.mark.parametrize(
    "body",
    [
        {"hasMore": True, "nextCursor": None, "content": []},
        {"error": "a page of another service"},
        {"hasMore": False, "content": {"orderNumber": "1"}},
        {"content": []},
        {"hasMore": False},
        [],
    ],
)
def test_an_answer_that_is_none_is_no_empty_window(
    trendyol: Trendyol, integration: CommandIntegration, body: Any
) -> None:
    trendyol.replies = [Reply(200, body)]

    with pytest.raises(ChannelUnreachableException):
        fetched(integration, **WINDOW)


def test_a_package_without_its_stamp_takes_no_other_with_it(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    known = packages(2, newest=NEWEST)
    stream = {"hasMore": False, "content": [*known, {"shipmentPackageId": 9, "orderNumber": "1"}]}
    trendyol.replies = [Reply(200, stream), Reply(200, stream)]

    command = GetOrders(integration=integration, **WINDOW)
    (page,) = command.send(command.validated_data(command.get_data()))
    assert ([order.remote_id for order in page.orders], page.unusable) == (ids(2), 1)

    # What is counted by reading counts it, too: it is missing here.
    long_ago = NOW - timedelta(days=60)
    for package_ in known:
        package_["lastModifiedDate"] = stamp(long_ago)
    assert counted(integration, long_ago, long_ago + HOUR) == 3


@pytest.mark.parametrize("none_yet", [0, None])
def test_what_has_no_id_yet_is_left_out(
    trendyol: Trendyol, integration: CommandIntegration, none_yet: Any
) -> None:
    """It changes when it gets one, and is read then."""
    without = packages(3, newest=NEWEST)
    without[1]["shipmentPackageId"] = none_yet
    trendyol.replies = [Reply(200, {"hasMore": False, "content": without})]

    command = GetOrders(integration=integration, **WINDOW)
    (page,) = command.send(command.validated_data(command.get_data()))

    assert ([order.remote_id for order in page.orders], page.unusable) == (["1000", "1002"], 0)


def test_the_pages_own_sample_is_read(trendyol: Trendyol, integration: CommandIntegration) -> None:
    first = sample("get_shipment_packages_stream")
    trendyol.replies = [Reply(200, first), Reply(200, {"hasMore": False, "content": []})]

    # Asked until its own stamp, it is not in the window; until a millisecond later it is.
    modified = datetime(2025, 11, 11, 12, 50, 8, 581000, tzinfo=UTC)
    until = modified + timedelta(milliseconds=1)
    found = fetched(integration, start_date=modified - HOUR, end_date=until, fetch_all_orders=True)

    assert found == ["3330111111"]
    assert trendyol.asked[1].query["nextCursor"] == ["609ca79b-1fdf-4c4e-a814-498ce9c1c039"]


def test_packages_at_their_end_are_left_out_unless_all_are_asked_for(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    statuses = ["Awaiting", "Created", "Picking", "Invoiced", "Shipped", "AtCollectionPoint", "UnDelivered"]
    ended = ["Delivered", "Returned", "Cancelled", "UnSupplied", "UnPacked"]
    trendyol.packages = [
        package(shipmentPackageId=1000 + number, status=status, lastModifiedDate=NEWEST)
        for number, status in enumerate([*statuses, *ended])
    ]

    assert sorted(fetched(integration, **WINDOW | {"fetch_all_orders": False})) == ids(7)
    assert trendyol.asked[0].query["packageItemStatuses"] == [",".join(statuses)]
    assert len(fetched(integration, **WINDOW)) == 12


def test_single_packages_are_asked_for_fifty_at_once(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    trendyol.packages = packages(70, newest=NEWEST)

    assert fetched(integration, order_ids=ids(60)) == ids(60)

    assert trendyol.paths() == [PAGES] * 2
    assert [request.query["shipmentPackageIds"] for request in trendyol.asked] == [
        ids(50),
        ids(60)[50:],
    ]


def test_by_number_one_package_or_all_of_an_order(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    trendyol.packages = [*sample("split")["content"], package()]

    by_ours = fetched(integration, order_numbers_to_fetch=["10654433333-3330133332"])
    by_theirs = fetched(integration, order_numbers_to_fetch=["10654433333"])

    assert by_ours == ["3330133332"]
    assert sorted(by_theirs) == ["3330133331", "3330133332", "3330133333"]
    narrowing = [set(asked.query) - {"page", "size"} for asked in trendyol.asked]
    assert narrowing == [{"shipmentPackageIds"}, {"orderNumber"}]


def test_placed_before_and_after(trendyol: Trendyol, integration: CommandIntegration) -> None:
    """`orderDate` is Turkish time: what says 10:00 was placed at 7:00 GMT."""
    trendyol.packages = packages(4, newest=NEWEST)
    for number, raw in enumerate(trendyol.packages):
        raw["orderDate"] = stamp(NOW) + TURKEY - number

    assert fetched(integration, **WINDOW, order_id="1001") == ["1003", "1002"]
    assert fetched(integration, **WINDOW, created_before=NOW) == ["1003", "1002", "1001"]


def test_packages_of_a_window_are_counted(trendyol: Trendyol, integration: CommandIntegration) -> None:
    trendyol.packages = packages(450, newest=NEWEST)
    oldest = datetime.fromtimestamp((NEWEST - 449_000) / 1000, tz=UTC)

    assert counted(integration, oldest, NOW) == 450
    # The end is not part of it.
    assert counted(integration, oldest, oldest + timedelta(seconds=1)) == 1

    assert trendyol.paths() == [PAGES] * 2
    assert trendyol.asked[0].query == {
        "startDate": [str(stamp(oldest) + TURKEY)],
        "endDate": [str(stamp(NOW) + TURKEY - 1)],
        "orderByField": ["PackageLastModifiedDate"],
        "page": ["0"],
        "size": ["1"],
    }


def test_counting_where_the_filters_turn_out_to_be_gmt(
    trendyol: Trendyol, integration_with: Callable[..., CommandIntegration]
) -> None:
    trendyol.shift = 0
    trendyol.packages = packages(3, newest=NEWEST)

    assert counted(integration_with(), NOW - 2 * HOUR, NOW) == 0
    assert counted(integration_with(filters_in_gmt=True), NOW - 2 * HOUR, NOW) == 3


def test_more_than_can_be_reached_is_counted_in_halves(
    trendyol: Trendyol, integration: CommandIntegration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As far as one knows Trendyol counts no further than its pages reach; here, to ten."""
    monkeypatch.setattr("omnitron.channels.integrations.trendyol.reading.REACHABLE", 10)
    trendyol.most_counted = 10
    trendyol.packages = packages(37, newest=stamp(NOW) - 1000)

    assert counted(integration, NOW - timedelta(minutes=1), NOW) == 37


def test_what_the_pages_do_not_show_any_more_is_counted_in_the_stream(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    start = NOW - timedelta(days=40)
    trendyol.packages = packages(230, newest=stamp(start + HOUR))

    assert counted(integration, start, start + 2 * HOUR) == 230
    assert trendyol.paths() == [STREAM] * 2


def test_each_request_says_who_asks(
    trendyol: Trendyol, integration_with: Callable[..., CommandIntegration]
) -> None:
    integrations = [
        integration_with(),
        integration_with(integrator="TrendyolSoft", store_front_code="SA"),
    ]
    for integration in integrations:
        integration.login()
        fetched(integration, order_ids=["1"])

    own, other = [request.headers for request in trendyol.asked]
    assert own["Authorization"] == "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    assert own["User-Agent"] == "2738 - SelfIntegration"
    assert "storeFrontCode" not in own
    assert (other["User-Agent"], other["storeFrontCode"]) == ("2738 - TrendyolSoft", "SA")
    assert integration_with(server=None).base_url == PRODUCTION == "https://apigw.trendyol.com/integration"


def test_refused_credentials(trendyol: Trendyol, integration: CommandIntegration) -> None:
    trendyol.replies = [Reply(401, sample("errors")["401"])] * 2

    with pytest.raises(IntegrationUnauthorizedException):
        fetched(integration, **WINDOW)
    assert len(trendyol.asked) == 2


@pytest.mark.parametrize(
    ("conf", "named"),
    [
        ({"api_secret": None}, "api_secret"),
        ({"supplier_id": "", "api_key": None}, "supplier_id, api_key"),
        ({"integrator": "A Company Ltd."}, "integrator"),
        ({"integrator": "a" * 31}, "integrator"),
    ],
)
def test_a_configuration_that_cannot_be_right_is_not_tried(
    trendyol: Trendyol,
    integration_with: Callable[..., CommandIntegration],
    conf: dict[str, Any],
    named: str,
) -> None:
    with pytest.raises(IntegrationUnauthorizedException) as caught:
        integration_with(**conf).login()
    assert named in str(caught.value)
    assert trendyol.asked == []


def test_too_many_requests_are_waited_for(
    trendyol: Trendyol, integration: CommandIntegration, clock: SimulatedClock
) -> None:
    trendyol.packages = packages(1, newest=NEWEST)
    busy = sample("errors")["429"]
    trendyol.replies = [Reply(429, busy, {"Retry-After": "42"}), Reply(429, busy)]

    assert fetched(integration, **WINDOW) == ["1000"]

    # As long as it asked for; without a word from it a second, then twice as long after each try.
    assert [moment - NOW for moment in trendyol.moments] == [
        timedelta(),
        timedelta(seconds=42),
        timedelta(seconds=44),
    ]


def test_secrets_are_in_no_error_and_no_log(
    trendyol: Trendyol, integration: CommandIntegration, caplog: pytest.LogCaptureFixture
) -> None:
    errors = []
    for answers in (
        [Reply(401, sample("errors")["401"])] * 2,
        [Reply(403, {"message": "no User-Agent"})],
        [Reply(500)] * 6,
        [Reply(200, {"hasMore": True, "content": []})],
    ):
        trendyol.replies = answers
        with (
            caplog.at_level(logging.DEBUG),
            pytest.raises(
                (IntegrationUnauthorizedException, ChannelRefusedException, ChannelUnreachableException)
            ) as caught,
        ):
            fetched(integration, **WINDOW)
        errors.append(f"{caught.value} {caught.value!r} {caught.value.params}")

    written = " ".join([*errors, caplog.text])
    pair = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    assert "orders/stream" in written
    assert [secret for secret in (KEY, SECRET, pair) if secret in written] == []
