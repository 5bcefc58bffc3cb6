"""Admin of channels and all that is known about them. Importing the modules registers them."""

from __future__ import annotations

from omnitron.channels.admin import applications, channels, parked_orders, pulls

__all__ = ["applications", "channels", "parked_orders", "pulls"]
