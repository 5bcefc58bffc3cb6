"""The marketplace over HTTP: what arrives, what does not, and that it ends."""

from __future__ import annotations

import re
import subprocess
import sys
import threading

import pytest
import requests

from omnitron.channels.integrations.sandbox.marketplace.faults import FaultPlan
from omnitron.channels.integrations.sandbox.marketplace.server import serve
from tests.channels.sandbox.visits import CREDENTIALS, Visit

WINDOW = {"modified_from": "2026-11-10T00:00:00Z", "modified_to": "2026-11-21T00:00:00Z"}


def logged_in(base_url: str) -> requests.Session:
    session = requests.Session()
    answer = session.post(f"{base_url}/token", json=CREDENTIALS)
    session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return session


def test_orders_come_over_one_connection() -> None:
    visit = Visit(orders=500)
    with serve(visit.marketplace) as base_url, logged_in(base_url) as session:
        pages = [
            session.get(f"{base_url}/orders", params=WINDOW | {"page": page, "size": 200})
            for page in range(3)
        ]
        connections = len(session.get_adapter(base_url).poolmanager.pools)

    assert [len(page.json()["content"]) for page in pages] == [200, 200, 100]
    assert {row["id"] for page in pages for row in page.json()["content"]} == set(visit.truth.orders)
    assert {page.headers["Date"][:16] for page in pages} == {"Fri, 20 Nov 2026"}
    assert connections == 1


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset", requests.ConnectionError),
        ("hang", requests.ReadTimeout),
    ],
)
def test_what_does_not_arrive(kind: str, error: type[Exception]) -> None:
    visit = Visit(orders=30)
    with serve(visit.marketplace) as base_url, logged_in(base_url) as session:
        visit.marketplace.behave(FaultPlan(**{kind: 1}, in_a_row=1))
        with pytest.raises(error):
            session.get(f"{base_url}/orders", params=WINDOW, timeout=0.05 if kind == "hang" else 10)
        again = session.get(f"{base_url}/orders", params=WINDOW, timeout=10)

    assert len(again.json()["content"]) == 30


def test_a_truncated_answer_is_an_error_of_the_connection_or_of_the_json() -> None:
    visit = Visit(orders=30)
    met = set()
    with serve(visit.marketplace) as base_url, logged_in(base_url) as session:
        visit.marketplace.behave(FaultPlan(truncated=1, in_a_row=100))
        for _ in range(12):
            try:
                session.get(f"{base_url}/orders", params=WINDOW, timeout=10).json()
            except (requests.exceptions.ChunkedEncodingError, requests.JSONDecodeError) as error:
                met.add(type(error))

    assert met == {requests.exceptions.ChunkedEncodingError, requests.JSONDecodeError}


def test_the_server_stops_while_somebody_hangs() -> None:
    visit = Visit(orders=30)
    failures = []

    def ask() -> None:
        try:
            session.get(f"{base_url}/orders", params=WINDOW, timeout=60)
        except requests.ConnectionError as error:
            failures.append(error)

    before = threading.active_count()
    with serve(visit.marketplace) as base_url, logged_in(base_url) as session:
        visit.marketplace.behave(FaultPlan(hang=1))
        client = threading.Thread(target=ask)
        client.start()
        while not visit.truth.injected["hang"]:
            pass
    client.join()

    assert len(failures) == 1
    assert threading.active_count() == before


def test_it_runs_by_itself() -> None:
    command = [sys.executable, "-m", "omnitron.channels.integrations.sandbox.marketplace", "--orders", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        base_url = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", base_url)
        assert requests.get(f"{base_url}/health", timeout=10).json() == {"status": "ok"}
        process.terminate()

    assert process.returncode == 0
