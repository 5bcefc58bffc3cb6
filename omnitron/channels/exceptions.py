"""What channels refuse."""

from __future__ import annotations

from typing import Any

from omnitron.channels.enums import ParkCause
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


class IntegrationNotFoundException(OmnitronException):
    """There is no folder of this name below `channels/integrations/`."""

    code = "channels_200_1"
    message = "No integration serves channels of the type {channel_type}."


class IntegrationUnauthorizedException(OmnitronException):
    """The channel does not let us in (the documents' name)."""

    code = "channels_200_2"
    message = "Channel {channel} refuses the credentials it is configured with: {reason}."


class IntegrationNotDefineResponseProcess(OmnitronException):
    """A method for which it is not defined what to do with the answer (the documents' name)."""

    code = "channels_200_3"
    message = "What to do with the answer to {method} is not defined."


class IntegrationActionException(OmnitronException):
    """The integration has no action of this name."""

    code = "channels_200_4"
    message = "The integration {integration} has no action {key}; it has: {known}."


class ChannelMethodNotAllowedException(OmnitronException):
    """Not among the methods `ChannelService.channel_allowed_methods` has for channels of this type."""

    code = "channels_200_5"
    message = "{method} is not allowed for channels of the type {channel_type}."


class IntegrationConfigurationException(OmnitronException):
    """Something the integration needs is not in the channel's `conf`."""

    code = "channels_200_6"
    message = "Channel {channel} is not configured: its conf has no {key}."


class ChannelUnreachableException(OmnitronException):
    """The channel gave no usable answer, however often it was asked. Asking later may help."""

    code = "channels_300_1"
    message = "Channel {channel} gives no usable answer to {request}: {reason}."


class ChannelRefusedException(OmnitronException):
    """The channel refuses the request itself (a 4xx): asking again would not help."""

    code = "channels_300_2"
    message = "Channel {channel} refuses {request} with {status}: {reason}."


class ChannelBudgetException(OmnitronException):
    """As often as these credentials may be tried again in an hour, they were."""

    code = "channels_300_3"
    message = "Channel {channel} was tried again {retries} times within the hour; that is its budget."


class PullRunningException(OmnitronException):
    """Another run is pulling from this channel."""

    code = "channels_300_4"
    message = "Channel {channel} is being pulled by another run."


class ChannelBreakerOpenException(OmnitronException):
    """The channel failed several runs in a row; it is left in peace until then."""

    code = "channels_300_5"
    message = "Channel {channel} failed {failures} times in a row and is left in peace until {until}."


class UnexpectedFaultException(OmnitronException):
    """Something nobody foresaw ended the run; the log has the whole of it."""

    code = "channels_300_6"
    message = "A fault nobody foresaw ended the run: {kind}. The log has the whole of it."


class NoHoleException(OmnitronException):
    """Only of a hole can somebody say that it is known."""

    code = "channels_300_7"
    message = "The window from {start} is no hole: {status}."


class OrderParkedException(OmnitronException):
    """An order of a channel cannot be taken in as it is: `cause` says why, `subject` what it is about, which may be
    anything a channel says, and is shown as text.
    """

    code = "channels_400_1"
    message = "{detail}"

    def __init__(self, cause: ParkCause, *, subject: Any, detail: str) -> None:
        self.cause, self.subject, self.detail = cause, str(subject), detail
        super().__init__(detail=detail)
