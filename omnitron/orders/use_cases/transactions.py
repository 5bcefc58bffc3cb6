"""Payments of an order as somebody outside tells of them: found again, or added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model

from omnitron.core import records
from omnitron.core.audit import AuditContext
from omnitron.orders.capture import PAYMENT_MODELS
from omnitron.orders.enums import RefundInstrument
from omnitron.orders.models import Order
from omnitron.orders.selectors import lock_items, lock_order
from omnitron.orders.use_cases.status import settle_order
from omnitron.payments.enums import TransactionType


@transaction.atomic
def update_or_create_transaction(
    order: Order, *, instrument: RefundInstrument, values: Mapping[str, Any], audit_context: AuditContext
) -> Model:
    """Write `values` to the order's purchase by `instrument` that has their reference, or add one. Without a
    reference it is the one of the same amount that has none. The order's modified_date moves where anything
    changed.

    Foreign keys are given by pk, as `<name>_id`. Returns the payment row. Raises InvalidInput. Source: the
    documents on `create_transaction`.
    """
    locked = lock_order(order.pk)
    model = PAYMENT_MODELS[instrument]
    known = model.objects.filter(
        order=locked, transaction_type=TransactionType.PURCHASE, reference=values["reference"]
    )
    if values["reference"] is None:
        known = known.filter(amount=values["amount"])
    row = known.select_for_update(of=("self",), no_key=True).order_by("pk").first()
    if row is None:
        row = records.create_record(model, {**values, "order": locked}, audit_context=audit_context)
    elif not records.write_changes(row, values, audit_context=audit_context):
        return row
    settle_order(locked, lock_items(locked), audit_context=audit_context)
    return row
