"""Raw orders are read, and what they refer to is looked up, for all of a page at once. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rest_framework.exceptions import ValidationError

from omnitron.channels.enums import ParkCause
from omnitron.channels.exceptions import OrderParkedException
from omnitron.channels.integrations.comparison import FIGURES, News, parts_of
from omnitron.channels.integrations.dto import ChannelOrder, RawOrder
from omnitron.channels.integrations.incoming import incoming_order
from omnitron.channels.integrations.known_orders import Sighting
from omnitron.channels.integrations.references import References
from omnitron.channels.integrations.refusals import IMPOSSIBLE, parked_for
from omnitron.channels.integrations.types_declared import check_types
from omnitron.channels.models import Channel
from omnitron.orders.dto import IncomingOrder

ToOrder = Callable[[Mapping[str, Any]], ChannelOrder]
# What a reader of payloads raises for one that is not of the shape it was written for.
_UNREADABLE = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, ValidationError)


@dataclass(frozen=True)
class ReadOrder:
    """An order that was read, its parts, and as it may be taken in; `problem` is why not."""

    sighting: Sighting
    order: ChannelOrder | None = None
    parts: dict[str, Any] = field(default_factory=dict)
    incoming: IncomingOrder | None = None
    problem: OrderParkedException | None = None

    @property
    def remote_id(self) -> str:
        return self.sighting.raw.remote_id

    @property
    def says_nothing_new(self) -> bool:
        """What changed about it is nothing that is kept here, its stamp for one."""
        known = self.sighting.known
        return self.problem is None and known is not None and self.parts == known.parts


def read_orders(
    channel: Channel, sightings: Sequence[Sighting], *, to_order: ToOrder, accept_differences: bool
) -> list[ReadOrder]:
    """Each order read, and what it refers to looked up, as far as it goes."""
    reads = [_read(sighting, to_order) for sighting in sightings]
    references = References(channel, [read.order for read in reads if read.order is not None])
    return [
        _resolved(channel, read, references, accept_differences=accept_differences)
        if read.order is not None
        else read
        for read in reads
    ]


def _read(sighting: Sighting, to_order: ToOrder) -> ReadOrder:
    raw = sighting.raw
    try:
        order = to_order(raw.payload)
        check_types(order, ChannelOrder)
        _check_names(order, raw)
        return ReadOrder(sighting, order, parts_of(order))
    except OrderParkedException as problem:
        return ReadOrder(sighting, problem=problem)
    except _UNREADABLE as error:
        kind = type(error).__name__
        # What other errors say has the value in it.
        what = f"{kind}: {error}" if isinstance(error, LookupError) else kind
        detail = f"The payload cannot be read: {what}."
        problem = OrderParkedException(ParkCause.UNREADABLE, subject=kind, detail=detail)
        return ReadOrder(sighting, problem=problem)


def _check_names(order: ChannelOrder, raw: RawOrder) -> None:
    lines = [item.remote_id for item in order.items]
    problems = {
        "number": (order.number != raw.number, "The order calls itself by another number."),
        "remote_id": (order.remote_id != raw.remote_id, "The order calls itself by another id."),
        "items.remote_id": (len(set(lines)) < len(lines), "Several of its lines have the same id."),
    }
    for subject, (is_so, detail) in problems.items():
        if is_so:
            raise OrderParkedException(ParkCause.UNREADABLE, subject=subject, detail=detail)


def _resolved(
    channel: Channel, read: ReadOrder, references: References, *, accept_differences: bool
) -> ReadOrder:
    known = read.sighting.known
    # Figures that were dealt with once need not add up again at every change.
    is_dealt_with = known is not None and not News(read.parts, known.parts).has(FIGURES)
    try:
        incoming = incoming_order(
            channel, read.order, references, accept_differences=accept_differences or is_dealt_with
        )
    except (OrderParkedException, *IMPOSSIBLE) as error:
        return replace(read, problem=parked_for(error))
    return replace(read, incoming=incoming)
