#!/usr/bin/env python
"""Django's commands, on DATABASE_URL or else on the local PostgreSQL, which runs while it is used."""

import os
import sys

from django.core.management import execute_from_command_line

from omnitron.local import paths
from omnitron.local.postgres import LocalPostgres


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omnitron.settings")
    if os.environ.get("DATABASE_URL"):
        execute_from_command_line(sys.argv)
        return
    with LocalPostgres(paths.postgres_dir()):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
