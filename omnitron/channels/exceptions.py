"""What channels refuse."""

from __future__ import annotations

from omnitron.core.exceptions import OmnitronException


class ChannelSecretsUnreadableException(OmnitronException):
    """None of the configured keys opens what is stored. Writing every secret anew gets the channel going again."""

    code = "channels_100_1"
    message = "The secrets of this channel cannot be decrypted with the configured keys. Write them anew."


class BatchRequestStatusException(OmnitronException):
    """Channel applications look for exactly this code: they ignore it where a batch was failed before."""

    code = "batch_request_status_100_1"
    message = "A batch request cannot go from {current} to {target}; it could go to: {allowed}."


class BatchRequestCommittedException(OmnitronException):
    """One batch at a time works on the objects of one kind in a channel."""

    code = "batch_request_status_100_2"
    message = "Batch request {other} of channel {channel} is committed with objects of this kind ({kind})."


class BatchObjectsTakenException(OmnitronException):
    """An object that another batch is working on."""

    code = "batch_request_status_100_3"
    message = "Other batch requests are working on some of these objects: {objects}."


class BatchContentTypeException(OmnitronException):
    """A batch keeps the kind of object it was first committed with."""

    code = "batch_request_status_100_4"
    message = "This batch request is about {known}, not {given}."
