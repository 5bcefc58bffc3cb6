"""Every refusal of the orders application: the documented name, a code, a message."""

from __future__ import annotations

from omnitron.core.exceptions import OmnitronException


class OrderDuplicatedFieldException(OmnitronException):
    code = "order_100_1"
    message = "Channel {channel} has an order {number} already."


class OrderNumberAmbiguousException(OmnitronException):
    code = "order_100_2"
    message = "Order {number} exists in channels {channels}; name one with ?channel=."


class OrderDeleteException(OmnitronException):
    code = "order_100_3"
    message = "Order {number} cannot be deleted: {reason}."


class OrderStatusException(OmnitronException):
    code = "order_200_1"
    message = "An item in {current} may not become {target}; it may become {allowed}."


class OrderStatusByActionException(OmnitronException):
    code = "order_200_2"
    message = "Status {target} is reached only through cancel, cancellation_approved_order and its siblings."


class OrderItemsClosedException(OmnitronException):
    code = "order_300_1"
    message = "Order {number} is {status}; items are added only before it is shipped or cancelled."
