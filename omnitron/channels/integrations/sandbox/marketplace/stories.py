"""What becomes of each order, from the seed: when it is placed, changed, shipped, cancelled; what is wrong."""

from __future__ import annotations

from random import Random

from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.integrations.sandbox.marketplace.orders import Change, MarketOrder, Version
from omnitron.channels.integrations.sandbox.marketplace.stamps import DAY, HOUR, MINUTE

LONGEST_LATENESS = 48 * HOUR
# Carriers collect once a day, and everything collected bears one stamp.
COLLECTION = 15 * HOUR
FIRST_ID = 10_000_000
# Changes that are counted: by their kind, or by their kind and value.
_EVENTS: dict[str | tuple[str, str], str] = {
    "address": "changed",
    "note": "changed",
    "line_cancelled": "line_cancelled",
    "repaired": "repaired",
    ("status", "Cancelled"): "cancelled",
    ("status", "Returned"): "returned",
    ("status", "UnDelivered"): "undelivered",
}
DEFECTS = ("wrong_currency", "unknown_product", "unknown_district", "broken_total")


def tell(seed: int, index: int, *, placed: int, faults: FaultPlan) -> MarketOrder:
    """The order number `index` of the marketplace `seed`, placed at the stamp `placed`, with all that follows."""
    random = Random(f"{seed}/story/{index}")
    defects = {kind for kind in DEFECTS if random.random() < getattr(faults, kind)}
    life = _life(random, placed, faults)
    if life[-1][1] == Change("status", "Delivered") and random.random() < faults.illegal_move:
        defects.add("illegal_move")
        life.append((life[-1][0] + random.randint(HOUR, 12 * HOUR), Change("move_back", "Picking")))
    if random.random() < faults.changed:
        life += _corrections(random, placed)
    if defects & set(DEFECTS) and random.random() < faults.repaired:
        life.append((placed + random.randint(6 * HOUR, 3 * DAY), Change("repaired")))
    order = MarketOrder(
        index=index,
        id=FIRST_ID + index,
        number=f"SB{seed}-{index:06d}",
        versions=[
            Version(stamp, stamp, change) for stamp, change in sorted(life, key=lambda event: event[0])
        ],
        defects=frozenset(defects),
        is_hidden=random.random() < faults.hidden,
        # A single line is never cancelled by itself.
        fewest_lines=2 if any(change.kind == "line_cancelled" for _, change in life) else 1,
    )
    order.keep_ascending(1)
    if not order.is_hidden and random.random() < faults.late:
        _delay(random, order)
    return order


def kinds_of(order: MarketOrder) -> list[str]:
    """The kinds of `FaultPlan` that are in the order."""
    kinds = [*order.defects]
    kinds += [_EVENTS[v.change[:2]] for v in order.versions if v.change[:2] in _EVENTS]
    kinds += [_EVENTS[v.change.kind] for v in order.versions if v.change.kind in _EVENTS]
    kinds += ["hidden"] * order.is_hidden
    kinds += ["late"] * (late_until(order) is not None)
    return kinds


def late_until(order: MarketOrder) -> int | None:
    """The stamp from which on the order's late version shows, None where it has none."""
    return next(
        (version.visible_at for version in order.versions if version.visible_at > version.modified), None
    )


def _life(random: Random, placed: int, faults: FaultPlan) -> list[tuple[int, Change]]:
    """Created, picked, shipped and delivered, unless it goes wrong on the way."""
    picked = placed + random.randint(HOUR, 20 * HOUR)
    shipped = _next_collection(picked + random.randint(HOUR, 10 * HOUR))
    delivered = shipped + random.randint(16 * HOUR, 72 * HOUR)
    life = [(placed, Change("placed"))]
    if random.random() < faults.cancelled:
        return [*life, (random.randint(placed + MINUTE, shipped), Change("status", "Cancelled"))]
    life.append((picked, Change("status", "Picking")))
    if random.random() < faults.line_cancelled:
        life.append((random.randint(picked + MINUTE, shipped - 1), Change("line_cancelled")))
    life.append((shipped, Change("status", "Shipped")))
    if random.random() < faults.undelivered:
        life.append((delivered, Change("status", "UnDelivered")))
        delivered += random.randint(20 * HOUR, 40 * HOUR)
    life.append((delivered, Change("status", "Delivered")))
    if random.random() < faults.returned:
        life.append((delivered + random.randint(DAY, 5 * DAY), Change("status", "Returned")))
    return life


def _corrections(random: Random, placed: int) -> list[tuple[int, Change]]:
    """The customer corrects the address or leaves a word, soon after."""
    kind = random.choice(("address", "note"))
    text = f"Düzeltme: {random.randint(1, 99)} numaralı kapı"
    return [(placed + random.randint(MINUTE, 10 * HOUR), Change(kind, text))]


def _next_collection(stamp: int) -> int:
    day, hour = divmod(stamp, DAY)
    return day * DAY + COLLECTION + (DAY if hour >= COLLECTION else 0)


def _delay(random: Random, order: MarketOrder) -> None:
    """One version shows long after it happened; all that follows happens so much later."""
    last = len(order.versions) - 1
    position = 0 if random.random() < 0.5 else random.randint(0, last)
    lateness = random.randint(MINUTE, LONGEST_LATENESS)
    order.versions[position].visible_at += lateness
    for version in order.versions[position + 1 :]:
        version.modified += lateness
        version.visible_at += lateness
