"""The house the orders of these tests come to."""

from __future__ import annotations

import pytest

from tests.channels.ingest.payloads import House, a_house


@pytest.fixture
def house(db: None) -> House:
    return a_house()
