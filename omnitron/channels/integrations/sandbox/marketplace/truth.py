"""What is so in a marketplace, whatever it says. For those who check what was pulled from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from omnitron.channels.integrations.sandbox.marketplace.orders import MarketOrder
from omnitron.channels.integrations.sandbox.marketplace.payload import Payload
from omnitron.channels.integrations.sandbox.marketplace.stamps import moment_of
from omnitron.channels.integrations.sandbox.marketplace.state import State
from omnitron.channels.integrations.sandbox.marketplace.stories import DEFECTS, late_until


class Truth:
    """Orders by their id. Moments are by the marketplace's own clock."""

    def __init__(self, state: State, look: Callable[[], None]) -> None:
        """`look` lets the state see what time it is."""
        self._state = state
        self._look = look

    @property
    def orders(self) -> dict[int, Payload]:
        """Every order as it finally is, once all that is planned has happened; hidden ones, too."""
        return {order.id: self._state.payload(order, len(order.versions) - 1) for order in self._all()}

    @property
    def orders_now(self) -> dict[int, Payload]:
        """Every order that can be read now, as it shows now."""
        self._look()
        return {
            order.id: self._state.payload(order)
            for order in self._all()
            if order.current >= 0 and not order.is_hidden
        }

    @property
    def hidden_for_ever(self) -> dict[int, list[datetime]]:
        """Orders that are counted and never shown, with the stamps they are counted at in the course of time."""
        return {
            order.id: [moment_of(version.modified) for version in order.versions]
            for order in self._all()
            if order.is_hidden
        }

    @property
    def late(self) -> dict[int, datetime]:
        """Orders with a version that shows after its stamp, and from when on it does."""
        visible_from = {order.id: late_until(order) for order in self._all()}
        return {order_id: moment_of(stamp) for order_id, stamp in visible_from.items() if stamp is not None}

    @property
    def unusable(self) -> dict[int, frozenset[str]]:
        """Orders that cannot be taken in as they finally are, and why: kinds of `FaultPlan`."""
        reasons = {order.id: _lasting_defects(order) for order in self._all()}
        return {order_id: kinds for order_id, kinds in reasons.items() if kinds}

    @property
    def settled_at(self) -> datetime:
        """When the last planned version of the last order shows."""
        return moment_of(max(version.visible_at for order in self._all() for version in order.versions))

    @property
    def injected(self) -> Counter[str]:
        """How often each kind of misbehaviour struck: of orders from the start, of requests so far."""
        return +(self._state.planned + self._state.mischief.done)

    def _all(self) -> list[MarketOrder]:
        return list(self._state.shelf.by_id.values())


def _lasting_defects(order: MarketOrder) -> frozenset[str]:
    """All but those that a later version mends."""
    is_repaired = any(version.change.kind == "repaired" for version in order.versions)
    return order.defects - set(DEFECTS) if is_repaired else order.defects
