from __future__ import annotations

import pytest

from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource
from tests.orders.intake.generated import World
from tests.orders.intake.generated import world as make_world


@pytest.fixture
def audit_context() -> AuditContext:
    return AuditContext(actor=None, source=AuditSource.CHANNEL, request_id="run-1", note="a\tnote")


@pytest.fixture
def world(db: None, audit_context: AuditContext) -> World:
    return make_world(audit_context)
