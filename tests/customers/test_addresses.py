"""Addresses: found again by their content, and never changed under an order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditLog
from omnitron.customers.address_hash import HASHED_FIELDS, address_hash
from omnitron.customers.exceptions import DuplicateAddress
from omnitron.customers.models import Address, Customer
from omnitron.customers.use_cases import create_address
from tests.factories.customers import CustomerFactory, DistrictFactory, RetailStoreFactory
from tests.factories.orders import OrderFactory
from tests.waiting import until_somebody_waits_for_us

URL = "/api/v1/addresses/"


def body_for(customer: Customer) -> dict[str, Any]:
    """What the channel client sends, key by key."""
    district = DistrictFactory()
    return {
        "city": district.city_id,
        "company_name": None,
        "country": district.city.country_id,
        "customer": customer.pk,
        "district": district.pk,
        "e_bill_taxpayer": False,
        "email": "Ayse@Example.com",
        "extra_field": {},
        "first_name": "Ayşe",
        "identity_number": None,
        "last_name": "Yılmaz",
        "line": "Moda Caddesi 1",
        "notes": None,
        "phone_number": "05551112233",
        "postcode": "34710",
        "remote_id": None,
        "tax_no": None,
        "tax_office": None,
        "title": None,
        "township": district.township_id,
    }


@pytest.mark.django_db
def test_the_same_content_twice_is_refused_with_the_hash_it_is_found_by(api: APIClient) -> None:
    body = body_for(CustomerFactory())
    created = api.post(URL, body).json()
    audits = AuditLog.objects.count()

    response = api.post(URL, body)

    assert response.status_code == 400
    hash_data = created["hash_data"]
    assert response.json() == {
        "non_field_errors": f"hash_data:{hash_data} An address with this content exists."
    }
    # As the channel client reads it.
    assert response.json()["non_field_errors"].split()[0].split(":") == ["hash_data", hash_data]
    found = api.get(URL, {"hash_data": hash_data}).json()
    assert (found["count"], found["results"][0]["pk"]) == (1, created["pk"])
    assert (Address.objects.count(), AuditLog.objects.count()) == (1, audits)


@pytest.mark.django_db
def test_what_is_empty_has_not_been_given(api: APIClient) -> None:
    body = body_for(CustomerFactory())
    created = api.post(URL, body).json()

    variants = [
        {name: value for name, value in body.items() if value is not None},
        body | {"title": "", "notes": "", "e_bill_taxpayer": None, "extra_field": None},
        body | {"address_type": "customer", "retail_store": None, "is_active": False},
        body | {"customer": str(body["customer"])},
    ]

    for variant in variants:
        assert (
            api.post(URL, variant).json()["non_field_errors"].startswith(f"hash_data:{created['hash_data']} ")
        )
    assert Address.objects.count() == 1


@pytest.mark.django_db
def test_any_difference_is_another_address(api: APIClient) -> None:
    body = body_for(CustomerFactory())
    other = DistrictFactory()
    different = {
        "city": other.city_id,
        "company_name": "Akça",
        "country": other.city.country_id,
        "customer": CustomerFactory().pk,
        "district": other.pk,
        "e_bill_taxpayer": True,
        "email": "ayse@example.com",
        "extra_field": {"a": 1},
        "first_name": "ayşe",
        "identity_number": "1",
        "last_name": "Yılmaz ",
        "line": "Moda Caddesi 2",
        "notes": "1",
        "phone_number": "5551112233",
        "postcode": "34711",
        "remote_id": "1",
        "tax_no": "1",
        "tax_office": "1",
        "title": "1",
        "township": other.township_id,
        "retail_store": RetailStoreFactory().pk,
        "address_type": "retail_store",
    }
    hashes = {api.post(URL, body).json()["hash_data"]}

    assert set(different) == set(HASHED_FIELDS)
    for name, value in different.items():
        response = api.post(URL, body | {name: value})
        assert response.status_code == 201, name
        hashes.add(response.json()["hash_data"])
    assert len(hashes) == len(different) + 1 == Address.objects.count()


def test_the_hash_is_stable_over_time() -> None:
    """Rows made long ago must be found by it."""
    values = {
        "customer": 1,
        "country": 2,
        "city": 3,
        "first_name": "Ayşe",
        "last_name": "Y",
        "line": "Moda 1",
    }

    assert address_hash(values) == address_hash(dict(reversed(values.items())))
    assert address_hash(values) == "181abf2eb15544ab56a89df6923c04a8"


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["patch", "put"])
def test_an_address_no_order_uses_is_changed_in_place(api: APIClient, method: str) -> None:
    body = body_for(CustomerFactory())
    created = api.post(URL, body).json()

    response = getattr(api, method)(f"{URL}{created['pk']}/", body | {"line": "Moda Caddesi 2"})

    changed = response.json()
    assert (response.status_code, changed["pk"], changed["line"]) == (200, created["pk"], "Moda Caddesi 2")
    assert changed["hash_data"] == address_hash(body | {"line": "Moda Caddesi 2"}) != created["hash_data"]
    assert Address.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["shipping_address", "billing_address"])
def test_an_address_an_order_uses_stays_and_gets_a_successor(
    api: APIClient, audit_context: AuditContext, role: str
) -> None:
    customer = CustomerFactory()
    created = api.post(URL, body_for(customer)).json()
    used = Address.objects.get(pk=created["pk"])
    order = OrderFactory(customer=customer, channel=customer.channel, **{role: used})

    response = api.patch(f"{URL}{used.pk}/", {"line": "Moda Caddesi 2"})

    successor = response.json()
    volatile = ("pk", "line", "hash_data", "created_date", "modified_date")
    assert response.status_code == 200
    assert successor["pk"] != used.pk
    assert {key: value for key, value in successor.items() if key not in volatile} == {
        key: value for key, value in created.items() if key not in volatile
    }
    assert (successor["line"], successor["is_active"]) == ("Moda Caddesi 2", True)
    kept = api.get(f"{URL}{used.pk}/").json()
    assert (kept["line"], kept["hash_data"], kept["is_active"]) == (
        created["line"],
        created["hash_data"],
        False,
    )
    order.refresh_from_db()
    assert getattr(order, role) == used
    assert set(AuditLog.objects.values_list("event", "object_id")) >= {
        ("address.created", successor["pk"]),
        ("address.changed", used.pk),
    }


@pytest.mark.django_db
def test_retiring_a_used_address_changes_no_content_and_needs_no_successor(api: APIClient) -> None:
    order = OrderFactory()
    pk = order.shipping_address_id
    before = Address.objects.count()

    response = api.patch(f"{URL}{pk}/", {"is_active": False})

    assert (response.json()["pk"], response.json()["is_active"]) == (pk, False)
    assert Address.objects.count() == before


@pytest.mark.django_db
def test_a_change_into_an_address_that_exists_is_refused_and_nothing_moves(api: APIClient) -> None:
    customer = CustomerFactory()
    body = body_for(customer)
    existing = api.post(URL, body).json()
    other = api.post(URL, body | {"line": "Moda Caddesi 2"}).json()
    OrderFactory(
        customer=customer, channel=customer.channel, shipping_address=Address.objects.get(pk=other["pk"])
    )
    audits = AuditLog.objects.count()

    response = api.patch(f"{URL}{other['pk']}/", {"line": "Moda Caddesi 1"})

    assert response.status_code == 400
    assert response.json()["non_field_errors"].startswith(f"hash_data:{existing['hash_data']} ")
    assert api.get(f"{URL}{other['pk']}/").json() == other
    assert (Address.objects.count(), AuditLog.objects.count()) == (2, audits)


@pytest.mark.django_db
def test_a_used_address_cannot_be_deleted(api: APIClient) -> None:
    order = OrderFactory()

    response = api.delete(f"{URL}{order.shipping_address_id}/")

    assert response.status_code == 406
    assert response.json() == {
        "non_field_errors": f"address {order.shipping_address_id} cannot be deleted: orders refer to it.",
        "error_code": "omnitron_100_2",
    }
    assert Address.objects.filter(pk=order.shipping_address_id).exists()


@pytest.mark.django_db
def test_an_address_belongs_to_somebody(api: APIClient) -> None:
    body = body_for(CustomerFactory()) | {"customer": None}

    assert api.post(URL, body).json() == {"customer": ["Give a customer or a retail store."]}
    store = body | {"retail_store": RetailStoreFactory().pk, "address_type": "retail_store"}
    created = api.post(URL, store)
    assert created.status_code == 201
    response = api.patch(f"{URL}{created.json()['pk']}/", {"retail_store": None})
    assert (response.status_code, response.json()) == (
        400,
        {"customer": ["Give a customer or a retail store."]},
    )


@pytest.mark.django_db
def test_a_limited_user_writes_addresses_of_its_own_customers_only(api_of: Callable[..., APIClient]) -> None:
    mine, foreign = CustomerFactory(), CustomerFactory()
    application = api_of(
        "customers.view_address", "customers.add_address", "customers.change_address", channels=[mine.channel]
    )
    body = body_for(mine)
    created = application.post(URL, body)

    assert created.status_code == 201
    refused = application.post(URL, body | {"customer": foreign.pk})
    assert (refused.status_code, list(refused.json())) == (400, ["customer"])
    ownerless = application.post(URL, body | {"customer": None, "retail_store": RetailStoreFactory().pk})
    assert (ownerless.status_code, list(ownerless.json())) == (400, ["customer"])
    moved = application.patch(f"{URL}{created.json()['pk']}/", {"customer": foreign.pk})
    assert (moved.status_code, list(moved.json())) == (400, ["customer"])
    assert list(Address.objects.values_list("customer", flat=True)) == [mine.pk]


@pytest.mark.django_db(transaction=True)
def test_of_two_equal_addresses_at_once_the_second_learns_of_the_first(audit_context: AuditContext) -> None:
    customer = CustomerFactory()
    district = DistrictFactory()
    values = {
        "customer": customer,
        "country": district.city.country,
        "city": district.city,
        "first_name": "Ayşe",
        "last_name": "Yılmaz",
        "line": "Moda Caddesi 1",
    }

    def second() -> str:
        try:
            create_address(values, audit_context=audit_context)
        except DuplicateAddress as refusal:
            return refusal.errors["non_field_errors"]
        finally:
            connection.close()
        return "created"

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            first = create_address(values, audit_context=audit_context)
            outcome = pool.submit(second)
            until_somebody_waits_for_us()
        message = outcome.result(timeout=10)

    assert message.startswith(f"hash_data:{first.hash_data} ")
    assert list(Address.objects.values_list("pk", flat=True)) == [first.pk]
    assert AuditLog.objects.filter(event="address.created").count() == 1
