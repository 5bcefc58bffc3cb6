"""Every refusal of the orders application: the documented name, a code, a message.

Groups: 100 the order itself, 200 its status, 300 its items, 400 cancellations, 500 refunds, 600 addresses,
700 fulfilment, 800 tracking files.
"""

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


class OrderNothingToMoveException(OmnitronException):
    code = "order_200_3"
    message = "Order {number} is {status}; no item of it stands before {target}."


class OrderCancellationUnderWayException(OmnitronException):
    code = "order_200_4"
    message = "Item {item} is to be cancelled: it may not become {target} before that is decided."


class OrderClosedException(OmnitronException):
    code = "order_200_5"
    message = "Order {number} is {status}; nothing of it is left to move."


class OrderItemsClosedException(OmnitronException):
    code = "order_300_1"
    message = "Order {number} is {status}; items are added only before it is shipped or cancelled."


class OrderForeignItemException(OmnitronException):
    code = "order_300_2"
    message = "Items {items} are none of order {number}."


class OrderItemSplitException(OmnitronException):
    code = "order_300_3"
    message = "Item {item} cannot be split: {reason}."


class OrderSharesFrozenException(OmnitronException):
    code = "order_300_4"
    message = "Order {number} has a cancellation: the shares of its items are frozen."


class OrderCancelMoreThenOneException(OmnitronException):
    code = "order_400_1"
    message = "Order {number} has a cancellation that is {status}; decide it before opening another."


class OrderCancelOverlappingParameterException(OmnitronException):
    code = "order_400_2"
    message = "Either is_all or cancel_items, not both; and one of them, or is_cargo_refund alone."


class OrderCancelMissingReasonException(OmnitronException):
    code = "order_400_3"
    message = "Items {items} have no reason."


class OrderCancelPurchaseTransactionNotFound(OmnitronException):
    code = "order_400_4"
    message = "Order {number} was paid by card, but no purchase is recorded for it."


class OrderUpdateCancelStatusException(OmnitronException):
    code = "order_400_5"
    message = "A cancellation that is {current} may not become {target}; it may become {allowed}."


class OrderNothingToCancelException(OmnitronException):
    code = "order_400_6"
    message = "Order {number} is {status}; nothing of it is left to cancel."


class OrderCancelItemStateException(OmnitronException):
    code = "order_400_7"
    message = "Items {items} are cancelled already, or about to be."


class OrderCancelMixedItemsException(OmnitronException):
    code = "order_400_8"
    message = "Items {shipped} are shipped, items {waiting} are not: cancel the one, refund the other."


class OrderNoOpenCancellationException(OmnitronException):
    code = "order_400_9"
    message = "Order {number} has no cancellation to decide."


class OrderCancelForcedRefundException(OmnitronException):
    code = "order_400_10"
    message = "A refund of {amount} is more than the {left} that is left to refund."


class OrderCancelReasonException(OmnitronException):
    code = "order_400_11"
    message = "Reasons {reasons} do not exist or are not active."


class OrderShippingRefundException(OmnitronException):
    code = "order_400_12"
    message = "Order {number} has no shipping left to give back."


class OrderCancelSeveralPlansException(OmnitronException):
    code = "order_400_13"
    message = "Some of these items are in a cancellation, others are not; name the ones or the others."


class CancellationRequestStateException(OmnitronException):
    code = "order_400_14"
    message = "A request that is {current} may not become {target}."


class CancellationRequestItemException(OmnitronException):
    code = "order_400_15"
    message = "Item {item} cannot be asked back: {reason}."


class CancellationPlanSettledException(OmnitronException):
    code = "order_400_16"
    message = "Cancellation plan {plan} is {status}; its figures are final."


class OrderRefundProofMissingException(OmnitronException):
    code = "order_500_1"
    message = "{amount} of this cancellation must be shown to be paid back: give a proof."


class OrderNoGatewayRefundException(OmnitronException):
    code = "order_500_2"
    message = "No refund of cancellation plan {plan} can be tried at a gateway."


class OrderRefundInFlightException(OmnitronException):
    code = "order_500_3"
    message = "Refund {refund} is with its gateway; wait for the answer, or it may be paid twice."


class OrderRefundStateException(OmnitronException):
    code = "order_500_4"
    message = "Refund {refund} is {status}: there is nothing of this kind to do."


class OrderAddressShippedException(OmnitronException):
    code = "order_600_1"
    message = "Order {number} is shipped: its addresses are final."


class OrderAddressPackedException(OmnitronException):
    code = "order_600_2"
    message = "Order {number} is being packed: a new shipping address needs a reason and a note_to_carrier."


class OrderAddressInvoicedException(OmnitronException):
    code = "order_600_3"
    message = "Order {number} has invoice {invoice_number}: a new billing address needs a reason."


class OrderAddressException(OmnitronException):
    code = "order_600_4"
    message = "Address {address} cannot be used for order {number}: {reason}."


class OrderNotPayOnDeliveryException(OmnitronException):
    code = "order_700_1"
    message = "Order {number} is not paid on delivery."


class OrderNoItemAtException(OmnitronException):
    code = "order_700_2"
    message = "Order {number} is {status}; no item of it is {wanted}."


class OrderNotClickAndCollectException(OmnitronException):
    code = "order_700_3"
    message = "Order {number} is not collected from a store."


class OrderNotApprovedException(OmnitronException):
    code = "order_700_4"
    message = "Order {number} is {status}; it must be approved first."


class OrderPackageStatusException(OmnitronException):
    code = "order_700_5"
    message = "A package that is {current} may not become {target}; it may become {allowed}."


class OrderPackageUnitsException(OmnitronException):
    code = "order_700_6"
    message = "Item {item} has {left} units left to pack, {given} were given."


class OrderPackageItemStateException(OmnitronException):
    code = "order_700_7"
    message = "Items {items} are cancelled, or about to be, and may not be shipped."


class OrderItemClosedException(OmnitronException):
    code = "order_700_8"
    message = "Item {item} is {status}: its shipment is corrected only with force."


class TrackingFileEmptyException(OmnitronException):
    code = "order_800_1"
    message = "The file holds no rows below its headings."


class TrackingFileFormatException(OmnitronException):
    code = "order_800_2"
    message = "The file is no CSV or XLSX that can be read: {reason}."


class TrackingFileTooLargeException(OmnitronException):
    code = "order_800_3"
    message = "The file is too large: at most {limit} {unit} are read."


class TrackingFileColumnsException(OmnitronException):
    code = "order_800_4"
    message = "The headings cannot be used: {reason}."


class TrackingFileUnsafeException(OmnitronException):
    code = "order_800_5"
    message = "The workbook is not opened: it holds {content}."


class TrackingValueException(OmnitronException):
    code = "order_800_10"
    message = "{column}: {reason}."


class TrackingChannelUnknownException(OmnitronException):
    code = "order_800_11"
    message = "There is no one channel {channel}."


class TrackingOrderUnknownException(OmnitronException):
    code = "order_800_12"
    message = "There is no order {number}."


class TrackingOrderAmbiguousException(OmnitronException):
    code = "order_800_13"
    message = "Order {number} exists in several channels; name one in the column channel."


class TrackingCarrierUnknownException(OmnitronException):
    code = "order_800_14"
    message = "There is no carrier {carrier}."


class TrackingSkuUnknownException(OmnitronException):
    code = "order_800_15"
    message = "Order {number} has no item with the sku {sku}."


class TrackingRowsContradictException(OmnitronException):
    code = "order_800_16"
    message = "Rows {rows} say different things about the same."
