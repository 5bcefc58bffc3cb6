"""One way in for both kinds of files."""

from __future__ import annotations

from collections.abc import Iterator

from omnitron.orders.exceptions import TrackingFileEmptyException, TrackingFileTooLargeException
from omnitron.orders.tracking.csv_table import csv_table
from omnitron.orders.tracking.rows import MAX_BYTES, TrackingRow, tracking_rows
from omnitron.orders.tracking.xlsx_table import xlsx_table


def read_tracking_file(content: bytes) -> Iterator[TrackingRow]:
    """The rows of a CSV or XLSX, told apart by how they begin, not by their names.

    What is wrong with the file or its headings is raised at once: TrackingFile…Exception. The rows are read as they
    are asked for; then a damaged one, or one too many, raises.
    """
    if not content.strip():
        raise TrackingFileEmptyException
    if len(content) > MAX_BYTES:
        raise TrackingFileTooLargeException(limit=MAX_BYTES, unit="bytes")
    table = xlsx_table(content) if content.startswith(b"PK") else csv_table(content)
    return tracking_rows(table)
