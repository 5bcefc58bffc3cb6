"""Values that several management commands take."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import UTC, datetime


def positive(value: str) -> int:
    """A whole number from 1 on."""
    if not value.isdecimal() or (number := int(value)) < 1:
        raise ArgumentTypeError("must be 1 or more")
    return number


def moment(value: str) -> datetime:
    """A date or an ISO 8601 moment; UTC where it does not say otherwise."""
    try:
        given = datetime.fromisoformat(value)
    except ValueError as error:
        raise ArgumentTypeError("must be a date or an ISO 8601 moment") from error
    return given if given.tzinfo else given.replace(tzinfo=UTC)
