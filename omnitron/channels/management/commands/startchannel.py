"""Make the folder of a new channel, and tests that say what is to be put into it. docs/adding-a-channel.md goes on.

The folder's name is the channel's type. Nothing else is touched.
"""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from string import Template
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

TEMPLATES = Path(__file__).parent.parent / "channel_template"
SUFFIX = "-tpl"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "name", help="the type of the channel: lower-case letters, digits and underscores"
        )
        parser.add_argument(
            "--first-method",
            action="store_true",
            help="by get_class and serializers, instead of by do_action and commands",
        )
        parser.add_argument(
            "--directory", type=Path, default=settings.BASE_DIR, help="the project's root, where omnitron/ is"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name = _checked(options["name"])
        folder = options["directory"] / "omnitron" / "channels" / "integrations" / name
        tests = options["directory"] / "tests" / "channels" / name
        for taken in (folder, folder.with_suffix(".py"), tests):
            if taken.exists():
                raise CommandError(f"There is {taken} already.")
        method = "first_method" if options["first_method"] else "second_method"
        for path in [*_render(method, name, into=folder), *_render("tests", name, into=tests)]:
            self.stdout.write(str(path.relative_to(options["directory"])))


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise CommandError(f"{name} cannot be a channel's type: it is imported as a module of that name.")
    return name


def _render(template: str, name: str, *, into: Path) -> list[Path]:
    """The files of a template folder for the channel `name`; which they are."""
    into.mkdir(parents=True)
    made = []
    for source in sorted((TEMPLATES / template).iterdir()):
        path = into / source.name.removesuffix(SUFFIX).replace("NAME", name)
        path.write_text(Template(source.read_text()).substitute(name=name))
        made.append(path)
    return made
