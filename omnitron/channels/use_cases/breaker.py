"""The breaker of a channel: one that failed several pulls in a row is left in peace for a while."""

from __future__ import annotations

from datetime import datetime

from omnitron.channels.exceptions import ChannelBreakerOpenException
from omnitron.channels.models import Channel, PullState


def check_breaker(channel: Channel, *, now: datetime) -> None:
    """Raises ChannelBreakerOpenException while the breaker of the channel is open."""
    state = PullState.objects.filter(channel=channel, open_until__gt=now).first()
    if state is not None:
        until = f"{state.open_until:%Y-%m-%d %H:%M:%S %Z}"
        raise ChannelBreakerOpenException(channel=channel.name, failures=state.failures, until=until)
