"""What a file of tracking numbers says, and what is refused before a row is looked at."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from omnitron.core.exceptions import OmnitronException
from omnitron.core.middleware import BodyLimitMiddleware
from omnitron.core.models import AuditLog
from omnitron.orders.models import TrackingUpload
from omnitron.orders.tracking.files import read_tracking_file
from omnitron.orders.tracking.rows import MAX_ROWS
from tests.orders.tracking.conftest import HEADINGS, URL, csv_of, hand_in, xlsx

COLUMNS = ("order_number", "tracking_number", "shipping_company")
GOOD = xlsx(COLUMNS, ("1", "T-1", "aras"))


def repacked(replace: dict[str, bytes], content: bytes = GOOD) -> bytes:
    """`content` with parts replaced or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        parts = {name: old.read(name) for name in old.namelist()} | replace
        for name, part in parts.items():
            new.writestr(name, part)
    return stream.getvalue()


def part_of(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        return archive.read(name)


def answer_to_length(path: str, length: int) -> int:
    """The status of the answer to a body of `length` bytes; 204 where it may be read."""
    request = RequestFactory().post(path, CONTENT_LENGTH=str(length))
    return BodyLimitMiddleware(lambda request: HttpResponse(status=204))(request).status_code


SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
REFUSED_FILES = {
    "empty": (b"", "order_800_1"),
    "blank": (b" \r\n ", "order_800_1"),
    "nul": (b"order_number;tracking_number\0", "order_800_2"),
    "utf-16": (HEADINGS.encode("utf-16"), "order_800_2"),
    "neither encoding": (b"\x81\x8d\xff", "order_800_2"),
    "one column": (b"order_number\n1\n", "order_800_4"),
    "unknown column": (b"order_number,tracking_number,shipping_company,price\n", "order_800_4"),
    "twice": (b"order_number,tracking_number,shipping_company,Tracking Number\n", "order_800_4"),
    "picture": (b"\x89PNG\r\n\x1a\n", "order_800_4"),
    "open quote": (b'"order_number', "order_800_2"),
    "long cell": (b"o" * 200_000, "order_800_2"),
    "truncated zip": (GOOD[:-200], "order_800_2"),
    "damaged zip": (GOOD[:80] + b"XXXX" + GOOD[84:], "order_800_2"),
    "no workbook": (repacked({"xl/workbook.xml": b"<a/>"}), "order_800_2"),
    "not a workbook's zip": (repacked({"[Content_Types].xml": b"<a"}), "order_800_2"),
    "bomb": (repacked({SHEET: b" " * (21 * 1024 * 1024)}), "order_800_3"),
    "many parts": (repacked({f"x{n}": b"" for n in range(600)}), "order_800_3"),
    "macros": (repacked({"xl/vbaProject.bin": b"x"}), "order_800_5"),
    "entities": (repacked({SHEET: ENTITIES + part_of(SHEET)}), "order_800_5"),
    "utf-16 part": (repacked({SHEET: part_of(SHEET).decode().encode("utf-16")}), "order_800_5"),
    "ebcdic part": (repacked({SHEET: b'<?xml version="1.0" encoding="cp037"?>x'}), "order_800_5"),
    "formula as heading": (xlsx(("=1", *COLUMNS)), "order_800_4"),
    "xlsx without rows": (xlsx(), "order_800_1"),
}


def test_an_unusable_file_is_refused_by_name_and_nothing_is_kept(api: APIClient) -> None:
    codes = {}
    for name, (content, _) in REFUSED_FILES.items():
        response = hand_in(api, content)
        codes[name] = response.json()["error_code"] if response.status_code == 406 else response.content

    assert codes == {name: code for name, (_, code) in REFUSED_FILES.items()}
    assert not TrackingUpload.objects.exists()
    assert not AuditLog.objects.exists()


@pytest.mark.parametrize(
    ("data", "format_", "status"),
    [({}, "multipart", 400), ({"file": "text"}, "multipart", 400), ({"file": "x"}, "json", 415)],
)
def test_what_is_no_file_is_refused(api: APIClient, data: dict, format_: str, status: int) -> None:
    assert api.post(URL, data, format=format_).status_code == status


def test_an_unknown_field_is_refused(api: APIClient) -> None:
    stream = io.BytesIO(csv_of())

    assert api.post(URL, {"file": stream, "carrier": "x"}, format="multipart").json() == {
        "carrier": ["Unknown field."]
    }


def test_a_body_beyond_the_limit_is_refused_unread() -> None:
    limits = [answer_to_length(path, 20 * 1024 * 1024) for path in (URL, "/api/v1/orders/")]

    assert limits == [204, 413]
    assert answer_to_length(URL, 21 * 1024 * 1024) == 413


def test_a_row_too_many_is_refused() -> None:
    rows = [HEADINGS, *["1;T-1;aras"] * MAX_ROWS]
    assert len(list(read_tracking_file("\n".join(rows).encode()))) == MAX_ROWS

    with pytest.raises(OmnitronException) as refusal:
        list(read_tracking_file("\n".join([*rows, "1;T-1;aras"]).encode()))
    assert refusal.value.code == "order_800_3"


def test_a_sheet_that_skips_to_its_last_row_is_refused_soon() -> None:
    far = repacked({SHEET: part_of(SHEET).replace(b'r="2"', b'r="999999999"')})

    with pytest.raises(OmnitronException) as refusal:
        list(read_tracking_file(far))
    assert refusal.value.code == "order_800_3"


@pytest.mark.parametrize(
    ("cell", "number_format", "shown"),
    [
        ("00012345", "General", "00012345"),
        (12345, "00000000", "00012345"),
        (12345, "General", "12345"),
        (123456789012345, "@", "123456789012345"),
        (1234567890123456, "General", None),
        (0.5, "General", None),
        (-1, "General", None),
        (12345, "#,##0", None),
        ("=1+1", "General", None),
        ("1,23457E+15", "General", None),
        (True, "General", None),
        (date(2026, 1, 2), "yyyy-mm-dd", None),
        ("#N/A", "General", None),
        ("a\nb", "General", None),
        ("5" * 257, "General", None),
        ("5E10", "General", "5E10"),
    ],
)
def test_a_cell_is_read_as_a_person_sees_it_or_refused(
    cell: object, number_format: str, shown: str | None
) -> None:
    content = xlsx(COLUMNS, ("0001", cell, "aras"), formats={"B2": number_format})

    (row,) = read_tracking_file(content)

    assert row.order_number == "0001"
    if shown is None:
        assert row.refusal is not None
        assert row.refusal.code == "order_800_10"
    else:
        assert (row.tracking_number, row.refusal) == (shown, None)


def test_blank_rows_are_passed_over_and_rows_keep_their_numbers() -> None:
    table = [("", "Order Number ", "TRACKING_NUMBER")[1:] + ("shipping_company",), (), ("1", "a", "ups"), ()]

    in_sheet = [row.row_number for row in read_tracking_file(xlsx(*table, ("2", "b", "ups")))]
    in_text = [
        row.row_number
        for row in read_tracking_file(
            b"Order Number ,TRACKING_NUMBER,shipping_company\n\n1,a,ups\n,,\n2,b,ups,more\n"
        )
    ]

    assert in_sheet == in_text == [3, 5]


TEXTS = st.text(
    st.characters(codec="cp1254", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=20
).filter(lambda text: not text.startswith("=") and "E+" not in text.upper())


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=5),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1254"]),
    delimiter=st.sampled_from(";,"),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_whatever_wrote_the_csv_the_same_is_read(
    rows: list[tuple[str, str, str]], encoding: str, delimiter: str, ending: str, quoting: int
) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=ending, quoting=quoting).writerows(
        [COLUMNS, *rows]
    )
    content = stream.getvalue().encode(encoding)
    if encoding == "cp1254":
        try:
            content.decode()
        except UnicodeDecodeError:
            pass
        else:
            # Windows-1254 that happens to be UTF-8 as well is read as UTF-8.
            if not content.isascii():
                return

    read = [
        (row.order_number, row.tracking_number, row.shipping_company) for row in read_tracking_file(content)
    ]

    assert read == rows
