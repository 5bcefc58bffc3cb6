"""Wishes to cancel, plans by themselves, and shares given out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.orders.models import CancellationPlan, CancellationRequest, Order, OrderItem
from tests.factories.orders import (
    ApprovedOrderFactory,
    BenefitApplicantFactory,
    CancellationPlanFactory,
    CancellationRequestFactory,
    DiscountItemFactory,
)
from tests.factories.payments import TransactionFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/cancellation_requests/"
PLANS = "/api/v1/cancellation_plans/"
Act = Callable[..., Any]


def merged(quantity: int = 4) -> OrderItem:
    """A line of four units at 25.00 each, paid by card."""
    order = ApprovedOrderFactory(items=1, captured_by_card=True)
    order.orderitem_set.update(attributes={"quantity": quantity})
    return order.orderitem_set.get()


def ask(api: APIClient, item: OrderItem, reason: Any, **more: Any) -> Any:
    return api.post(URL, {"order_item": item.pk, "reason": reason.pk, "cancellation_type": "cancel", **more})


def test_a_wish_changes_nothing_until_it_is_granted(api: APIClient, reason: Any) -> None:
    item = merged(1)

    asked = ask(api, item, reason, description="changed my mind", iban="TR1", holder_name="A")

    assert (asked.status_code, asked.json()["status"]) == (201, "waiting_approval")
    item.refresh_from_db()
    assert (item.status, item.cancel_status) == (400, None)
    confirmed = api.post(f"{URL}{asked.json()['id']}/confirm/").json()
    assert confirmed["status"] == "confirmed"
    granted = api.post(f"{URL}{asked.json()['id']}/approve/").json()
    plan = CancellationPlan.objects.get()
    assert (granted["status"], granted["cancellation_plan"]) == ("approved", plan.pk)
    assert (plan.status, plan.refund_amount, plan.ibans) == (
        "waiting_for_payment",
        Decimal("100.00"),
        ["TR1"],
    )
    api.post(
        f"/api/v1/orders/{item.order_id}/update_cancel_status/",
        {"cancel_status": "completed", "proof": "EFT"},
    )
    assert api.get(f"{URL}{asked.json()['id']}/").json()["status"] == "completed"


def test_some_units_are_split_off_first(api: APIClient, reason: Any) -> None:
    item = merged(4)
    asked = ask(api, item, reason, quantity=3).json()

    granted = api.post(f"{URL}{asked['id']}/approve/").json()

    kept, gone = OrderItem.objects.order_by("pk")
    assert (kept.pk, kept.price, kept.status, kept.attributes) == (
        item.pk,
        Decimal("25.00"),
        400,
        {"quantity": 1},
    )
    assert (gone.price, gone.status, gone.attributes) == (Decimal("75.00"), 100, {"quantity": 3})
    assert granted["order_item"] == gone.pk
    assert Order.objects.get().refund_amount == Decimal("75.00")


@pytest.mark.parametrize(
    ("quantities", "status", "name"),
    [
        ([5], 400, "quantity"),
        ([2, 3], 406, "order_400_15"),
        ([None, 1], 406, "order_400_15"),
        ([0], 400, "quantity"),
    ],
)
def test_more_units_than_there_are(
    api: APIClient, reason: Any, quantities: list[int | None], status: int, name: str
) -> None:
    item = merged(4)
    for quantity in quantities[:-1]:
        ask(api, item, reason, quantity=quantity)

    refused = ask(api, item, reason, quantity=quantities[-1])

    body = refused.json()
    assert refused.status_code == status
    assert name in body or body["error_code"] == name
    assert CancellationRequest.objects.count() == len(quantities) - 1


def test_a_decided_wish_is_decided(api: APIClient, reason: Any) -> None:
    item = merged(1)
    pk = ask(api, item, reason).json()["id"]
    assert api.post(f"{URL}{pk}/reject/").json()["status"] == "rejected"

    for name in ("approve", "confirm", "reject"):
        refused = api.post(f"{URL}{pk}/{name}/")
        assert (refused.status_code, refused.json()["error_code"]) == (406, "order_400_14")
    assert not CancellationPlan.objects.exists()


def test_a_wish_for_an_item_of_an_open_plan_approves_its_part(
    api: APIClient, cancel: Act, reason: Any
) -> None:
    order = ApprovedOrderFactory(items=2, captured_by_card=True)
    first, second = order.orderitem_set.order_by("pk")
    pk = ask(api, first, reason).json()["id"]
    cancel(order)

    assert api.post(f"{URL}{pk}/approve/").json()["status"] == "approved"

    assert [item.status for item in OrderItem.objects.order_by("pk")] == [100, 50]


def test_an_easy_return_is_named_by_its_request(api: APIClient, reason: Any) -> None:
    sent = {"shipping_company": "aras", "code": "R-77", "max_count": 2}
    easy_return = api.post("/api/v1/easy_returns/", sent)
    assert easy_return.status_code == 201
    pk = easy_return.json()["id"]

    asked = ask(api, merged(1), reason, easy_return=pk)

    assert asked.status_code == 201
    shown = api.get(f"{URL}{asked.json()['id']}/").json()["easy_return"]
    assert (shown["id"], shown["code"], shown["status"]) == (pk, "R-77", "active")
    assert ask(api, merged(1), reason, easy_return=pk + 1).status_code == 400


def test_plans_are_found_by_their_documented_filters(api: APIClient) -> None:
    plan = CancellationPlanFactory(refund_invoice_number="R-1")
    CancellationPlanFactory(plan_type="refund", status="rejected")
    order = plan.order

    for query in (
        f"order_id={order.pk}",
        f"order_number={order.number}",
        "plan_type=cancel",
        "cancellation_plan_status=waiting",
        f"channel_type={order.channel.channel_type}&channel_id__in={order.channel_id}",
        "invoice_number=R-1",
    ):
        found = api.get(f"{PLANS}?{query}").json()
        assert [row["pk"] for row in found["results"]] == [plan.pk], query
    assert api.get(f"{PLANS}?staff_remote_id=x&retail_store_remote_id=y&created_by=1").json()["count"] == 0
    assert api.get(f"{PLANS}?unknown=1").status_code == 400


def test_a_payment_plan_says_how_much_for_which_items(api: APIClient, cancel: Act, act: Act) -> None:
    order = ApprovedOrderFactory(items=3, captured_by_card=True)
    pks = list(order.orderitem_set.order_by("pk").values_list("pk", flat=True))
    plan = cancel(order)["cancellationplan_set"][0]["pk"]
    part = {"transaction_type": "refund", "order_items": pks[:2], "refund_amount": 99.99}

    answer = api.post(f"{PLANS}{plan}/create_payment_plan/", {"payment_plan": [part]})

    assert (answer.status_code, answer.json()) == (200, {})
    shown = act(order, "cancellation_approved_order")
    rows = shown["cancellationplan_set"][0]["cancellationplanorderitem_set"]
    assert [row["refund_amount"] for row in rows] == ["50.00", "49.99", "100.00"]
    assert shown["refund_amount"] == "199.99"
    again = api.post(f"{PLANS}{plan}/create_payment_plan/", {"payment_plan": [part]})
    assert (again.status_code, again.json()["error_code"]) == (406, "order_400_16")
    for body, status in (
        ({"payment_plan": []}, 400),
        ({"payment_plan": [{**part, "transaction_type": "x"}]}, 400),
        ({}, 400),
    ):
        assert api.post(f"{PLANS}{plan}/create_payment_plan/", body).status_code == status


def test_who_is_paid_back_by_hand_may_still_change(api: APIClient, cancel: Act) -> None:
    order = ApprovedOrderFactory(captured_by_card=True)
    plan = cancel(order, next_status="manuel_refund_need")["cancellationplan_set"][0]["pk"]

    answer = api.patch(f"{PLANS}{plan}/", {"ibans": ["TR320010009999901234567890"], "holder_names": ["Ada"]})

    assert (answer.status_code, answer.json()["holder_names"]) == (200, ["Ada"])
    assert order.refund_set.get().holder_name == "Ada"
    assert api.patch(f"{PLANS}{plan}/", {"refund_amount": "1.00"}).status_code == 400
    closed = api.patch(f"{PLANS}{plan}/", {"status": "completed", "proof": "EFT"}).json()
    assert closed["status"] == "completed"


def test_limited_users_see_their_channels_plans_only(api_of: Callable[..., APIClient]) -> None:
    mine, theirs = CancellationRequestFactory(), CancellationRequestFactory()
    plan = CancellationPlanFactory(order=theirs.order_item.order)
    rights = ("orders.view_cancellationrequest", "orders.decide_cancellation", "orders.view_cancellationplan")
    client = api_of(*rights, channels=[mine.order_item.order.channel])

    assert [row["id"] for row in client.get(URL).json()["results"]] == [mine.pk]
    assert client.post(f"{URL}{theirs.pk}/approve/").status_code == 404
    assert client.patch(f"{PLANS}{plan.pk}/", {"status": "rejected"}).status_code == 404


def _shares(order: Order) -> list[tuple[Decimal, Decimal, Decimal | None]]:
    columns = ("discount_amount", "installment_interest_amount", "shipping_share")
    return list(order.orderitem_set.order_by("pk").values_list(*columns))


def test_shares_are_given_out_and_too_high_a_discount_moves_on(act: Act) -> None:
    order = ApprovedOrderFactory(items=3, item_price=Decimal("10.00"), shipping_amount=Decimal("10.00"))
    first = order.orderitem_set.order_by("pk").first()
    discount = DiscountItemFactory(order=order, amount=Decimal("14.00"))
    BenefitApplicantFactory(order_item=first, discount_item=discount, amount=Decimal("0.00"))
    Order.objects.filter(pk=order.pk).update(installment_interest_amount=Decimal("1.00"))

    shown = act(order, "set_distribute_interest_amount")

    d, zero = Decimal, Decimal("0.00")
    assert _shares(order) == [
        (d("10.00"), zero, zero),
        (d("2.00"), d("0.50"), d("5.00")),
        (d("2.00"), d("0.50"), d("5.00")),
    ]
    assert shown["discount_amount"] == "14.00"
    order.refresh_from_db()
    assert order.total_difference == d("13.00")
    again = act(order, "set_distribute_interest_amount")
    assert again["discount_amount"] == "14.00"


def test_shares_are_frozen_by_the_first_cancellation(
    act: Act, cancel: Act, picture: Callable[[], Any]
) -> None:
    order = ApprovedOrderFactory(items=2)
    TransactionFactory(order=order)
    cancel(order, order.orderitem_set.first().pk)
    before = picture()

    assert act(order, "set_distribute_interest_amount", expect=406)["error_code"] == "order_300_4"
    assert picture() == before
