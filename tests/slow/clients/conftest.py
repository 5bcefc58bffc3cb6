"""The server behind TLS on loopback, its demo data, and the published clients."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.core.management import call_command
from django.core.servers.basehttp import WSGIRequestHandler
from pytest_django.live_server_helper import LiveServer

from omnitron.users.models import User
from tests.slow.clients.cache import running_cache
from tests.slow.clients.certificates import Authority
from tests.slow.clients.client import PASSWORD, USERNAME, Client
from tests.slow.clients.environments import VERSIONS, python_with
from tests.slow.clients.proxy import RecordingProxy


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def running_proxy(live_server: LiveServer, authority: Authority) -> Iterator[RecordingProxy]:
    """Its kept connections would wait 40 ms for each answer, which Django's test server writes in two pieces."""
    WSGIRequestHandler.disable_nagle_algorithm = True
    proxy = RecordingProxy(live_server.thread.port, chain=authority.server_chain)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    yield proxy
    proxy.shutdown()
    proxy.server_close()


@pytest.fixture(scope="session")
def clients_cache() -> Iterator[redis.Redis]:
    with running_cache() as cache:
        yield cache


@pytest.fixture
def shop(transactional_db: None) -> None:
    """The demo data of a fresh installation, and a user for the channel's application."""
    call_command("load_demo_data", verbosity=0)
    User.objects.create_superuser(USERNAME, password=PASSWORD)


@pytest.fixture
def cache(clients_cache: redis.Redis) -> redis.Redis:
    """Empty: no token of a test before."""
    clients_cache.flushall()
    return clients_cache


@pytest.fixture(params=VERSIONS)
def client(
    request: pytest.FixtureRequest,
    shop: None,
    running_proxy: RecordingProxy,
    cache: redis.Redis,
    authority: Authority,
    tmp_path: Path,
) -> Client:
    """Each published version in turn; what it says goes to `wire.jsonl` in the test's directory."""
    running_proxy.forget()
    return Client(
        version=request.param,
        python=python_with(request.param),
        proxy=running_proxy,
        cache=cache,
        authority=authority.certificate,
        log=tmp_path / "wire.jsonl",
    )
