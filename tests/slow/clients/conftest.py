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

from tests.slow.clients.cache import running_cache
from tests.slow.clients.certificates import Authority
from tests.slow.clients.client import PASSWORD, USERNAME, Client, client_environment
from tests.slow.clients.environments import VERSIONS, python_with
from tests.slow.clients.permissions import create_application_user
from tests.slow.clients.proxy import RecordingProxy
from tests.slow.clients.worker import Worker


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
    create_application_user(USERNAME, PASSWORD, channel=1)


@pytest.fixture(scope="session", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """Each published version in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def worker(
    version: str, running_proxy: RecordingProxy, clients_cache: redis.Redis, authority: Authority
) -> Iterator[Worker]:
    environment = client_environment(running_proxy, clients_cache, authority.certificate)
    process = Worker(python_with(version), environment)
    yield process
    process.stop()


@pytest.fixture
def client(
    version: str,
    worker: Worker,
    shop: None,
    running_proxy: RecordingProxy,
    clients_cache: redis.Redis,
    tmp_path: Path,
) -> Client:
    """It has no token yet."""
    clients_cache.flushall()
    running_proxy.forget()
    return Client(version, worker, running_proxy, tmp_path)
