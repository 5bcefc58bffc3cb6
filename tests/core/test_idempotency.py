"""The same request sent twice has its effects once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from omnitron.core import idempotency, records, tasks
from omnitron.core.models import AuditLog, IdempotencyKey
from omnitron.orders.models import CancellationPlan, CancellationReason, Order, TrackingUpload
from omnitron.users.models import User
from tests.factories.orders import ApprovedOrderFactory, CancellationReasonFactory

pytestmark = pytest.mark.django_db
REASONS = "/api/v1/cancellation_reasons/"
BODY = {"cancellation_type": "cancel", "subject": "Too late"}
PATCH_COSTS = 9
KEY = {"HTTP_IDEMPOTENCY_KEY": "k-1"}


def test_a_second_request_is_answered_as_the_first_and_does_nothing(api: APIClient) -> None:
    first = api.post(REASONS, BODY, **KEY)
    second = api.post(REASONS, BODY, **KEY)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert ("Idempotent-Replayed" in first, second["Idempotent-Replayed"]) == (False, "true")
    assert (CancellationReason.objects.count(), AuditLog.objects.count()) == (1, 1)


def test_an_answer_without_a_body_is_repeated_too(api: APIClient) -> None:
    reason = CancellationReasonFactory()

    answers = [api.delete(f"{REASONS}{reason.pk}/", **KEY) for _ in range(2)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b""), (204, b"")]
    assert AuditLog.objects.count() == 1


@pytest.mark.parametrize(
    ("_case", "method", "path", "body"),
    [
        ("another body", "post", REASONS, {**BODY, "subject": "Other"}),
        ("another path", "post", "/api/v1/cargo_companies/", BODY),
        ("another query", "post", f"{REASONS}?x=1", BODY),
    ],
)
def test_another_request_with_the_key_is_422(
    api: APIClient, _case: str, method: str, path: str, body: dict[str, Any]
) -> None:
    api.post(REASONS, BODY, **KEY)

    answer = getattr(api, method)(path, body, **KEY)

    assert (answer.status_code, list(answer.json())) == (422, ["detail"])
    assert (CancellationReason.objects.count(), AuditLog.objects.count()) == (1, 1)


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 256])
def test_an_unusable_key_is_400(api: APIClient, key: str) -> None:
    answer = api.post(REASONS, BODY, HTTP_IDEMPOTENCY_KEY=key.encode().decode("latin-1"))

    assert (answer.status_code, list(answer.json())) == (400, ["Idempotency-Key"])
    assert not CancellationReason.objects.exists()


def test_a_file_is_known_by_its_content_and_name(api: APIClient) -> None:
    url = "/api/v1/orders/bulk_tracking_number_update/"

    def send(name: str, content: bytes) -> Any:
        return api.post(url, {"file": SimpleUploadedFile(name, content)}, format="multipart", **KEY)

    content = b"order_number;tracking_number;shipping_company\nN-1;T-1;UPS"
    answers = [send("a.csv", content), send("a.csv", content)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content
    assert [send("b.csv", content).status_code, send("a.csv", b"x").status_code] == [422, 422]
    assert TrackingUpload.objects.count() == 1


def test_in_a_session_too(db: None) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("ada"))
    client.cookies["csrftoken"] = "c" * 32
    headers = {**KEY, "HTTP_X_CSRFTOKEN": "c" * 32}

    answers = [client.post(REASONS, BODY, **headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert client.post(REASONS, BODY, **KEY).status_code == 403
    assert CancellationReason.objects.count() == 1


def test_keys_are_each_users_own(api: APIClient, api_of: Callable[..., APIClient]) -> None:
    other = api_of("orders.add_cancellationreason", "orders.view_cancellationreason")

    assert [client.post(REASONS, BODY, **KEY).status_code for client in (api, other)] == [201, 201]
    assert CancellationReason.objects.count() == 2


def test_a_refusal_is_not_kept_and_decided_anew(api: APIClient) -> None:
    order = ApprovedOrderFactory(items=1, captured_by_card=True)
    url = f"/api/v1/orders/{order.pk}/cancellation_approved_order/"
    refused = api.post(url, **KEY)
    reason = CancellationReasonFactory()
    items = order.orderitem_set.values_list("pk", flat=True)
    api.post(
        f"/api/v1/orders/{order.pk}/cancel/",
        {"is_all": True, "reasons": {str(pk): reason.pk for pk in items}},
    )

    approved = [api.post(url, **KEY) for _ in range(2)]

    assert refused.status_code == 406
    assert [answer.status_code for answer in approved] == [200, 200]
    assert approved[0].content == approved[1].content
    assert CancellationPlan.objects.get().status == "waiting_for_payment"
    assert IdempotencyKey.objects.count() == 1


def test_a_crash_before_the_end_leaves_nothing_and_the_next_try_one_effect(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise SystemExit

    for place in ((records.audit, "record"), (idempotency, "store")):
        with monkeypatch.context() as patch:
            patch.setattr(*place, crash)
            with pytest.raises(SystemExit):
                api.post(REASONS, BODY, **KEY)
        assert (CancellationReason.objects.count(), IdempotencyKey.objects.count()) == (0, 0)

    assert [api.post(REASONS, BODY, **KEY).status_code for _ in range(2)] == [201, 201]
    assert CancellationReason.objects.count() == 1


def test_old_keys_are_forgotten(api: APIClient) -> None:
    for key in ("old", "new"):
        api.post(REASONS, BODY, HTTP_IDEMPOTENCY_KEY=key)
    IdempotencyKey.objects.filter(key="old").update(created_date=timezone.now() - timedelta(hours=49))

    tasks.delete_old_idempotency_keys()

    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["new"]


def test_without_the_header_it_costs_nothing(
    api: APIClient, django_assert_num_queries: Callable[..., Any]
) -> None:
    order = ApprovedOrderFactory(items=1)
    api.patch(f"/api/v1/orders/{order.pk}/", {"notes": "w"})
    with django_assert_num_queries(PATCH_COSTS):
        api.patch(f"/api/v1/orders/{order.pk}/", {"notes": "x"})
    # A savepoint and its release, the lock, the look-up, the row.
    with django_assert_num_queries(PATCH_COSTS + 5):
        api.patch(f"/api/v1/orders/{order.pk}/", {"notes": "y"}, **KEY)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("is_locked", "statuses", "rows"), [(True, [201, 409], 1), (False, [201, 201], 2)])
def test_while_it_is_worked_on_the_same_key_is_409(
    is_locked: bool, statuses: list[int], rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the lock both have effects."""
    user = User.objects.create_superuser("ada")
    inside, answered = threading.Event(), threading.Event()
    real = records.create_record

    def slowly(*args: Any, **kwargs: Any) -> Any:
        if not inside.is_set():
            inside.set()
            answered.wait(20)
        return real(*args, **kwargs)

    monkeypatch.setattr(records, "create_record", slowly)
    if not is_locked:
        monkeypatch.setattr(idempotency, "claim", lambda request: None)
        monkeypatch.setattr(idempotency, "store", lambda request, **answer: None)

    def send(is_second: bool) -> int:
        client = APIClient()
        client.force_authenticate(user)
        try:
            if is_second:
                inside.wait(20)
            answer = client.post(REASONS, BODY, **KEY)
            return answer.status_code
        finally:
            if is_second:
                answered.set()
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(send, [False, True])) == statuses
    assert CancellationReason.objects.count() == rows
    assert Order.objects.count() == 0
