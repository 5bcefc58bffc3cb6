"""What a channel knows, asked and written one by one; reports and events."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from rest_framework.test import APIClient

from omnitron.catalogs.models import Product
from omnitron.channels.models import ErrorReport, IntegrationAction, OperationalEvent
from omnitron.customers.models import City, Country
from omnitron.orders.models import Order
from tests.factories.catalogs import ProductFactory
from tests.factories.channels import ChannelFactory, IntegrationActionFactory
from tests.factories.orders import OrderFactory

pytestmark = pytest.mark.django_db
MOMENT = "2026-01-02T10:11:12.123456Z"


@pytest.fixture
def channel() -> Any:
    return ChannelFactory()


@pytest.fixture
def path(channel: Any) -> str:
    return f"/api/v1/channel/{channel.pk}"


def type_of(model: type[Any]) -> int:
    return ContentType.objects.get_for_model(model).pk


def test_an_action_as_clients_read_it(api: APIClient, channel: Any, path: str) -> None:
    product = ProductFactory()
    known = IntegrationActionFactory(channel=channel, about=product, remote_id="Ürün 1", version_date=MOMENT)
    IntegrationActionFactory(about=product, remote_id="Ürün 1")
    IntegrationActionFactory(channel=channel, about=OrderFactory(channel=channel), remote_id="Ürün 1")
    asked = {
        "channel": channel.pk,
        "content_type_name": "product",
        "remote_id__in": "x,Ürün 1",
        "sort": "id",
        "page": 1,
    }

    answer = api.get(f"{path}/integration_actions/", asked)

    (shown,) = answer.json()["results"]
    assert {name: shown[name] for name in shown if name not in {"created_date", "modified_date"}} == {
        "pk": known.pk,
        "channel": channel.pk,
        "content_type": {"id": type_of(Product), "app_label": "catalogs", "model": "product"},
        "object_id": product.pk,
        "remote_id": "Ürün 1",
        "version_date": MOMENT,
        "state": {},
        "local_batch_id": None,
        "status": "success",
    }
    assert answer.json()["next"] is None


@pytest.mark.parametrize(
    "parameters",
    [
        {"remote_id__exact": "A"},
        {"object_id": "{pk}"},
        {"object_id__in": "{pk},1000000"},
        {"channel_id": "{channel}", "content_type_name": "product", "object_id": "{pk}"},
        {"status": "success", "remote_id": "A", "limit": 50},
        {"local_batch_id": "7c43e5fb-0000-4000-8000-000000000001"},
    ],
)
def test_actions_are_found_by_what_clients_ask(
    api: APIClient, channel: Any, path: str, parameters: dict[str, Any]
) -> None:
    batch = "7c43e5fb-0000-4000-8000-000000000001"
    known = IntegrationActionFactory(channel=channel, remote_id="A", local_batch_id=batch)
    IntegrationActionFactory(channel=channel, remote_id="AA", status="error")
    values = {"pk": known.object_id, "channel": channel.pk}
    asked = {name: str(value).format(**values) for name, value in parameters.items()}

    found = api.get(f"{path}/integration_actions/", asked).json()["results"]

    assert [row["pk"] for row in found] == [known.pk]


def test_actions_are_made_changed_and_removed(api: APIClient, channel: Any, path: str) -> None:
    product = ProductFactory()
    body = {
        "channel_id": str(channel.pk),
        "content_type_id": type_of(Product),
        "object_id": product.pk,
        "remote_id": "P-1",
        "version_date": MOMENT,
    }

    made = api.post(f"{path}/integration_actions/", body, format="json")

    assert made.status_code == 201, made.content
    action = IntegrationAction.objects.get()
    assert (action.remote_id, action.object_modified_date) == ("P-1", product.modified_date)
    again = api.post(f"{path}/integration_actions/", body, format="json")
    assert (again.status_code, IntegrationAction.objects.count()) == (400, 1)
    row = made.json()
    whole = row | {
        "content_type_id": row["content_type"]["id"],
        "version_date": "2026-01-03T00:00:00.000001Z",
    }
    one = f"{path}/integration_actions/{action.pk}/"
    changed = api.patch(one, whole, format="json")
    assert (changed.status_code, changed.json()["version_date"]) == (200, "2026-01-03T00:00:00.000001Z")
    assert api.patch(one, {"object_id": product.pk + 1}, format="json").status_code == 400
    assert api.delete(one).status_code == 204
    assert not IntegrationAction.objects.exists()


@pytest.mark.parametrize(
    "change", [{"object_id": 10**9}, {"content_type_id": 10**6}, {"content_type_id": "user"}]
)
def test_an_action_of_nothing_is_refused(
    api: APIClient, channel: Any, path: str, change: dict[str, Any]
) -> None:
    body = {"content_type_id": type_of(Product), "object_id": ProductFactory().pk} | change

    assert api.post(f"{path}/integration_actions/", body, format="json").status_code == 400
    elsewhere = {"content_type_id": type_of(Order), "object_id": OrderFactory().pk}
    assert api.post(f"{path}/integration_actions/", elsewhere, format="json").status_code == 400
    other = {
        "channel_id": ChannelFactory().pk,
        "content_type_id": type_of(Product),
        "object_id": ProductFactory().pk,
    }
    assert api.post(f"{path}/integration_actions/", other, format="json").status_code == 400
    assert not IntegrationAction.objects.exists()


def test_what_is_no_longer_sold(api: APIClient, channel: Any, path: str) -> None:
    sold, unsold, gone = ProductFactory(), ProductFactory(is_active=False), ProductFactory()
    actions = [IntegrationActionFactory(channel=channel, about=row) for row in (sold, unsold, gone)]
    gone.delete()
    asked = {"model": "product", "channel_id": channel.pk, "limit": 100, "page": 1}

    found = api.get(f"{path}/integration_actions/deleted/", asked).json()["results"]

    assert [row["pk"] for row in found] == [actions[1].pk, actions[2].pk]
    assert api.get(f"{path}/integration_actions/deleted/").status_code == 400
    assert api.get(f"{path}/integration_actions/deleted/", {"model": "user"}).status_code == 400


def test_a_deletion_that_failed_is_noted_on_the_action(api: APIClient, channel: Any, path: str) -> None:
    action = IntegrationActionFactory(channel=channel, about=ProductFactory(is_active=False))
    batch = api.post(f"{path}/batch_requests/", {}, format="json").json()["pk"]
    failed = {"pk": action.pk, "content_type": "integrationaction", "failed_reason_type": "channel_app"}

    answer = api.patch(
        f"{path}/batch_requests/{batch}/", {"status": "done", "objects": [failed]}, format="json"
    )

    assert answer.status_code == 200, answer.content
    action.refresh_from_db()
    assert (action.status, action.state) == ("error", {"failed_reason_type": "channel_app"})


def test_reports_are_kept_as_they_come(api: APIClient, channel: Any, path: str) -> None:
    body = {
        "action_content_type": type_of(Order),
        "action_object_id": 5,
        "target_content_type": ContentType.objects.get(model="channel").pk,
        "target_object_id": str(channel.pk),
        "obj_modified_date": "2026-01-02 10:11:12",
        "error_code": "e" * 300,
        "error_desc": "Omnitron-CreateOrders",
        "raw_request": None,
        "raw_response": "x" * 100_000,
        "is_ok": False,
    }

    made = api.post(f"{path}/error_reports/", body, format="json")

    assert made.status_code == 201, made.content
    report = ErrorReport.objects.get()
    assert (report.channel, len(report.raw_response), report.obj_modified_date.isoformat()) == (
        channel,
        100_000,
        "2026-01-02T10:11:12+00:00",
    )
    event = {
        "event_type": "order_error",
        "level": "error",
        "source": "channel_app",
        "message": "m",
        "context": {"error_code": "x"},
        "tags": {},
        "action_content_type": "batchrequest",
        "action_object_id": 7,
        "trace_id": None,
        "span_id": None,
        "parent_span_id": None,
        "raw_data": {"raw_request": "***", "raw_response": None},
    }
    assert api.post(f"{path}/operational_events/", event, format="json").status_code == 201
    assert OperationalEvent.objects.get().action_content_type.model == "batchrequest"
    assert (
        api.post(
            f"{path}/operational_events/", event | {"action_content_type": "nonsense"}, format="json"
        ).status_code
        == 400
    )


def test_unknown_places_are_reports_about_where_they_lie(api: APIClient, channel: Any, path: str) -> None:
    country = Country.objects.create(name="Türkiye", code="tr")
    city = City.objects.create(name="İstanbul", country=country)
    body = {
        "type": "township",
        "remote_code": f"{channel.pk}_Kadıköy",
        "city_id": city.pk,
        "name": "Kadıköy",
        "integration_type": "sales_channel",
        "err_code": "integrations_200_10_1",
        "err_desc": "Address is not valid.",
    }

    assert api.post(f"{path}/error_reports/township/", body, format="json").status_code == 201

    report = ErrorReport.objects.get()
    assert (report.action_content_type.model, report.action_object_id, report.error_code) == (
        "city",
        city.pk,
        "integrations_200_10_1",
    )
    assert '"remote_code": "' + body["remote_code"] in report.raw_request
    blank = body | {"name": None, "err_desc": "", "township_id": None}
    assert api.post(f"{path}/error_reports/township/", blank, format="json").status_code == 201
    ErrorReport.objects.latest("pk").delete()
    for change in ({"type": "city"}, {"city_id": None}, {"colour": "red"}):
        assert api.post(f"{path}/error_reports/township/", body | change, format="json").status_code == 400
    assert api.post(f"{path}/error_reports/street/", body, format="json").status_code == 404
    assert ErrorReport.objects.count() == 1
