"""`manage.py startchannel` and the guide that goes on from there: what it makes, what is to be put into it."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from omnitron.channels import integrations
from omnitron.channels.integrations.dto import OrderChange
from omnitron.channels.integrations.registry import channel_types
from omnitron.omnicore.orders.enums import OrderStatus
from tests.channels.scripted_server import Reply
from tests.channels.shown import END, START, visited

ROOT = Path(settings.BASE_DIR)
GUIDE = ROOT / "docs" / "adding-a-channel.md"
FOLDER = "omnitron/channels/integrations/kiosk"
TESTS = "tests/channels/kiosk/test_kiosk_channel.py"
# To ruff, what is not on disk is nobody's own.
OWN = 'lint.isort.known-first-party = ["omnitron", "tests"]'
METHODS = {"second": [], "first": ["--first-method"]}
# Which test fails for which reason as long as nothing is filled in, by what begins the reason.
REASONS = {
    "test_orders_are_shown_page_by_page": "Put the pages kiosk answers with into PAGES.",
    "test_what_is_asked": "Put path and query of the requests that kiosk is to be sent into ASKED.",
    "test_money_adds_up": "Put the pages kiosk answers with into PAGES.",
    "test_an_unknown_status_is_parked": "Put a page with an order in a status that kiosk does not have",
}
ASKED_FIRST = {
    "second": "Ask kiosk for its orders, page by page (GetOrders.send in commands.py).",
    "first": "Say where the orders of kiosk are (get_endpoint in serializers.py).",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project without channels; what is in its folder of integrations can be imported as if it were ours."""
    folder = tmp_path / "omnitron" / "channels" / "integrations"
    monkeypatch.setattr(integrations, "__path__", [*integrations.__path__, str(folder)])
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith(f"{integrations.__name__}.kiosk")]:
        del sys.modules[name]
    vars(integrations).pop("kiosk", None)


@pytest.fixture(params=list(METHODS))
def method(request: pytest.FixtureRequest) -> str:
    return request.param


def start(root: Path, method: str = "second", name: str = "kiosk") -> None:
    call_command("startchannel", name, *METHODS[method], directory=root, stdout=StringIO())


def files_of(root: Path) -> list[str]:
    return sorted(
        str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc"
    )


def its_tests(root: Path) -> dict[str, Callable[[], None]]:
    """The tests in the file the command made; they take no fixtures."""
    spec = spec_from_file_location("kiosk_tests", root / TESTS)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(
        inspect.getmembers(module, lambda member: getattr(member, "__name__", "").startswith("test_"))
    )


def outcome(test: Callable[[], None]) -> str:
    """What a test says when it fails, "" when it does not."""
    try:
        test()
    except (AssertionError, NotImplementedError) as error:
        return str(error).partition("\n")[0]
    return ""


