"""A channel of Trendyol, and Trendyol on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from omnitron.channels.integrations.trendyol.integration import CommandIntegration
from omnitron.channels.models import Channel
from omnitron.channels.service import ChannelService
from omnitron.core.audit import AuditContext
from omnitron.core.clock import SimulatedClock
from omnitron.core.models import AuditSource
from tests.channels.scripted_server import serve
from tests.channels.trendyol.marketplace import KEY, SECRET, SELLER, Trendyol
from tests.factories.catalogs import CatalogFactory

NOW = datetime(2025, 11, 12, 9, tzinfo=UTC)


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOW)


@pytest.fixture
def trendyol(clock: SimulatedClock) -> Iterator[Trendyol]:
    with serve(Trendyol(clock=clock)) as served:
        yield served


@pytest.fixture
def channel(db: None, trendyol: Trendyol) -> Channel:
    conf = {
        "server": trendyol.url,
        "supplier_id": SELLER,
        "api_key": KEY,
        "api_secret": SECRET,
        "cancellation_reasons": {"1": 500, "2": 499},
    }
    return ChannelService.create_channel(
        "Trendyol",
        "trendyol",
        catalog=CatalogFactory(),
        conf=conf,
        audit_context=AuditContext.system(AuditSource.CRON),
    )


@pytest.fixture
def integration_with(channel: Channel, clock: SimulatedClock) -> Iterator[Callable[..., CommandIntegration]]:
    """The channel's integration, its configuration changed by what is given; None takes a key out."""
    opened: list[CommandIntegration] = []

    def make(**conf: Any) -> CommandIntegration:
        integration = CommandIntegration(
            channel.pk, audit_context=AuditContext.system(AuditSource.CRON), clock=clock
        )
        changed = integration.conf | conf
        integration.conf = {name: value for name, value in changed.items() if value is not None}
        opened.append(integration)
        return integration

    yield make
    for integration in opened:
        integration.__exit__()


@pytest.fixture
def integration(integration_with: Callable[..., CommandIntegration]) -> CommandIntegration:
    return integration_with()
