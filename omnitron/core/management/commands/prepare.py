"""Bring a database to where the code can work on it."""

import os
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from omnitron.core.health import unapplied_migrations
from omnitron.local import secrets

# Two starts at once (several containers) take turns; the number has no meaning of its own.
_LOCK = 7_203_518_842_664_311


class Command(BaseCommand):
    help = (
        "Migrates, creates the first administrator, and loads the demo data into a database without channels."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--without-demo-data", action="store_true", help="leave an empty database empty")

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            self._migrate()
            self._create_first_administrator()
            if not options["without_demo_data"]:
                self._load_demo_data()
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])

    def _migrate(self) -> None:
        missing = unapplied_migrations()
        if missing:
            self.stdout.write(f"Applying {len(missing)} migrations")
            call_command("migrate", interactive=False, verbosity=0)

    def _create_first_administrator(self) -> None:
        """Never changes an existing user. Raises CommandError when the name belongs to an ordinary one."""
        users = get_user_model()._default_manager
        if users.filter(is_superuser=True).exists():
            return
        username = os.environ.get("OMNITRON_ADMIN_USERNAME") or "admin"
        if users.filter(username=username).exists():
            raise CommandError(f"There is no administrator, and the user {username} is not one.")
        given = os.environ.get("OMNITRON_ADMIN_PASSWORD")
        users.create_superuser(username=username, password=given or secrets.read_or_create("admin_password"))
        shown = "the one in OMNITRON_ADMIN_PASSWORD" if given else secrets.read_or_create("admin_password")
        self.stdout.write(self.style.SUCCESS(f"Administrator: {username}, password: {shown}"))

    def _load_demo_data(self) -> None:
        if apps.get_model("channels", "Channel")._default_manager.exists():
            return
        # All or nothing: after an interruption the next start finds no channel and begins again.
        with transaction.atomic():
            call_command("load_demo_data")
