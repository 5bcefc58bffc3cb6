"""What Trendyol is told, to the letter, and what it is not told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from omnitron.channels.exceptions import (
    ChannelRefusedException,
    ChannelUnreachableException,
    IntegrationUnauthorizedException,
)
from omnitron.channels.integrations.dto import ChangeAnswer, OrderChange
from omnitron.channels.integrations.trendyol.integration import CommandIntegration
from omnitron.omnicore.orders.enums import OrderStatus
from tests.channels.scripted_server import Reply
from tests.channels.trendyol.marketplace import SELLER, Trendyol
from tests.channels.trendyol.samples import package, sample

PACKAGE = f"/order/sellers/{SELLER}/shipment-packages/3330111111"
LINES = [{"lineId": 4765111111, "quantity": 1}]
LINKS = f"/sellers/{SELLER}/seller-invoice-links"
LINK = "https://extfatura.faturaentegratoru.com/324523-34523-52345-3453245.pdf"


def change(kind: str, *, key: str = "k-1", items: tuple[str, ...] = (), **values: Any) -> OrderChange:
    return OrderChange(
        key=key,
        kind=kind,
        order_number="10654411111-3330111111",
        order_remote_id="3330111111",
        values=values,
        item_remote_ids=items,
    )


def accepted(answers: Any) -> list[bool]:
    return [answer.is_accepted for answer in answers]


def at_status(trendyol: Trendyol, status: str, **changes: Any) -> None:
    trendyol.packages = [package(status=status, **changes)]


def test_picking(trendyol: Trendyol, integration: CommandIntegration) -> None:
    at_status(trendyol, "Created")

    answers = integration.send_updates([change("status", status=OrderStatus.PREPARING)])

    assert answers == [ChangeAnswer("k-1", is_accepted=True)]
    assert trendyol.told() == [("PUT", PACKAGE, {"lines": LINES, "params": {}, "status": "Picking"})]


@pytest.mark.parametrize("status", ["Picking", "Invoiced", "Shipped", "Delivered", "Cancelled"])
def test_what_is_at_least_picking_is_not_told_again(
    trendyol: Trendyol, integration: CommandIntegration, status: str
) -> None:
    at_status(trendyol, status)

    assert accepted(integration.send_updates([change("status", status="450")])) == [True]
    assert trendyol.told() == []


@pytest.mark.parametrize("status", [350, 400, 500, 550])
def test_statuses_trendyol_sets_itself_or_does_not_know(
    trendyol: Trendyol, integration: CommandIntegration, status: int
) -> None:
    at_status(trendyol, "Created")

    [answer] = integration.send_updates([change("status", status=status)])

    assert answer.is_accepted
    assert answer.reason
    assert trendyol.told() == []


def test_an_invoice_comes_after_picking_and_with_its_link(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    at_status(trendyol, "Created")
    invoice = change(
        "invoice",
        invoice_number="EME2018000025208",
        invoice_date="2025-11-12T08:30:00+00:00",
        e_archive_url=LINK,
    )

    assert accepted(integration.send_updates([invoice])) == [True]

    assert trendyol.told() == [
        ("PUT", PACKAGE, {"lines": LINES, "params": {}, "status": "Picking"}),
        (
            "PUT",
            PACKAGE,
            {"lines": LINES, "params": {"invoiceNumber": "EME2018000025208"}, "status": "Invoiced"},
        ),
        (
            "POST",
            LINKS,
            {
                "invoiceLink": LINK,
                "shipmentPackageId": 3330111111,
                "invoiceNumber": "EME2018000025208",
                "invoiceDateTime": 1762936200000,
            },
        ),
    ]


def test_what_was_told_in_the_same_breath_is_not_told_twice(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    at_status(trendyol, "Created")
    changes = [
        change("status", key="a", status=450),
        change("invoice", key="b", invoice_number="EME2018000025208"),
    ]

    assert accepted(integration.send_updates(changes)) == [True, True]
    assert [body["status"] for _, _, body in trendyol.told()] == ["Picking", "Invoiced"]


def test_what_is_said_of_lines_and_of_the_order_is_told_once(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    at_status(trendyol, "Picking", whoPays=1)
    changes = [
        change("invoice", key="a", items=("4765111111",), e_archive_url=LINK),
        change("invoice", key="b", e_archive_url=LINK),
        change("tracking", key="c", items=("4765111111",), tracking_number="T-1"),
        change("tracking", key="d", tracking_number="T-1"),
    ]

    assert accepted(integration.send_updates(changes)) == [True] * 4
    assert [path for _, path, _ in trendyol.told()] == [LINKS, f"{PACKAGE}/update-tracking-number"]


def test_only_a_link(trendyol: Trendyol, integration: CommandIntegration) -> None:
    at_status(trendyol, "Shipped")
    moment = datetime(2025, 11, 12, 8, 30, tzinfo=UTC)

    integration.send_updates([change("invoice", e_archive_url=LINK, invoice_date=moment)])

    body = {"invoiceLink": LINK, "shipmentPackageId": 3330111111, "invoiceDateTime": 1762936200000}
    assert trendyol.told() == [("POST", LINKS, body)]


def test_an_invoice_trendyol_has_already(trendyol: Trendyol, integration: CommandIntegration) -> None:
    at_status(trendyol, "Invoiced", invoiceLink=LINK)
    invoice = change("invoice", invoice_number="EME2018000025208", e_archive_url=LINK)

    assert accepted(integration.send_updates([invoice])) == [True]
    assert trendyol.told() == []


def test_another_invoice_than_trendyol_has_is_refused(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    at_status(trendyol, "Invoiced")
    trendyol.replies = [
        trendyol.shows_packages(),
        Reply(409, sample("errors")["409_invoice"]),
    ]

    [answer] = integration.send_updates([change("invoice", e_archive_url=LINK)])

    assert (answer.is_accepted, answer.is_final) == (False, True)
    assert "409" in answer.reason


def test_an_invoice_without_anything_is_refused(trendyol: Trendyol, integration: CommandIntegration) -> None:
    at_status(trendyol, "Picking")

    assert accepted(integration.send_updates([change("invoice", invoice_number="")])) == [False]
    assert trendyol.told() == []


def test_tracking_in_turkey(trendyol: Trendyol, integration: CommandIntegration) -> None:
    at_status(trendyol, "Picking", whoPays=1)

    answers = integration.send_updates([change("tracking", tracking_number="T-1", shipping_company="aras")])

    assert accepted(answers) == [True]
    assert trendyol.told() == [("PUT", f"{PACKAGE}/update-tracking-number", {"trackingNumber": "T-1"})]


def test_tracking_abroad(trendyol: Trendyol, integration_with: Callable[..., CommandIntegration]) -> None:
    at_status(trendyol, "Picking", whoPays=1)
    abroad = integration_with(store_front_code="DE")
    changes = [
        change("tracking", key="a", tracking_number="1111111111", shipping_company="dhl"),
        change("tracking", key="b", tracking_number="2222222222", shipping_company="aras"),
    ]

    answers = abroad.send_updates(changes)

    assert accepted(answers) == [True, False]
    body = {"cargoSenderNumber": "1111111111", "providerCode": "DHLMP"}
    assert trendyol.told() == [("PUT", f"{PACKAGE}/tracking-details", body)]
    assert "aras" in answers[1].reason


@pytest.mark.parametrize("changes", [{"whoPays": None}, {"whoPays": 1, "cargoSenderNumber": "T-1"}])
def test_tracking_trendyol_knows(
    trendyol: Trendyol, integration: CommandIntegration, changes: dict[str, Any]
) -> None:
    """It pays the carrier, or has been told."""
    at_status(trendyol, "Picking", **changes)

    assert accepted(integration.send_updates([change("tracking", tracking_number="T-1")])) == [True]
    assert trendyol.told() == []


def test_what_cannot_be_supplied(trendyol: Trendyol, integration: CommandIntegration) -> None:
    trendyol.packages = [package("discounts", shipmentPackageId=3330111111)]

    answers = integration.send_updates([change("cancel", items=("56040535",), reason=1)])

    assert accepted(answers) == [True]
    body = {"lines": [{"lineId": 56040535, "quantity": 3}], "reasonId": 500}
    assert trendyol.told() == [("PUT", f"{PACKAGE}/items/unsupplied", body)]


def test_a_whole_package(trendyol: Trendyol, integration: CommandIntegration) -> None:
    at_status(trendyol, "Created")

    assert accepted(integration.send_updates([change("cancel", reason=1)])) == [True]
    assert trendyol.told() == [("PUT", f"{PACKAGE}/items/unsupplied", {"lines": LINES, "reasonId": 500})]


@pytest.mark.parametrize("status", ["Shipped", "AtCollectionPoint", "UnDelivered", "Delivered"])
def test_what_the_carrier_has_comes_back_by_claims(
    trendyol: Trendyol, integration: CommandIntegration, status: str
) -> None:
    at_status(trendyol, status)

    [answer] = integration.send_updates([change("cancel", reason=1)])

    assert (answer.is_accepted, answer.is_final) == (False, True)
    assert trendyol.told() == []


@pytest.mark.parametrize("reason", [2, 3, 500, None])
def test_a_reason_trendyol_does_not_know_is_refused(
    trendyol: Trendyol, integration: CommandIntegration, reason: int | None
) -> None:
    at_status(trendyol, "Created")

    [answer] = integration.send_updates([change("cancel", reason=reason)])

    assert not answer.is_accepted
    assert "cancellation_reasons" in answer.reason
    assert trendyol.told() == []


def test_a_line_that_is_not_in_the_package_is_refused(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    at_status(trendyol, "Created")

    assert accepted(integration.send_updates([change("cancel", items=("1",), reason=1)])) == [False]
    assert trendyol.told() == []


@pytest.mark.parametrize("status", ["Cancelled", "UnSupplied", "UnPacked", "Returned"])
def test_what_is_gone_is_not_cancelled_again(
    trendyol: Trendyol, integration: CommandIntegration, status: str
) -> None:
    at_status(trendyol, status)

    assert accepted(integration.send_updates([change("cancel", reason=1)])) == [True]
    assert trendyol.told() == []


def test_a_line_that_went_on_in_another_package_is_not_cancelled(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    """The package is cancelled because another line of it was."""
    at_status(trendyol, "Cancelled")
    trendyol.packages.append(package(status="Created", shipmentPackageId=3330111119, createdBy="cancel"))

    [answer] = integration.send_updates([change("cancel", reason=1)])

    assert not answer.is_accepted
    assert "3330111119" in answer.reason
    assert trendyol.told() == []


def test_a_second_change_of_a_package_just_dissolved_waits(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    trendyol.packages = [package("discounts", shipmentPackageId=3330111111)]
    changes = [
        change("cancel", key="a", items=("56040534",), reason=1),
        change("cancel", key="b", items=("56040535",), reason=1),
    ]

    assert [answer.key for answer in integration.send_updates(changes)] == ["a"]
    assert len(trendyol.told()) == 1


def test_a_package_trendyol_does_not_show_is_refused(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    assert accepted(integration.send_updates([change("status", status=450)])) == [False]
    assert trendyol.told() == []


def test_one_refusal_does_not_stop_the_next_change(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    at_status(trendyol, "Created", whoPays=1)
    trendyol.replies = [
        trendyol.shows_packages(),
        Reply(400, {"errors": [{"message": "Shipment Update Edilebilir Bir Durumda Değil."}]}),
    ]
    changes = [
        change("tracking", key="a", tracking_number="T-1"),
        change("status", key="b", status=450),
    ]

    answers = integration.send_updates(changes)

    assert [(answer.key, answer.is_accepted) for answer in answers] == [("a", False), ("b", True)]


def test_a_lost_answer_is_looked_up_not_repeated(trendyol: Trendyol, integration: CommandIntegration) -> None:
    at_status(trendyol, "Created")
    pages = trendyol.shows_packages()
    trendyol.replies = [pages, Reply(502)]
    with pytest.raises(ChannelUnreachableException):
        integration.send_updates([change("status", status=450)])
    assert len(trendyol.told()) == 1

    at_status(trendyol, "Picking")
    assert accepted(integration.send_updates([change("status", status=450)])) == [True]
    assert len(trendyol.told()) == 1


def test_too_many_requests_have_not_been_told(trendyol: Trendyol, integration: CommandIntegration) -> None:
    at_status(trendyol, "Created")
    pages = trendyol.shows_packages()
    trendyol.replies = [pages, Reply(429, sample("errors")["429"])]

    assert accepted(integration.send_updates([change("status", status=450)])) == [True]
    assert len(trendyol.told()) == 2


def test_a_request_that_is_blocked_is_no_refusal_of_a_change(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    """403 is what Trendyol answers to who does not say who asks."""
    at_status(trendyol, "Created")
    trendyol.replies = [trendyol.shows_packages(), Reply(403)]

    with pytest.raises(ChannelRefusedException):
        integration.send_updates([change("status", status=450)])


def test_refused_credentials_are_nobodys_refusal_of_a_change(
    trendyol: Trendyol, integration: CommandIntegration
) -> None:
    at_status(trendyol, "Created")
    pages = trendyol.shows_packages()
    trendyol.replies = [pages, Reply(401), Reply(401)]

    with pytest.raises(IntegrationUnauthorizedException):
        integration.send_updates([change("status", status=450)])
