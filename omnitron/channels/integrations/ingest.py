"""From what a channel sent to orders here: compared, taken in, updated, or parked. Never talks HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from omnitron.channels.integrations.dto import (
    ChannelOrder,
    ChannelOrderItem,
    ChannelPayment,
    Intake,
    RawOrder,
)
from omnitron.channels.models import Channel
from omnitron.core.audit import AuditContext
from omnitron.orders.models import Order, OrderItem

ToOrder = Callable[[Mapping[str, Any]], ChannelOrder]


def take_in_page(
    channel: Channel,
    orders: Sequence[RawOrder],
    *,
    to_order: ToOrder,
    audit_context: AuditContext,
    now: datetime,
    pulled_until: datetime | None = None,
    is_dry_run: bool = False,
) -> Intake:
    raise NotImplementedError


def take_in_item(
    channel: Channel, order_pk: int, data: ChannelOrderItem, *, audit_context: AuditContext
) -> OrderItem:
    raise NotImplementedError


def take_in_payment(
    channel: Channel, order: Order, data: ChannelPayment, *, audit_context: AuditContext
) -> Any:
    raise NotImplementedError
