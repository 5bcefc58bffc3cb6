"""What a browser does with a form of the admin: it posts what the page holds, save for what its user changed."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client


class _FormParser(HTMLParser):
    """The controls of the form with this id, as a browser would post them."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.is_inside = False
        self.data: dict[str, list[str]] = {}
        self.select: str | None = None
        self.textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.is_inside = given.get("id") == self.form_id
        if not self.is_inside:
            return
        if tag == "input" and "name" in given:
            kind = given.get("type", "text")
            if kind not in {"submit", "file"} and (kind not in {"checkbox", "radio"} or "checked" in given):
                self._add(given["name"], given.get("value", "on" if kind == "checkbox" else ""))
        elif tag == "select":
            self.select = given.get("name")
        elif tag == "option" and self.select and "selected" in given:
            self._add(self.select, given.get("value", ""))
        elif tag == "textarea" and "name" in given:
            self.textarea = given["name"]
            self._add(self.textarea, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.textarea = None

    def handle_data(self, data: str) -> None:
        if self.textarea:
            # HTML drops the line break that follows the opening tag.
            self.data[self.textarea][-1] += data.removeprefix("\r\n").removeprefix("\n")

    def _add(self, name: str, value: str) -> None:
        self.data.setdefault(name, []).append(value)


def form_of(page: HttpResponse) -> dict[str, Any]:
    """What the change form of `page` would post, untouched."""
    parser = _FormParser(f"{page.context['opts'].model_name}_form")
    parser.feed(page.content.decode())
    return dict(parser.data)


def fill_in(client: Client, address: str, **changes: Any) -> HttpResponse:
    """Open a page, change some of its fields, and press Save."""
    return client.post(address, form_of(client.get(address)) | changes)
