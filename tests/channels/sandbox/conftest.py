"""An integration of a sandbox channel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import pytest

from omnitron.channels.integrations.sandbox.integration import CommandIntegration
from omnitron.channels.integrations.sandbox.marketplace.marketplace import Marketplace
from omnitron.channels.integrations.sandbox.marketplace.server import serve
from omnitron.core.audit import AuditContext
from omnitron.core.clock import SimulatedClock
from tests.channels.sandbox.visits import CREDENTIALS, NOW
from tests.factories.channels import ChannelFactory

Open = Callable[..., CommandIntegration]


@pytest.fixture
def open_integration(audit_context: AuditContext) -> Iterator[Open]:
    """An integration of a sandbox channel with this `conf`, or of one at `marketplace`."""
    with ExitStack() as stack:

        def opened(
            marketplace: Marketplace | None = None, *, now: datetime = NOW, **conf: Any
        ) -> CommandIntegration:
            if marketplace is not None:
                base_url = stack.enter_context(serve(marketplace))
                conf = {"server": base_url, "read_seconds": 0.2} | CREDENTIALS | conf
            channel = ChannelFactory(channel_type="sandbox", conf=conf)
            kind = CommandIntegration(channel.pk, audit_context=audit_context, clock=SimulatedClock(now))
            integration = stack.enter_context(kind)
            integration.login()
            return integration

        yield opened
