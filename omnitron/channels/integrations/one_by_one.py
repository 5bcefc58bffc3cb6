"""One line or payment of an order that is here: updated, or added (the documents' `create_orderitem` and
`create_transaction`).
"""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model

from omnitron.catalogs.models import Product
from omnitron.channels.enums import IntegrationStatus
from omnitron.channels.integrations.comparison import ITEM_PARTS
from omnitron.channels.integrations.dto import ChannelOrderItem, ChannelPayment
from omnitron.channels.integrations.incoming import incoming_item, payment_values
from omnitron.channels.integrations.references import References
from omnitron.channels.models import Channel, IntegrationAction
from omnitron.channels.selectors import actions_of
from omnitron.channels.use_cases.told_versions import ToldVersion, note_told_versions
from omnitron.core.audit import AuditContext
from omnitron.orders.dto import IncomingPayment
from omnitron.orders.enums import RefundInstrument
from omnitron.orders.models import Order, OrderItem
from omnitron.orders.service import OrderItemService, TransactionService
from omnitron.orders.told import TOLD, told

# Rows that are given by pk.
_ROWS = ("price_list", "stock_list", "datasource", "pos")


@transaction.atomic
def take_in_item(
    channel: Channel, order_pk: int, data: ChannelOrderItem, *, audit_context: AuditContext
) -> OrderItem:
    """Update the order's item the channel knows by `data.remote_id`, or add it, and note that the channel knows it.

    Of a line that was split here, the first item. Raises OrderParkedException for what nobody here knows, and what
    `update_order_item` and `create_order_item` raise.
    """
    incoming = incoming_item(channel, data, References(channel, items=[data]))
    values = {name: value for name, value in incoming.values.items() if value is not None}
    items = OrderItem.objects.filter(order=order_pk)
    actions = actions_of(OrderItem, channel_id=channel.pk).filter(
        remote_id=data.remote_id, object_id__in=items.values("pk")
    )
    if (pk := actions.order_by("object_id").values_list("object_id", flat=True).first()) is not None:
        changes = {name: values[name] for name in (*ITEM_PARTS, "status") if name in values}
        item = OrderItemService.update_order_item(items.get(pk=pk), audit_context=audit_context, **changes)
    else:
        item = OrderItemService.create_order_item(
            Order.objects.get(pk=order_pk, channel=channel),
            Product.objects.get(pk=incoming.product),
            audit_context=audit_context,
            **_by_pk(values),
        )
    _note_known(channel, item, remote_id=data.remote_id, state={TOLD: told(values)})
    return item


@transaction.atomic
def take_in_payment(
    channel: Channel, order: Order, data: ChannelPayment, *, audit_context: AuditContext
) -> Any:
    """Update the payment row that has the reference of `data`, or add one, and note that the channel knows it.

    Returns the row; None for what was paid at the channel, which has none. Raises OrderParkedException for a POS
    nobody here knows.
    """
    if data.instrument == RefundInstrument.CHANNEL:
        return None
    values = payment_values(order, data, References(channel, payments=[data]))
    row = keep_transaction(order, IncomingPayment(data.instrument, values), audit_context=audit_context)
    _note_known(channel, row, remote_id=data.reference, state={})
    return row


def keep_transaction(order: Order, payment: IncomingPayment, *, audit_context: AuditContext) -> Model:
    """The payment row of an order that is here, as its channel reports it."""
    return TransactionService.update_or_create_transaction(
        order, instrument=payment.instrument, values=_by_pk(payment.values), audit_context=audit_context
    )


def _by_pk(values: Any) -> dict[str, Any]:
    return {f"{name}_id" if name in _ROWS else name: value for name, value in values.items()}


def _note_known(channel: Channel, row: Model, *, remote_id: str | None, state: dict[str, Any]) -> None:
    action, is_new = IntegrationAction.objects.get_or_create(
        channel=channel,
        content_type=ContentType.objects.get_for_model(row),
        object_id=row.pk,
        defaults={"remote_id": remote_id, "version_date": row.modified_date, "state": state},
    )
    if not is_new:
        status = IntegrationStatus(action.status)
        note_told_versions([ToldVersion(action.pk, row.modified_date, status, state)])
