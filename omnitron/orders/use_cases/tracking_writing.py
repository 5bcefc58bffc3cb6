"""Writing judged rows of tracking numbers: some orders a transaction, in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from omnitron.core import audit
from omnitron.core.audit import AuditContext
from omnitron.core.exceptions import OmnitronException
from omnitron.omnicore.orders.enums import OrderStatus
from omnitron.orders.exceptions import (
    OrderClosedException,
    OrderItemClosedException,
    TrackingOrderUnknownException,
)
from omnitron.orders.models import Order, OrderItem, TrackingUpload, TrackingUploadRow
from omnitron.orders.tracking_models import TrackingResult, TrackingUploadStatus
from omnitron.orders.transitions import INACTIVE
from omnitron.orders.use_cases.tracking_judging import carrier_of, refuse

# How many orders are locked at once: few enough that whoever waits for one has it well within LOCK_TIMEOUT.
ORDERS_A_CHUNK = 200
COLUMNS = ("tracking_number", "shipping_company")

Values = dict[str, Any]


class Writing:
    """What a chunk changes, gathered order by order; each row ends with its result."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.items: list[OrderItem] = []
        self.touched: dict[int, Order] = {}
        self.old: dict[tuple[str, int], Values] = {}
        self.new: dict[tuple[str, int], Values] = {}

    def order(self, order: Order, items: Sequence[Any], rows: Sequence[TrackingUploadRow]) -> None:
        """Gather what `rows` change about a locked order: a row with a sku goes before the one for the rest."""
        active = [item for item in items if item.status not in INACTIVE]
        named = {row.sku for row in rows if row.sku}
        for row in rows:
            meant = [item for item in active if (item.sku == row.sku if row.sku else item.sku not in named)]
            try:
                self._row(order, items, active, meant, row)
            except OmnitronException as refusal:
                refuse(row, refusal)

    def _row(
        self,
        order: Order,
        items: Sequence[Any],
        active: Sequence[Any],
        meant: Sequence[Any],
        row: TrackingUploadRow,
    ) -> None:
        if (items and not active) or (row.sku and not meant):
            raise OrderClosedException(number=order.number, status=OrderStatus(order.status).label)
        values = {
            "tracking_number": row.tracking_number,
            "shipping_company": carrier_of(row.shipping_company),
        }
        writable = [item for item in meant if _may_write(item, values)]
        if meant and not writable:
            raise OrderItemClosedException(item=meant[0].pk, status=OrderStatus(meant[0].status).label)
        changed = [self._write(self.items, item, values) for item in writable]
        if not row.sku:
            changed.append(self._write(self.orders, order, values))
        row.result = TrackingResult.UPDATED if any(changed) else TrackingResult.UNCHANGED
        if any(changed):
            self.touched[order.pk] = order

    def _write(self, changed: list[Any], target: Order | OrderItem, values: Values) -> bool:
        old = {name: getattr(target, name) for name in COLUMNS}
        differing = [name for name in COLUMNS if old[name] != values[name]]
        if not differing:
            return False
        key = type(target).__name__, target.pk
        self.old[key] = {name: old[name] for name in differing}
        self.new[key] = {name: values[name] for name in differing}
        for name in differing:
            setattr(target, name, values[name])
        changed.append(target)
        return True

    def save(self, *, audit_context: AuditContext) -> None:
        """Orders are written where an item changed, too: `modified_date` is how channels learn of it."""
        if self.touched:
            Order.objects.bulk_update(self.touched.values(), COLUMNS)
        if self.items:
            OrderItem.objects.bulk_update(self.items, COLUMNS)
        for rows, event in ((self.orders, "order.changed"), (self.items, "orderitem.changed")):
            audit.record_many(
                rows,
                event,
                audit_context=audit_context,
                old={row.pk: self.old[type(row).__name__, row.pk] for row in rows},
                new={row.pk: self.new[type(row).__name__, row.pk] for row in rows},
            )


