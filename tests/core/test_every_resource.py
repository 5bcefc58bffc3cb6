"""What all plain resources have in common, asked of each through HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.core.models import AuditLog
from tests.core.resource_table import PLAIN, READ_ONLY, WRITABLE, Resource

pytestmark = pytest.mark.django_db

every = pytest.mark.parametrize("resource", PLAIN, ids=lambda resource: resource.path)
every_writable = pytest.mark.parametrize("resource", WRITABLE, ids=lambda resource: resource.path)
every_read_only = pytest.mark.parametrize("resource", READ_ONLY, ids=lambda resource: resource.path)


def _model(resource: Resource) -> Any:
    return resource.factory._meta.get_model_class()


@every
def test_list_and_row_have_the_documented_keys_in_their_order(api: APIClient, resource: Resource) -> None:
    row = resource.factory()

    listed = api.get(resource.url).json()
    single = api.get(f"{resource.url}{row.pk}/").json()

    assert list(listed) == ["count", "next", "previous", "results"]
    assert list(listed["results"][0]) == resource.expected_keys
    assert list(single) == resource.expected_keys
    assert single == listed["results"][0]
    assert single["pk"] == row.pk


@every
def test_both_prefixes_serve_the_same_rows(api: APIClient, resource: Resource) -> None:
    row = resource.factory()

    response = api.get(f"/api/i1/{resource.path}/{row.pk}/")

    assert response.json() == api.get(f"{resource.url}{row.pk}/").json()


@every
def test_a_list_costs_the_same_for_one_row_and_for_a_hundred(
    api: APIClient, resource: Resource, django_assert_num_queries: Any
) -> None:
    resource.factory()
    with django_assert_num_queries(1):
        assert len(api.get(resource.url, {"limit": 500}).json()["results"]) == 1

    resource.factory.create_batch(99)

    with django_assert_num_queries(1):
        assert len(api.get(resource.url, {"limit": 500}).json()["results"]) == 100
    with django_assert_num_queries(2):
        full_page = api.get(resource.url, {"limit": 20}).json()
    assert (full_page["count"], len(full_page["results"])) == (100, 20)


@every
def test_an_unknown_parameter_is_refused_by_name(api: APIClient, resource: Resource) -> None:
    resource.factory()

    response = api.get(resource.url, {"colour": "red", "page": 1, "limit": 5, "sort": "id"})

    assert response.status_code == 400
    assert response.json() == {"colour": ["Unknown parameter."]}


@every
def test_pk_filters_and_sort(api: APIClient, resource: Resource) -> None:
    first, second, third = (resource.factory() for _ in range(3))

    def pks(**parameters: Any) -> list[int]:
        return [row["pk"] for row in api.get(resource.url, parameters).json()["results"]]

    assert pks() == [third.pk, second.pk, first.pk]
    assert pks(sort="id") == pks(sort="pk") == [first.pk, second.pk, third.pk]
    assert pks(pk__in=f"{third.pk},{first.pk}") == [third.pk, first.pk]
    assert pks(pk__in="") == []
    assert pks(id=second.pk) == pks(pk__exact=second.pk) == [second.pk]
    assert pks(id__gt=first.pk, id__lt=third.pk) == [second.pk]
    assert pks(sort="-modified_date", limit=1) == [third.pk]
    assert api.get(resource.url, {"sort": "colour"}).json() == {"sort": ['"colour" is no column to sort by.']}


@every
def test_reading_needs_the_permission_of_the_model(
    api_of: Callable[..., APIClient], resource: Resource
) -> None:
    row = resource.factory()
    stranger, reader = api_of(), api_of(resource.permission("view"))

    assert stranger.get(resource.url).status_code == 403
    assert stranger.get(f"{resource.url}{row.pk}/").status_code == 403
    assert reader.get(resource.url).status_code == 200
    assert reader.get(f"{resource.url}{row.pk}/").status_code == 200


@every
def test_nobody_reads_without_a_token(resource: Resource) -> None:
    response = APIClient().get(resource.url)

    assert response.status_code == 401


@every_writable
def test_writing_needs_its_own_permission(api_of: Callable[..., APIClient], resource: Resource) -> None:
    row = resource.factory()
    body = resource.body()
    reader = api_of(resource.permission("view"))
    before = _model(resource).objects.count()

    assert reader.post(resource.url, body).status_code == 403
    assert reader.patch(f"{resource.url}{row.pk}/", {}).status_code == 403
    assert reader.put(f"{resource.url}{row.pk}/", body).status_code == 403
    assert reader.delete(f"{resource.url}{row.pk}/").status_code == 403
    assert _model(resource).objects.count() == before
    assert AuditLog.objects.count() == 0


@every_writable
def test_a_created_row_holds_what_was_sent_and_is_audited(api: APIClient, resource: Resource) -> None:
    body = resource.body()

    response = api.post(resource.url, body)

    assert response.status_code == 201, response.content
    row = response.json()
    assert list(row) == resource.expected_keys
    assert {name: row[name] for name in body} == body
    assert api.get(f"{resource.url}{row['pk']}/").json() == row
    audit = AuditLog.objects.get()
    assert (audit.event, audit.object_id) == (f"{_model(resource)._meta.model_name}.created", row["pk"])
    assert (audit.source, audit.actor.username, audit.old) == ("api", "ada", None)


@every_writable
def test_a_patch_that_repeats_the_whole_row_changes_nothing(api: APIClient, resource: Resource) -> None:
    url = f"{resource.url}{api.post(resource.url, resource.body()).json()['pk']}/"
    stored = api.get(url).json()
    audits = AuditLog.objects.count()

    response = api.patch(url, stored)

    assert response.status_code == 200, response.content
    assert response.json() == stored
    assert AuditLog.objects.count() == audits


@every_writable
def test_a_read_only_value_that_differs_is_refused_by_name(api: APIClient, resource: Resource) -> None:
    row = resource.factory()
    url = f"{resource.url}{row.pk}/"
    stored = api.get(url).json()

    response = api.patch(url, {"pk": row.pk + 1, "created_date": "2020-01-01T00:00:00.000000Z"})

    assert response.status_code == 400
    assert response.json() == {
        "pk": ["This field is read-only."],
        "created_date": ["This field is read-only."],
    }
    assert api.get(url).json() == stored


@every_writable
def test_an_unknown_field_is_refused_by_name_and_nothing_is_written(
    api: APIClient, resource: Resource
) -> None:
    body = resource.body() | {"colour": "red"}
    row = resource.factory()
    before = _model(resource).objects.count()

    for response in (api.post(resource.url, body), api.patch(f"{resource.url}{row.pk}/", {"colour": "red"})):
        assert response.status_code == 400
        assert response.json() == {"colour": ["Unknown field."]}
    assert _model(resource).objects.count() == before
    assert AuditLog.objects.count() == 0


@every_writable
def test_values_of_a_wrong_kind_are_refused_by_name(api: APIClient, resource: Resource) -> None:
    body = resource.body()
    before = _model(resource).objects.count()
    for name in body:
        wrong = [[[1]], "x" * 600 + "\n", True]
        wrong += [] if isinstance(body[name], dict) else [{"a": []}]
        wrong += [] if isinstance(body[name], str) else [10**30, -1, 1.5]
        for value in wrong:
            response = api.post(resource.url, body | {name: value})
            assert response.status_code == 400, (name, value, response.content)
            assert list(response.json()) == [name], (name, value)
    assert _model(resource).objects.count() == before
    assert AuditLog.objects.count() == 0


@every_writable
def test_nul_characters_are_refused_by_name(api: APIClient, resource: Resource) -> None:
    body = resource.body()
    names = [name for name, value in body.items() if isinstance(value, str)]

    for name in names:
        response = api.post(resource.url, resource.body() | {name: "a\x00b"})
        assert response.status_code == 400
        assert list(response.json()) == [name]
    assert AuditLog.objects.count() == 0


@every_writable
@pytest.mark.parametrize("body", ["[]", '"x"', "1", "{", "", '{"a": NaN}', "[" * 100_000])
def test_bodies_that_are_no_json_object_are_refused(api: APIClient, resource: Resource, body: str) -> None:
    response = api.post(resource.url, body, content_type="application/json")

    assert response.status_code == 400
    assert isinstance(response.json(), dict)
    assert AuditLog.objects.count() == 0


@every_writable
def test_put_needs_the_whole_row(api: APIClient, resource: Resource) -> None:
    row = resource.factory()
    url = f"{resource.url}{row.pk}/"
    stored = api.get(url).json()

    response = api.put(url, {})

    assert response.status_code == 400
    assert {message for messages in response.json().values() for message in messages} <= {
        "This field is required.",
        "Give a customer or a retail store.",
    }
    assert api.get(url).json() == stored


@every_writable
def test_a_row_nothing_refers_to_can_be_deleted(api: APIClient, resource: Resource) -> None:
    row = resource.factory()

    response = api.delete(f"{resource.url}{row.pk}/")

    assert (response.status_code, response.content) == (204, b"")
    assert api.get(f"{resource.url}{row.pk}/").status_code == 404
    audit = AuditLog.objects.get()
    assert (audit.event, audit.object_id) == (f"{_model(resource)._meta.model_name}.deleted", row.pk)


@every_read_only
def test_payment_rows_are_written_by_nobody(api: APIClient, resource: Resource) -> None:
    row = resource.factory()

    for method in ("post", "put", "patch", "delete"):
        url = resource.url if method == "post" else f"{resource.url}{row.pk}/"
        assert getattr(api, method)(url, {}).status_code == 405
    assert _model(resource).objects.filter(pk=row.pk).exists()
