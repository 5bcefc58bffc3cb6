"""Rows are judged as a whole, then written; what became of each can be read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from omnitron.core.models import AuditLog
from omnitron.orders.models import Order, OrderItem, TrackingUpload, TrackingUploadRow
from omnitron.orders.service import TrackingService
from omnitron.orders.tasks import take_up_tracking_uploads, update_tracking_numbers
from omnitron.orders.use_cases import tracking_writing
from tests.factories.channels import ChannelFactory
from tests.factories.orders import ApprovedOrderFactory, OrderItemFactory
from tests.orders.tracking.conftest import STATUS_URL, Verdict, csv_of, hand_in

Run = Callable[..., list[Verdict]]


def numbers(order: Order) -> list[tuple[str | None, str | None]]:
    """Tracking number and carrier of the order, then of its items by pk."""
    columns = ("tracking_number", "shipping_company")
    return [
        *Order.objects.filter(pk=order.pk).values_list(*columns),
        *OrderItem.objects.filter(order=order).order_by("pk").values_list(*columns),
    ]


@pytest.fixture
def order(db: None) -> Order:
    """00123 with two approved items and a canceled one."""
    order = ApprovedOrderFactory(number="00123", items=2)
    OrderItemFactory(order=order, status=100)
    return order


def test_an_order_and_its_active_items_get_number_and_carrier(run: Run, order: Order) -> None:
    before = Order.objects.get().modified_date
    content = csv_of(f"00123;0099;YURTİÇİ KARGO;;{order.channel.name}")

    assert run(content) == [(2, "updated", "")]

    assert numbers(order) == [("0099", "yurtici")] * 3 + [(None, None)]
    changed = Order.objects.get()
    assert changed.modified_date > before
    assert (changed.status, set(order.orderitem_set.values_list("status", flat=True))) == (400, {400, 100})
    audit = AuditLog.objects.exclude(event="trackingupload.created").order_by("pk")
    assert list(audit.values_list("event", "source", "actor__username")) == [
        ("order.changed", "api", "ada"),
        ("orderitem.changed", "api", "ada"),
        ("orderitem.changed", "api", "ada"),
    ]
    assert (audit[0].old, audit[0].new) == (
        {"tracking_number": None, "shipping_company": None},
        {"tracking_number": "0099", "shipping_company": "yurtici"},
    )


def test_the_same_file_twice_changes_nothing(run: Run, order: Order) -> None:
    sku = order.orderitem_set.order_by("pk").first().product.sku
    content = csv_of("00123;T-1;aras", f"00123;T-2;ups;{sku}", "00123;T-1;Aras Kargo")
    assert run(content) == [(2, "updated", ""), (3, "updated", ""), (4, "unchanged", "")]
    assert numbers(order) == [("T-1", "aras"), ("T-2", "ups"), ("T-1", "aras"), (None, None)]
    before = Order.objects.get().modified_date
    changes = AuditLog.objects.exclude(event="trackingupload.created").count()

    assert run(content) == [(2, "unchanged", ""), (3, "unchanged", ""), (4, "unchanged", "")]

    assert Order.objects.get().modified_date == before
    assert AuditLog.objects.exclude(event="trackingupload.created").count() == changes


def test_a_sku_names_one_item_and_the_order_only_moves_its_modified_date(run: Run, order: Order) -> None:
    before = Order.objects.get().modified_date
    first = order.orderitem_set.order_by("pk").first()

    assert run(csv_of(f"00123;T-2;ups;{first.product.sku}")) == [(2, "updated", "")]

    assert numbers(order) == [(None, None), ("T-2", "ups"), (None, None), (None, None)]
    assert Order.objects.get().modified_date > before


def test_what_is_wrong_with_a_row_is_its_own_result(run: Run, order: Order) -> None:
    canceled = order.orderitem_set.order_by("pk").last()
    delivered = ApprovedOrderFactory(number="D", items=1)
    delivered.orderitem_set.update(status=550, tracking_number="OLD", shipping_company="ups")
    closed = ApprovedOrderFactory(number="C", items=1)
    closed.orderitem_set.update(status=100)
    twin = ApprovedOrderFactory(number="TWICE")
    ApprovedOrderFactory(number="TWICE")
    split = ApprovedOrderFactory(number="SPLIT")
    rows = [
        ("nowhere;T;aras", "order_800_12"),
        ("TWICE;T;aras", "order_800_13"),
        (f"TWICE;T;aras;;{twin.channel_id}", ""),
        ("00123;T;aras;;no such channel", "order_800_11"),
        (f"00123;T;aras;;{twin.channel_id}", "order_800_12"),
        ("00123;T;pigeons", "order_800_14"),
        ("00123;T;aras;no-sku", "order_800_15"),
        (f"00123;T;aras;{canceled.product.sku}", "order_200_5"),
        ("C;T;aras", "order_200_5"),
        ("D;NEW;ups", "order_700_8"),
        ("SPLIT;T-1;aras", "order_800_16"),
        ("SPLIT;T-2;aras", "order_800_16"),
        ("00123;;aras", "order_800_10"),
        ("00123;T;aras;;;surplus", "order_800_10"),
        (f"00123;{'T' * 257};aras", "order_800_10"),
        ("00123;T-9;aras", ""),
    ]

    verdicts = run(csv_of(*(row for row, _ in rows)))

    assert [code for _, _, code in verdicts] == [code for _, code in rows]
    assert [result for _, result, _ in verdicts] == ["refused" if code else "updated" for _, code in rows]
    assert numbers(delivered) == [(None, None), ("OLD", "ups")]
    assert numbers(closed) == [(None, None)] * 2
    assert numbers(split) == [(None, None)] * 3
    assert numbers(twin) == [("T", "aras")] * 3
    assert numbers(order)[0] == ("T-9", "aras")


def test_ten_thousand_bad_rows_change_nothing_and_each_says_why(
    api: APIClient, run: Run, order: Order
) -> None:
    rows = run(csv_of(*(f"bad-{n};T-{n};aras" for n in range(10_000))))

    assert len(rows) == 10_000
    assert set(rows) == {(n, "refused", "order_800_12") for n in range(2, 10_002)}
    assert numbers(order) == [(None, None)] * 4
    shown = api.get(STATUS_URL, {"result": "refused", "limit": 2, "page": 5000}).json()
    assert shown["results"][-1]["error_message"] == "There is no order bad-9999."
    assert (shown["count"], shown["refused_rows"], shown["next"]) == (10_000, 10_000, None)


def test_statements_are_fixed_for_one_row_and_for_a_hundred(api: APIClient) -> None:
    ApprovedOrderFactory(number="0")
    rows = [f"{order.number};T-{n};aras" for n, order in enumerate(ApprovedOrderFactory.create_batch(100))]
    update_tracking_numbers(job_id=hand_in(api, csv_of("0;T;aras")).json()["job"])
    counts = []
    for some in (rows[:1], rows[1:]):
        job = hand_in(api, csv_of(*some)).json()["job"]
        with CaptureQueriesContext(connection) as queries:
            update_tracking_numbers(job_id=job)
        counts.append(len(queries))

    assert counts == [30, 30]
    assert Order.objects.filter(tracking_number__startswith="T-").count() == 100


def test_a_worker_that_dies_is_followed_by_one_that_goes_on(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracking_writing, "ORDERS_A_CHUNK", 2)
    orders = ApprovedOrderFactory.create_batch(5, items=1)
    job = hand_in(api, csv_of(*(f"{order.number};T;aras" for order in orders))).json()["job"]
    seen = []

    def die(moved: TrackingUpload) -> None:
        seen.append((moved.done_rows, moved.total_rows))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        TrackingService.update_tracking_numbers(job, on_progress=die)
    assert seen == [(2, 5)]
    assert api.get(STATUS_URL).json()["status"] == "writing"

    take_up_tracking_uploads()
    assert Order.objects.filter(tracking_number="T").count() == 2
    TrackingUpload.objects.update(modified_date=timezone.now() - timedelta(minutes=3))
    take_up_tracking_uploads()

    assert Order.objects.filter(tracking_number="T").count() == 5
    assert AuditLog.objects.filter(event="order.changed").count() == 5
    upload = TrackingUpload.objects.get()
    assert (upload.state, upload.updated_rows, upload.content) == ("completed", 5, None)
    update_tracking_numbers(job_id=job)
    assert AuditLog.objects.filter(event="order.changed").count() == 5


def test_an_order_that_is_canceled_meanwhile_is_refused(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ApprovedOrderFactory()
    ApprovedOrderFactory(number="last")
    job = hand_in(api, csv_of(f"{first.number};T;aras", "last;T;aras")).json()["job"]

    def cancel(moved: TrackingUpload) -> None:
        OrderItem.objects.exclude(order=first).update(status=100)

    monkeypatch.setattr(tracking_writing, "ORDERS_A_CHUNK", 1)
    TrackingService.update_tracking_numbers(job, on_progress=cancel)

    rows = TrackingUploadRow.objects.order_by("row_number").values_list("result", "error_code")
    assert list(rows) == [("updated", ""), ("refused", "order_200_5")]
    assert Order.objects.filter(tracking_number="T").count() == 1


def test_a_file_that_breaks_on_the_way_changes_nothing(api: APIClient, order: Order) -> None:
    job = hand_in(api, csv_of("00123;T;aras", '00123;"T"x;aras')).json()["job"]

    update_tracking_numbers(job_id=job)

    shown = api.get(STATUS_URL, {"job": job}).json()
    assert (shown["status"], shown["error_code"], shown["count"]) == ("refused", "order_800_2", 0)
    assert numbers(order) == [(None, None)] * 4


def test_users_limited_to_channels_reach_their_orders_and_jobs(
    api: APIClient, api_of: Callable[..., APIClient], run: Run, order: Order
) -> None:
    permissions = ("orders.change_order", "orders.view_order")
    limited = api_of(*permissions, channels=[ChannelFactory()])
    other = run(csv_of("00123;T;aras"), client=limited)
    assert other == [(2, "refused", "order_800_12")]
    assert numbers(order) == [(None, None)] * 4
    own = limited.get(STATUS_URL).json()["job"]
    run(csv_of("00123;T;aras"))
    newest = api.get(STATUS_URL).json()["job"]

    assert limited.get(STATUS_URL, {"job": own}).status_code == 200
    assert limited.get(STATUS_URL, {"job": newest}).status_code == 404
    assert api.get(STATUS_URL, {"job": own}).status_code == 200
    assert hand_in(api_of("orders.view_order"), csv_of()).status_code == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"job": "x"}, 400),
        ({"job": "9" * 30}, 400),
        ({"job": "999999"}, 404),
        ({"result": "lost"}, 400),
        ({"page": "0"}, 400),
        ({"sort": "pk"}, 400),
        ({"page": "2"}, 404),
    ],
)
def test_an_unusable_question_is_refused(api: APIClient, query: dict[str, Any], status: int) -> None:
    hand_in(api, csv_of())

    assert api.get(STATUS_URL, query).status_code == status


def test_the_command_does_the_same(order: Order, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "numbers.csv"
    path.write_bytes(csv_of("00123;T;aras"))
    call_command("bulk_tracking_number_update", path, verbosity=0)
    assert capsys.readouterr().out == "1 updated, 0 unchanged, 0 refused\n"
    assert numbers(order)[0] == ("T", "aras")

    path.write_bytes(csv_of("00124;T;aras"))
    with pytest.raises(CommandError, match="1 of 1 rows are refused"):
        call_command("bulk_tracking_number_update", path, verbosity=0)
    assert "row 2: order_800_12 There is no order 00124." in capsys.readouterr().err
    path.write_bytes(b"")
    with pytest.raises(CommandError, match="order_800_1 "):
        call_command("bulk_tracking_number_update", path, verbosity=0)