@transaction.atomic
def write_chunk(job_id: int) -> TrackingUpload | None:
    """Write the next orders of a judged file, or finish it. The job as it is then; None when nothing is left to do
    or another worker is at it.
    """
    upload = lock_upload(job_id)
    if upload is None or upload.state != TrackingUploadStatus.WRITING:
        return None
    pending = TrackingUploadRow.objects.filter(upload=upload, result=TrackingResult.PENDING)
    pks = pending.order_by("order_pk").values_list("order_pk", flat=True).distinct()[:ORDERS_A_CHUNK]
    rows = list(pending.filter(order_pk__in=list(pks)).order_by("row_number"))
    if not rows:
        finish(upload, TrackingUploadStatus.COMPLETED)
        return upload
    context = AuditContext(actor=upload.created_by, source=upload.source, request_id=upload.request_id)
    _write_rows(rows, audit_context=context)
    _note_results(upload, rows)
    return upload


def lock_upload(job_id: int) -> TrackingUpload | None:
    """The job, locked and without its file; None while another worker holds it."""
    jobs = TrackingUpload.objects.select_related("created_by").defer("content")
    return jobs.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(pk=job_id).first()


def finish(upload: TrackingUpload, state: TrackingUploadStatus) -> None:
    """Nothing is left to do: the file's content is let go."""
    upload.state, upload.content, upload.finished_date = state, None, timezone.now()
    upload.save(update_fields=["state", "content", "finished_date", "error_code", "error_message"])


def _write_rows(rows: Sequence[TrackingUploadRow], *, audit_context: AuditContext) -> None:
    by_order: dict[int, list[TrackingUploadRow]] = defaultdict(list)
    for row in rows:
        by_order[row.order_pk].append(row)
    orders = {order.pk: order for order in _lock_orders(list(by_order))}
    items: dict[int, list[OrderItem]] = defaultdict(list)
    for item in _lock_items(list(orders)):
        items[item.order_id].append(item)
    writing = Writing()
    for pk, its_rows in by_order.items():
        if pk in orders:
            writing.order(orders[pk], items[pk], its_rows)
            continue
        for row in its_rows:
            refuse(row, TrackingOrderUnknownException(number=row.order_number))
    writing.save(audit_context=audit_context)


def _lock_orders(pks: Sequence[int]) -> list[Order]:
    orders = Order.objects.filter(pk__in=pks).only("pk", "number", "status", *COLUMNS)
    return list(orders.select_for_update(no_key=True).order_by("pk"))


def _lock_items(order_pks: Sequence[int]) -> QuerySet:
    items = OrderItem.objects.filter(order__in=order_pks).annotate(sku=F("product__sku"))
    columns = items.only("pk", "order_id", "status", *COLUMNS)
    return columns.select_for_update(of=("self",), no_key=True).order_by("pk")


def _may_write(item: OrderItem, values: Values) -> bool:
    """What is missing of a delivered item may be filled in; what is there stays, as by PATCH without force."""
    return item.status != OrderStatus.DELIVERED or all(
        getattr(item, name) in (None, "", values[name]) for name in COLUMNS
    )


def _note_results(upload: TrackingUpload, rows: Sequence[TrackingUploadRow]) -> None:
    results = {
        result: [row for row in rows if row.result == result]
        for result in (TrackingResult.UPDATED, TrackingResult.UNCHANGED, TrackingResult.REFUSED)
    }
    for result in (TrackingResult.UPDATED, TrackingResult.UNCHANGED):
        if results[result]:
            TrackingUploadRow.objects.filter(pk__in=[row.pk for row in results[result]]).update(result=result)
    if results[TrackingResult.REFUSED]:
        TrackingUploadRow.objects.bulk_update(
            results[TrackingResult.REFUSED], ["result", "error_code", "error_message"]
        )
    upload.updated_rows += len(results[TrackingResult.UPDATED])
    upload.unchanged_rows += len(results[TrackingResult.UNCHANGED])
    upload.refused_rows += len(results[TrackingResult.REFUSED])
    upload.save(update_fields=["updated_rows", "unchanged_rows", "refused_rows"])
