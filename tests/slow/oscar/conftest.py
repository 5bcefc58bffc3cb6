"""A real shop, started once, and the channel that leads to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from omnitron.channels.models import Channel
from omnitron.channels.service import ChannelService
from omnitron.core.audit import AuditContext
from omnitron.local.demo_shop import STAFF, DemoShop
from tests.slow.oscar.ports import free_port
from tests.slow.oscar.shopper import ShopStaff

PASSWORD = "ceviz-agaci-7"


@pytest.fixture(scope="session")
def demo_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoShop]:
    """Its database is new; its environment is kept from run to run."""
    shop = DemoShop(state=tmp_path_factory.mktemp("shop"), port=free_port(), password=PASSWORD)
    shop.prepare()
    with shop.running():
        yield shop


@pytest.fixture
def staff(demo_shop: DemoShop) -> ShopStaff:
    return ShopStaff(demo_shop.address, password=PASSWORD)


@pytest.fixture
def channel(demo_shop: DemoShop, demo_data: None, audit_context: AuditContext) -> Channel:
    """The shop as a channel of an installation with the demo data."""
    conf = {"server": demo_shop.address, "username": STAFF, "password": PASSWORD, "cancellation_reason_id": 1}
    return ChannelService.create_channel(
        "Demo Mağaza",
        "oscar",
        catalog=Channel.objects.get(pk=2).catalog,
        conf=conf,
        audit_context=audit_context,
    )
