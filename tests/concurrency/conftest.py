from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from omnitron.orders.models import CancellationReason
from omnitron.users.models import User
from tests.factories.orders import CancellationReasonFactory

Request = Callable[[APIClient], Any]


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Send requests at the same moment, each on a connection of its own, and give their answers in order."""
    user = User.objects.create_superuser("ada")

    def send(*requests: Request) -> list[Any]:
        barrier = threading.Barrier(len(requests))

        def one(request: Request) -> Any:
            client = APIClient()
            client.force_authenticate(user)
            barrier.wait()
            try:
                return request(client)
            finally:
                connection.close()

        with ThreadPoolExecutor(len(requests)) as pool:
            return list(pool.map(one, requests))

    return send


@pytest.fixture
def reason() -> CancellationReason:
    return CancellationReasonFactory()
