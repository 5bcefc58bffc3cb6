"""Move the cancellations of all orders of one kind of payment."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource
from omnitron.omnicore.orders.enums import CancelStatus
from omnitron.orders.service import OrderService
from omnitron.payments.enums import PaymentType


class Command(BaseCommand):
    help = "Moves the cancellation plans of orders paid in one way to a cancel status, where the table allows it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--payment-type", required=True, choices=PaymentType.values)
        parser.add_argument("--to", required=True, choices=CancelStatus.values)

    def handle(self, *args: Any, **options: Any) -> None:
        pks = OrderService.progress_cancel_status(
            options["payment_type"],
            update_cancel_status=CancelStatus(options["to"]),
            audit_context=AuditContext.system(AuditSource.CRON),
        )
        for outcome, orders in pks.items():
            for pk in orders if options["verbosity"] > 1 else ():
                self.stdout.write(f"order {pk}: {outcome}")
        self.stdout.write(f"{len(pks['moved'])} moved, {len(pks['refused'])} refused")
