"""Many orders are changed at once, as their channel reports it: what each would be one by one, by a fixed number of
statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from omnitron.core import records
from omnitron.core.audit import AuditContext
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.dto import OrderChanges
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.selectors import WholeOrder, lock_whole_orders
from omnitron.orders.updatable import UPDATABLE, UPDATABLE_OF_ITEM, check_updatable, merge_json
from omnitron.orders.use_cases.status import move_items, settle_orders
from omnitron.orders.use_cases.vendor_orders import SHIPPING, pass_shipping_on

# The units of an item, and its cancellation, are changed by operations of their own.
_OF_ITEM = UPDATABLE_OF_ITEM - {"attributes", "cancel_status"}


@transaction.atomic
def update_orders(changes: Mapping[int, OrderChanges], *, audit_context: AuditContext) -> set[int]:
    """Write the changes of many orders by pk, all or none: what `update_order` and, with `force` and
    `shipping_update`, `update_order_item` would, by a fixed number of statements and a few for each vendor
    concerned.

    Items of other orders are left alone. Returns the pks of the orders that changed. Raises InvalidInput for what
    may not be changed so, and what `move_items` raises; whose change it was, whoever tries fewer at once finds out.
    """
    for change in changes.values():
        check_updatable(change.values, UPDATABLE)
        for values in change.items.values():
            check_updatable(values, _OF_ITEM)
    wholes = lock_whole_orders(changes)
    given = {item: changes[pk].items.get(item.pk, {}) for pk, whole in wholes.items() for item in whole.items}
    touched = {
        order.pk
        for order in records.write_many_changes(
            {whole.order: _merged(whole.order, changes[pk].values) for pk, whole in wholes.items()},
            audit_context=audit_context,
        )
    }
    described = records.write_many_changes(
        {item: _merged(item, values) for item, values in given.items() if set(values) - {"status"}},
        audit_context=audit_context,
    )
    touched |= {item.order_id for item in described}
    touched |= _pass_on(wholes, given, audit_context=audit_context)
    touched |= _move(given, audit_context=audit_context)
    settle_orders({wholes[pk].order: wholes[pk].items for pk in sorted(touched)}, audit_context=audit_context)
    return touched


def _merged(row: Order | OrderItem, values: Mapping[str, Any]) -> dict[str, Any]:
    """What describes the row, the stored keys of `extra_field` kept."""
    described = {name: value for name, value in values.items() if name != "status"}
    merge_json(row, described, "extra_field")
    return described


def _pass_on(
    wholes: Mapping[int, WholeOrder],
    given: Mapping[OrderItem, Mapping[str, Any]],
    *,
    audit_context: AuditContext,
) -> set[int]:
    """Tell vendors how their items travel; the orders of which an item learned something from its vendor."""
    touched = set()
    for pk, whole in wholes.items():
        travelling = [item for item in whole.items if set(SHIPPING) & set(given[item])]
        if travelling and pass_shipping_on(whole.order, travelling, audit_context=audit_context):
            touched.add(pk)
    return touched


def _move(given: Mapping[OrderItem, Mapping[str, Any]], *, audit_context: AuditContext) -> set[int]:
    """Move items along the table, those with one target together; the orders of which one moved."""
    moves: dict[int, list[OrderItem]] = {}
    for item, values in given.items():
        status = values.get("status")
        if status is not None and status != item.status:
            moves.setdefault(status, []).append(item)
    for status in sorted(moves):
        move_items(moves[status], OrderStatus(status), audit_context=audit_context)
    return {item.order_id for moving in moves.values() for item in moving}
