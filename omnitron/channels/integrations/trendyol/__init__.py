"""Trendyol: its packages as orders, and back to it what happens to them. docs/channels-trendyol.md."""
