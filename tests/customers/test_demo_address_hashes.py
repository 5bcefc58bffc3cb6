"""The demo data keeps the rules that writing through the services would have kept."""

from __future__ import annotations

import pytest

from omnitron.customers.address_hash import HASHED_FIELDS, address_hash
from omnitron.customers.models import Address

pytestmark = [pytest.mark.usefixtures("shared_demo_data"), pytest.mark.django_db]


def test_every_address_is_found_by_the_hash_of_its_content() -> None:
    rows = list(Address.objects.all())

    assert rows
    for row in rows:
        assert row.hash_data == address_hash({name: getattr(row, name) for name in HASHED_FIELDS})
