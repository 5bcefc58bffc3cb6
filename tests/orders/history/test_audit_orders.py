"""`audit_orders` sees every kind of broken book, and says whose it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from omnitron.orders.invariants import RULES
from omnitron.orders.models import Order

pytestmark = pytest.mark.django_db

BREAK = {
    "its parts and total_difference add up to its amount": (
        "UPDATE orders_orderitem SET price = price + 1 WHERE id = 457"
    ),
    "it has the lowest status of its active items": "UPDATE orders_order SET status = 550 WHERE id = 306",
    "it has the cancel status that its plans give it": (
        "UPDATE orders_order SET cancel_status = 'confirmed' WHERE id = 331"
    ),
    "its items are in its currency": "UPDATE orders_orderitem SET price_currency = 'eur' WHERE id = 457",
    "its refunds are those of its settled plans": "UPDATE orders_order SET refund_amount = 1 WHERE id = 331",
    "a plan's refund is the sum of its items'": (
        "UPDATE orders_cancellationplan SET refund_amount = 1 WHERE id = 2"
    ),
    "a settled plan's refund is in refund rows, an open one's in none": (
        "UPDATE orders_refund SET amount = 1 WHERE id = 1"
    ),
    "no payment gives back more than it took": "UPDATE payments_transaction SET amount = 1 WHERE id = 24",
    "a plan is where its refunds are": "UPDATE orders_refund SET status = 'manual' WHERE id = 1",
    "an item waits at 50 if and only if an open plan has it": (
        "UPDATE orders_orderitem SET status = 50 WHERE id = 457"
    ),
    "an item has the cancel status of the plan that stands for it": (
        "UPDATE orders_orderitem SET cancel_status = 'confirmed' WHERE id = 457"
    ),
    "a rejected plan has let go of its items, another has not": (
        "UPDATE orders_cancellationplanorderitem SET is_rejected = true WHERE order_item_id = 457"
    ),
    "what a settled plan cancelled is out of the order": (
        "UPDATE orders_orderitem SET status = 600 WHERE id = 457"
    ),
    "a cancelled item reserves nothing": "UPDATE orders_orderitem SET reserved_units = 1 WHERE id = 457",
    "a discount is taken back as far as settled plans did": (
        "UPDATE orders_discountitem SET cancel_amount = 0 WHERE id = 2"
    ),
}


def test_every_rule_sees_what_breaks_it_and_names_the_order(demo_data: None, capsys: Any) -> None:
    assert set(BREAK) == set(RULES)
    for rule, statement in BREAK.items():
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT whole")
            cursor.execute(statement)
        with pytest.raises(CommandError) as refused:
            call_command("audit_orders", verbosity=0)
        assert refused.value.returncode == 1
        said = capsys.readouterr().out
        assert f"broken: {rule}" in said, (rule, said)
        assert said.split()[1] in set(Order.objects.values_list("number", flat=True))
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT whole")


def test_a_stock_that_counts_too_little_is_seen(demo_data: None, capsys: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalogs_productstock SET sold_quantity_unreported = 0")

    with pytest.raises(CommandError):
        call_command("audit_orders", verbosity=0)

    assert "product stock" in capsys.readouterr().out


def test_some_orders_by_number_or_change(demo_data: None, capsys: Any) -> None:
    number = Order.objects.get(pk=306).number
    Order.objects.filter(pk=307).update(amount="1.00", refund_amount=0, modified_date="2001-01-01T00:00Z")

    call_command("audit_orders", number=[number], verbosity=0)
    call_command("audit_orders", "--since=2001-01-02", verbosity=0)

    one, newer = capsys.readouterr().out.splitlines()
    assert one.startswith("1 orders hold")
    assert newer.startswith(f"{Order.objects.count() - 1} orders hold")
    for options in (["--since=2001-01-01"], ["--number", "unknown"], ["--since=soon"]):
        with pytest.raises(CommandError):
            call_command("audit_orders", *options, verbosity=0)
