"""What happens after a transaction: the only place that says on_commit."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

# Named, not `current_app`: a web process that nobody told of the application has another, with another broker.
from omnitron.celery import app

logger = logging.getLogger(__name__)
PATIENCE_SECONDS = 1


def run_on_commit(task: str, **ids: Any) -> None:
    """Send the Celery task named `task` once the transaction is committed.

    It only wakes a worker: what is to be done is a row, and a periodic task takes up what is left behind. So a
    broker that is away is logged, and neither fails nor delays the request.
    """

    def send() -> None:
        try:
            with app.connection_for_write() as connection:
                # One try. Left to itself, sending would go on trying for six seconds, while a client waits.
                connection.ensure_connection(max_retries=1, interval_start=0, timeout=PATIENCE_SECONDS)
                app.send_task(task, kwargs=ids, connection=connection, retry=False)
        except OperationalError:
            logger.warning("The broker is away; %s %s is left to the periodic task.", task, ids)

    transaction.on_commit(send)
