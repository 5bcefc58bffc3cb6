from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.catalogs.models import ProductStock
from omnitron.core.models import AuditLog
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.resources.serializers import FLAT_KEYS
from tests.factories.orders import ApprovedOrderFactory, CancellationPlanFactory, OrderFactory, PackageFactory
from tests.factories.payments import LoyaltyTransactionFactory

URL = "/api/v1/orders/"


@pytest.mark.parametrize("verb", ["patch", "put"])
def test_descriptive_fields_are_written_and_answered_flat(api: APIClient, verb: str) -> None:
    order = ApprovedOrderFactory(extra_field={"id": "R-1", "kept": 1})
    before = order.modified_date

    response = getattr(api, verb)(
        f"{URL}{order.pk}/",
        {"is_send": True, "invoice_number": "I-1", "extra_field": {"id": "R-2"}, "shipping_company": "aras"},
    )

    assert response.status_code == 200, response.content
    body = response.json()
    assert tuple(body)[: len(FLAT_KEYS)] == FLAT_KEYS
    assert (body["is_send"], body["invoice_number"]) == (True, "I-1")
    assert body["extra_field"] == {"id": "R-2", "kept": 1}
    order.refresh_from_db()
    assert order.shipping_company == "aras"
    assert order.modified_date > before
    (row,) = AuditLog.objects.all()
    assert (row.event, row.old["is_send"], row.new["is_send"]) == ("order.changed", False, True)
    assert row.old["extra_field"] == {"id": "R-1", "kept": 1}


def test_what_is_already_so_changes_and_audits_nothing(api: APIClient) -> None:
    order = ApprovedOrderFactory(notes="door")
    before = Order.objects.get().modified_date

    assert api.patch(f"{URL}{order.pk}/", {"notes": "door"}).status_code == 200

    assert Order.objects.get().modified_date == before
    assert AuditLog.objects.count() == 0


def test_a_body_may_repeat_what_is_stored(api: APIClient) -> None:
    order = ApprovedOrderFactory(notes="old")
    body = api.get(f"{URL}?number__exact={order.number}").json()["results"][0]

    response = api.put(f"{URL}{order.pk}/", {**body, "notes": "new", "modified_date": body["modified_date"]})

    assert response.status_code == 200, response.content
    assert Order.objects.get().notes == "new"


@pytest.mark.parametrize(
    ("field", "value", "hint"),
    [
        ("status", "500", "Changed by change_order_status; cancellations by cancel."),
        ("cancel_status", "approved", "Changed by update_cancel_status."),
        ("amount", "1.00", "Changed by set_distribute_interest_amount."),
        ("refund_amount", "1.00", "Changed by cancel and its approval."),
        ("number", "other", "Fixed when the order is placed."),
        ("channel", 999, "Fixed when the order is placed."),
        ("shipping_address", 999, "Changed by change_shipping_address."),
        ("created_date", "2026-01-01T00:00:00Z", "This field is read-only."),
        ("is_sent", True, "Unknown field."),
        ("notes", "x" * 321, "Ensure this field has no more than 320 characters."),
    ],
)
def test_what_has_an_action_of_its_own_is_400_naming_it(
    api: APIClient, field: str, value: Any, hint: str
) -> None:
    order = ApprovedOrderFactory()
    before = Order.objects.values().get()

    response = api.patch(f"{URL}{order.pk}/", {"is_send": True, field: value})

    assert (response.status_code, response.json()) == (400, {field: [hint]})
    assert Order.objects.values().get() == before


def test_an_unknown_order_is_404(api: APIClient) -> None:
    for pk in ("-1", "0", "99999999999999999999", "x"):
        for verb in (api.get, api.patch, api.put, api.delete):
            response = verb(f"{URL}{pk}/", {} if verb not in (api.get, api.delete) else None)
            assert (response.status_code, list(response.json())) == (404, ["detail"])


def test_delete_gives_the_stock_back(
    api: APIClient, new_order: dict[str, Any], new_item: dict[str, Any]
) -> None:
    new_order["orderitem_set"] = [{**new_item, "status": "200", "attributes": {"quantity": 2}}]
    pk = api.post(URL, new_order).json()["pk"]
    assert ProductStock.objects.get().sold_quantity_unreported == 2

    assert api.delete(f"{URL}{pk}/").status_code == 204

    assert (Order.objects.count(), OrderItem.objects.count()) == (0, 0)
    assert ProductStock.objects.get().sold_quantity_unreported == 0
    row = AuditLog.objects.get(event="order.deleted")
    assert (row.object_id, row.old["number"]) == (pk, new_order["number"])


@pytest.mark.parametrize(
    ("reason", "prepare"),
    [
        ("it is approved", lambda: ApprovedOrderFactory()),
        ("it has a payment", lambda: LoyaltyTransactionFactory(order=OrderFactory()).order),
        ("it has a cancellation plan", lambda: CancellationPlanFactory(order=OrderFactory()).order),
        ("it has a package", lambda: PackageFactory(order=OrderFactory()).order),
    ],
)
def test_an_order_to_which_something_happened_stays(
    api: APIClient, reason: str, prepare: Callable[[], Order]
) -> None:
    order = prepare()

    response = api.delete(f"{URL}{order.pk}/")

    assert response.status_code == 406
    assert response.json() == {
        "non_field_errors": f"Order {order.number} cannot be deleted: {reason}.",
        "error_code": "order_100_3",
    }
    assert Order.objects.count() == 1
    assert AuditLog.objects.count() == 0


def test_other_verbs_are_405(api: APIClient) -> None:
    assert api.post(f"{URL}1/", {}).status_code == 405
    assert api.delete(URL).status_code == 405
