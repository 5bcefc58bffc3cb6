"""The reservation of stock: the only writers of `ProductStock.sold_quantity_unreported`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from omnitron.catalogs.models import ProductStock

# Cheaper than bulk_update, whose CASE costs more to build than this does to run.
_WRITE = (
    "UPDATE catalogs_productstock AS s SET sold_quantity_unreported = given.units, modified_date = %s "
    "FROM unnest(%s::bigint[], %s::integer[]) AS given(id, units) WHERE s.id = given.id"
)

# A product in a stock list.
_Place = tuple[int, int | None]


@dataclass(frozen=True)
class StockRequest:
    """So many units of a product in a stock list; without a list there is nothing to reserve from."""

    product_id: int
    stock_list_id: int | None
    units: int

    @property
    def place(self) -> _Place:
        return self.product_id, self.stock_list_id


@dataclass(frozen=True)
class Reservation:
    """How many units were reserved, and whether the stock did not cover them."""

    units: int
    is_short: bool


def reserve(requests: Sequence[StockRequest]) -> list[Reservation]:
    """Reserve what is requested and tell, request by request, what became of it.

    Too little stock does not refuse a request, it is flagged; where no stock is kept, 0 units are reserved.
    One SELECT … FOR UPDATE and one UPDATE, in the caller's transaction.
    """
    stocks = _lock(requests)
    reservations = []
    for request in requests:
        stock = stocks.get(request.place)
        if stock is None:
            reservations.append(Reservation(units=0, is_short=False))
            continue
        stock.sold_quantity_unreported += request.units
        is_short = request.units > 0 and stock.sold_quantity_unreported > stock.stock
        reservations.append(Reservation(units=request.units, is_short=is_short))
    _write(stocks)
    return reservations


def release(requests: Sequence[StockRequest]) -> None:
    """Give back what was reserved. In the caller's transaction, with as few statements as `reserve`."""
    stocks = _lock(requests)
    for request in requests:
        stock = stocks.get(request.place)
        if stock is not None:
            # A row that was deleted and made anew meanwhile knows nothing of the reservation.
            stock.sold_quantity_unreported = max(0, stock.sold_quantity_unreported - request.units)
    _write(stocks)


def _lock(requests: Sequence[StockRequest]) -> dict[_Place, ProductStock]:
    """The rows of what is requested, locked in the order of their pks."""
    products_by_list: dict[int, set[int]] = {}
    for request in requests:
        if request.stock_list_id is not None and request.units:
            products_by_list.setdefault(request.stock_list_id, set()).add(request.product_id)
    if not products_by_list:
        return {}
    wanted = Q()
    for stock_list_id, product_ids in products_by_list.items():
        wanted |= Q(stock_list_id=stock_list_id, product_id__in=product_ids)
    rows = ProductStock.objects.filter(wanted).order_by("pk").select_for_update(no_key=True)
    return {(row.product_id, row.stock_list_id): row for row in rows}


def _write(stocks: dict[_Place, ProductStock]) -> None:
    if not stocks:
        return
    units = {stock.pk: stock.sold_quantity_unreported for stock in stocks.values()}
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [timezone.now(), list(units), list(units.values())])
