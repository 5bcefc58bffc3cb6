"""Sending changes to a channel so that an order it chokes on holds up no other."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from omnitron.channels.exceptions import ChannelBudgetException, IntegrationUnauthorizedException
from omnitron.channels.integrations.base import BaseIntegration
from omnitron.channels.integrations.dto import ChangeAnswer
from omnitron.channels.pushes.waiting import WaitingOrder
from omnitron.core.exceptions import OmnitronException

logger = logging.getLogger(__name__)

# What no other order would fare better with.
ENDING = (IntegrationUnauthorizedException, ChannelBudgetException)
# After so many orders in a row it is not the orders.
FAULTS_IN_A_ROW = 3


@dataclass(frozen=True)
class Sent:
    """What was tried: the orders, the channel's answers to their changes, and the fault that ended it, if one did.
    A change without an answer is to be tried again later.
    """

    orders: Sequence[WaitingOrder]
    answers: Sequence[ChangeAnswer]
    fault: Exception | None = None


def send(integration: BaseIntegration, orders: Sequence[WaitingOrder]) -> Sent:
    """Send the changes of these orders together; where that ends in a fault, order by order, until as many in a row
    do as say that the channel is away. Raises what no order would fare better with.
    """
    try:
        return Sent(orders, _send(integration, orders))
    except ENDING:
        raise
    # Whatever it is, most likely one of the orders: the others are told all the same.
    except Exception as fault:
        _log(f"Channel {integration.channel_id}, {len(orders)} orders at once", fault)
        return _send_one_by_one(integration, orders) if len(orders) > 1 else Sent(orders, (), fault)


def _send_one_by_one(integration: BaseIntegration, orders: Sequence[WaitingOrder]) -> Sent:
    answers: list[ChangeAnswer] = []
    faults = 0
    for tried, order in enumerate(orders, start=1):
        try:
            answers += _send(integration, [order])
        except ENDING as fault:
            return Sent(orders[: tried - 1], answers, fault)
        except Exception as fault:
            _log(f"Channel {integration.channel_id}, order {order.order.pk}", fault)
            faults += 1
            if faults == FAULTS_IN_A_ROW:
                return Sent(orders[:tried], answers, fault)
        else:
            faults = 0 if order.changes else faults
    return Sent(orders, answers)


def _send(integration: BaseIntegration, orders: Sequence[WaitingOrder]) -> Sequence[ChangeAnswer]:
    changes = [own.change for order in orders for own in order.changes]
    return integration.send_updates(changes) if changes else ()


def _log(what: str, fault: Exception) -> None:
    """A fault nobody foresaw with where it came from."""
    is_foreseen = isinstance(fault, OmnitronException)
    logger.warning("%s: %s", what, fault if is_foreseen else type(fault).__name__, exc_info=not is_foreseen)
