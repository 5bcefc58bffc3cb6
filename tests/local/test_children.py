"""Children are restarted with growing delays, end whole, and never outlive their supervisor."""

import os
import signal
import socket
import sys

import kombu
import psutil
import pytest

from omnitron.local.children import MARK, Child, Service, end_leftovers, restart_delay
from omnitron.local.locks import FileLock
from omnitron.local.supervisor import CannotRunError, Config, check_port, services
from omnitron.local.valkey import LocalValkey
from tests.waiting import until

# A leader with one worker, as web servers and Celery are: it tells the worker's pid and waits.
_LEADER = """
import subprocess, sys, time
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(worker.pid, flush=True)
time.sleep(600)
"""
_PARENT = """
import os, sys
from pathlib import Path
from omnitron.local.children import Child, Service
child = Child(Service("child", ["sleep", "600"], patience=1), environment=os.environ, log_dir=Path(sys.argv[1]))
child.start()
print(child.pid, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def start_child(tmp_path):
    children = []

    def start(*command: str, environment: dict[str, str] | None = None) -> Child:
        child = Child(
            Service("child", list(command), patience=1.0),
            environment={**os.environ, **(environment or {})},
            log_dir=tmp_path,
        )
        children.append(child)
        child.start()
        return child

    yield start
    for child in children:
        child.end()


def worker_of(leader: Child) -> psutil.Process:
    until(lambda: leader.log.read_text().endswith("\n"))
    return psutil.Process(int(leader.log.read_text()))


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_the_delay_before_a_restart_doubles_up_to_half_a_minute():
    assert [restart_delay(failures) for failures in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_what_died_is_told_once_and_started_again_later(start_child):
    child = start_child("sh", "-c", "echo once; exit 3")
    until(lambda: not child.is_running)

    assert child.revive() == "child ended with status 3; again in 0.5 s"
    assert child.revive() is None
    until(lambda: child.revive() == "child ended with status 3; again in 1 s")

    assert child.log.read_text() == "once\nonce\n"


def test_a_child_that_lives_is_left_alone(start_child):
    child = start_child("sleep", "600")
    pid = child.pid

    assert child.revive() is None
    assert child.pid == pid
    assert child.is_running


def test_the_workers_of_a_killed_leader_go_before_it_starts_again(start_child):
    leader = start_child(sys.executable, "-c", _LEADER)
    worker = worker_of(leader)

    os.kill(leader.pid, signal.SIGKILL)
    until(lambda: not leader.is_running)
    assert leader.revive() == "child was killed by SIGKILL; again in 0.5 s"

    until(lambda: is_gone(worker))


def test_ending_a_child_ends_its_workers(start_child):
    leader = start_child(sys.executable, "-c", _LEADER)
    worker = worker_of(leader)

    leader.end()

    until(lambda: is_gone(worker))
    assert not leader.is_running
    assert leader.revive() is None


def test_a_child_dies_with_its_killed_parent(tmp_path, run_python):
    parent = run_python(_PARENT, tmp_path)
    child = psutil.Process(int(parent.stdout.readline()))
    assert not is_gone(child)

    parent.kill()

    until(lambda: is_gone(child))


def test_leftovers_are_those_with_our_mark_and_no_others(start_child):
    ours = start_child("sleep", "600", environment={MARK: "/here/.local"})
    stubborn = start_child(
        "sh", "-c", "trap '' TERM; while :; do sleep 0.1; done", environment={MARK: "/here/.local"}
    )
    others = start_child("sleep", "600", environment={MARK: "/there/.local"})
    unmarked = start_child("sleep", "600")

    assert end_leftovers("/here/.local", patience=0.5) >= 2

    assert not ours.is_running
    assert not stubborn.is_running
    assert others.is_running
    assert unmarked.is_running
    assert end_leftovers("/here/.local") == 0


def test_a_port_in_use_is_named_with_the_way_out():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(CannotRunError, match=f"Port {port} is in use.*make run PORT={port + 1}"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "80.0"])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(CannotRunError, match=f"PORT={port} is not a port number"):
        Config.from_environment({"PORT": port})


def test_the_defaults_serve_this_machine_only():
    config = Config.from_environment({"PORT": ""})

    assert (config.host, config.port, config.address) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert Config.from_environment({"HOST": "0.0.0.0"}).address == "http://127.0.0.1:8000"


def test_a_broker_of_ones_own_replaces_valkey(tmp_path):
    config = Config.from_environment({})

    assert [service.name for service in services(config, LocalValkey(tmp_path))] == [
        "valkey",
        "web",
        "worker",
        "beat",
    ]
    assert [service.name for service in services(config, None)] == ["web", "worker", "beat"]


@pytest.mark.parametrize(
    "name", ["queue", "a path with spaces", "per%20cent", "comma, comma", 20 * "long-path"]
)
def test_celery_reaches_valkey_by_its_address_in_any_directory(place, start_child, name):
    valkey = LocalValkey(place / name)
    valkey.prepare()
    child = start_child(*valkey.command())

    connection = kombu.Connection(valkey.url())
    connection.ensure_connection(max_retries=20, interval_start=0.1, timeout=60)
    connection.release()

    assert child.is_running
    assert valkey.socket.stat().st_mode & 0o777 == 0o700
    child.end()
    valkey.clear()
    assert valkey.socket.parent == valkey.data_dir or not valkey.socket.parent.exists()


def test_a_lock_is_shared_or_exclusive_and_says_when_somebody_is_in_the_way(tmp_path):
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")

    assert first.acquire(shared=True)
    assert second.acquire(shared=True)
    assert not first.acquire(wait=False)
    assert not first.is_held
    assert second.acquire(wait=False)
    assert not first.acquire(shared=True, wait=False)
    second.release()
    assert first.acquire(wait=False)
    first.release()
