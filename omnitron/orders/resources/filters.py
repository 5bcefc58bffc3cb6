"""What orders and items can be asked by."""

from __future__ import annotations

import django_filters

from omnitron.core.resources.filters import IdFilter, filterset_for
from omnitron.orders.models import (
    CancellationReason,
    CargoCompany,
    DiscountItem,
    Order,
    OrderItem,
    Package,
    VendorOrder,
)

OrderFilterSet = filterset_for(
    Order,
    "number",
    "status",
    "cancel_status",
    "is_send",
    "channel",
    "customer",
    "customer__email",
    "customer__phone_number",
    "shipping_address",
    "billing_address",
    "date_placed",
    "created_date",
    "modified_date",
    "currency",
    "amount",
    "discount_amount",
    "shipping_amount",
    "refund_amount",
    "discount_refund_amount",
    "shipping_refund_amount",
    "installment_interest_amount",
    "total_difference",
    "payment_option",
    "payment_option_slug",
    "payment_option__payment_type",
    "installment",
    "installment_count",
    "bin_number",
    "cargo_company",
    "shipping_company",
    "shipping_option_slug",
    "tracking_number",
    "carrier_shipping_code",
    "invoice_number",
    "invoice_date",
    "external_status",
    "client_type",
    "delivery_type",
    "language_code",
    "segment",
    "has_gift_box",
    "remote_addr",
    "checkout_provider_id",
    "extra_field",
    extra={
        # "all related orders including {number} value in any part of the order number"; exact is number__exact.
        "number": django_filters.CharFilter(field_name="number", lookup_expr="icontains", strip=False),
        # Channel applications ask so.
        "channel_id": IdFilter(field_name="channel"),
    },
)

OrderItemFilterSet = filterset_for(
    OrderItem,
    "order",
    "order__number",
    "order__channel",
    "product",
    "product__sku",
    "status",
    "cancel_status",
    "price_currency",
    "price",
    "tax_rate",
    "discount_amount",
    "price_list",
    "stock_list",
    "datasource",
    "parent",
    "external_status",
    "invoice_number",
    "invoice_date",
    "tracking_number",
    "shipping_company",
    "shipment_code",
    "carrier_shipping_code",
    "is_stock_short",
    "reserved_units",
    "estimated_delivery_date",
    "shipped_date",
    "delivered_date",
    "created_date",
    "modified_date",
    "extra_field",
    "attributes",
    extra={"data_source": IdFilter(field_name="datasource")},
)

DiscountItemFilterSet = filterset_for(
    DiscountItem,
    "order",
    "order__number",
    "name",
    "code",
    "amount",
    "offer_type",
    "promotion",
    "created_date",
    "modified_date",
)

CancellationReasonFilterSet = filterset_for(
    CancellationReason, "cancellation_type", "subject", "is_active", "send_to_remote", "uuid", "modified_date"
)

CargoCompanyFilterSet = filterset_for(
    CargoCompany, "name", "erp_code", "shipping_company", "is_active", "modified_date"
)

PackageFilterSet = filterset_for(
    Package,
    "order",
    "order__number",
    "order__channel",
    "number",
    "status",
    "cargo_company",
    "shipping_company",
    "tracking_number",
    "carrier_shipping_code",
    "shipped_date",
    "delivered_date",
    "created_date",
    "modified_date",
    "extra_field",
)

VendorOrderFilterSet = filterset_for(
    VendorOrder,
    "order",
    "order__number",
    "order__channel",
    "data_source",
    "data_source__code",
    "number",
    "status",
    "created_date",
    "modified_date",
    "extra_field",
)
