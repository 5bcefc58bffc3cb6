"""What is woken after commit is only woken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from kombu import Connection
from kombu.exceptions import OperationalError

from omnitron.core.transactions import app, run_on_commit

pytestmark = pytest.mark.django_db


def test_a_broker_that_is_away_is_asked_once_and_logged(
    django_capture_on_commit_callbacks: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked = []

    def away(connection: Connection, *_: Any, **__: Any) -> None:
        asked.append(connection)
        raise OperationalError("away")

    monkeypatch.setattr(Connection, "_ensure_connection", away)
    with django_capture_on_commit_callbacks(execute=True):
        run_on_commit("omnitron.orders.tasks.send_refund", refund_id=7)

    assert [connection.as_uri() for connection in asked] == [app.connection_for_write().as_uri()]
    assert "{'refund_id': 7} is left to the periodic task" in caplog.text


def test_nothing_is_woken_by_what_was_rolled_back(
    django_capture_on_commit_callbacks: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(app, "send_task", lambda *args, **kwargs: sent.append(kwargs))
    with django_capture_on_commit_callbacks(execute=True) as callbacks, transaction.atomic():
        run_on_commit("omnitron.orders.tasks.send_refund", refund_id=7)
        transaction.set_rollback(True)

    assert (callbacks, sent) == ([], [])
