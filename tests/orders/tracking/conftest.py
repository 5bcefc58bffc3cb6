"""Files of tracking numbers, handed in and worked off."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from rest_framework.response import Response
from rest_framework.test import APIClient

from omnitron.orders.models import TrackingUpload, TrackingUploadRow
from omnitron.orders.tasks import update_tracking_numbers

URL = "/api/v1/orders/bulk_tracking_number_update/"
STATUS_URL = "/api/v1/orders/bulk_tracking_number_update_status/"
HEADINGS = "order_number;tracking_number;shipping_company;sku;channel"

Verdict = tuple[int, str, str]


def xlsx(*rows: Sequence[Any], formats: dict[str, str] | None = None) -> bytes:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    for cell, number_format in (formats or {}).items():
        workbook.active[cell].number_format = number_format
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def csv_of(*rows: str) -> bytes:
    return "\n".join([HEADINGS, *rows]).encode()


def hand_in(client: APIClient, content: bytes, name: str = "numbers.csv") -> Response:
    return client.post(URL, {"file": SimpleUploadedFile(name, content)}, format="multipart")


@pytest.fixture
def run(api: APIClient) -> Callable[..., list[Verdict]]:
    """Hand a file in and work it off; row number, result and code of each row."""

    def work_off(content: bytes, *, client: APIClient = api) -> list[Verdict]:
        response = hand_in(client, content)
        assert response.status_code == 202, response.content
        job = response.json()["job"]
        update_tracking_numbers(job_id=job)
        assert TrackingUpload.objects.get(pk=job).state == "completed"
        rows = TrackingUploadRow.objects.filter(upload=job).order_by("row_number")
        return list(rows.values_list("row_number", "result", "error_code"))

    return work_off