def fill_in(root: Path, method: str) -> None:
    """Put in what the guide shows."""
    shown = re.findall(r"```python\n# (\S+)( \(first method\))?\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert len(shown) == 6
    for path, is_first, code in shown:
        if path == TESTS:
            (root / TESTS).write_text(with_values((root / TESTS).read_text(), code))
        elif path.endswith("orders.py") or bool(is_first or "serializers" in path) == (method == "first"):
            (root / path).write_text(code)


def with_values(text: str, values: str) -> str:
    """The test file with its empty values replaced by those of the guide."""
    begin = text.index("# What the channel's `conf` holds")
    return text[:begin] + values + "\n\n" + text[text.index("def test_") :]


def ruff(root: Path) -> list[str]:
    """What ruff finds, each file judged as if it stood where it belongs."""
    found = []
    for name in files_of(root):
        for command in (["check", "--config", OWN], ["format", "--check"]):
            done = subprocess.run(
                [sys.executable, "-m", "ruff", *command, "--no-cache", "--stdin-filename", ROOT / name, "-"],
                input=(root / name).read_text(),
                text=True,
                capture_output=True,
                cwd=ROOT,
                check=False,
            )
            found += [f"{name}: {done.stdout}{done.stderr}"] if done.returncode else []
    return found


def test_it_makes_a_folder_and_tests_and_nothing_else(root: Path) -> None:
    start(root)

    assert files_of(root) == [
        f"{FOLDER}/__init__.py",
        f"{FOLDER}/commands.py",
        f"{FOLDER}/integration.py",
        TESTS,
    ]
    assert "kiosk" in channel_types()


def test_the_first_method_has_serializers(root: Path) -> None:
    start(root, "first")

    assert [Path(name).name for name in files_of(root)] == [
        "__init__.py",
        "integration.py",
        "serializers.py",
        "test_kiosk_channel.py",
    ]


@pytest.mark.parametrize("name", ["kiosk", "abc_2"])
def test_what_it_makes_keeps_the_house_rules(root: Path, method: str, name: str) -> None:
    start(root, method, name)

    assert ruff(root) == []


@pytest.mark.django_db
def test_its_tests_fail_and_say_what_is_to_be_done(root: Path, method: str) -> None:
    start(root, method)

    tests = its_tests(root)

    assert {name: outcome(test)[: len(REASONS[name])] for name, test in tests.items() if name in REASONS} == (
        REASONS
    )
    assert set(tests) - set(REASONS) == {"test_refused_credentials"}
    said = outcome(tests["test_refused_credentials"])
    assert said in (ASKED_FIRST[method], "Say what a request to kiosk carries to be let in (integration.py).")


@pytest.mark.django_db
def test_filled_in_as_the_guide_shows_they_pass(root: Path, method: str) -> None:
    start(root, method)
    fill_in(root, method)

    tests = its_tests(root)

    assert {name: outcome(test) for name, test in tests.items()} == dict.fromkeys(tests, "")
    assert len(tests) == 5
    assert ruff(root) == []


@pytest.mark.django_db
def test_the_guides_channel_counts_and_is_told(root: Path) -> None:
    start(root)
    fill_in(root, "second")
    conf = {"username": "omnitron", "password": "correct horse"}
    changes = [
        OrderChange("a", "status", "K-17", "17", {"status": OrderStatus.SHIPPED}),
        OrderChange("b", "status", "K-17", "17", {"status": OrderStatus.DELIVERED}),
        OrderChange("c", "invoice", "K-17", "17", {"invoice_number": "1"}),
    ]

    with visited("kiosk", conf, [Reply(body={"count": 3}), Reply(), Reply(409)]) as (server, integration):
        assert integration.count_orders(start_date=START, end_date=END) == 3
        answers = integration.send_updates(changes)

    assert [answer.is_accepted for answer in answers] == [True, False, True]
    assert [(asked.path, asked.body) for asked in server.asked[1:]] == [
        ("/orders/17/status", {"status": "on its way"}),
        ("/orders/17/status", {"status": "there"}),
    ]


@pytest.mark.parametrize(
    "name", ["", "2go", "web shop", "web-shop", "class", "None", "Kiosk", "kiösk", "../kiosk", "_kiosk"]
)
def test_a_name_that_is_none_is_refused(root: Path, name: str) -> None:
    with pytest.raises(CommandError):
        start(root, name=name)

    assert files_of(root) == []


@pytest.mark.parametrize("taken", [f"{FOLDER}/x.py", "omnitron/channels/integrations/kiosk.py", TESTS])
def test_what_is_there_is_not_touched(root: Path, taken: str) -> None:
    (root / taken).parent.mkdir(parents=True)
    (root / taken).write_text("mine")

    with pytest.raises(CommandError):
        start(root)

    assert files_of(root) == [taken]
    assert (root / taken).read_text() == "mine"


def test_channels_of_this_project_are_not_made_anew() -> None:
    for name in (*channel_types(), "base", "commands"):
        with pytest.raises(CommandError):
            call_command("startchannel", name)
