"""Addresses of the orders application."""

from __future__ import annotations

from django.urls import re_path
from rest_framework.routers import SimpleRouter

from omnitron.orders.resources import (  # drf-spectacular learns of available_actions from openapi
    cancellation_views,
    channel_views,
    openapi,  # noqa: F401
    refund_views,
    shipments,
    views,
)

router = SimpleRouter()
router.register("orders", views.OrderViewSet, basename="order")
router.register("order_number", views.OrderByNumberViewSet, basename="order-number")
router.register("orders_integration", views.OrderIntegrationViewSet, basename="order-integration")
router.register("order_items", views.OrderItemViewSet, basename="order-item")
# In the singular, as the ERP documentation spells it.
router.register("order_item", views.OrderItemIntegrationViewSet, basename="order-item-integration")
router.register("discount_items", views.DiscountItemViewSet, basename="discount-item")
router.register("cancellation_reasons", views.CancellationReasonViewSet, basename="cancellation-reason")
router.register(
    "cancellation_plans", cancellation_views.CancellationPlanViewSet, basename="cancellation-plan"
)
router.register(
    "cancellation_requests", cancellation_views.CancellationRequestViewSet, basename="cancellation-request"
)
router.register("refunds", refund_views.RefundViewSet, basename="refund")
router.register("easy_returns", cancellation_views.EasyReturnViewSet, basename="easy-return")
router.register("packages", shipments.PackageViewSet, basename="package")
router.register("vendor_orders", shipments.VendorOrderViewSet, basename="vendor-order")
router.register("cargo_companies", views.CargoCompanyViewSet, basename="cargo-company")

channel_router = SimpleRouter()
channel_router.register("orders", channel_views.ChannelOrderViewSet, basename="channel-order")
channel_router.register(
    "create_orders", channel_views.ChannelCreateOrdersViewSet, basename="channel-create-orders"
)
channel_router.register("order_items", channel_views.ChannelOrderItemViewSet, basename="channel-order-item")
channel_router.register(
    "order_shipping_infos",
    channel_views.ChannelOrderShippingInfoViewSet,
    basename="channel-order-shipping-info",
)
channel_router.register(
    "cancellation_requests",
    channel_views.ChannelCancellationRequestViewSet,
    basename="channel-cancellation-request",
)
channel_router.register(
    "cancellation_reasons",
    channel_views.ChannelCancellationReasonViewSet,
    basename="channel-cancellation-reason",
)
channel_router.register("cargos", channel_views.ChannelCargoViewSet, basename="channel-cargo")

urlpatterns = [
    *router.urls,
    # The ERP documentation writes this one address without the last slash.
    re_path("^orders/(?P<pk>[^/]+)$", views.OrderViewSet.as_view({"get": "retrieve"}, schema=None)),
]
