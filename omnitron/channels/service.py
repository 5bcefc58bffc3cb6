"""Every operation on a channel."""

from __future__ import annotations

from omnitron.channels.use_cases import channels


class ChannelService:
    """Each name leads to one use case."""

    create_channel = staticmethod(channels.create_channel)
    update_channel = staticmethod(channels.update_channel)
    delete_channel = staticmethod(channels.delete_channel)
    conf_with_secrets = staticmethod(channels.conf_with_secrets)
    rotate_secrets = staticmethod(channels.rotate_secrets)
