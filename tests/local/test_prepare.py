"""The first-run steps happen once, and /health/ready tells the truth about the database."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.test import Client

from omnitron.channels.models import Channel
from omnitron.core.health import unapplied_migrations
from omnitron.core.management.commands import prepare
from omnitron.users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def state(monkeypatch, tmp_path):
    monkeypatch.setenv("OMNITRON_STATE_DIR", str(tmp_path))
    monkeypatch.delenv("OMNITRON_ADMIN_USERNAME", raising=False)
    monkeypatch.delenv("OMNITRON_ADMIN_PASSWORD", raising=False)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    call_command("prepare", "--without-demo-data", *options)
    return capsys.readouterr().out


def test_the_first_administrator_gets_a_generated_password_told_once(state, capsys):
    told = run(capsys)
    password = (state / "admin_password").read_text().strip()

    assert told == f"Administrator: admin, password: {password}\n"
    administrator = User.objects.get()
    assert (administrator.username, administrator.is_superuser) == ("admin", True)
    assert administrator.check_password(password)
    assert run(capsys) == ""


def test_a_password_of_ones_own_is_used_and_not_shown(state, capsys, monkeypatch):
    monkeypatch.setenv("OMNITRON_ADMIN_USERNAME", "ada")
    monkeypatch.setenv("OMNITRON_ADMIN_PASSWORD", "difference engine")

    assert run(capsys) == "Administrator: ada, password: the one in OMNITRON_ADMIN_PASSWORD\n"

    assert User.objects.get(username="ada").check_password("difference engine")
    assert not (state / "admin_password").exists()


def test_an_existing_administrator_is_never_changed(state, capsys, monkeypatch):
    User.objects.create_superuser("grace", password="nanoseconds")
    monkeypatch.setenv("OMNITRON_ADMIN_USERNAME", "grace")
    monkeypatch.setenv("OMNITRON_ADMIN_PASSWORD", "another one")

    assert run(capsys) == ""

    assert User.objects.get().check_password("nanoseconds")


def test_the_name_of_an_ordinary_user_is_refused_and_the_user_stays_one(state, capsys):
    User.objects.create_user("admin", password="ordinary")

    with pytest.raises(CommandError, match="the user admin is not one"):
        run(capsys)

    assert not User.objects.get().is_superuser


class _LoadDemoData(BaseCommand):
    """Stands in for the real one: a channel, then whatever the test wants to go wrong."""

    fails = False

    def handle(self, *args: object, **options: object) -> None:
        Channel.objects.create(name="Demo", channel_type="web")
        if self.fails:
            raise CommandError("interrupted")


def test_demo_data_is_loaded_into_a_database_without_channels_only(state, monkeypatch):
    monkeypatch.setattr(prepare, "call_command", lambda name: call_command(_LoadDemoData()))

    call_command("prepare")
    call_command("prepare")

    assert Channel.objects.count() == 1


def test_demo_data_that_fails_leaves_nothing_so_that_the_next_start_tries_again(state, monkeypatch):
    monkeypatch.setattr(prepare, "call_command", lambda name: call_command(_LoadDemoData()))
    monkeypatch.setattr(_LoadDemoData, "fails", True)

    with pytest.raises(CommandError, match="interrupted"):
        call_command("prepare")

    assert Channel.objects.count() == 0


def test_ready_when_the_database_answers_and_is_migrated():
    for path in ("/health/ready", "/health/live"):
        answer = Client().get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        assert "no-store" in answer["Cache-Control"]


def test_not_ready_while_a_migration_is_missing():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'core' AND name = '0001_extensions'")

    answer = Client().get("/health/ready")

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "reason": "Migrations to apply: 1 (core.0001_extensions).",
    }
    assert Client().get("/health/live").status_code == 200


def test_every_migration_is_missing_in_an_empty_database():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO elsewhere")

    assert ("core", "0001_extensions") in unapplied_migrations()
    assert Client().get("/health/ready").status_code == 503


def test_not_ready_when_the_database_does_not_answer_and_no_address_is_told(monkeypatch):
    def refuse(*args: object, **kwargs: object) -> None:
        raise OperationalError("connection to db.internal as omnitron failed")

    monkeypatch.setattr(connection, "cursor", refuse)

    answer = Client().get("/health/ready")

    assert answer.status_code == 503
    assert json.loads(answer.content) == {"status": "unavailable", "reason": "The database does not answer."}


def test_only_reading_is_allowed():
    assert Client().post("/health/ready").status_code == 405
    assert Client().head("/health/live").status_code == 200
