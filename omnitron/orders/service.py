"""Every operation on orders and their items, by its documented name. Each leads to one use case."""

from __future__ import annotations

from omnitron.orders.use_cases import (
    addresses,
    cancel_previews,
    cancellation,
    cancellation_requests,
    channel_orders,
    discounts,
    fulfilment,
    intake,
    item_updates,
    mappings,
    order_changes,
    packages,
    payments,
    placement,
    plan_updates,
    refunds,
    settlement,
    splitting,
    status,
    tracking,
    transactions,
    vendor_orders,
)


class OrderService:
    """Every operation on an order."""

    create_order = staticmethod(placement.create_order)
    create_orders = staticmethod(channel_orders.create_orders)
    take_in_orders = staticmethod(intake.take_in_orders)
    update_order = staticmethod(placement.update_order)
    update_orders = staticmethod(order_changes.update_orders)
    delete_order = staticmethod(placement.delete_order)
    set_distribute_interest_amount = staticmethod(discounts.set_distribute_interest_amount)

    # Status
    change_order_status = staticmethod(status.change_order_status)
    order_status_update = staticmethod(status.order_status_update)

    # Fulfilment
    change_billing_address = staticmethod(addresses.change_billing_address)
    change_shipping_address = staticmethod(addresses.change_shipping_address)
    confirm_pay_on_delivery = staticmethod(fulfilment.confirm_pay_on_delivery)
    accept_in_store = staticmethod(fulfilment.accept_in_store)
    deliver_in_store = staticmethod(fulfilment.deliver_in_store)
    mark_as_not_sent = staticmethod(fulfilment.mark_as_not_sent)
    create_mapping = staticmethod(mappings.create_order_mapping)
    split_packages = staticmethod(packages.split_packages)
    update_package = staticmethod(packages.update_package)
    bulk_tracking_number_update = staticmethod(tracking.bulk_tracking_number_update)

    # Cancellations and refunds
    cancel_preview = staticmethod(cancel_previews.cancel_preview)
    cancel_order = staticmethod(cancellation.cancel_order)
    approved_order_cancel = staticmethod(settlement.approved_order_cancel)
    reject_order_cancel = staticmethod(settlement.reject_order_cancel)
    update_cancel_status = staticmethod(settlement.update_cancel_status)
    progress_cancel_status = staticmethod(settlement.progress_cancel_status)
    update_cancellation_plan = staticmethod(plan_updates.update_cancellation_plan)
    create_payment_plan = staticmethod(plan_updates.create_payment_plan)
    get_payment_history = staticmethod(payments.get_payment_history)
    get_transaction_amount = staticmethod(payments.get_transaction_amount)


class OrderItemService:
    """Every operation on an order item."""

    create_order_item = staticmethod(placement.create_order_item)
    update_order_item = staticmethod(item_updates.update_order_item)
    update_order_item_send_stock = staticmethod(mappings.update_order_item_send_stock)
    create_mapping = staticmethod(mappings.create_mapping)
    send_shipping_info = staticmethod(vendor_orders.send_shipping_info)
    split_order_item = staticmethod(splitting.split_order_item)


class CancellationRequestService:
    """Every operation on a wish to cancel or return."""

    create_cancellation_request = staticmethod(cancellation_requests.create_cancellation_request)
    create_channel_cancellation_request = staticmethod(channel_orders.create_channel_cancellation_request)
    confirm_cancellation_request = staticmethod(cancellation_requests.confirm_cancellation_request)
    approve_cancellation_request = staticmethod(cancellation_requests.approve_cancellation_request)
    reject_cancellation_request = staticmethod(cancellation_requests.reject_cancellation_request)


class TransactionService:
    """Every operation on a payment row."""

    update_or_create_transaction = staticmethod(transactions.update_or_create_transaction)


class RefundService:
    """Every operation on a promised refund."""

    due_refunds = staticmethod(refunds.due_refunds)
    send_refund = staticmethod(refunds.send_refund)
    close_refund = staticmethod(refunds.close_refund)
    retry_refund = staticmethod(refunds.retry_refund)


class TrackingService:
    """Working off the files of `bulk_tracking_number_update`."""

    update_tracking_numbers = staticmethod(tracking.update_tracking_numbers)
    tracking_uploads_left_behind = staticmethod(tracking.tracking_uploads_left_behind)
