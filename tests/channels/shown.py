"""What a channel shows, without taking it in: a channel of a type, its server on loopback, its orders as DTOs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from omnitron.channels.integrations.base import BaseIntegration
from omnitron.channels.integrations.dto import ChannelOrder, Intake, OrderPage
from omnitron.channels.integrations.ingest import ToOrder
from omnitron.channels.integrations.registry import integration_class
from omnitron.channels.service import ChannelService
from omnitron.core.audit import AuditContext
from omnitron.core.clock import SimulatedClock
from omnitron.core.models import AuditSource
from tests.channels.scripted_server import Reply, ScriptedServer, scripted_server
from tests.factories.catalogs import CatalogFactory

# What is asked for: a quarter of an hour, just before now.
START = datetime(2026, 11, 20, 11, 45, tzinfo=UTC)
END = NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@contextmanager
def visited(
    channel_type: str, conf: Mapping[str, Any], replies: Sequence[Reply]
) -> Iterator[tuple[ScriptedServer, BaseIntegration]]:
    """A server that gives these replies, and the integration of a channel whose `conf` leads there."""
    audit_context = AuditContext.system(AuditSource.CRON)
    with scripted_server(replies) as server:
        channel = ChannelService.create_channel(
            channel_type,
            channel_type,
            catalog=CatalogFactory(),
            conf={**conf, "server": server.url},
            audit_context=audit_context,
        )
        kind = integration_class(channel_type)
        with kind(channel.pk, audit_context=audit_context, clock=SimulatedClock(NOW)) as integration:
            yield server, integration


def orders_shown(
    channel_type: str, conf: Mapping[str, Any], replies: Sequence[Reply]
) -> tuple[ScriptedServer, list[ChannelOrder]]:
    """What was asked for a window, and the orders in these replies as a pull would take them in."""
    shown: list[ChannelOrder] = []

    def take_in(page: OrderPage, *, to_order: ToOrder) -> Intake:
        shown.extend(to_order(raw.payload) for raw in page.orders)
        return Intake(seen=len(page.orders))

    with visited(channel_type, conf, replies) as (server, integration):
        integration.take_in = take_in
        integration.login()
        integration.get_orders(start_date=START, end_date=END, fetch_all_orders=True)
    return server, shown


def total_of(order: ChannelOrder) -> Decimal:
    """What the order's parts make."""
    items = sum(item.price - item.discount_amount for item in order.items)
    discounts = sum(discount.amount for discount in order.discounts)
    surcharges = order.shipping_amount + order.shipping_interest_amount + order.installment_interest_amount
    return items - discounts + surcharges
