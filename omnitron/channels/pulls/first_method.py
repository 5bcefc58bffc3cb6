"""The documents' first method of fetching from a channel: `ChannelService.get_class`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from omnitron.channels.exceptions import ChannelMethodNotAllowedException
from omnitron.channels.integrations.first_method import Integration
from omnitron.channels.integrations.registry import channel_types, integration_class
from omnitron.channels.models import Channel
from omnitron.core.audit import AuditContext
from omnitron.core.clock import SYSTEM_CLOCK, Clock

GET_CLASS, DO_ACTION = "get_class", "do_action"


def channel_allowed_methods() -> dict[str, frozenset[str]]:
    """By type of channel, the methods that may be called for its channels: `get_class` where its integration keeps
    to the first method, `do_action` where it keeps to the second.
    """
    return {
        name: frozenset({GET_CLASS if issubclass(integration_class(name), Integration) else DO_ACTION})
        for name in channel_types()
    }


def get_class(
    channel: Channel,
    class_names: Sequence[str],
    timeout: float | None = None,
    remote_id: str | None = None,
    filter_params: Mapping[str, Any] | None = None,
    *,
    audit_context: AuditContext,
    clock: Clock = SYSTEM_CLOCK,
) -> dict[str, Any]:
    """Log in to the channel and query it for the classes in `class_names` ("orders"); what became of each, by name.

    `timeout` is in seconds, for each answer; `filter_params` are those of `commands.GetOrders`. Source: the
    documents on ChannelService. Raises ChannelMethodNotAllowedException for a channel of the second method,
    IntegrationUnauthorizedException, and what the integration raises.
    """
    if GET_CLASS not in channel_allowed_methods().get(channel.channel_type, frozenset()):
        raise ChannelMethodNotAllowedException(method=GET_CLASS, channel_type=channel.channel_type)
    kind = integration_class(channel.channel_type)
    with kind(channel.pk, audit_context=audit_context, clock=clock) as integration:
        integration.login()
        return integration.get_class(
            class_names, timeout=timeout, remote_id=remote_id, filter_params=filter_params
        )
