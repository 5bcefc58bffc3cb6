"""The admin's first page, its side bar, and lists of rows that others write."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from omnitron.channels.enums import ParkedStatus
from omnitron.core import audit
from omnitron.core.admin_lists import capped_count
from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditLog, AuditSource
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus
from omnitron.orders.admin.navigation import SUBJECTS
from omnitron.orders.enums import RefundStatus
from omnitron.orders.models import Order
from tests.admin.rows import MODELS, list_of, page_of
from tests.factories.channels import ErrorReportFactory
from tests.factories.orders import (
    ApprovedOrderFactory,
    CancellationRequestFactory,
    OrderFactory,
    OrderItemFactory,
    RefundFactory,
)
from tests.factories.pulls import ParkedOrderFactory
from tests.factories.users import UserFactory


def test_every_model_stands_in_the_side_bar_once() -> None:
    named = sorted(label for _, models in SUBJECTS for label, _ in models)

    assert named == sorted(model._meta.label for model in MODELS)


def test_the_side_bar_shows_what_the_user_may_see(db: None) -> None:
    client = Client()
    client.force_login(
        UserFactory(is_staff=True, permissions=["orders.view_order", "customers.view_customer"])
    )

    groups = client.get("/admin/").context["sidebar_navigation"]

    assert [(group.get("title"), [item["title"] for item in group["items"]]) for group in groups] == [
        (None, ["Dashboard"]),
        ("Orders", ["Orders"]),
        ("Customers", ["Customers"]),
    ]


def test_counters_count_what_their_lists_show(admin_client: Client) -> None:
    OrderFactory(cancel_status=CancelStatus.WAITING)
    OrderFactory(cancel_status=CancelStatus.CONFIRMATION_WAITING)
    for status in RefundStatus:
        RefundFactory(status=status, cancellation_plan__order=OrderFactory(items=0))
    ApprovedOrderFactory.create_batch(2, items=0)
    ApprovedOrderFactory(items=0, is_send=True)
    CancellationRequestFactory(order_item__order=OrderFactory(items=0))
    OrderItemFactory(order=OrderFactory(items=0), is_stock_short=True)
    OrderItemFactory(order=OrderFactory(items=0), is_stock_short=True, status=OrderStatus.DELIVERED)

    for status in ParkedStatus:
        ParkedOrderFactory(status=status)

    counters = admin_client.get("/admin/").context["counters"]

    assert {counter["title"]: counter["count"] for counter in counters} == {
        "Waiting cancellations": 2,
        "Cancellation requests": 1,
        "Manual refunds": 2,
        "Approved, not sent": 2,
        "Parked orders": 1,
        "Short of stock": 1,
    }
    assert [admin_client.get(counter["link"]).context["cl"].result_count for counter in counters] == [
        counter["count"] for counter in counters
    ]


def test_a_count_is_given_up_above_its_limit(db: None) -> None:
    OrderFactory.create_batch(3, items=0)

    exact, given_up = (capped_count(Order.objects.all(), limit=limit) for limit in (3, 2))

    assert (exact, str(exact)) == (3, "3")
    assert (given_up, str(given_up)) == (2, "2+")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_list_searches_or_filters_by_something_it_cannot(model: type, admin_client: Client) -> None:
    """The search box of every list that has one takes any text."""
    if admin.site.get_model_admin(model).search_fields:
        for text in ("Ünlü, 'quoted' \"text\" %", "9" * 40):
            assert admin_client.get(list_of(model), {"q": text}, follow=True).status_code == 200


def test_the_audit_log_is_found_by_the_changed_rows_id(
    admin_client: Client, audit_context: AuditContext
) -> None:
    order = OrderFactory()
    row = audit.record(
        order, "order.changed", audit_context=audit_context, old={"notes": ""}, new={"notes": "a"}
    )
    audit.record(UserFactory(), "user.changed", audit_context=audit_context)

    found = admin_client.get(list_of(AuditLog), {"q": str(order.pk), "source__exact": AuditSource.CRON})

    assert row in found.context["cl"].result_list
    assert f'href="{page_of(order)}"' in found.content.decode()
    assert list(admin_client.get(list_of(AuditLog), {"q": "text"}).context["cl"].result_list) == []


def test_the_audit_log_is_only_ever_read(admin_client: Client, audit_context: AuditContext) -> None:
    row = audit.record(OrderFactory(), "order.changed", audit_context=audit_context, new={"notes": "a"})

    assert admin_client.post(page_of(row), {"event": "forged"}).status_code == 403
    assert admin_client.post(f"{page_of(row)}../delete/", {"post": "yes"}).status_code == 403
    assert AuditLog.objects.get().event == "order.changed"


def test_long_bodies_are_shown_shortened(admin_client: Client) -> None:
    report = ErrorReportFactory(raw_request="x" * 100_000)

    page = admin_client.get(page_of(report)).content.decode()

    assert "x" * 1_900 in page
    assert "x" * 2_100 not in page


def test_a_list_of_error_reports_does_not_read_their_bodies(admin_client: Client) -> None:
    ErrorReportFactory()

    with CaptureQueriesContext(connection) as queries:
        admin_client.get("/admin/channels/errorreport/")

    assert [query for query in queries if "raw_request" in query["sql"]] == []


def test_the_date_hierarchy_offers_what_lies_between_the_first_and_the_last_order(
    admin_client: Client,
) -> None:
    now = timezone.now()
    OrderFactory(date_placed=now.replace(year=2024, month=11, day=30))
    OrderFactory(date_placed=now.replace(year=2025, month=2, day=3))
    address = list_of(Order)

    def offered(query: str) -> list[str]:
        page = admin_client.get(f"{address}{query}").content.decode()
        part = page[page.index('class="toplinks') :].partition(">")[2]
        return [
            line.strip() for line in part[: part.index("</ul>")].splitlines() if line.strip()[:1].isalnum()
        ]

    assert offered("") == ["2024", "2025"]
    assert offered("?date_placed__year=2025") == ["January 2025", "February 2025"]
    assert offered("?date_placed__year=2025&date_placed__month=2") == [
        "February 1",
        "February 2",
        "February 3",
    ]
