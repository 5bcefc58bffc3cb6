"""What channels refuse."""

from __future__ import annotations

from omnitron.core.exceptions import OmnitronException


class ChannelSecretsUnreadableException(OmnitronException):
    """None of the configured keys opens what is stored. Writing every secret anew gets the channel going again."""

    code = "channels_100_1"
    message = "The secrets of this channel cannot be decrypted with the configured keys. Write them anew."
