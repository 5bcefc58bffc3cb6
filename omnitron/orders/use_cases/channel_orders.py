"""What a channel's application brings: the order or request itself, and that the channel knows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from omnitron.channels.models import Channel, IntegrationAction
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import InvalidInput
from omnitron.orders.dto import NewItem
from omnitron.orders.models import CancellationReason, CancellationRequest, Order, OrderItem
from omnitron.orders.use_cases.cancellation_requests import create_cancellation_request
from omnitron.orders.use_cases.placement import create_order

# Where channel applications put the channel's own id of an order or item.
REMOTE_ID = "id"
LONGEST_REMOTE_ID = 255


@transaction.atomic
def create_orders(
    channel: Channel, *, number: str, items: Sequence[NewItem], audit_context: AuditContext, **values: Any
) -> Order:
    """Place one order as a channel's application sends it (the plural is the endpoint's), and keep by which remote
    ids the channel knows it and its items: `extra_field.id`. All or nothing.

    The application tells the ids once more when it commits its batch; should that batch fail, they are known all
    the same, and the order can be updated and cancelled from there. Raises what `create_order` raises.
    """
    order = create_order(number, channel, items=items, audit_context=audit_context, **values)
    rows = [order, *order.orderitem_set.order_by("pk")]
    _note_known(channel.pk, {row: _remote_id(row) for row in rows})
    return order


@transaction.atomic
def create_channel_cancellation_request(
    order_item: OrderItem,
    *,
    reason: CancellationReason,
    audit_context: AuditContext,
    remote_id: str | None = None,
    **values: Any,
) -> CancellationRequest:
    """A wish to cancel or return as a channel's application sends it, known to the channel as `remote_id`.

    Raises what `create_cancellation_request` raises.
    """
    request = create_cancellation_request(order_item, reason=reason, audit_context=audit_context, **values)
    if remote_id:
        _note_known(order_item.order.channel_id, {request: remote_id})
    return request


def _remote_id(row: Order | OrderItem) -> str | None:
    """What the channel calls the row, as text. Raises InvalidInput for what nobody could find it by again."""
    given = row.extra_field.get(REMOTE_ID)
    if given in (None, ""):
        return None
    if isinstance(given, bool) or not isinstance(given, str | int) or len(str(given)) > LONGEST_REMOTE_ID:
        raise InvalidInput(extra_field=f"The id must be text of at most {LONGEST_REMOTE_ID} signs.")
    return str(given)


def _note_known(channel_id: int, remote_ids: dict[Any, str | None]) -> None:
    """The channel knows these rows, all new, as they are now; one without a remote id is known by none."""
    types = ContentType.objects.get_for_models(*{type(row) for row in remote_ids})
    IntegrationAction.objects.bulk_create(
        IntegrationAction(
            channel_id=channel_id,
            content_type=types[type(row)],
            object_id=row.pk,
            remote_id=remote_id,
            version_date=row.modified_date,
        )
        for row, remote_id in remote_ids.items()
    )
