"""Write docs/states.md from the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from omnitron.orders.state_page import state_page

PAGE = Path(settings.BASE_DIR) / "docs" / "states.md"


class Command(BaseCommand):
    help = "Writes docs/states.md from the tables of states."

    def handle(self, *args: Any, **options: Any) -> None:
        PAGE.write_text(state_page(), encoding="utf-8")
        self.stdout.write(f"Written: {PAGE.relative_to(settings.BASE_DIR)}")
