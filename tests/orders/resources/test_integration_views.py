"""The addresses the ERP documentation names."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from omnitron.orders.models import CancellationReason
from omnitron.orders.resources.serializers import DETAIL_KEYS as STORED_KEYS
from tests.factories.orders import (
    ApprovedOrderFactory,
    BenefitApplicantFactory,
    CancellationReasonFactory,
    ConditionApplicantFactory,
)

DETAIL_KEYS = (*STORED_KEYS, "available_actions")


@pytest.mark.parametrize("path", ["/api/i1/orders/N-1/", "/api/i1/orders/N-1", "/api/v1/order_number/N-1/"])
def test_an_order_by_its_number(api: APIClient, path: str) -> None:
    order = ApprovedOrderFactory(number="N-1")

    body = api.get(path).json()

    assert (tuple(body), body["pk"]) == (DETAIL_KEYS, order.pk)
    assert api.get(path.replace("N-1", "N-2")).status_code == 404
    assert api.get(path.replace("N-1", str(order.pk))).status_code == 404


def test_a_number_in_two_channels_needs_the_channel(api: APIClient) -> None:
    first, second = ApprovedOrderFactory(number="N-1"), ApprovedOrderFactory(number="N-1")

    refused = api.get("/api/i1/orders/N-1/")
    assert (refused.status_code, refused.json()["error_code"]) == (406, "order_100_2")
    assert f"{first.channel_id}, {second.channel_id}" in refused.json()["non_field_errors"]
    assert api.get(f"/api/i1/orders/N-1/?channel={second.channel_id}").json()["pk"] == second.pk
    assert api.get("/api/i1/orders/N-1/?channel=x").status_code == 404


def test_other_verbs_take_the_pk_below_both_prefixes(api: APIClient) -> None:
    order = ApprovedOrderFactory(number="N-1")

    assert api.patch(f"/api/i1/orders/{order.pk}/", {"is_send": True}).json()["is_send"] is True
    assert api.patch("/api/i1/orders/N-1/", {"is_send": True}).status_code == 404
    assert api.get("/api/i1/orders/?is_send=True&limit=5").json()["count"] == 1


@pytest.mark.parametrize("prefix", ["v1", "i1"])
def test_detailed_integration(api: APIClient, prefix: str) -> None:
    order = ApprovedOrderFactory(items=2, captured_by_card=True)
    item = order.orderitem_set.first()
    benefit = BenefitApplicantFactory(order_item=item, discount_item__amount="5.00")
    ConditionApplicantFactory(order_item=item, discount_item=benefit.discount_item)

    whole = api.get(f"/api/{prefix}/orders_integration/{order.pk}/detailed_integration/").json()
    assert tuple(whole) == DETAIL_KEYS
    assert whole["customer"]["email"] == order.customer.email
    assert whole["shipping_address"]["country"]["name"] == order.shipping_address.country.name
    assert whole["transaction_set"][0]["transaction_type"] == "purchase"
    assert len(whole["orderitem_set"]) == 2

    items = api.get(f"/api/{prefix}/order_item/detailed_integration/?order={order.pk}&sort=id").json()
    assert items["results"] == whole["orderitem_set"]
    one = api.get(f"/api/{prefix}/order_item/{item.pk}/detailed_integration/").json()
    assert one == whole["orderitem_set"][0]

    discounts = api.get(f"/api/{prefix}/discount_items/detailed_integration/?order={order.pk}").json()
    assert discounts["results"] == whole["discountitem_set"]
    (discount,) = discounts["results"]
    assert discount["benefitapplicant_set"][0]["order_item"] == item.pk
    assert discount["conditionapplicant_set"][0]["order_item"] == item.pk
    assert discount["promotion"]["slug"] == benefit.discount_item.promotion.slug
    assert api.get(f"/api/{prefix}/discount_items/{discount['pk']}/detailed_integration/").json() == discount


def test_deleting_a_reason_deactivates_it(api: APIClient) -> None:
    reason = CancellationReasonFactory()

    assert api.delete(f"/api/v1/cancellation_reasons/{reason.pk}/").status_code == 204

    assert CancellationReason.objects.get().is_active is False
