"""Admin of orders and all that hangs on them. Importing the modules registers them."""

from __future__ import annotations

from django.contrib import admin

from omnitron.orders.admin import cancellations, discounts, order_items, orders, shipments, tracking

__all__ = ["cancellations", "discounts", "order_items", "orders", "shipments", "tracking"]

admin.site.index_template = "orders/admin/index.html"
admin.site.index_title = "Dashboard"
