"""What operators do with orders, plans, requests and packages in the admin, or are told why not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.test import Client

from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditLog, AuditSource
from omnitron.omnicore.orders.enums import CancelStatus, OrderStatus
from omnitron.orders.enums import CancellationRequestStatus, PackageStatus
from omnitron.orders.models import CancellationPlan, CancellationReason, Order, Package
from omnitron.orders.service import OrderService
from tests.admin.rows import page_of
from tests.factories.channels import BatchRequestFactory, IntegrationActionFactory
from tests.factories.orders import (
    ApprovedOrderFactory,
    CancellationReasonFactory,
    CancellationRequestFactory,
    OrderFactory,
    PackageFactory,
)
from tests.factories.users import UserFactory


def do(client: Client, row: Any, name: str, **values: Any) -> HttpResponse:
    return client.post(_address(row, name), values)


def _address(row: Any, name: str) -> str:
    return page_of(row).removesuffix("change/") + f"do/{name}/"


def state(order: Order) -> tuple[Any, ...]:
    """What must not move when something is refused."""
    order.refresh_from_db()
    statuses = list(order.orderitem_set.order_by("pk").values_list("status", flat=True))
    return (
        order.status,
        order.modified_date,
        statuses,
        CancellationPlan.objects.count(),
        AuditLog.objects.count(),
    )


def errors_of(response: HttpResponse) -> list[str]:
    assert response.status_code == 200
    return list(response.context["form"].non_field_errors())


@pytest.fixture
def order(db: None) -> Order:
    return ApprovedOrderFactory(number="1001", captured_by_card=True, shipping_amount=Decimal("10.00"))


@pytest.fixture
def reason(db: None) -> CancellationReason:
    return CancellationReasonFactory(subject="Changed my mind")


@pytest.fixture
def chosen(order: Order, reason: CancellationReason) -> dict[str, str]:
    """What a form posts that cancels the first item."""
    return {f"item_{order.orderitem_set.earliest('pk').pk}": "on", "reason": str(reason.pk)}


@pytest.fixture
def open_plan(order: Order, reason: CancellationReason, audit_context: AuditContext) -> CancellationPlan:
    item = order.orderitem_set.earliest("pk")
    return OrderService.cancel_order(
        order, reasons={item.pk: reason.pk}, cancel_items=[item.pk], audit_context=audit_context
    )


def digest_of(response: HttpResponse) -> str:
    assert errors_of(response) == []
    return response.context["preview"]["digest"]


def test_the_order_says_what_may_be_done_and_why_not(admin_client: Client, order: Order) -> None:
    shown = {action.title: action for action in admin_client.get(page_of(order)).context["page_actions"]}

    assert [title for title, action in shown.items() if action.address] == [
        "Change status",
        "Mark as not sent",
        "Change shipping address",
        "Change billing address",
        "Cancel",
        "Update cancel status",
    ]
    assert shown["Cancel"].address == _address(order, "cancel")
    assert [reason[-13:] for reason in shown["Approve cancellation"].because] == ["[order_400_9]"]


def test_every_page_of_an_action_opens_and_changes_nothing(
    admin_client: Client, order: Order, open_plan: CancellationPlan
) -> None:
    package = PackageFactory(order=order)
    wish = CancellationRequestFactory(order_item=order.orderitem_set.last())
    before = state(order)

    for row in (order, open_plan, wish, package):
        actions = admin_client.get(page_of(row)).context["adminform"].model_admin.page_actions
        for action in actions:
            assert admin_client.get(_address(row, action.name)).status_code == 200, action.name
    assert state(order) == before


def test_a_status_is_changed_by_whoever_clicked(admin_client: Client, order: Order) -> None:
    response = do(admin_client, order, "change_order_status", status="450")

    assert response.url == page_of(order)
    assert state(order)[2] == [450, 450]
    assert set(AuditLog.objects.values_list("source", "actor__username")) == {(AuditSource.ADMIN, "ada")}


def test_a_refusal_is_told_with_its_code_and_changes_nothing(admin_client: Client, order: Order) -> None:
    before = state(order)

    response = do(admin_client, order, "change_order_status", status="200")

    assert [error[-13:] for error in errors_of(response)] == ["[order_200_3]"]
    assert state(order) == before


@pytest.mark.parametrize("name", ["change_order_status", "update_cancel_status"])
def test_a_form_left_empty_is_shown_again(name: str, admin_client: Client, order: Order) -> None:
    before = state(order)

    response = do(admin_client, order, name)

    assert (response.status_code, bool(response.context["form"].errors)) == (200, True)
    assert state(order) == before


def test_a_cancellation_is_shown_figure_by_figure_and_then_done_exactly_so(
    admin_client: Client, order: Order, chosen: dict[str, str]
) -> None:
    before = state(order)

    previewed = do(admin_client, order, "cancel", **chosen, is_cargo_refund="on")

    preview = previewed.context["preview"]
    assert (preview["refund_amount"], preview["items"][0]["shipping_share"]) == ("105.00", "5.00")
    assert "plus shipping 5.00: is_cargo_refund" in previewed.content.decode()
    assert 'name="_confirm"' in previewed.content.decode()
    assert 'name="_confirm"' not in admin_client.get(_address(order, "cancel")).content.decode()
    assert state(order) == before

    digest = preview["digest"]
    done = do(admin_client, order, "cancel", **chosen, is_cargo_refund="on", digest=digest, _confirm="1")

    plan = CancellationPlan.objects.get()
    assert done.url == page_of(order)
    assert (plan.refund_amount, plan.created_by.username) == (Decimal("105.00"), "ada")
    assert state(order)[2] == [OrderStatus.CANCELLATION_WAITING, OrderStatus.APPROVED]


def test_things_that_have_changed_since_the_preview_are_shown(
    admin_client: Client, order: Order, chosen: dict[str, str]
) -> None:
    digest = digest_of(do(admin_client, order, "cancel", **chosen))
    order.orderitem_set.update(discount_amount=Decimal("1.00"))
    before = state(order)

    response = do(admin_client, order, "cancel", **chosen, digest=digest, _confirm="1")

    difference = {part["at"]: (part["then"], part["now"]) for part in response.context["difference"]}
    assert response.context["outdated"] == "Things have changed since the preview."
    assert difference["refund_amount"] == ("100.00", "99.00")
    assert response.context["preview"]["refund_amount"] == "99.00"
    assert state(order) == before


@pytest.mark.parametrize(
    ("case", "changes", "told"),
    [
        ("no reason", {"reason": ""}, "[order_400_3]"),
        ("more than was paid", {"forced_refund_amount": "9999.00"}, "[order_400_10]"),
        ("no IBAN", {"iban": "TR"}, None),
        ("not confirmed", {"digest": "x"}, None),
        ("a forged digest", {"digest": "x", "_confirm": "1"}, None),
    ],
)
def test_what_cannot_be_cancelled_so_changes_nothing(
    case: str,
    changes: dict[str, str],
    told: str | None,
    admin_client: Client,
    order: Order,
    chosen: dict[str, str],
) -> None:
    before = state(order)

    response = do(admin_client, order, "cancel", **chosen | changes)

    assert response.status_code == 200
    if told:
        assert [error.rpartition(" ")[2] for error in errors_of(response)] == [told]
    assert state(order) == before


@pytest.mark.parametrize(
    ("name", "values", "plan_status", "first_item"),
    [
        ("cancellation_approved_order", {"invoice_number": "R-1"}, "waiting_for_payment", 100),
        ("cancellation_reject_order", {}, "rejected", 400),
        ("update_cancel_status", {"cancel_status": "confirmed"}, "confirmed", 50),
    ],
)
def test_a_cancellation_is_decided_on_the_order(
    name: str,
    values: dict[str, str],
    plan_status: str,
    first_item: int,
    admin_client: Client,
    order: Order,
    open_plan: CancellationPlan,
) -> None:
    assert do(admin_client, order, name, **values).url == page_of(order)

    open_plan.refresh_from_db()
    assert (open_plan.status, state(order)[2][0]) == (plan_status, first_item)


def test_updating_the_cancel_status_opens_a_refund_by_hand(
    admin_client: Client, order: Order, chosen: dict[str, str]
) -> None:
    do(admin_client, order, "update_cancel_status", **chosen, cancel_status="manuel_refund_need")

    assert CancellationPlan.objects.get().status == CancelStatus.MANUEL_REFUND_NEED
    assert state(order)[2] == [OrderStatus.CANCELLED, OrderStatus.APPROVED]


def test_a_plan_is_approved_then_completed_with_a_proof(
    admin_client: Client, open_plan: CancellationPlan
) -> None:
    assert do(admin_client, open_plan, "approved").url == page_of(open_plan)
    refused = do(admin_client, open_plan, "completed")
    assert [error[-13:] for error in errors_of(refused)] == ["[order_500_1]"]
    assert do(admin_client, open_plan, "completed", proof="EFT 77").url == page_of(open_plan)

    open_plan.refresh_from_db()
    assert (open_plan.status, open_plan.refund_set.get().proof) == (CancelStatus.COMPLETED, "EFT 77")
    shown = admin_client.get(page_of(open_plan)).context["page_actions"]
    assert [action.address for action in shown] == [None, None, None]


def test_a_request_is_confirmed_and_rejected(admin_client: Client, order: Order) -> None:
    wish = CancellationRequestFactory(order_item=order.orderitem_set.first())

    for name in ("confirmed", "rejected"):
        assert do(admin_client, wish, name).url == page_of(wish)
    refused = do(admin_client, wish, "approved")

    wish.refresh_from_db()
    assert wish.status == CancellationRequestStatus.REJECTED
    assert [error[-14:] for error in errors_of(refused)] == ["[order_400_14]"]


def test_a_package_is_moved_and_only_what_was_changed_is_written(admin_client: Client, order: Order) -> None:
    package = PackageFactory(order=order, tracking_number="T-1")
    shown = {"initial-status": "100", "initial-tracking_number": "old", "initial-tracking_url": ""}

    response = do(
        admin_client,
        package,
        "update_package",
        **shown,
        status=str(PackageStatus.SHIPPED),
        tracking_number="old",
    )

    package = Package.objects.get()
    assert response.url == page_of(package)
    assert (package.status, package.tracking_number) == (PackageStatus.SHIPPED, "T-1")


def test_a_refund_is_closed_by_hand_or_tried_again(admin_client: Client, order: Order) -> None:
    cancelled = OrderService.cancel_order(
        order,
        reasons=dict.fromkeys(
            order.orderitem_set.values_list("pk", flat=True), CancellationReasonFactory().pk
        ),
        is_all=True,
        next_status=CancelStatus.MANUEL_REFUND_NEED,
        ibans=["TR330006100519786457841326"],
        audit_context=AuditContext.system(AuditSource.CRON),
    )
    refund = cancelled.refund_set.get()
    listed = admin_client.get("/admin/orders/refund/?status__in=manual,failed").content.decode()
    assert "TR330006100519786457841326" in listed
    assert len(admin_client.get(page_of(refund)).context["page_actions"]) == 2

    assert do(admin_client, refund, "complete", proof=" ").context["form"].errors == {
        "proof": ["This field is required."]
    }
    assert do(admin_client, refund, "complete", proof="EFT 9").url == page_of(refund)

    refund.refresh_from_db()
    cancelled.refresh_from_db()
    assert (refund.status, refund.proof, cancelled.status) == ("done", "EFT 9", "completed")
    shown = admin_client.get(page_of(refund)).context["page_actions"]
    assert [action.address for action in shown] == [None, None]
    assert [error[-13:] for error in errors_of(do(admin_client, refund, "retry"))] == ["[order_500_4]"]


def test_a_batch_no_answer_comes_for_is_given_up(admin_client: Client) -> None:
    order = OrderFactory()
    batch = BatchRequestFactory(channel=order.channel, status="sent_to_remote")
    action = IntegrationActionFactory(
        channel=order.channel,
        about=order,
        status="processing",
        previous_status="success",
        local_batch_id=batch.local_batch_id,
    )

    assert do(admin_client, batch, "fail").url == page_of(batch)

    batch.refresh_from_db()
    action.refresh_from_db()
    assert (batch.status, action.status) == ("fail", "success")
    (shown,) = admin_client.get(page_of(batch)).context["page_actions"]
    assert (shown.address, [text.split()[-1] for text in shown.because]) == (
        None,
        ["[batch_request_status_100_1]"],
    )


def test_rights_and_reach_are_held(
    limited_client: Client, limited_user: Any, order: Order, chosen: dict[str, str]
) -> None:
    clerk = UserFactory(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_order", "change_order"]))
    client = Client()
    client.force_login(clerk)
    before = state(order)

    titles = [action.title for action in client.get(page_of(order)).context["page_actions"]]
    assert "Change status" in titles
    assert not {"Cancel", "Approve cancellation", "Update cancel status"} & set(titles)
    for name in (
        "cancel",
        "cancellation_approved_order",
        "cancellation_reject_order",
        "update_cancel_status",
    ):
        assert do(client, order, name, **chosen).status_code == 403
    # Not of the limited user's channel: as if it were not there.
    assert do(limited_client, order, "change_order_status", status="450").url == "/admin/"
    assert client.get(_address(order, "explode")).status_code == 404
    assert state(order) == before
