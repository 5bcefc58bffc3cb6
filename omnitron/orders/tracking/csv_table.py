"""CSV as spreadsheets write it: UTF-8 or Windows-1254, cells apart by `;` or `,`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from omnitron.orders.exceptions import TrackingFileFormatException
from omnitron.orders.tracking.rows import COLUMNS


def csv_table(content: bytes) -> Iterator[list[str]]:
    """The file's rows, the headings first. Raises TrackingFileFormatException: on the way, too, where quotes
    are wrong.
    """
    text = _text(content)
    delimiter = max(";,", key=lambda candidate: _known_headings(text, candidate))
    return _records(text, delimiter)


def _text(content: bytes) -> str:
    if b"\0" in content:
        raise TrackingFileFormatException(reason="it holds NUL bytes")
    for encoding in ("utf-8-sig", "cp1254"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TrackingFileFormatException(reason="it is neither UTF-8 nor Windows-1254")


def _known_headings(text: str, delimiter: str) -> int:
    first = text.lstrip("\r\n").split("\n", 1)[0].split("\r", 1)[0]
    names = [name.strip(' "\t').lower() for name in first.split(delimiter)]
    return sum(name.replace(" ", "_") in COLUMNS for name in names)


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise TrackingFileFormatException(reason=f"line {reader.line_num}: {error}") from error
