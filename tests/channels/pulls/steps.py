"""What happens to a marketplace and its channel in the course of time, step by step."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from psycopg2.errorcodes import LOCK_NOT_AVAILABLE

from omnitron.channels.integrations.sandbox.marketplace import reading
from omnitron.channels.models import PulledOrder
from omnitron.orders.service import OrderService
from tests.channels.pulls.marketplaces import Pulled

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))

Rows = list[dict[str, Any]]


def pull(pulled: Pulled, *, times: int = 1, every: timedelta) -> None:
    for _ in range(times):
        assert pulled.pull().error is None
        pulled.clock.advance(every)


def pull_while_locked(pulled: Pulled, monkeypatch: pytest.MonkeyPatch, *, orders: int = 1) -> None:
    """Somebody else is at every order that changed, which are as many."""
    with monkeypatch.context() as patch:
        patch.setattr(OrderService, "update_orders", staticmethod(_locked))
        assert pulled.pull().intake.failed == orders


def some_order(pulled: Pulled) -> int:
    return next(iter(pulled.marketplace.truth.orders_now))


def notes_here(pulled: Pulled, order_id: int) -> str | None:
    return PulledOrder.objects.get(channel=pulled.channel, remote_id=str(order_id)).order.notes


def show(monkeypatch: pytest.MonkeyPatch, change: Callable[[Rows], Rows]) -> None:
    """From now on the marketplace shows what `change` makes of the rows of a page."""
    list_orders = reading.list_orders

    def changed(*args: Any) -> reading.Answer:
        answer = list_orders(*args)
        page = json.loads(answer.body)
        return replace(answer, body=json.dumps(page | {"content": change(page["content"])}).encode())

    monkeypatch.setattr(reading, "list_orders", changed)


def without_stamp(order_id: int) -> Callable[[Rows], Rows]:
    """This order has no stamp of its last change."""
    return lambda rows: [row | {"modified": None} if row["id"] == order_id else row for row in rows]


class _NotHadError(Exception):
    pgcode = LOCK_NOT_AVAILABLE


def _locked(*args: Any, **kwargs: Any) -> None:
    raise OperationalError("canceling statement due to lock timeout") from _NotHadError()
