"""The schema thrown back at the API: whatever it allows or nearly allows, no answer is a 500 or a page, and
every answer is one the schema describes."""

from __future__ import annotations

import contextlib
import itertools
import os
import time

import pytest
import schemathesis
from django.core.management import call_command
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.errors import Unsatisfiable
from pytest_django.live_server_helper import LiveServer
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation.modes import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from omnitron.users.models import User
from tests.factories.users import ApiTokenFactory

EXAMPLES = 12
PARTS = 4
CHECKS = [not_a_server_error, response_schema_conformance, status_code_conformance]
KEY = "k" * 43
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@pytest.fixture
def operations(transactional_db: None, live_server: LiveServer) -> list[APIOperation]:
    call_command("load_demo_data", verbosity=0)
    ApiTokenFactory(user=User.objects.create_superuser("ada"), key=KEY)
    schema = schemathesis.openapi.from_url(f"{live_server.url}/docs/openapi.json")
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    # Logging out would end the token the other operations need.
    return [operation for operation in found if "/auth/log" not in operation.path]


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_answer_is_one_the_schema_describes(
    operations: list[APIOperation], part: int, mode: GenerationMode
) -> None:
    assert len(operations) > 100
    for operation in operations[part::PARTS]:
        _call(operation, mode, seed_=20_260_101)


@pytest.mark.soak
def test_the_same_with_new_seeds_for_as_long_as_asked(operations: list[APIOperation]) -> None:
    deadline = time.monotonic() + 60 * float(os.environ["OMNITRON_SOAK_MINUTES"])
    first = int.from_bytes(os.urandom(4))
    for round_ in itertools.count():
        for operation, mode in itertools.product(operations, MODES):
            if time.monotonic() > deadline:
                return
            _call(operation, mode, seed_=first + round_)


def _call(operation: APIOperation, mode: GenerationMode, *, seed_: int) -> None:
    @seed(seed_)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers(case: schemathesis.Case) -> None:
        response = case.call(headers={"Authorization": f"Token {KEY}"})
        case.validate_response(response, checks=CHECKS)
        if response.content:
            assert response.headers["content-type"][0].startswith("application/json"), case.as_curl_command()

    # An operation without parameters can be called in one way only, which is no wrong one.
    with contextlib.suppress(Unsatisfiable):
        answers()
