"""What a file of tracking numbers says, row by row, whatever it was written with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from omnitron.core.exceptions import OmnitronException
from omnitron.orders.exceptions import (
    TrackingFileColumnsException,
    TrackingFileEmptyException,
    TrackingFileTooLargeException,
    TrackingValueException,
)

MAX_ROWS = 50_000
# Of the file as it is, or unpacked: 20 MB.
MAX_BYTES = 20 * 1024 * 1024
REQUIRED = ("order_number", "tracking_number", "shipping_company")
# Columns with the lengths of what they are compared with or written to.
COLUMNS: Mapping[str, int] = {
    "channel": 255,
    "order_number": 128,
    "sku": 255,
    "tracking_number": 256,
    "shipping_company": 255,
}
# How spreadsheets write a number too long for its cell: 1.23457E+15.
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?[eE]\+\d+")


@dataclass(frozen=True)
class Unreadable:
    """A cell that holds something, though nothing to take for a text, and why not."""

    reason: str


Cell = str | Unreadable


@dataclass(frozen=True)
class TrackingRow:
    """One row, its number as a spreadsheet shows it, its texts trimmed; blank where a column is left out.

    `refusal` says why it cannot be used whatever the orders are.
    """

    row_number: int
    channel: str
    order_number: str
    sku: str
    tracking_number: str
    shipping_company: str
    refusal: OmnitronException | None = None


def tracking_rows(table: Iterator[Sequence[Cell]]) -> Iterator[TrackingRow]:
    """The rows below the headings; blank ones are passed over.

    Raises TrackingFileColumnsException and TrackingFileEmptyException at once, TrackingFileTooLargeException on
    the way.
    """
    columns = _columns(next(table, ()))
    return _rows(table, columns)


def _columns(headings: Sequence[Cell]) -> list[str]:
    names = [_heading(cell) for cell in headings]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise TrackingFileEmptyException
    unknown = [name or "(blank)" for name in names if name not in COLUMNS]
    if unknown:
        shown = ", ".join(name[:64] for name in unknown[:5])
        raise TrackingFileColumnsException(reason=f"{shown} is none of {', '.join(COLUMNS)}")
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise TrackingFileColumnsException(reason=f"{', '.join(twice)} stands there twice")
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise TrackingFileColumnsException(reason=f"{', '.join(missing)} is missing")
    return names


def _heading(cell: Cell) -> str:
    if isinstance(cell, Unreadable):
        raise TrackingFileColumnsException(reason=f"one of them is {cell.reason}")
    return re.sub(r"\s+", "_", cell.strip().lower())


def _rows(table: Iterable[Sequence[Cell]], columns: Sequence[str]) -> Iterator[TrackingRow]:
    for row_number, cells in enumerate(table, start=2):
        if row_number > MAX_ROWS + 1:
            raise TrackingFileTooLargeException(limit=MAX_ROWS, unit="rows")
        if any(isinstance(cell, Unreadable) or cell.strip() for cell in cells):
            yield _row(row_number, columns, cells)


def _row(row_number: int, columns: Sequence[str], cells: Sequence[Cell]) -> TrackingRow:
    given = dict(zip(columns, cells, strict=False))
    beyond = any(isinstance(cell, Unreadable) or cell.strip() for cell in cells[len(columns) :])
    texts = dict.fromkeys(COLUMNS, "")
    refusal: OmnitronException | None = None
    if beyond:
        refusal = TrackingValueException(column="row", reason="it has more cells than there are headings")
    for name in columns:
        cell = given.get(name, "")
        reason = _why_not(name, cell)
        if reason and refusal is None:
            refusal = TrackingValueException(column=name, reason=reason)
        texts[name] = "" if isinstance(cell, Unreadable) else _storable(cell.strip(), COLUMNS[name])
    return TrackingRow(row_number=row_number, refusal=refusal, **texts)


def _why_not(name: str, cell: Cell) -> str | None:
    if isinstance(cell, Unreadable):
        return f"it is {cell.reason}"
    text = cell.strip()
    if not text:
        return "it is missing" if name in REQUIRED else None
    if len(text) > COLUMNS[name]:
        return f"it has {len(text)} characters, at most {COLUMNS[name]} are kept"
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        return "it holds control characters or line breaks"
    if text.startswith("="):
        return "it is a formula"
    if _SCIENTIFIC.fullmatch(text):
        return "it is a number in scientific notation, whose digits are lost"
    return None


def _storable(text: str, length: int) -> str:
    """`text` as it can be kept and shown, refused or not."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in {"Cc", "Cs"} else character
        for character in text[:length]
    )
