"""The first sheet of a workbook, opened only after its archive was found harmless."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook

from omnitron.orders.exceptions import (
    TrackingFileFormatException,
    TrackingFileTooLargeException,
    TrackingFileUnsafeException,
)
from omnitron.orders.tracking.rows import COLUMNS, MAX_BYTES, Cell, Unreadable

MAX_MEMBERS = 500
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# A sheet is as wide as its furthest cell; a cell beyond the headings is seen, the thousandth is not needed.
MAX_WIDTH = 4 * len(COLUMNS)
# Digits a spreadsheet keeps of a number; further ones are zeros it made up.
DIGITS = 15
_ENCODING = re.compile(rb"""\A<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")


def xlsx_table(content: bytes) -> Iterator[list[Cell]]:
    """The first sheet's rows, the headings first.

    Raises TrackingFileFormatException, TrackingFileTooLargeException and TrackingFileUnsafeException.
    """
    _check_archive(content)
    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = workbook.worksheets[0]
        # What a sheet says of its size is not to be trusted: rows beyond would be dropped without a word.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_col=MAX_WIDTH)
    except Exception as error:  # A malformed part makes openpyxl stumble with whatever error is next.
        raise TrackingFileFormatException(reason="it is no workbook") from error
    return _texts(rows)


def _texts(rows: Iterator[Any]) -> Iterator[list[Cell]]:
    while True:
        try:
            cells = next(rows, None)
        except Exception as error:  # As above.
            raise TrackingFileFormatException(reason="its sheet is damaged") from error
        if cells is None:
            return
        yield [_text(cell) for cell in cells]


def _check_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_BYTES or len(members) > MAX_MEMBERS:
                raise TrackingFileTooLargeException(limit=MAX_BYTES, unit="bytes unpacked")
            if len({member.filename for member in members}) < len(members):
                raise TrackingFileFormatException(reason="two of its parts have one name")
            if any(member.compress_type not in COMPRESSIONS for member in members):
                raise TrackingFileFormatException(reason="its parts are packed in no usual way")
            for member in members:
                # No more is unpacked than the member says it has, and a checksum says whether that was all.
                _check_part(member.filename, archive.read(member))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError) as error:
        raise TrackingFileFormatException(reason="the workbook's archive is damaged or encrypted") from error


def _check_part(name: str, part: bytes) -> None:
    if "vbaproject" in name.lower() or (name == "[Content_Types].xml" and b"macroEnabled" in part):
        raise TrackingFileUnsafeException(content="macros")
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return
    encoding = _ENCODING.match(part.removeprefix(b"\xef\xbb\xbf")[:200])
    is_plain = encoding is None or encoding[1].lower() in {b"utf-8", b"us-ascii"}
    # Another encoding could hide a declaration from the search for it.
    if not is_plain or b"\0" in part:
        raise TrackingFileUnsafeException(content="XML that is not UTF-8")
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise TrackingFileUnsafeException(content="XML declarations of types or entities")


def _text(cell: Any) -> Cell:
    """What a person sees in the cell, or why that cannot be told."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return Unreadable("a formula")
    if cell.data_type == "e":
        return Unreadable("an error")
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Unreadable("neither text nor a number")
    return _digits(value, cell.number_format or "General")


def _digits(number: int | float, number_format: str) -> Cell:
    if number != number or number < 0 or number >= 10**DIGITS or number != int(number):
        return Unreadable(f"a number that is not whole or has more than {DIGITS} digits; format it as text")
    if number_format in {"General", "@"}:
        return str(int(number))
    if set(number_format) == {"0"}:
        return str(int(number)).zfill(len(number_format))
    return Unreadable(f"a number shown as {number_format[:32]}; format it as text")
