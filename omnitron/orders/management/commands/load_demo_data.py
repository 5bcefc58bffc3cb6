"""Fill an empty installation with the demo data of `fixtures/`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import serializers
from django.core.management.base import BaseCommand
from django.core.management.color import no_style
from django.db import connection, models, transaction

from omnitron.channels.models import Channel

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
FILES = (
    "places.json",
    "channels.json",
    "catalog.json",
    "categories_and_images.json",
    "attributes.json",
    "payments.json",
    "reasons_and_carriers.json",
    "customers.json",
    "orders.json",
    "cancellations.json",
    "printed_orders.json",
    "integration_actions.json",
)
# When a row was made whose fixture does not say. Fixed, so that two installations hold the same rows.
UNDATED = "2026-08-01T06:00:00Z"


class Command(BaseCommand):
    help = "Loads the demo data of fixtures/, all or nothing, unless there is a channel already."

    def handle(self, *args: Any, **options: Any) -> None:
        if Channel.objects.exists():
            self.stdout.write("There are channels already: the demo data is not loaded.")
            return
        with transaction.atomic():
            saved = [self._save(row) for row in _rows()]
            _reset_sequences({type(row) for row in saved})
        if options["verbosity"]:
            self.stdout.write(self.style.SUCCESS(f"Demo data: {len(saved)} rows."))

    @staticmethod
    def _save(row: serializers.base.DeserializedObject) -> models.Model:
        row.save(force_insert=True)
        return row.object


def _rows() -> Iterator[serializers.base.DeserializedObject]:
    # Foreign keys are checked at the end of the transaction, so the files need no order among themselves.
    for name in FILES:
        rows = json.loads((FIXTURES / name).read_text(encoding="utf-8"))
        for row in rows:
            fields = row["fields"]
            created = fields.setdefault("created_date", UNDATED)
            # Rows of a fixture are saved raw: nothing fills in a date that is missing.
            fields.setdefault("modified_date", created)
        yield from serializers.deserialize("python", rows)


def _reset_sequences(saved_models: set[type[models.Model]]) -> None:
    """Let the next row of each model get the pk after the highest one loaded."""
    ordered = sorted(saved_models, key=lambda model: model._meta.label)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), ordered):
            cursor.execute(statement)
