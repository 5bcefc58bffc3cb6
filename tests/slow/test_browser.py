"""What a person sees in a browser: the admin and the API documentation, with nothing fetched from elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, Request, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from omnitron.core.models import AuditLog
from omnitron.orders.models import Order
from omnitron.users.models import User

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def browser_page(live_server: LiveServer) -> Iterator[tuple[Page, list[str]]]:
    """A page of a headless browser, and the list of what went wrong on it: failed or foreign requests, errors.

    While it is open this thread must not use the database: Playwright runs an event loop in it.
    """
    troubles: list[str] = []
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
        own = (live_server.url, "data:", "blob:")

        def note_foreign(request: Request) -> None:
            # Redoc wants its maker's logo; the page's own policy stops that before it leaves the machine.
            if not request.url.startswith(own) and request.failure != "csp":
                troubles.append(f"elsewhere: {request.url} {request.failure}")

        page.on("requestfinished", note_foreign)
        page.on("requestfailed", note_foreign)
        page.on(
            "response",
            lambda response: (
                troubles.append(f"{response.status}: {response.url}") if response.status >= 400 else None
            ),
        )
        try:
            yield page, troubles
        finally:
            browser.close()


@pytest.fixture
def shop(transactional_db: None, live_server: LiveServer) -> LiveServer:
    call_command("load_demo_data", verbosity=0)
    User.objects.create_superuser("ada", password="correct horse")
    return live_server


def _log_in(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/admin/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{live_server.url}/admin/")


def test_an_operator_finds_an_order_and_notes_its_invoice(shop: LiveServer) -> None:
    with browser_page(shop) as (page, troubles):
        _log_in(page, shop)
        page.goto(f"{shop.url}/admin/orders/order/?q=1186104634112903")
        page.get_by_role("link", name="1186104634112903").click()
        expect(page.get_by_text("107.00").first).to_be_visible()
        page.locator("input[name=invoice_number]").fill("INV-2026-1")
        page.locator("button[name=_save], input[name=_save]").first.click()
        page.wait_for_url("**/admin/orders/order/**")
        expect(page.get_by_text("was changed successfully")).to_be_visible()

    assert troubles == []
    order = Order.objects.get(number="1186104634112903")
    assert order.invoice_number == "INV-2026-1"
    row = AuditLog.objects.get(object_id=order.pk, event="order.changed")
    assert (row.source, row.actor.username, row.new) == ("admin", "ada", {"invoice_number": "INV-2026-1"})


def test_every_page_of_the_admin_menu_opens(shop: LiveServer) -> None:
    with browser_page(shop) as (page, troubles):
        _log_in(page, shop)
        links = page.locator("a[href^='/admin/']").evaluate_all("links => links.map(link => link.pathname)")
        lists = sorted({link for link in links if link.count("/") == 4})
        assert len(lists) > 20
        for link in lists:
            page.goto(f"{shop.url}{link}")
            expect(page.locator("body")).to_be_visible()

    assert troubles == []


@pytest.mark.parametrize(
    ("path", "shown"),
    [("/docs/", "#operations-tag-orders"), ("/docs/redoc/", "li[data-item-id='tag/orders']")],
)
def test_the_documentation_needs_no_network(shop: LiveServer, path: str, shown: str) -> None:
    with browser_page(shop) as (page, troubles):
        page.goto(f"{shop.url}{path}")
        expect(page.locator(shown).first).to_be_visible(timeout=60_000)

    assert troubles == []
