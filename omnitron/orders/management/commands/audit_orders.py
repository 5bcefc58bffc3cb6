"""Check that what orders, plans, payments and stock say of each other agrees."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Max, Min, QuerySet
from tqdm import tqdm

from omnitron.orders.invariants import RULES, broken, short_stocks
from omnitron.orders.models import Order

ORDERS_AT_ONCE = 20_000


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ArgumentTypeError("must be a date or an ISO 8601 moment") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = (
        "Checks the books of every order, or of some; exit code 1 and their numbers where a rule is broken."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--number", nargs="+", default=[], help="Only the orders with these numbers.")
        parser.add_argument("--since", type=_moment, help="Only orders that changed at or after this moment.")
        parser.add_argument("--channel", type=int, help="Only orders of this channel, by its pk.")

    def handle(self, *args: Any, **options: Any) -> None:
        orders = Order.objects.order_by()
        if options["number"]:
            orders = orders.filter(number__in=options["number"])
        if options["channel"] is not None:
            orders = orders.filter(channel=options["channel"])
        if options["since"] is not None:
            orders = orders.filter(modified_date__gte=options["since"])
        faults = self._faults(orders, is_quiet=not options["verbosity"])
        checked = dict(orders.filter(pk__in={pk for pk, _ in faults}).values_list("pk", "number"))
        for pk, rule in sorted(faults):
            if pk in checked:
                self.stdout.write(f"order {checked[pk]} (pk {pk}): broken: {rule}")
        is_whole = not (options["number"] or options["channel"] or options["since"])
        stocks = short_stocks() if is_whole else []
        for pk in stocks:
            self.stdout.write(f"product stock {pk}: broken: it counts fewer units than orders reserve")
        if checked or stocks:
            raise CommandError(f"{len(checked)} orders and {len(stocks)} stocks do not hold.", returncode=1)
        self.stdout.write(f"{orders.count()} orders hold, by {len(RULES)} rules.")

    @staticmethod
    def _faults(orders: QuerySet[Order], *, is_quiet: bool) -> list[tuple[int, str]]:
        """Broken rules of `orders`, perhaps also of orders between them."""
        whole = orders.aggregate(first=Min("pk"), last=Max("pk"))
        if whole["first"] is None:
            raise CommandError("There are no such orders.")
        faults: list[tuple[int, str]] = []
        with tqdm(
            total=whole["last"] - whole["first"] + 1, unit=" pks", disable=is_quiet or None
        ) as progress:
            for start in range(whole["first"], whole["last"] + 1, ORDERS_AT_ONCE):
                end = min(start + ORDERS_AT_ONCE - 1, whole["last"])
                part = orders.filter(pk__range=(start, end)).aggregate(first=Min("pk"), last=Max("pk"))
                if part["first"] is not None:
                    faults += broken(**part)
                progress.update(end - start + 1)
        return faults
