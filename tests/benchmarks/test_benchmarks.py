"""The arithmetic of the report and the client's HTTP. What is measured is never asserted: machines differ."""

from __future__ import annotations

import socket
import threading
from itertools import repeat

import pytest

from tests.benchmarks.client import Answer, Expected, Load, LoadError, Parser, http_request, run
from tests.benchmarks.figures import Figures, Goal, Rounds, Table, percentile, ratio
from tests.benchmarks.intake import Measured
from tests.benchmarks.intake import report as intake_report
from tests.benchmarks.jobs import Job
from tests.benchmarks.parity import Different, prove_equal
from tests.benchmarks.report import report

ANSWER = b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-length:  5\r\n\r\nhello"


def figures(*, p50_ms: float, per_second: float) -> Figures:
    return Figures(p50_ms=p50_ms, p99_ms=2 * p50_ms, per_second=per_second, cpu_ms=1.0, spread=1.5, cost=None)


@pytest.fixture
def table() -> Table:
    return {
        ("detail", "ours"): figures(p50_ms=2.0, per_second=900.0),
        ("detail", "plain"): figures(p50_ms=8.0, per_second=300.0),
        ("partial number", "ours"): figures(p50_ms=6.0, per_second=100.0),
        ("partial number", "floor"): figures(p50_ms=1.0, per_second=800.0),
    }


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1), (0.25, 1), (0.26, 2), (0.5, 2), (0.51, 3), (0.99, 4), (1.0, 4)]
)
def test_percentile_is_the_nearest_rank(share: float, expected: int) -> None:
    assert percentile([4, 1, 3, 2], share) == expected


def test_figures_are_medians_of_rounds() -> None:
    rounds = Rounds(
        alone=[Load([0.001] * 99 + [0.5], 1.0), Load([0.003] * 100, 1.0), Load([0.002] * 100, 1.0)],
        crowd=[Load([0.1] * 10, 1.0), Load([0.1] * 90, 1.0), Load([0.1] * 30, 1.0)],
        cpu_ms=[1.0, 9.0, 2.0],
    )

    measured = rounds.figures()

    assert (measured.p50_ms, measured.p99_ms) == (pytest.approx(2.0), pytest.approx(2.0))
    assert (measured.per_second, measured.cpu_ms, measured.spread) == (30.0, 2.0, 9.0)


def test_goals_compare_throughput_with_the_plain_version_and_latency_with_the_floor(table: Table) -> None:
    assert ratio(table, "detail", "plain").throughput == 3.0
    assert ratio(table, "detail", "plain").latency == 0.25
    assert Goal("detail", 3).is_reached(table)
    assert not Goal("detail", 3.1).is_reached(table)
    assert Goal("partial number", 6, against="floor").is_reached(table)
    assert not Goal("partial number", 5, against="floor").is_reached(table)


def test_the_report_says_which_goals_are_missed(table: Table) -> None:
    text = report(table, heading="4 orders", notes=["A note."])

    assert "| detail: at least 2 times the plain version's throughput | 3.00× | reached |" in text
    assert "| partial number: p50 at most 5 times the floor's | 6.00× | **missed** |" in text
    assert "page of 20:" not in text


def test_an_answer_is_put_together_from_any_pieces() -> None:
    for size in (1, 7, len(ANSWER)):
        parser = Parser()
        pieces = [ANSWER[start : start + size] for start in range(0, len(ANSWER), size)]
        answers = [parser.feed(piece) for piece in pieces * 2]
        assert [answer for answer in answers if answer] == [Answer(200, b"hello")] * 2


def test_an_answer_without_a_length_is_refused() -> None:
    with pytest.raises(LoadError, match="without Content-Length"):
        Parser().feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")


@pytest.mark.parametrize("answer", [Answer(500, b"hello"), Answer(200, b""), Answer(200, b"x" * 100)])
def test_an_implausible_answer_ends_the_run(answer: Answer) -> None:
    with pytest.raises(LoadError, match="Expected 200"):
        Expected(status=200, least_bytes=2, most_bytes=10).check(answer)


def test_a_request_carries_token_and_body() -> None:
    assert http_request("POST", "/x/", token="t", body=b"{}") == (
        b"POST /x/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nAuthorization: Token t\r\n"
        b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )


def test_the_client_keeps_its_connections_and_waits_for_each_answer() -> None:
    served = []

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            while request := connection.recv(1000):
                served.append(request)
                connection.sendall(ANSWER)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, args=(listener,))
        server.start()
        expected = Expected(status=200, least_bytes=5, most_bytes=5)
        request = http_request("GET", "/")
        load = run(listener.getsockname()[1], repeat(request), expected=expected, connections=1, seconds=0.02)
        server.join(timeout=10)

    assert len(served) == len(load.latencies) > 1
    assert set(served) == {request}
    assert load.per_second > 0


def test_parity_names_the_first_difference() -> None:
    bodies = {"ours": b'{"a": "2026-01-01T00:00:00.000000Z"}', "plain": b'{"a": "2026-01-01T00:00:00Z"}'}
    job = Job("detail", lambda token, addition: repeat(b""))

    def ask(job: Job, target: str, number: int) -> list[Answer]:
        return [Answer(200, bodies[target])]

    bodies["floor"] = bodies["ours"]
    assert "2 pairs" in prove_equal([job], ask)[0]
    bodies["floor"] = b'{"a": "2026-01-01T00:00:01Z"}'
    with pytest.raises(Different, match="detail, floor.a"):
        prove_equal([job], ask)


def test_intake_is_compared_round_by_round_with_its_floor() -> None:
    reached = Measured(before=100_000, ours=[900.0, 500.0, 700.0], floor=[1000.0, 1000.0, 1000.0])
    missed = Measured(before=1, ours=[400.0], floor=[1000.0])

    text = intake_report([reached, missed], size=500)

    assert "| 100,000 | 700 (500 to 900) | 1,000 (1,000 to 1,000) | 0.70 | 0.45, reached |" in text
    assert "| 0.40 | 0.45, **missed** |" in text
