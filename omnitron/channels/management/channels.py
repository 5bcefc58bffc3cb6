"""What the commands about channels share: which channels are meant, and what their exit codes mean."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.core.management.base import BaseCommand, CommandError, CommandParser

from omnitron.channels.exceptions import (
    ChannelBreakerOpenException,
    IntegrationUnauthorizedException,
    PullRunningException,
)
from omnitron.channels.integrations.registry import channel_types
from omnitron.channels.models import Channel
from omnitron.core.exceptions import OmnitronException


class Exit(IntEnum):
    """Exit codes. Of several channels the worst counts: a later one in this list is worse."""

    DONE = 0
    # Everything was pulled, but some of it could not be taken in: see the parked orders, or the holes.
    INCOMPLETE = 3
    # EX_TEMPFAIL: another run is at it, or the breaker is open. Nothing was done; the next run will.
    BUSY = 75
    # The channel gave no usable answer. What was pulled before stays; the next run goes on from there.
    UNREACHABLE = 4
    # The channel does not let us in: its configuration needs a hand.
    UNAUTHORIZED = 5
    # 128 + SIGINT, as shells have it.
    INTERRUPTED = 130


_SEVERITY = (Exit.DONE, Exit.INCOMPLETE, Exit.BUSY, Exit.UNREACHABLE, Exit.UNAUTHORIZED)


@contextmanager
def interruptible(command: BaseCommand, *, afterwards: str) -> Iterator[None]:
    """Ctrl-C ends the command with a word of what is `afterwards`, and not with a traceback."""
    try:
        yield
    except KeyboardInterrupt:
        command.stderr.write(f"Interrupted. {afterwards}")
        sys.exit(Exit.INTERRUPTED)


def worst(codes: list[Exit]) -> Exit:
    """The exit code of several channels."""
    return max(codes, key=_SEVERITY.index, default=Exit.DONE)


def exit_code_of(error: OmnitronException) -> Exit:
    """What a fault that ended a run means to whoever started it."""
    by_error: dict[type[OmnitronException], Exit] = {
        PullRunningException: Exit.BUSY,
        ChannelBreakerOpenException: Exit.BUSY,
        IntegrationUnauthorizedException: Exit.UNAUTHORIZED,
    }
    return by_error.get(type(error), Exit.UNREACHABLE)


def shown_error(error: OmnitronException | None) -> dict[str, str] | None:
    """The fault in the line of JSON."""
    return None if error is None else {"code": error.code, "message": str(error)}


def add_channel_arguments(parser: CommandParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--channel", help="the channel's pk or its name")
    which.add_argument(
        "--channel-type", choices=channel_types(), help="all active channels of this type, by pk"
    )


def channels_meant(*, channel: str | None, channel_type: str | None) -> list[Channel]:
    """The channels the arguments name. Raises CommandError where there is none, where a name is not unique, and for
    a channel that no integration serves.
    """
    if channel_type is not None:
        return list(Channel.objects.filter(channel_type=channel_type, is_active=True).order_by("pk"))
    found = list(
        Channel.objects.filter(pk=int(channel))
        if channel.isdecimal() and len(channel) < 19
        else Channel.objects.filter(name=channel)
    )
    if len(found) != 1:
        raise CommandError(f"{len(found) or 'No'} channels are called {channel}; give a pk.")
    if found[0].channel_type not in channel_types():
        raise CommandError(
            f"{found[0].name} is a channel of the type {found[0].channel_type}, which an application serves: "
            "there is nothing to pull from or to tell here."
        )
    return found
