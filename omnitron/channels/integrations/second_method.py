"""The documents' second method: a CommandIntegration runs actions, each a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet

from omnitron.channels.exceptions import (
    IntegrationActionException,
)
from omnitron.channels.integrations.base import BaseIntegration
from omnitron.channels.integrations.commands import Command
from omnitron.channels.integrations.dto import ChangeAnswer, Intake, OrderChange
from omnitron.channels.integrations.reading import ToOrder
from omnitron.channels.models import PulledOrder


class BasicIntegration:
    """The command pattern: `do_action` runs the command that `serializer_class` has for a key."""

    serializer_class: ClassVar[Mapping[str, type[Command]]] = {}

    def do_action(self, key: str, objects: Any = None, force: bool = False, **kwargs: Any) -> Any:
        """Run the command of `key`: on `objects`, else on what `get_objects` finds; `kwargs` are its parameters.

        `force` asks for all objects, also those the channel knows as they are. Returns what the command's `run`
        returns. Raises IntegrationActionException for an unknown key.
        """
        if key not in self.serializer_class:
            known = ", ".join(sorted(self.serializer_class))
            raise IntegrationActionException(integration=type(self).__module__, key=key, known=known)
        found = self.get_objects(key, objects=objects, force=force, **kwargs)
        return self.serializer_class[key](integration=self, objects=found, **kwargs).run()

    def get_objects(self, key: str, *, objects: Any = None, force: bool = False, **kwargs: Any) -> Any:
        """`objects` as given, else what the method `qs__<key>` finds; None where the action has no objects."""
        if objects is not None:
            return objects
        query = getattr(self, f"qs__{key}", None)
        return None if query is None else query(force=force, **kwargs)


class CommandIntegration(BasicIntegration, BaseIntegration):
    """The second method. `serializer_class` has at least `get_orders`; `count_orders` and `send_updates` where the
    channel can count its orders and be told of changes.
    """

    def get_orders(self, **filters: Any) -> Intake:
        """Fetch orders and take them in, by the action of this name."""
        return self.do_action("get_orders", **filters)

    def count_orders(self, *, start_date: datetime, end_date: datetime) -> int | None:
        if "count_orders" not in self.serializer_class:
            return None
        return self.do_action("count_orders", start_date=start_date, end_date=end_date)

    @property
    def takes_updates(self) -> bool:
        return "send_updates" in self.serializer_class

    def send_updates(self, changes: Sequence[OrderChange]) -> Sequence[ChangeAnswer]:
        """Tell the channel what changed here, by the action of this name."""
        return self.do_action("send_updates", objects=changes)

    def order_reader(self) -> ToOrder:
        """The reader of the command `get_orders`."""
        return self.serializer_class["get_orders"](integration=self).to_order

    def qs__get_orders(self, *, force: bool = False, **kwargs: Any) -> QuerySet[PulledOrder]:
        """What is known already of the orders that are asked for by number, id, or as "those after it"."""
        known = PulledOrder.objects.filter(channel_id=self.channel_id)
        if ids := kwargs.get("order_ids"):
            return known.filter(remote_id__in=ids)
        if numbers := kwargs.get("order_numbers_to_fetch"):
            return known.filter(number__in=numbers)
        if after := kwargs.get("order_id"):
            return known.filter(remote_id=after)
        return known.none()
