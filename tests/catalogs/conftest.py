from __future__ import annotations

import pytest

from omnitron.channels.models import Channel
from tests.factories.catalogs import PriceListFactory, StockListFactory
from tests.factories.channels import ChannelFactory


@pytest.fixture
def channel(db: None) -> Channel:
    """A channel whose catalog has an extra list of each kind."""
    channel = ChannelFactory()
    channel.catalog.extra_price_lists.add(PriceListFactory())
    channel.catalog.extra_stock_lists.add(StockListFactory())
    return channel
