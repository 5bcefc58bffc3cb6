"""What payment resources have of their own, through the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.payments.models import Bank, Pos
from tests.factories.channels import ChannelFactory
from tests.factories.orders import ApprovedOrderFactory
from tests.factories.payments import (
    BankFactory,
    CardFactory,
    CashRegisterTransactionFactory,
    FundsTransferTransactionFactory,
    PosFactory,
    TransactionFactory,
)

pytestmark = pytest.mark.django_db


def pks(api: APIClient, path: str, **parameters: Any) -> list[int]:
    response = api.get(f"/api/v1/{path}/", {"sort": "id", **parameters})
    assert response.status_code == 200, response.content
    return [row["pk"] for row in response.json()["results"]]


def test_a_card_payment_in_full(api: APIClient) -> None:
    order = ApprovedOrderFactory(items=2)
    payment = TransactionFactory(
        order=order, transaction_date="2020-12-24T09:07:54.639779Z", installment_count=3, reference="R-1"
    )

    row = api.get(f"/api/v1/transactions/{payment.pk}/").json()

    del row["created_date"], row["modified_date"]
    assert row == {
        "pk": payment.pk,
        "order": order.pk,
        "transaction_type": "purchase",
        "status": "confirmed",
        "amount": "200.00",
        "currency": "try",
        "transaction_date": "2020-12-24T09:07:54.639779Z",
        "reference": "R-1",
        "extra_field": {},
        "pos": payment.pos_id,
        "bin_number": "450634",
        "installment_count": 3,
    }


@pytest.mark.parametrize("path", ["transactions", "order_transactions"])
@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"order__number": "N-1"}, "a"),
        ({"order__number__in": "N-1,N-2"}, "ab"),
        ({"amount__gte": "100", "amount__lt": "200"}, "a"),
        ({"status": "pending"}, "b"),
        ({"status__in": "pending,confirmed"}, "ab"),
        ({"transaction_type": "refund"}, "b"),
        ({"currency": "eur"}, "b"),
        ({"transaction_date__date": "2020-01-01"}, "a"),
        ({"transaction_date__gt": "2020-01-01T00:00:00.000000Z"}, "b"),
        ({"reference__isnull": "true"}, "b"),
        ({"extra_field__rrn": "7"}, "a"),
        ({"pos__slug": "main"}, "a"),
        ({"installment_count__gt": "1"}, "b"),
        ({"search": "n-1"}, "a"),
        ({"search": "ref-a"}, "a"),
    ],
)
def test_filters_of_card_payments(
    api: APIClient, path: str, parameters: dict[str, str], expected: str
) -> None:
    rows = {
        "a": TransactionFactory(
            order__number="N-1",
            amount=Decimal("100.00"),
            transaction_date="2020-01-01T00:00:00Z",
            reference="REF-A",
            extra_field={"rrn": 7},
            pos__slug="main",
        ),
        "b": TransactionFactory(
            order__number="N-2",
            amount=Decimal("200.00"),
            status="pending",
            transaction_type="refund",
            currency="eur",
            transaction_date="2020-01-02T00:00:00Z",
            installment_count=2,
        ),
    }

    assert pks(api, path, **parameters) == [rows[name].pk for name in expected]


def test_payments_of_one_order(api: APIClient) -> None:
    payment, other = TransactionFactory(), TransactionFactory()

    assert pks(api, "transactions", order=payment.order_id) == [payment.pk]
    assert pks(api, "transactions", order__channel=other.order.channel_id) == [other.pk]


def test_what_only_some_kinds_have(api: APIClient) -> None:
    transfer, till = FundsTransferTransactionFactory(), CashRegisterTransactionFactory()

    assert pks(api, "funds_transfer_transactions", iban=transfer.iban, bank=transfer.bank_id) == [transfer.pk]
    assert pks(api, "cash_register_transactions", retail_store=till.retail_store_id) == [till.pk]
    assert api.get("/api/v1/bex_transactions/", {"iban": "x"}).json() == {"iban": ["Unknown parameter."]}


def test_a_pos_is_unique_in_its_channel_and_outside_of_any(api: APIClient) -> None:
    first, second = ChannelFactory(), ChannelFactory()
    body = {"name": "POS", "slug": "main", "gateway": "demo"}
    refusal = {"non_field_errors": ["The fields slug, channel must make a unique set."]}

    for channel in (first.pk, second.pk, None):
        assert api.post("/api/v1/pos/", body | {"channel": channel}).status_code == 201
        assert api.post("/api/v1/pos/", body | {"channel": channel}).json() == refusal
    assert Pos.objects.count() == 3


def test_a_bank_with_cards_cannot_be_deleted(api: APIClient) -> None:
    card, unused = CardFactory(), BankFactory()

    response = api.delete(f"/api/v1/banks/{card.bank_id}/")

    assert response.status_code == 406
    assert response.json() == {
        "non_field_errors": f"bank {card.bank_id} cannot be deleted: cards refer to it.",
        "error_code": "omnitron_100_2",
    }
    assert api.delete(f"/api/v1/banks/{unused.pk}/").status_code == 204
    assert list(Bank.objects.values_list("pk", flat=True)) == [card.bank_id]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("installment_count", 2**31),
        ("installment_count", -1),
        ("interest_rate", "100.01"),
        ("interest_rate", "0.001"),
        ("card", 2**62),
        ("label", "x" * 256),
    ],
)
def test_an_installment_out_of_bounds_is_refused_by_name(api: APIClient, field: str, value: Any) -> None:
    response = api.post("/api/v1/installments/", {"label": "In parts", field: value})

    assert (response.status_code, list(response.json())) == (400, [field])


def test_a_pos_keeps_its_channel_where_it_is_protected(api: APIClient) -> None:
    pos = PosFactory(channel=ChannelFactory())

    assert api.delete(f"/api/v1/channels/{pos.channel_id}/").status_code == 406
    assert Pos.objects.get().channel_id == pos.channel_id
