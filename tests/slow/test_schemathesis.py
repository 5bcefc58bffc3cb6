"""The schema thrown back at the API: whatever it allows or nearly allows, no answer is a 500 or a page, and
every answer is one the schema describes."""

from __future__ import annotations

import contextlib

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

pytestmark = pytest.mark.slow

EXAMPLES = 12
PARTS = 4
CHECKS = [not_a_server_error, response_schema_conformance, status_code_conformance]
KEY = "k" * 43


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("part", range(PARTS))
def test_no_request_ends_in_a_server_error(
    transactional_db: None, live_server: LiveServer, part: int, mode: GenerationMode
) -> None:
    call_command("load_demo_data", verbosity=0)
    ApiTokenFactory(user=User.objects.create_superuser("ada"), key=KEY)
    schema = schemathesis.openapi.from_url(f"{live_server.url}/docs/openapi.json")
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    assert len(operations) > 100

    # Logging out would end the token the other operations need.
    for operation in operations[part::PARTS]:
        if "/auth/log" not in operation.path:
            _try(operation, mode)


def _try(operation: APIOperation, mode: GenerationMode) -> None:
    @seed(20_260_101)
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
