"""Addresses no row could have are answered 404, whatever stands in them."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db

HOSTILE = ("0", "9" * 19, "9" * 40, "9" * 5000, "1e3", "-1", "%00", "٣", "x", "1.0")


@pytest.mark.parametrize("pk", HOSTILE, ids=lambda pk: pk[:8] + (f"… {len(pk)}" if len(pk) > 8 else ""))
@pytest.mark.parametrize("method", ["get", "patch", "put", "delete"])
def test_a_row_that_cannot_exist_is_not_found(api: APIClient, method: str, pk: str) -> None:
    for resource in ("products", "orders", "channels"):
        response = getattr(api, method)(f"/api/v1/{resource}/{pk}/", {})

        assert response.status_code == 404, (resource, response.content)
        assert response.headers["Content-Type"] == "application/json"
        assert list(response.json()) == ["detail"]
